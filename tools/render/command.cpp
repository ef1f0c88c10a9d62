// SPDX-License-Identifier: MIT
//
// frwrsim render: a run as a picture.
#include <algorithm>
#include <array>

#include "tools/app/commands.h"
#include "tools/files/output.h"
#include "tools/render/render.h"
#include "tools/render/state_graph_dot.h"
#include "tools/run/told_run.h"

namespace tools {
namespace {

std::string rendered(const model::Trace& trace, const RenderOptions& options) {
  const Only only = only_of(options.only, trace);
  if (options.as == "text") return text_lanes(trace, options.every_step, only);
  if (options.as == "mermaid") return mermaid_sequence(trace, options.every_step, only);
  if (options.as == "perfetto") return perfetto_trace(trace);
  if (options.as == "sequence-svg") return sequence_svg(trace, options.every_step, only);
  return state_graph_dot(
      trace, {static_cast<const LimitOptions&>(options), options.most_nodes, options.around});
}

}  // namespace

sim::ExitCode render_command(const RenderOptions& options) {
  constexpr std::array<std::string_view, 5> forms{"sequence-svg", "mermaid", "dot", "perfetto",
                                                  "text"};
  if (std::find(forms.begin(), forms.end(), options.as) == forms.end()) {
    throw model::InputError("--format: there is no '" + model::printable(options.as) +
                            "'; there are " + model::listed({forms.begin(), forms.end()}));
  }
  if (!options.only.empty() && (options.as == "dot" || options.as == "perfetto")) {
    throw model::InputError("--only: not for --format " + options.as +
                            ", which has no lanes to choose; for sequence-svg, mermaid and text");
  }
  require_writable(options.output);
  write_output(rendered(needed_run(options, options), options), options.output);
  return sim::exit_clean;  // a picture is no verdict
}

}  // namespace tools
