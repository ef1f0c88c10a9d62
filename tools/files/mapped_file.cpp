// SPDX-License-Identifier: MIT
//
// Mapping a file.
#include "tools/files/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "model/scenario/input.h"

namespace tools {

using model::InputError;

MappedFile::MappedFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) throw InputError(std::strerror(errno));
  struct stat about {};
  const bool known = fstat(file, &about) == 0;
  if (known && S_ISREG(about.st_mode) && about.st_size > 0) {
    size_ = static_cast<std::size_t>(about.st_size);
    data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
  }
  const int error = errno;
  close(file);
  if (!known || data_ == MAP_FAILED) throw InputError(std::strerror(error));
  if (!S_ISREG(about.st_mode)) throw InputError("is not a regular file");
  if (size_ == 0) throw InputError("is empty");
}

MappedFile::~MappedFile() { munmap(data_, size_); }

}  // namespace tools
