// SPDX-License-Identifier: MIT
//
// Lines: how wide they are, and where they break.
#include "tools/words/text_layout.h"

#include <catch2/catch.hpp>

using tools::columns_of;
using tools::hanging;
using tools::padded;
using tools::wrapped_lines;
using Lines = std::vector<std::string>;

TEST_CASE("columns: a character is one, an escape sequence none") {
  CHECK(columns_of("") == 0);
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("\xc3\xbc\xe2\x86\x92") == 2);  // two characters in five bytes
  CHECK(columns_of("\033[31;1mred\033[0m") == 3);
  CHECK(padded("\033[1mab\033[0m", 4) == "\033[1mab\033[0m  ");
  CHECK(padded("abcde", 4) == "abcde");
}

TEST_CASE("lines break at blanks, and as late as they can") {
  CHECK(wrapped_lines("", 5).empty());
  CHECK(wrapped_lines("ab cd ef", 5) == Lines{"ab cd", "ef"});
  CHECK(wrapped_lines("ab cd ef", 4) == Lines{"ab", "cd", "ef"});
  CHECK(wrapped_lines("much-too-long ab", 5) == Lines{"much-too-long", "ab"});
  CHECK(wrapped_lines("  ab \n cd ", 80) == Lines{"ab cd"});
}

TEST_CASE("an arrow stays with what is on its two sides") {
  CHECK(wrapped_lines("state: a -> b", 9) == Lines{"state:", "a -> b"});
  CHECK(wrapped_lines("x a -> b y", 8) == Lines{"x a -> b", "y"});
  CHECK(wrapped_lines("a -> b -> c", 11) == Lines{"a -> b -> c"});
  // Only where that is wider than a line it breaks, and then behind the arrow.
  CHECK(wrapped_lines("alpha -> beta", 8) == Lines{"alpha ->", "beta"});
}

TEST_CASE("further lines hang below the text, and with little room they have their own") {
  CHECK(hanging("  title  ", "one two three four five six", 33) ==
        "  title  one two three four five\n         six\n");
  CHECK(hanging("  title  ", "", 30) == "  title\n");
  const std::string title(20, '.');
  CHECK(hanging(title + "  ", "one two three four five six", 30) ==
        title + "\n    one two three four five\n    six\n");
}
