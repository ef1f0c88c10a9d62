// SPDX-License-Identifier: MIT
//
// Digesting the file of the running program.
#include "tools/files/program_hash.h"

#include "model/scenario/input.h"
#include "tools/files/checkpoint_file.h"
#include "tools/files/mapped_file.h"

namespace tools {
namespace {

std::string hash_of_this_program() {
  // Not by its name: a new build may have that name by now.
  constexpr const char* self = "/proc/self/exe";
  try {
    const MappedFile file(self);
    return FRWRSIM_VERSION " " + digest_of(file.bytes());
  } catch (const model::InputError& error) {
    throw model::InputError("the program's own file, " + std::string(self) + ": " + error.what());
  }
}

}  // namespace

const std::string& program_hash() {
  static const std::string hash = hash_of_this_program();
  return hash;
}

}  // namespace tools
