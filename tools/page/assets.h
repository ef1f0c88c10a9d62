// SPDX-License-Identifier: MIT
//
// The page without its data: tools/page/web/ joined by tools/page/web/embed.cmake.
#pragma once

#include <string_view>

namespace tools {

/// A page consists of the first, the data as JSON without any '<', and the second.
extern const std::string_view page_before_data;
extern const std::string_view page_after_data;

}  // namespace tools
