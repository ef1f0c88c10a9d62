// SPDX-License-Identifier: MIT
//
// Fields gathered by section and subject.
#include "tools/run/report_world.h"

#include <algorithm>

#include "tools/words/text_layout.h"

namespace tools {
namespace {

using model::ViewField;

}  // namespace

std::string shown(const std::string& value) { return value.empty() ? "(nothing)" : value; }

std::string field_name(const ViewField& field) {
  return (field.subject.empty() ? field.section : field.subject) + ", " + field.name;
}

std::string world_text(const model::WorldView& view, const WorldValues& values,
                       const WorldValues& before, const Style& style) {
  const std::vector<ViewField>& fields = view.fields();
  std::string text;
  std::string section;
  for (std::size_t i = 0; i < fields.size();) {
    const std::string& subject = fields[i].subject;
    const std::string& of = fields[i].section;
    std::string what;
    // What a subject has is one entry; where there is none, each field is.
    const std::size_t first = i;
    do {
      const bool changed = values[i] != before[i];
      if (!values[i].empty() || changed) {
        what += (what.empty() ? "" : "; ") + std::string(changed ? "*" : "") + fields[i].name +
                ": " + shown(values[i]);
      }
      ++i;
    } while (i < fields.size() && !subject.empty() && fields[i].subject == subject &&
             fields[i].section == of);
    if (what.empty()) continue;
    if (fields[first].section != section) {
      section = fields[first].section;
      text += style.strong(section) + "\n";
    }
    text += hanging(subject.empty() ? "  " : "  " + subject + "  ", what, style.width());
  }
  return text;
}

std::vector<std::string> changes_in_words(const model::WorldView& view, const WorldValues& before,
                                          const WorldValues& after) {
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const ViewField& field = view.fields()[i];
    if (after[i] == before[i] || field.section == "Contexts") continue;
    changes.push_back(field_name(field) + ": " + shown(before[i]) + " -> " + shown(after[i]));
  }
  return changes;
}

nlohmann::ordered_json world_to_json(const model::WorldView& view, const WorldValues& values) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ViewField& field = view.fields()[i];
    if (values[i].empty()) continue;
    const std::string key = field.subject.empty() ? field.name : field.subject + "/" + field.name;
    json[field.section][key] = values[i];
  }
  return json;
}

}  // namespace tools
