// SPDX-License-Identifier: MIT
//
// Lines in, words out.
#include "tools/step/console.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "tools/app/search_setup.h"
#include "tools/app/why_stopped.h"
#include "tools/run/replayable.h"
#include "tools/run/report_text.h"
#include "tools/run/report_world.h"
#include "tools/run/told_run.h"
#include "tools/step/odds_search.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"

namespace tools {
namespace {

using model::InputError;
using Json = nlohmann::ordered_json;

/// The words of a line, up to one that begins with '#'.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word && word.front() != '#';) words.push_back(word);
  return words;
}

/// A number of steps; `unless_given` if there is none.
std::size_t steps_in(const std::string& argument, std::size_t unless_given) {
  if (argument.empty()) return unless_given;
  std::size_t steps = 0;
  const char* end_of_text = argument.data() + argument.size();
  const auto [end, error] = std::from_chars(argument.data(), end_of_text, steps);
  if (error != std::errc{} || end != end_of_text || steps == 0) {
    throw InputError("expected a number of steps, found '" + model::printable(argument) + "'");
  }
  return steps;
}

bool is_number(const std::string& word) {
  return word.find_first_not_of("0123456789") == std::string::npos;
}

/// A choice as it was typed; if no outcome was named, with the only one there is.
sim::Choice completed(sim::Choice choice, const Stepping& run) {
  const auto mismatch = run.mismatch(choice);
  if (mismatch && choice.outcome == 0 && mismatch->outcomes.size() == 1) {
    choice.outcome = static_cast<sim::Outcome>(mismatch->outcomes.first());
  }
  return choice;
}

/// Takes a choice, or says why that is not possible.
void take(sim::Choice typed, Stepping& run) {
  const sim::Choice choice = completed(typed, run);
  if (run.end()) {
    throw InputError("not possible at step " + std::to_string(run.steps().size() + 1) +
                     ": the run has ended (" + end_in_words(run) + ")");
  }
  if (const auto mismatch = run.mismatch(choice)) {
    throw InputError("not possible at step " + std::to_string(mismatch->step + 1) + ": " +
                     misfit_in_words(*mismatch, run.model(), run.schedule()));
  }
  run.take(choice);
}

}  // namespace

const std::vector<StepConsole::Command>& StepConsole::commands() {
  static const std::vector<Command> all{
      {"choices", "c", "", "what can be chosen now", &StepConsole::show_choices},
      {"world", "w", "", "everything; an asterisk marks what the last step changed",
       &StepConsole::show_world},
      {"undo", "u", "[N]", "take back the last step, or N", &StepConsole::undo},
      {"redo", "r", "[N]", "take a step again that was taken back, or N", &StepConsole::redo},
      {"reset", "", "", "take back all steps", &StepConsole::reset},
      {"odds", "o", "[--exact]",
       "the probability of a violation, the label, how near the ends are; with all digits",
       &StepConsole::show_odds},
      {"counterexample", "x", "[N]",
       "start over and go along the counterexample, all of it or N steps",
       &StepConsole::go_to_counterexample},
      {"along", "a", "[N]", "one step more along the counterexample, or N", &StepConsole::go_along},
      {"history", "", "", "the steps taken", &StepConsole::show_history},
      {"token", "t", "", "the choices made, as a schedule token", &StepConsole::show_token},
      {"save", "", "FILE", "write them as a schedule file", &StepConsole::save},
      {"json", "j", "", "the last step and the world as a line of JSON", &StepConsole::show_json},
      {"help", "h", "", "this list", &StepConsole::help},
      {"quit", "q", "", "end, as the end of input does", &StepConsole::quit},
  };
  return all;
}

StepConsole::StepConsole(const StepOptions& options, const Style& style)
    : options_(options),
      style_(style),
      what_(what_to_replay({.what = options.what,
                            .schedule = options.schedule,
                            .policy = options.policy,
                            .output = {},
                            .never = options.never},
                           false)),
      run_(model_of(what_.scenario, what_.policy)),
      view_(run_.model()),
      json_(options.format == "json") {
  if (what_.token.empty()) return;
  // What a replay refuses is refused here too, in the same words.
  for (const sim::Choice choice : replayed(what_, options.what).schedule()) run_.take(choice);
}

