// SPDX-License-Identifier: MIT
//
// What to enable, for the kernel at hand.
//
// Tracepoints of the client exist from 4.16 on, of the DMA API from 6.12 on. Before that
// probes on its functions show the same; their names are those of 4.8 to 4.15.
#include "tools/triage/triage.h"

namespace tools::triage {
namespace {

constexpr KernelVersion first_tracepoints{4, 16};
constexpr KernelVersion first_maps{5, 0};
constexpr KernelVersion first_dma_events{6, 12};

constexpr const char* head =
    "# As root, in one piece; 'stop_frwr_trace' ends it and writes frwr-trace.txt.\n"
    "T=${TRACEFS:-/sys/kernel/tracing}\n"
    "[ -e \"$T/trace\" ] || T=/sys/kernel/debug/tracing\n"
    "echo 0 > \"$T/tracing_on\"; echo 65536 > \"$T/buffer_size_kb\"; echo > \"$T/trace\"\n";

constexpr const char* probes =
    "for f in frwr_op_map frwr_op_recover_mr frwr_op_unmap_sync frwr_op_unmap_safe \\\n"
    "    frwr_wc_fastreg frwr_wc_localinv frwr_wc_localinv_wake rpcrdma_marshal_req \\\n"
    "    xprt_rdma_free xprt_rdma_connect_worker rpcrdma_conn_upcall; do\n"
    "  echo \"p:frwr/$f $f\" >> \"$T/kprobe_events\"\n"
    "done\n"
    "# Which MR: the first argument, where that is in %di (x86-64).\n"
    "echo 'p:frwr/recover_mr frwr_op_recover_mr mr=%di:x64' >> \"$T/kprobe_events\" || true\n"
    "echo 1 > \"$T/events/frwr/enable\"\n";

constexpr const char* stop_probes =
    "  echo 0 > \"$T/events/frwr/enable\"; echo '-:frwr/recover_mr' >> \"$T/kprobe_events\" || "
    "true\n"
    "  for f in frwr_op_map frwr_op_recover_mr frwr_op_unmap_sync frwr_op_unmap_safe \\\n"
    "      frwr_wc_fastreg frwr_wc_localinv frwr_wc_localinv_wake rpcrdma_marshal_req \\\n"
    "      xprt_rdma_free xprt_rdma_connect_worker rpcrdma_conn_upcall; do\n"
    "    echo \"-:frwr/$f\" >> \"$T/kprobe_events\"\n"
    "  done\n";

std::string indented(std::string text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    result += "  " + text.substr(begin, end - begin);
    begin = end;
  }
  return result;
}

}  // namespace

std::string instructions(const std::optional<KernelVersion>& version) {
  const std::string events = "echo 1 > \"$T/events/rpcrdma/enable\"\n";
  const std::string no_events = "  echo 0 > \"$T/events/rpcrdma/enable\"\n";
  const std::string dma = "echo 1 > \"$T/events/dma/enable\"\n";
  const std::string no_dma = "  echo 0 > \"$T/events/dma/enable\"\n";
  const std::string has_events = "if [ -d \"$T/events/rpcrdma\" ]; then\n";
  std::string text = head;
  std::string stop;
  if (!version) {
    text += has_events + indented(events) + "else\n" + indented(probes) + "fi\n";
    stop = "  " + has_events + indented(no_events) + "  else\n" + indented(stop_probes) + "  fi\n";
  } else if (*version < first_tracepoints) {
    text += probes;
    stop = stop_probes;
  } else {
    text += events;
    stop = no_events;
    if (*version < first_maps)
      text += "# This kernel traces no maps: an unmap twice is seen all the same.\n";
    if (*version >= first_dma_events) {
      text += dma;
      stop += no_dma;
    }
  }
  if (!version || *version < first_tracepoints) {
    text +=
        "rpcdebug -m rpc -s trans xprt  # what the client says of itself, in the kernel's log\n";
    stop += "  rpcdebug -m rpc -c trans xprt\n";
  }
  return text + "echo 1 > \"$T/tracing_on\"\nstop_frwr_trace() {\n" +
         "  echo 0 > \"$T/tracing_on\"; cat \"$T/trace\" > frwr-trace.txt\n" + stop + "}\n";
}

}  // namespace tools::triage
