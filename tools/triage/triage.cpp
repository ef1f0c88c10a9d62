// SPDX-License-Identifier: MIT
//
// Judging symptoms: first what speaks against this bug, then what the model ends in.
#include "tools/triage/triage.h"

#include <algorithm>
#include <array>
#include <map>

#include "model/invariants.h"
#include "model/scenario/input.h"
#include "tools/audit/trace_line.h"
#include "tools/triage/model_ends.h"

namespace tools::triage {
namespace {

using model::Invariant;

/// Drivers of devices that the client can use.
constexpr std::array<std::string_view, 30> rdma_drivers{
    "mlx4_core", "mlx4_ib",  "mlx5_core", "mlx5_ib",     "ib_mthca", "cxgb3",
    "cxgb4",     "iw_cxgb4", "qede",      "qedr",        "bnxt_en",  "bnxt_re",
    "hns3",      "hns_roce", "i40e",      "i40iw",       "ice",      "irdma",
    "be2net",    "ocrdma",   "enic",      "usnic_verbs", "hfi1",     "qib",
    "ib_qib",    "rdma_rxe", "siw",       "vmw_pvrdma",  "erdma",    "mana"};

/// Beginnings of the client's functions.
constexpr std::array<std::string_view, 3> client_functions{"frwr_", "rpcrdma_", "xprt_rdma_"};

bool is_of_client(std::string_view function) {
  return std::any_of(client_functions.begin(), client_functions.end(),
                     [function](std::string_view begin) { return function.starts_with(begin); });
}

bool has_client_function(const Symptom& symptom) {
  return std::any_of(symptom.functions.begin(), symptom.functions.end(), is_of_client);
}

bool is_dma_api(SymptomKind kind) {
  return kind >= SymptomKind::free_not_allocated && kind <= SymptomKind::dma_other;
}

/// Whether a function of the kernel is the one of the model, whose names are of 4.9.
bool is_same_function(std::string_view kernel, std::string_view model) {
  if (kernel == model) return true;
  // frwr_op_unmap_sync of 4.9 is frwr_unmap_sync from 5.1 on.
  constexpr std::string_view op = "frwr_op_";
  return model.starts_with(op) && kernel.starts_with("frwr_") &&
         kernel.substr(5) == model.substr(op.size());
}

bool is_in_trace(const Symptom& symptom, std::string_view function) {
  return std::any_of(symptom.functions.begin(), symptom.functions.end(),
                     [function](const std::string& it) { return is_same_function(it, function); });
}

bool ends_so(const ModelEnd& end, const SymptomEntry& entry) {
  return std::any_of(entry.invariants.begin(), entry.invariants.end(), [&end](Invariant it) {
    return it != Invariant::none && model::entry_of(it).name == end.invariant;
  });
}

/// Why a DMA-API line is another bug's; empty if nothing says so.
std::string why_not(const Symptom& symptom) {
  const SymptomEntry& entry = entry_of(symptom.kind);
  if (is_dma_api(symptom.kind)) {
    if (symptom.has_address && symptom.address == 0) {
      return "the address is 0: a driver unmaps what it never mapped or has cleared; an MR keeps "
             "the address of its mapping, and the second unmap prints it again";
    }
    if (symptom.has_size && symptom.size == 0) {
      return "the size is 0: the client maps no empty segment";
    }
    if (!symptom.driver.empty() &&
        std::find(rdma_drivers.begin(), rdma_drivers.end(), symptom.driver) == rdma_drivers.end()) {
      return "the device is one of driver " + model::printable(symptom.driver) +
             ", which is none that NFS/RDMA can use";
    }
  }
  if (symptom.kind == SymptomKind::dma_other) return "no end of the model looks like that";
  if (entry.invariants[0] != Invariant::none && !symptom.functions.empty() &&
      symptom.kind != SymptomKind::hung_task && !has_client_function(symptom)) {
    return "the call trace has no function of the client (frwr_, rpcrdma_, xprt_rdma_)";
  }
  return "";
}

/// Whether the log shows a loss of the connection, a failed mapping, a failed reset.
bool has_seen(const Log& log, std::string_view need) {
  return std::any_of(log.symptoms.begin(), log.symptoms.end(), [need](const Symptom& symptom) {
    switch (symptom.kind) {
      case SymptomKind::post_failed:
      case SymptomKind::flushed:
      case SymptomKind::disconnected:
        return need == "loss";
      case SymptomKind::map_failed:
        return need == "map-failed";
      case SymptomKind::reset_failed:
        return need == "reset-failed";
      default:
        return false;
    }
  });
}

/// Compares what a scenario takes with what the log shows.
void compare_needs(Candidate& candidate, std::string_view needs, const Log& log) {
  while (!needs.empty()) {
    const std::string_view need = needs.substr(0, needs.find(' '));
    needs.remove_prefix(std::min(need.size() + 1, needs.size()));
    const bool is_seen = has_seen(log, need);
    candidate.needs_met = candidate.needs_met || is_seen;
    // Not every kernel prints that a connection was lost.
    candidate.needs_unmet = candidate.needs_unmet || (!is_seen && need != "loss");
  }
}

/// Scenarios that end so, under this policy or, without one, under any that a kernel had.
std::vector<Candidate> candidates_of(const Symptom& symptom, const Triage& triage) {
  const model::PolicyEntry* policy = triage.policy;
  std::map<std::pair<std::string_view, std::string_view>, Candidate> all;
  for (const ModelEnd& end : model_ends()) {
    const model::PolicyEntry* its = model::find_policy(end.policy);
    if (!ends_so(end, entry_of(symptom.kind)) || its == nullptr) continue;
    if (policy != nullptr ? end.policy != policy->name : its->since == "hypothetical") continue;
    Candidate& candidate = all[{end.scenario, end.invariant}];
    candidate.scenario = end.scenario;
    candidate.invariant = end.invariant;
    candidate.failing += end.failing;
    compare_needs(candidate, end.needs, triage.log);
    const auto add = [](std::vector<std::string>& names, std::string name) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    };
    add(candidate.policies, std::string(end.policy));
    add(candidate.places, std::string(end.function) + " in " + std::string(end.context));
    candidate.is_in_trace = candidate.is_in_trace || is_in_trace(symptom, end.function);
  }
  std::vector<Candidate> ranked;
  for (auto& [key, candidate] : all) ranked.push_back(std::move(candidate));
  // What the log shows counts more than how often the model ends so.
  std::stable_sort(ranked.begin(), ranked.end(), [](const Candidate& a, const Candidate& b) {
    if (a.is_in_trace != b.is_in_trace) return a.is_in_trace;
    if (a.needs_unmet != b.needs_unmet) return b.needs_unmet;
    if (a.needs_met != b.needs_met) return a.needs_met;
    return a.failing > b.failing;
  });
  return ranked;
}

/// Whose unmap it is: by the functions in which the model ends where addresses are used
/// again, and where they are not.
void judge_part(Judgement& judgement) {
  if (judgement.symptom.kind != SymptomKind::free_not_allocated) return;
  bool fresh = false;
  bool reused = false;
  std::string function;
  for (const ModelEnd& end : model_ends()) {
    if (end.invariant != model::entry_of(Invariant::double_unmap).name) continue;
    if (!is_in_trace(judgement.symptom, end.function)) continue;
    function = end.function;
    (end.reuses_addresses ? reused : fresh) = true;
  }
  if (!fresh && !reused) {
    judgement.why_part =
        "without a call trace that has the client's function either is possible: the line is "
        "printed at the second unmap or, if the address was mapped again meanwhile, at the unmap "
        "of whoever has it now";
    return;
  }
  judgement.part = fresh && reused ? Part::either : fresh ? Part::culprit : Part::victim;
  const std::string where = "in the model " + function + " ends so ";
  if (judgement.part == Part::victim) {
    judgement.why_part = where +
                         "only where addresses are used again: its mapping was taken away by an "
                         "earlier second unmap, which printed nothing";
  } else {
    judgement.why_part = where + (reused ? "with addresses used again and without: most likely it "
                                           "is itself the second unmap"
                                         : "whether or not addresses are used again: it is itself "
                                           "the second unmap");
  }
}

Judgement judged(Symptom symptom, const Triage& triage) {
  Judgement judgement;
  const SymptomEntry& entry = entry_of(symptom.kind);
  judgement.symptom = std::move(symptom);
  if (std::string why = why_not(judgement.symptom); !why.empty()) {
    judgement.fit = Fit::not_this_bug;
    judgement.why = std::move(why);
    return judgement;
  }
  if (entry.invariants[0] == Invariant::none) {
    judgement.fit = Fit::circumstance;
    judgement.why = std::string(entry.meaning);
    return judgement;
  }
  judgement.candidates = candidates_of(judgement.symptom, triage);
  if (judgement.candidates.empty() && triage.policy != nullptr) {
    judgement.fit = Fit::not_this_bug;
    judgement.why = "kernel " + triage.kernel + " decides as " + std::string(triage.policy->name) +
                    " does, under which no scenario ends so in the model";
    return judgement;
  }
  const bool is_ours = has_client_function(judgement.symptom);
  judgement.fit = is_ours ? Fit::fits : Fit::may_fit;
  judgement.why = is_ours ? "the call trace has functions of the client"
                          : "nothing in the line says whose it is: no call trace follows it that "
                            "has a function of the client";
  judge_part(judgement);
  return judgement;
}

}  // namespace