std::string StepConsole::greeting() const {
  if (json_) return standing_document(run_);
  std::string text = header_lines(what_.scenario, what_.policy, style_) + "\n";
  if (!run_.steps().empty()) text += step_line(run_, run_.steps().size(), style_);
  return text + where_it_stands();
}

std::string StepConsole::prompt() const {
  return "step " + std::to_string(run_.steps().size()) + "> ";
}

sim::ExitCode StepConsole::exit_code() const {
  const auto end = run_.end();
  return end ? sim::exit_code_of(sim::verdict_of(*end)) : sim::exit_clean;
}

std::string StepConsole::obey(const std::string& line) {
  const std::vector<std::string> words = words_of(line);
  if (words.empty()) return {};
  const std::string& name = words.front();
  for (const Command& command : commands()) {
    if (name != command.name && name != command.short_name) continue;
    const std::size_t most = command.argument.empty() ? 1 : 2;
    if (words.size() > most || (command.argument == "FILE" && words.size() != 2)) {
      throw InputError("expected '" + std::string(command.name) +
                       (command.argument.empty() ? "" : " ") + std::string(command.argument) + "'");
    }
    return (this->*command.carry_out)(words.size() > 1 ? words[1] : std::string());
  }
  if (words.size() > 1) {
    throw InputError("expected one choice, or choices with dots between them, found '" +
                     model::printable(words[1]) + "' behind '" + model::printable(name) + "'");
  }
  if (is_number(name)) return take_number(name);
  try {
    return take_all(sim::choices_from(name, sim::schedule_names(run_.model())));
  } catch (const sim::ScheduleSyntaxError& error) {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) names.push_back(command.name);
    const auto near = model::nearest(name, names);
    throw InputError(
        "neither a command (" +
        (near ? "did you mean '" + std::string(*near) + "'?" : std::string("'help' lists them")) +
        ") nor a choice: " + std::string(error.what()));
  }
}

std::string StepConsole::take_number(const std::string& word) {
  const std::vector<sim::Choice> choices = run_.choices();
  std::size_t number = 0;
  (void)std::from_chars(word.data(), word.data() + word.size(), number);
  if (number >= 1 && number <= choices.size()) return take_all({choices[number - 1]});
  throw InputError("there is no choice " + word + ": " +
                   (choices.empty() ? "the run has ended (" + end_in_words(run_) + ")"
                                    : "they are 1 to " + std::to_string(choices.size())));
}

std::string StepConsole::take_all(const sim::Schedule& choices) {
  Stepping run = run_;
  std::string text;
  for (const sim::Choice choice : choices) {
    take(choice, run);
    text += json_ ? standing_document(run) : step_line(run, run.steps().size(), style_);
  }
  run_ = std::move(run);
  return json_ ? text : text + where_it_stands();
}

std::string StepConsole::undo(const std::string& argument) {
  const std::size_t steps = steps_in(argument, 1);
  if (steps > run_.steps().size()) {
    throw InputError("there are " + plural(run_.steps().size(), "step") + " to take back");
  }
  run_.undo(steps);
  return went_back();
}

std::string StepConsole::redo(const std::string& argument) {
  const std::size_t steps = steps_in(argument, 1);
  Stepping run = run_;
  std::string text;
  for (std::size_t i = 0; i < steps; ++i) {
    if (run.redo(1) == 0) {
      throw InputError("there are " + plural(i, "step") + " to take again");
    }
    text += json_ ? standing_document(run) : step_line(run, run.steps().size(), style_);
  }
  run_ = std::move(run);
  return json_ ? text : text + where_it_stands();
}

std::string StepConsole::reset(const std::string&) {
  run_.undo(run_.steps().size());
  return went_back();
}

std::string StepConsole::go_to_counterexample(const std::string& argument) {
  const sim::Schedule& all = counterexample();
  const std::size_t steps = steps_in(argument, all.size());
  if (steps > all.size()) {
    throw InputError("the counterexample has " + plural(all.size(), "step"));
  }
  run_.undo(run_.steps().size());
  return take_all({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(steps)});
}

std::string StepConsole::go_along(const std::string& argument) {
  const sim::Schedule& all = counterexample();
  const std::size_t steps = steps_in(argument, 1);
  const sim::Schedule taken = run_.schedule();
  const std::size_t here = taken.size();
  if (here > all.size() || !std::equal(taken.begin(), taken.end(), all.begin())) {
    throw InputError(
        "the choices made are not those of the counterexample: 'counterexample 1' "
        "starts over");
  }
  if (steps > all.size() - here) {
    throw InputError("the counterexample has " + plural(all.size() - here, "step") +
                     " more from here");
  }
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(here);
  return take_all({first, first + static_cast<std::ptrdiff_t>(steps)});
}

