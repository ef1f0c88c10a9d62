// SPDX-License-Identifier: MIT
//
// Orderings and locks as people write them, and what is said of a text that is none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/policy.h"

namespace model {

/// A part of a text, and how to complain of it.
struct Part {
  std::string_view text;
  std::string where;  ///< "'pre-fix,x=y', column 9: "
  /// Throws InputError.
  [[noreturn]] void fail(const std::string& message) const;
};

/// In quotes, with all that is not printable ASCII as \\x.., so that the message can be
/// printed anywhere.
std::string in_quotes(std::string_view text);

/// The number of the name among `names`. Throws InputError, which proposes the nearest one:
/// "there is no WHAT 'word'; did you mean ...".
std::size_t one_of(const Part& part, std::string_view what, std::string_view word,
                   std::span<const std::string_view> names);

/// Every statement that a rule can name, context by context.
std::vector<StepKind> statements();
/// Its name, with its context in front if several have a statement of that name:
/// "op_map_get", "rec.set_invalid".
std::string in_text(StepKind statement);

/// "STATEMENT until fastreg-handled", "local-inv-handled" or "recovery-done". Throws
/// InputError.
Ordering ordering_of(const Part& part);
/// As ordering_of reads it.
std::string in_text(const Ordering& ordering);

/// "FIRST..LAST with FIRST..LAST per transport", "request" or "mr". Throws InputError.
Exclusion lock_of(const Part& part);
/// The same from its parts.
Exclusion lock_of(const Part& part, std::string_view a, std::string_view b, std::string_view scope);
/// As lock_of reads it.
std::string in_text(const Exclusion& lock);

}  // namespace model