std::optional<KernelVersion> parse_version(std::string_view text) {
  KernelVersion version;
  const std::size_t before = text.size();
  version.major = static_cast<unsigned>(std::min<std::uint64_t>(audit::take_number(text), 999));
  if (text.size() == before || !audit::take(text, ".")) return std::nullopt;
  const std::size_t dot = text.size();
  version.minor = static_cast<unsigned>(std::min<std::uint64_t>(audit::take_number(text), 999));
  return text.size() == dot ? std::nullopt : std::optional(version);
}

const model::PolicyEntry* policy_of(const KernelVersion& version) {
  const model::PolicyEntry* last = nullptr;
  for (const model::PolicyEntry& entry : model::policies()) {
    std::string_view since = entry.since;
    if (!audit::take(since, "kernel ")) continue;
    const auto its = parse_version(since);
    if (its && *its <= version) last = &entry;
  }
  return last;
}

bool Triage::has(Fit fit) const {
  return std::any_of(judgements.begin(), judgements.end(),
                     [fit](const Judgement& it) { return it.fit == fit; });
}

Triage triage_log(Log log, const std::string& name, const std::string& kernel) {
  Triage triage;
  triage.name = name;
  triage.log = std::move(log);
  triage.kernel = kernel.empty() ? triage.log.kernel : kernel;
  triage.version = parse_version(triage.kernel);
  if (!kernel.empty() && !triage.version) {
    throw model::InputError("--kernel: expected a version like 4.9 or 6.1.0-18-amd64, found '" +
                            model::printable(kernel) + "'");
  }
  if (triage.version) triage.policy = policy_of(*triage.version);
  for (const Symptom& symptom : triage.log.symptoms) {
    triage.judgements.push_back(judged(symptom, triage));
  }
  return triage;
}

}  // namespace tools::triage
