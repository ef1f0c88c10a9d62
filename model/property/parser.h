// SPDX-License-Identifier: MIT
//
// From text to an expression; an error says where in the text it is, and what fits there.
//
//   expression  any|all mr [of rpc]: expression | any|all rpc: expression
//               | either [=> expression]
//   either      both { || both }                 also: or
//   both        one { && one }                   also: and
//   one         !one | once one | (expression) | true | false | event | field [compared]
//   event       event KIND [WR] [of mr|rpc] [from WORD] [to WORD] [by ACTOR]
//   field       NAME | mr.NAME | rpc.NAME
//   compared    == | != | < | <= | > | >=  WORD or number
//   rpc         rpc | rpc[NUMBER or NAME]        "not" is also "!"
//
// An `mr` or `rpc` outside of any quantifier is some MR, some RPC: the same one in the
// whole text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/property/expression.h"
#include "model/property/tokens.h"

namespace model {

/// Reads a condition on a scenario whose RPCs are called so. `memories` are in use already:
/// those of this text come after them. Throws ConditionError; also if more than
/// Watched::max_memories are needed in all.
Expression read_condition(std::string_view text, const std::vector<std::string>& rpcs,
                          unsigned memories = 0);

/// "A < B": A is true after an earlier step than B, of the same MR if both speak of `mr`.
/// Reads it as the condition "B && once A". Throws as read_condition.
Expression read_order(std::string_view text, const std::vector<std::string>& rpcs,
                      unsigned memories = 0);

}  // namespace model
