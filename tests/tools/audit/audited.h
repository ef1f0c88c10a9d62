// SPDX-License-Identifier: MIT
//
// A text, audited.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "tools/audit/audit.h"

namespace fixture {

/// The audit of a text, read from a file that goes away.
inline tools::audit::Audit audited(std::string_view text) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  REQUIRE(std::fwrite(text.data(), 1, text.size(), file) == text.size());
  std::rewind(file);
  tools::audit::LineReader reader(fileno(file), "text");
  tools::audit::Audit result = tools::audit::audit_lines(reader, "text");
  std::fclose(file);
  return result;
}

/// The same of a text with one trace.
inline tools::audit::Part audited_part(std::string_view text) {
  tools::audit::Audit audit = audited(text);
  REQUIRE(audit.parts.size() == 1);
  return audit.parts[0];
}

}  // namespace fixture
