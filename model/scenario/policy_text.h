// SPDX-License-Identifier: MIT
//
// Policies as people write them: a name, a row of decisions over another policy, rules.
//
//   v4.9
//   failed_marshal=put_back,post_fastreg=with_send        over the kernel of the fix
//   pre-fix,wait=set_invalid until fastreg-handled
//   my-fix:v4.15,exclude=unmap_safe_pop..unmap_safe_defer with reset_pop..reset_put per request
//
// What is read is given back as one text, the same for all ways to write the same
// thing: it names the base as this program does and only the decisions that differ, in the
// table's order. That text is the policy's name wherever one is kept: in traces,
// checkpoints, certificates, results. So whoever has the name has the policy, no file
// is needed to replay, and a policy that was changed has another name.
#pragma once

#include <string>
#include <string_view>

#include "model/policy.h"
#include "model/scenario/input.h"

namespace model {

inline constexpr std::size_t longest_policy = 1000;     ///< bytes of a policy's text
inline constexpr std::size_t longest_policy_name = 40;  ///< bytes of a name of one's own
inline constexpr std::string_view policy_format = "frwrsim-policy/1";

/// The policy of that text. Its name is the text to keep. Throws InputError, which quotes
/// the text and names the column.
PolicyEntry read_policy(std::string_view text);

/// The policy of a JSON object with the keys "name", "base", "decisions", "wait", "exclude"
/// and "about"; in a file of its own also "format". Throws InputError.
PolicyEntry read_policy(const JsonValue& object);

/// The policy's text in a file of the program: as read_policy gives it back. Throws
/// InputError if it is no policy or is written in another way.
std::string kept_policy(const JsonValue& value);

/// The text to keep of the policy that a key of an object names. Throws InputError.
std::string policy_of_key(const JsonValue& value);

/// A text for people and columns: "my-fix" of "my-fix:v4.9,...", the alias of a policy of
/// the program, else the text.
std::string short_name_of(const PolicyEntry& entry);

}  // namespace model
