# SPDX-License-Identifier: MIT
#
# Makes one HTML page of page.html, page.css and the modules, and C++ source of the page.
#
#   cmake -DOUTPUT=assets.cpp -P embed.cmake     what tools/page/assets.h declares
#   cmake -DPARTS=directory -P embed.cmake            before.html and after.html, for tests
#
# The modules become one script in one function: their `import` lines and the word
# `export` are dropped, so all their top-level names share one scope and have to be
# unique (tests/tools/page checks it). The Content-Security-Policy admits this script and this
# style sheet, by their hashes, and nothing else; nothing can be fetched.
cmake_minimum_required(VERSION 3.25)

# A module comes after those it imports, but for those that only use each other's names
# when called.
set(modules
  graph policy_graph token odds preemptions run differences fragment challenges changes choices
  ways session dom
  picture/machine picture/life picture/lines picture/caption picture/flight picture/things
  picture/wires picture/place_view picture/stage_view picture/stretches picture/curve
  picture/band_view race
  sheet/odds_view sheet/glossary sheet/story_view sheet/challenges_view sheet/end_view
  sheet/opening_view
  stages_view words/timeline_view words/world_view words/worlds_view tabs share_view header_view controls_view
  keys app main)

set(here ${CMAKE_CURRENT_LIST_DIR})

function(check_modules)
  file(GLOB found RELATIVE ${here} ${here}/*.js ${here}/picture/*.js ${here}/sheet/*.js
    ${here}/words/*.js)
  set(listed ${modules})
  list(TRANSFORM listed APPEND .js)
  list(SORT listed)
  list(SORT found)
  if(NOT found STREQUAL listed)
    message(FATAL_ERROR "embed.cmake lists other modules than there are:\n${listed}\n${found}")
  endif()
endfunction()

# One script of all modules, with their comments: a reader of the page can read it.
function(join_modules result)
  set(script "\n(() => {\n'use strict';\n")
  foreach(module IN LISTS modules)
    file(READ ${here}/${module}.js text)
    string(REGEX REPLACE "(^|\n)import [^\n]*;" "" text "${text}")
    string(REGEX REPLACE "(^|\n)export " "\\1" text "${text}")
    string(REGEX MATCH "\n(import|export)[^\n]*" left "${text}")
    if(NOT left STREQUAL "")
      message(FATAL_ERROR "${module}.js: an import is one line, an export one word:${left}")
    endif()
    string(FIND "${text}" "</script" closing)
    if(NOT closing EQUAL -1)
      message(FATAL_ERROR "${module}.js would end the script element")
    endif()
    string(APPEND script "\n${text}")
  endforeach()
  set(${result} "${script}})();\n" PARENT_SCOPE)
endfunction()

# Base64 of bytes given in hexadecimal.
function(base64_of_hex hex result)
  set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(text "")
  string(LENGTH "${hex}" length)
  foreach(at RANGE 0 ${length} 6)
    string(SUBSTRING "${hex}" ${at} 6 part)
    string(LENGTH "${part}" digits)
    if(digits EQUAL 0)
      break()
    endif()
    string(SUBSTRING "${part}0000" 0 6 padded)
    math(EXPR bits "0x${padded}")
    math(EXPR last "${digits} / 2")
    foreach(index RANGE 0 ${last})
      math(EXPR sextet "(${bits} >> (18 - 6 * ${index})) & 63")
      string(SUBSTRING ${alphabet} ${sextet} 1 character)
      string(APPEND text ${character})
    endforeach()
    if(digits EQUAL 2)
      string(APPEND text "==")
    elseif(digits EQUAL 4)
      string(APPEND text "=")
    endif()
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# The rows of docs/glossary.md on the kernel and the hardware, its first section: the others
# explain common words, which a story uses as such. Nothing in them may end the element.
function(glossary_rows result)
  file(READ ${here}/../../../docs/glossary.md text)
  string(FIND "${text}" "\n## " first)
  math(EXPR first "${first} + 4")
  string(SUBSTRING "${text}" ${first} -1 text)
  string(FIND "${text}" "\n## " next)
  string(SUBSTRING "${text}" 0 ${next} text)
  string(REPLACE "<" "&lt;" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(hash_source text result)
  string(SHA256 hex "${text}")
  base64_of_hex(${hex} hash)
  set(${result} "'sha256-${hash}'" PARENT_SCOPE)
endfunction()

# The page in two parts, around the data.
function(make_page before after)
  check_modules()
  join_modules(script)
  file(READ ${here}/page.css style)
  hash_source("${script}" script_hash)
  hash_source("${style}" style_hash)
  set(policy "default-src 'none'; script-src ${script_hash}; style-src ${style_hash}")
  string(APPEND policy "; base-uri 'none'; form-action 'none'")
  file(READ ${here}/page.html page)
  string(FIND "${page}" "@DATA@" at)
  string(SUBSTRING "${page}" 0 ${at} first)
  math(EXPR at "${at} + 6")
  string(SUBSTRING "${page}" ${at} -1 last)
  glossary_rows(glossary)
  string(REPLACE "@GLOSSARY@" "${glossary}" first "${first}")
  string(REPLACE "@POLICY@" "${policy}" first "${first}")
  string(REPLACE "@STYLE@" "${style}" first "${first}")
  string(REPLACE "@SCRIPT@" "${script}" last "${last}")
  set(${before} "${first}" PARENT_SCOPE)
  set(${after} "${last}" PARENT_SCOPE)
endfunction()

# A char array: a string literal may not be that long everywhere.
function(cpp_array name text result)
  string(HEX "${text}" hex)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REPLACE "'\\x0a'," "'\\x0a',\n" bytes "${bytes}")
  set(${result} "constexpr char ${name}[${size}] = {\n${bytes}};\n" PARENT_SCOPE)
endfunction()

make_page(before after)
if(PARTS)
  file(WRITE ${PARTS}/before.html "${before}")
  file(WRITE ${PARTS}/after.html "${after}")
endif()
if(OUTPUT)
  cpp_array(before_bytes "${before}" before_array)
  cpp_array(after_bytes "${after}" after_array)
  file(WRITE ${OUTPUT} "// Made by tools/page/web/embed.cmake.
#include \"tools/page/assets.h\"

namespace tools {
namespace {

${before_array}
${after_array}
}  // namespace

constinit const std::string_view page_before_data{before_bytes, sizeof before_bytes};
constinit const std::string_view page_after_data{after_bytes, sizeof after_bytes};

}  // namespace tools
")
endif()
