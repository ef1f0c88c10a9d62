// SPDX-License-Identifier: MIT
//
// All shares as one result; checks that they are all there and of one sweep.
#include <map>

#include "tools/files/output.h"
#include "tools/sweep/files.h"
#include "tools/sweep/sweep.h"
#include "tools/words/numbers.h"

namespace tools {
namespace {

using Json = nlohmann::ordered_json;

struct Share {
  std::string directory;
  ShareHead head;
};

std::string listed(const std::vector<std::size_t>& numbers) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < numbers.size() && i < most; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  }
  if (numbers.size() > most) text += " and " + std::to_string(numbers.size() - most) + " more";
  return text;
}

/// Shares by number; what is foreign or there twice is an error.
std::map<unsigned, Share> shares_in(const std::vector<std::string>& directories) {
  std::map<unsigned, Share> shares;
  const Share* first = nullptr;
  for (const std::string& directory : directories) {
    Share share{directory, read_share(directory)};
    const unsigned number = share.head.shard.number;
    if (first != nullptr) {
      const ShareHead& other = first->head;
      const std::string where = directory + ": ";
      if (share.head.sweep != other.sweep) {
        throw model::InputError(where + "belongs to another sweep than " + first->directory);
      }
      if (share.head.program != other.program) {
        throw model::InputError(where + "was made by frwrsim " + share.head.program + ", " +
                                first->directory + " by " + other.program);
      }
      if (share.head.shard.of != other.shard.of) {
        throw model::InputError(where + "is one of " + std::to_string(share.head.shard.of) +
                                " shares, " + first->directory + " one of " +
                                std::to_string(other.shard.of));
      }
    }
    const auto [at, is_new] = shares.try_emplace(number, std::move(share));
    if (!is_new) {
      throw model::InputError("share " + in_words(at->second.head.shard) +
                              " is there twice: " + at->second.directory + " and " + directory);
    }
    if (first == nullptr) first = &at->second;
  }
  return shares;
}

void require_all(const std::map<unsigned, Share>& shares) {
  const unsigned of = shares.begin()->second.head.shard.of;
  std::vector<std::size_t> missing;
  for (unsigned number = 1; number <= of; ++number) {
    if (shares.count(number) == 0) missing.push_back(number);
  }
  if (missing.empty()) return;
  throw model::InputError("of " + plural(of, "share") + " these are missing: " + listed(missing));
}

/// By cell, its share; every cell must have one and no more.
std::vector<const Share*> owners(const std::map<unsigned, Share>& shares) {
  std::vector<const Share*> owner(shares.begin()->second.head.cells_in_all);
  for (const auto& [number, share] : shares) {
    for (const std::size_t cell : share.head.cells) {
      if (cell >= owner.size() || owner[cell] != nullptr) {
        throw model::InputError(share.directory + ": cell " + std::to_string(cell) +
                                " is another share's, too: the file was edited");
      }
      owner[cell] = &share;
    }
  }
  return owner;
}

}  // namespace

std::string merged(const std::vector<std::string>& directories) {
  const std::map<unsigned, Share> shares = shares_in(directories);
  require_all(shares);
  const std::vector<const Share*> owner = owners(shares);
  const ShareHead& any = shares.begin()->second.head;
  Json json{{"format", "frwrsim-sweep-results/1"},
            {"program", any.program},
            {"sweep", any.sweep},
            {"document", any.document},
            {"cells", Json::array()}};
  std::map<std::string, std::vector<std::size_t>> unfinished;
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (owner[i] == nullptr) {
      throw model::InputError("no share has cell " + std::to_string(i) +
                              ": a share's file was edited");
    }
    std::optional<Json> cell = cells_of(owner[i]->head, owner[i]->directory).read(i);
    if (!cell) {
      unfinished[owner[i]->directory].push_back(i);
      continue;
    }
    json["cells"].push_back(*std::move(cell));
  }
  if (!unfinished.empty()) {
    const auto& [directory, cells] = *unfinished.begin();
    throw model::InputError(directory + ": is not finished, it lacks " +
                            plural(cells.size(), "cell") + " (" + listed(cells) +
                            "); 'frwrsim sweep' with the same --shard and --output continues");
  }
  return documents_text({json});
}

}  // namespace tools