const sim::Schedule& StepConsole::counterexample() {
  if (!counterexample_.empty()) return counterexample_;
  const ToldRun told = counterexample_to_tell(what_.scenario, what_.policy, options_);
  if (!told.trace) {
    throw InputError(told.bound == sim::Bound::none
                         ? "there is no counterexample: no interleaving fails"
                         : "no counterexample was found: " + why_stopped(told.bound));
  }
  counterexample_ = told.trace->schedule();
  return counterexample_;
}

std::string StepConsole::show_world(const std::string&) {
  if (json_) return standing_document(run_);
  const std::size_t steps = run_.steps().size();
  const model::World& before = run_.world(steps == 0 ? 0 : steps - 1);
  return world_text(view_, view_.values(run_.world()), view_.values(before), style_);
}

std::string StepConsole::show_choices(const std::string&) {
  return json_ ? standing_document(run_) : where_it_stands();
}

std::string StepConsole::show_odds(const std::string& argument) {
  const bool exact = argument == "--exact";
  if (!exact && !argument.empty()) {
    throw InputError("expected 'odds' or 'odds --exact', found '" + model::printable(argument) +
                     "'");
  }
  if (!odds_) odds_.emplace(search_odds(what_.scenario, what_.policy, options_));
  return json_ ? document("odds", odds_to_json(run_, *odds_))
               : odds_text(run_, *odds_, exact, style_);
}

std::string StepConsole::show_history(const std::string&) {
  Json steps = Json::array();
  std::string text;
  for (std::size_t i = 1; i <= run_.steps().size(); ++i) {
    if (json_) {
      steps.push_back(step_to_json(run_, i));
    } else {
      text += step_line(run_, i, style_);
    }
  }
  return json_ ? document("history", steps) : text;
}

std::string StepConsole::show_token(const std::string&) {
  return json_ ? document("schedule", token()) : token() + "\n";
}

std::string StepConsole::show_json(const std::string&) { return standing_document(run_); }

std::string StepConsole::save(const std::string& argument) {
  model::Replayable what = what_;
  what.trace.reset();
  what.token = token();
  const model::Trace trace = replayed(what, options_.what);
  write_output(documents_text(Json::array({schedule_to_json(trace)})), argument);
  if (json_) return document("saved", argument);
  return plural(run_.steps().size(), "step") + " saved as " + model::printable(argument) + "\n";
}

std::string StepConsole::help(const std::string&) {
  std::string text =
      "  N                      make the choice of that number\n" +
      hanging("  t1, srv=2, t1-5.link   ",
              "make choices as a token spells them; the outcome may be left out where there is "
              "only one",
              style_.width());
  for (const Command& command : commands()) {
    std::string usage(command.name);
    if (!command.short_name.empty()) usage += ", " + std::string(command.short_name);
    if (!command.argument.empty()) usage += " " + std::string(command.argument);
    constexpr std::size_t usage_columns = 25;
    text += hanging(padded("  " + usage + " ", usage_columns), std::string(command.help),
                    style_.width());
  }
  return json_ ? document("help", text) : text;
}

std::string StepConsole::quit(const std::string&) {
  has_quit_ = true;
  return {};
}

std::string StepConsole::went_back() const {
  if (json_) return standing_document(run_);
  return "back at step " + std::to_string(run_.steps().size()) + "\n" + where_it_stands();
}

std::string StepConsole::token() const {
  return sim::to_token(run_.schedule(), what_.scenario.hash(), sim::schedule_names(run_.model()));
}

std::string StepConsole::document(const char* key, Json value) const {
  Json json;
  json["format"] = "frwrsim-step/1";
  json["scenario_name"] = what_.scenario.name;
  json["policy"] = what_.policy;
  json["step"] = run_.steps().size();
  json[key] = std::move(value);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string StepConsole::standing_document(const Stepping& run) const {
  Json json;
  json["format"] = "frwrsim-step/1";
  json["scenario_name"] = what_.scenario.name;
  json["policy"] = what_.policy;
  json.update(standing_to_json(run, view_));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string StepConsole::where_it_stands() const { return standing(run_, view_, style_); }

}  // namespace tools
