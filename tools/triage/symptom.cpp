// SPDX-License-Identifier: MIT
//
// Lines of a log against the wordings of kernels.
#include "tools/triage/symptom.h"

#include <algorithm>

#include "tools/audit/trace_line.h"

namespace tools::triage {
namespace {

using audit::take_number;
using model::Invariant;

constexpr std::array<SymptomEntry, symptom_kinds> entries{{
    {SymptomKind::free_not_allocated,
     "free-not-allocated",
     "unmaps an address that is not mapped: unmapped twice, or never mapped",
     {Invariant::double_unmap, Invariant::unmap_never_mapped, Invariant::none}},
    {SymptomKind::free_otherwise,
     "free-otherwise",
     "unmaps an address that is mapped, in another way than it was mapped: it was mapped anew",
     {Invariant::double_unmap, Invariant::unmap_never_mapped, Invariant::none}},
    {SymptomKind::pending,
     "pending",
     "mappings are left when the device goes",
     {Invariant::leaked_mapping, Invariant::none, Invariant::none}},
    {SymptomKind::overlapping,
     "overlapping",
     "a page is mapped while it is mapped",
     {Invariant::map_over_live_mapping, Invariant::leaked_mapping, Invariant::none}},
    {SymptomKind::dma_other,
     "dma-api-other",
     "another complaint about the use of the DMA API",
     {Invariant::none, Invariant::none, Invariant::none}},
    {SymptomKind::iommu_fault,
     "iommu-fault",
     "the device uses an address that is not mapped",
     {Invariant::rdma_on_live_mr, Invariant::fastreg_on_live_mr, Invariant::double_unmap}},
    {SymptomKind::list_corruption,
     "list-corruption",
     "a list is walked or changed by two",
     {Invariant::mr_on_one_list, Invariant::use_after_free, Invariant::none}},
    {SymptomKind::use_after_free,
     "use-after-free",
     "something freed is used",
     {Invariant::use_after_free, Invariant::mr_on_one_list, Invariant::none}},
    {SymptomKind::hung_task,
     "hung-task",
     "a task waits for ever",
     {Invariant::rpc_finishes, Invariant::none, Invariant::none}},
    {SymptomKind::post_failed,
     "post-failed",
     "a work request was refused: the QP is in error",
     {Invariant::none, Invariant::none, Invariant::none}},
    {SymptomKind::map_failed,
     "map-failed",
     "a segment could not be mapped part-way",
     {Invariant::none, Invariant::none, Invariant::none}},
    {SymptomKind::reset_failed,
     "reset-failed",
     "recovery could not reset an MR and released it",
     {Invariant::none, Invariant::none, Invariant::none}},
    {SymptomKind::recovered,
     "recovered",
     "recovery reset an MR",
     {Invariant::none, Invariant::none, Invariant::none}},
    {SymptomKind::flushed,
     "flushed",
     "a work request was flushed: the connection is lost",
     {Invariant::none, Invariant::none, Invariant::none}},
    {SymptomKind::disconnected,
     "disconnected",
     "the connection is lost",
     {Invariant::none, Invariant::none, Invariant::none}},
}};

/// All of `words` in the line, one behind the other.
struct Wording {
  SymptomKind kind;
  std::string_view first;
  std::string_view second;
};

/// The first that fits counts.
constexpr std::array wordings{
    Wording{SymptomKind::free_not_allocated, "DMA-API:", "free DMA memory it has not allocated"},
    Wording{SymptomKind::free_otherwise, "DMA-API:", "frees DMA memory with"},
    Wording{SymptomKind::pending, "DMA-API:", "pending DMA allocations"},
    Wording{SymptomKind::overlapping, "DMA-API:", "overlapping mappings"},
    Wording{SymptomKind::dma_other, "DMA-API:", ""},
    Wording{SymptomKind::iommu_fault, "DMAR:", "fault addr"},
    Wording{SymptomKind::iommu_fault, "AMD-Vi:", "IO_PAGE_FAULT"},
    Wording{SymptomKind::iommu_fault, "arm-smmu", "nhandled context fault"},
    Wording{SymptomKind::list_corruption, "list_del corruption", ""},
    Wording{SymptomKind::list_corruption, "list_add corruption", ""},
    Wording{SymptomKind::use_after_free, "KASAN: ", "use-after-free"},
    Wording{SymptomKind::use_after_free, "general protection fault", ""},
    Wording{SymptomKind::use_after_free, "BUG: unable to handle", ""},
    Wording{SymptomKind::hung_task, "INFO: task ", " blocked for more than "},
    // xprtrdma, from 4.8 on.
    Wording{SymptomKind::post_failed, "FRMR registration ib_post_send returned", ""},
    Wording{SymptomKind::post_failed, "rpcrdma:", "ib_post_send"},
    Wording{SymptomKind::post_failed, "frwr_op_map:", "ib_post_send"},
    Wording{SymptomKind::map_failed, "failed to dma map sg", ""},
    Wording{SymptomKind::map_failed, "failed to map mr", ""},
    Wording{SymptomKind::map_failed, "rpcrdma:", "failed to map"},
    Wording{SymptomKind::reset_failed, "ib_dereg_mr status", ""},
    Wording{SymptomKind::reset_failed, "rpcrdma:", "orphaned"},
    Wording{SymptomKind::recovered, "recovered FRMR", ""},
    Wording{SymptomKind::recovered, "recovered FRWR", ""},
    Wording{SymptomKind::flushed, "fastreg:", "WR flushed"},
    Wording{SymptomKind::flushed, "rpcrdma:", "fastreg"},
    Wording{SymptomKind::flushed, "localinv:", "WR flushed"},
    Wording{SymptomKind::flushed, "WR flushed", "(5/"},
    Wording{SymptomKind::disconnected, "rpcrdma: connection to ", "closed"},
    Wording{SymptomKind::disconnected, "rpcrdma:", "disconnect"},
};

/// Without "[ 12.5] ", "<4>", "Nov 30 10:00:00 host kernel: ".
std::string_view without_stamp(std::string_view text, bool& is_log) {
  const std::size_t daemon = text.substr(0, 120).find(" kernel: ");
  if (daemon != text.npos) {
    text.remove_prefix(daemon + 9);
    is_log = true;
  }
  if (text.size() > 2 && text[0] == '<' && text[1] >= '0' && text[1] <= '9') {
    const std::size_t end = text.find('>');
    if (end < 5) text.remove_prefix(end + 1);
  }
  if (!text.starts_with('[')) return text;
  std::string_view rest = text.substr(1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t before = rest.size();
  (void)take_number(rest);
  if (rest.size() == before || !audit::take(rest, ".")) return text;
  (void)take_number(rest);
  if (!audit::take(rest, "]")) return text;
  is_log = true;
  (void)audit::take(rest, " ");
  return rest;
}

bool number_behind(std::string_view text, std::string_view what, unsigned base, std::uint64_t& n) {
  const std::size_t at = text.find(what);
  if (at == text.npos) return false;
  std::string_view rest = text.substr(at + what.size());
  const std::size_t before = rest.size();
  n = take_number(rest, base);
  return rest.size() < before;
}

/// "DMA-API: mlx5_core 0000:08:00.1: ..." or, before 4.18, "mlx5_core 0000:08:00.1: DMA-API: ...".
std::string driver_of(std::string_view text) {
  const std::size_t at = text.find("DMA-API:");
  std::string_view rest = text.substr(at + 8);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::string_view word = rest.substr(0, rest.find(' '));
  const std::string_view front = text.substr(0, at);
  if (front.find(' ') != front.npos && front.find(':') != front.npos) {
    word = front.substr(0, front.find(' '));
  }
  constexpr std::size_t longest = 40;
  return word.size() < longest && word != "device" ? std::string(word) : std::string();
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

}  // namespace

const SymptomEntry& entry_of(SymptomKind kind) { return entries[static_cast<std::size_t>(kind)]; }

/// " frwr_op_recover_mr+0x6a/0x1d0 [rpcrdma]", "RIP: 0010:check_unmap+0x..."
void LogReader::take_function(std::string_view text) {
  constexpr std::size_t most = 64;
  const std::size_t plus = text.find("+0x");
  if (plus == text.npos || text.find('/', plus) == text.npos) return;
  std::size_t begin = plus;
  while (begin > 0 && is_name(text[begin - 1])) --begin;
  std::vector<std::string>& functions = log_.symptoms.back().functions;
  const std::string_view name = text.substr(begin, plus - begin);
  // "? name" is what the stack happens to hold.
  const bool is_guess = begin >= 2 && text[begin - 2] == '?';
  if (name.empty() || is_guess || functions.size() == most) return;
  functions.emplace_back(name.substr(0, name.find('.')));  // without ".isra.0"
}

/// "Linux version 4.9.0-8-amd64 (...)", "CPU: 1 PID: 7 Comm: x Not tainted 4.9.0-8-amd64 #1"
void LogReader::take_version(std::string_view text) {
  std::size_t at = text.find("Linux version ");
  if (at != text.npos) {
    at += 14;
  } else if (text.find("Comm: ") != text.npos) {
    at = text.find("ainted");
    if (at == text.npos) return;
    at = text.find_first_of("0123456789", at);
    if (at == text.npos) return;
  } else {
    return;
  }
  const std::string_view version = text.substr(at, text.find(' ', at) - at);
  constexpr std::size_t longest = 80;
  if (version.size() < longest && version.find('.') != version.npos) log_.kernel = version;
}

void LogReader::take(std::string_view line, std::uint64_t number) {
  ++log_.lines;
  bool is_log = false;
  const std::string_view text = without_stamp(line, is_log);
  log_.log_lines += is_log ? 1 : 0;
  take_version(text);
  constexpr std::uint64_t longest_trace = 120;
  in_trace_ = in_trace_ && ++lines_since_ < longest_trace;
  if (in_trace_ && (text.starts_with("---[ end trace") || text.starts_with("</TASK>"))) {
    in_trace_ = false;
    return;
  }
  const auto it = std::find_if(wordings.begin(), wordings.end(), [text](const Wording& wording) {
    const std::size_t first = text.find(wording.first);
    return first != text.npos && text.find(wording.second, first) != text.npos;
  });
  if (it == wordings.end()) {
    if (in_trace_) take_function(text);
    return;
  }
  log_.log_lines += is_log ? 0 : 1;
  constexpr unsigned most = 20;
  if (kept_[static_cast<std::size_t>(it->kind)]++ >= most) {
    ++log_.symptoms_left_off;
    in_trace_ = false;
    return;
  }
  Symptom& symptom = log_.symptoms.emplace_back();
  symptom.kind = it->kind;
  symptom.line = number;
  constexpr std::size_t readable = 240;
  symptom.text = text.substr(0, readable);
  if (it->first == "DMA-API:") symptom.driver = driver_of(text);
  symptom.has_address = number_behind(text, "address=0x", 16, symptom.address);
  symptom.has_size = number_behind(text, "size=", 10, symptom.size);
  in_trace_ = true;
  lines_since_ = 0;
}

Log LogReader::finish() { return std::move(log_); }

}  // namespace tools::triage
