// SPDX-License-Identifier: MIT
//
// What a kernel's log says that has to do with the mappings of the NFS/RDMA client.
//
// A symptom is one line, with the call trace that follows it. Wordings are those of
// lib/dma-debug.c (later kernel/dma/debug.c), lib/list_debug.c, mm/kasan, the hung task
// detector, and net/sunrpc/xprtrdma of every age.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/world.h"

namespace tools::triage {

/// Kinds of lines.
enum class SymptomKind : std::uint8_t {
  free_not_allocated,  ///< DMA-API: a second unmap, or one of what was never mapped
  free_otherwise,      ///< DMA-API: unmapped with another size, direction or function
  pending,             ///< DMA-API: allocations left when the device goes
  overlapping,         ///< DMA-API: a page mapped too often
  dma_other,           ///< DMA-API: something else
  iommu_fault,         ///< the device used an address that is not mapped
  list_corruption,
  use_after_free,  ///< KASAN, a general protection fault, a bad pointer
  hung_task,
  post_failed,   ///< a FASTREG or LOCAL_INV could not be posted
  map_failed,    ///< a scatterlist could not be mapped
  reset_failed,  ///< ib_dereg_mr failed: the MR is orphaned
  recovered,     ///< recovery reset an MR
  flushed,       ///< a FASTREG or LOCAL_INV was flushed
  disconnected,
};
inline constexpr unsigned symptom_kinds = 15;

/// A kind as users see it.
struct SymptomEntry {
  SymptomKind kind;
  std::string_view name;
  std::string_view meaning;  ///< a clause: "a second unmap, or ..."
  std::array<model::Invariant, 3>
      invariants;  ///< that end in such a line; none: it is circumstance
};

/// The entry of a kind.
const SymptomEntry& entry_of(SymptomKind kind);

/// A line and what belongs to it.
struct Symptom {
  SymptomKind kind{};
  std::uint64_t line = 0;
  std::string text{};    ///< as logged, without time stamp, cut to a readable length
  std::string driver{};  ///< DMA-API: "mlx5_core"; may be empty
  bool has_address = false;
  std::uint64_t address = 0;
  bool has_size = false;
  std::uint64_t size = 0;
  std::vector<std::string> functions{};  ///< of the call trace, innermost first
};

/// What was read of a log.
struct Log {
  std::vector<Symptom> symptoms{};  ///< the first ones, of each kind a limited number
  std::uint64_t symptoms_left_off = 0;
  std::string kernel{};  ///< "4.9.0-8-amd64"; empty: not said
  std::uint64_t lines = 0;
  std::uint64_t log_lines = 0;  ///< lines that a kernel wrote, by their form
};

/// Reads a log line by line. Not thread-safe.
class LogReader {
 public:
  /// The next line, from 1.
  void take(std::string_view line, std::uint64_t number);
  /// What was read.
  Log finish();

 private:
  void take_function(std::string_view text);
  void take_version(std::string_view text);

  Log log_{};
  std::array<unsigned, symptom_kinds> kept_{};
  bool in_trace_ = false;          // the lines after the last symptom are its own
  std::uint64_t lines_since_ = 0;  // the last symptom
};

}  // namespace tools::triage
