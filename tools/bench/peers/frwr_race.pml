// SPDX-License-Identifier: MIT
//
// The race once more, for SPIN: a second model of what model/ models.
//
// It was written by reading model/*.h, not made from them, and shares no code with
// them. Both count the reachable states of the same transition system, with
// different explorers; that the counts agree, and the numbers of transitions, is
// the strongest test there is of either. It is the peer that ours is timed against
// too, and a peer that solves another problem proves nothing.
//
// Equal counts need the same states and the same steps, so:
// - All state is global and mirrors struct World (model/world.h), with the same
//   registers set to zero where they are not read again. What is constant in a
//   scenario is a macro; arrays are as long as the scenario needs; fields are as
//   wide as they need to be, because a short state vector is what SPIN likes.
// - Every actor is one process that never ends and stands at the head of its loop
//   between any two steps. A process's control state therefore never changes and
//   distinguishes no states.
// - One step is one d_step, one option per program counter; a step with several
//   outcomes is several options.
// - A violation and a cut are values of globals that disable every option, not
//   assertions: such a world is stored like any other and has no successors.
// - Scratch variables are `hidden`, which SPIN keeps out of the state, and each is
//   written before it is read within one d_step.
// - The initial world is in the declarations: an `init` would add a state.
//
// spin -a -o2 -o3: no dead variable elimination and no statement merging, which
// would change what a state or a step is. pan needs -DSAFETY, and -DNOREDUCE for the
// count: partial order reduction may leave states out.
//
// The verdict comes from a run of its own with -DCHECK, in which `monitor` asserts
// that nothing is violated, not even by a world in which nothing can move, and says
// so if a run is cut. It has no state and changes none: the states are the same.
// That pan takes the first violation for the end of its search is why it is not in
// the counted run.
//
// tools/bench/peers/run_peers.py sets the macros from a scenario file. Without them
// this is upstream-report under the fix.

// ---------------------------------------------------------------- model/setup.h

#ifndef RPCS
#define RPCS                  1
#define SEGMENTS_1            2
#define POOL                  3
#define MRS                   3
#define LOSSES                1
#define LOSS_BEFORE_SEND_OF   1
#define ENOBUFS_DELAY         1
#define RETRANSMISSIONS       1
#define ENOBUFS_RETRIES       1
#define RECONNECTS            1
#endif

// Of the RPCs: SEGMENTS_n; AFTER_n, the RPC waited for, or 0; ASYNC_n.
#ifndef AFTER_1
#define AFTER_1               0
#endif
#ifndef AFTER_2
#define AFTER_2               0
#endif
#ifndef AFTER_3
#define AFTER_3               0
#endif
#ifndef ASYNC_1
#define ASYNC_1               0
#endif
#ifndef ASYNC_2
#define ASYNC_2               0
#endif
#ifndef ASYNC_3
#define ASYNC_3               0
#endif
// MRS is the number of MRs with all refreshes made: POOL + REFRESH_BATCH * REFRESHES.
#ifndef REFRESH_BATCH
#define REFRESH_BATCH         0
#define REFRESHES             0
#endif
// 0: a loss may happen at any time.
#ifndef LOSS_BEFORE_SEND_OF
#define LOSS_BEFORE_SEND_OF   0
#endif
#ifndef PROVIDER_FLUSHES
#define PROVIDER_FLUSHES      0
#endif
#ifndef FAULTS_DMA_MAP
#define FAULTS_DMA_MAP        0
#endif
#ifndef FAULTS_MAP_MR_SG
#define FAULTS_MAP_MR_SG      0
#endif
#ifndef FAULTS_PREPARE_SEND
#define FAULTS_PREPARE_SEND   0
#endif
#ifndef FAULTS_DRAIN_MARKER
#define FAULTS_DRAIN_MARKER   0
#endif
#ifndef FAULTS_SIGNAL
#define FAULTS_SIGNAL         0
#endif
#ifndef FAULTS_TIMEOUT
#define FAULTS_TIMEOUT        0
#endif
// The guards.
#ifndef ENOBUFS_DELAY
#define ENOBUFS_DELAY         0
#endif
#ifndef WAKE_MEANS_RECONNECT
#define WAKE_MEANS_RECONNECT  0
#endif
#ifndef REPLY_PINS_REQUEST
#define REPLY_PINS_REQUEST    0
#endif
#ifndef DRAIN_COVERS_REPLIES
#define DRAIN_COVERS_REPLIES  0
#endif
#ifndef NO_SPURIOUS_RECONNECT
#define NO_SPURIOUS_RECONNECT 0
#endif
#ifndef RECONNECT_DELAY
#define RECONNECT_DELAY       0
#endif
// The policy: 1 is unmap-on-marshal-error, 0 leave-registered.
#ifndef UNMAP_ON_MARSHAL_ERROR
#define UNMAP_ON_MARSHAL_ERROR 0
#endif
// Places in the send queue, and in the completion queue: 8, 16 or 32. Few make a
// short state vector. Where fewer than the model's 32 run out, an assertion says so;
// the count is then worthless and the run is to be made again with more.
#define QUEUE_DEPTH           32
#ifndef QUEUE
#define QUEUE                 8
#endif

#if MRS != POOL + REFRESH_BATCH * REFRESHES
#error "MRS must be POOL + REFRESH_BATCH * REFRESHES"
#endif

#define JOIN_(a, b)           a##b
#define JOIN(a, b)            JOIN_(a, b)

// The setup of RPC index i, a constant or _pid.
#if RPCS == 1
#define segments_of(i)        (SEGMENTS_1)
#define after_of(i)           (AFTER_1)
#define is_async(i)           (ASYNC_1)
#elif RPCS == 2
#define segments_of(i)        ((i) == 0 -> SEGMENTS_1 : SEGMENTS_2)
#define after_of(i)           ((i) == 0 -> AFTER_1 : AFTER_2)
#define is_async(i)           ((i) == 0 -> ASYNC_1 : ASYNC_2)
#elif RPCS == 3
#define segments_of(i)        ((i) == 0 -> SEGMENTS_1 : ((i) == 1 -> SEGMENTS_2 : SEGMENTS_3))
#define after_of(i)           ((i) == 0 -> AFTER_1 : ((i) == 1 -> AFTER_2 : AFTER_3))
#define is_async(i)           ((i) == 0 -> ASYNC_1 : ((i) == 1 -> ASYNC_2 : ASYNC_3))
#else
#error "RPCS must be 1, 2 or 3"
#endif

// ---------------------------------------------------------------- model/world.h
// Ids of MRs and RPCs count from 1, 0 is "none"; arrays are indexed by id - 1.

// fr_state
#define FR_INVALID            0
#define FR_VALID              1
#define FR_FLUSHED_FR         2
#define FR_FLUSHED_LI         3

// dma
#define DMA_NONE              0
#define DMA_MAPPED            1
#define DMA_UNMAPPED          2

// place. An MR that is not allocated yet has an id above mr_count and needs no
// value of its own.
#define FREE_LIST             0
#define STALE_LIST            1
#define REGISTERED            2
#define IN_HAND               3

// callback: fr_cqe.done
#define CQE_UNSET             0
#define CQE_FASTREG           1
#define CQE_LOCALINV          2
#define CQE_LOCALINV_WAKE     3

// Work requests and completions: kind, flag, MR or RPC, in one byte. The flag: the MR
// was replaced since (send queue); not successful (completion queue).
#define WR_FASTREG            32
#define WR_LOCAL_INV          64
#define WR_LOCAL_INV_SIGNALED 96
#define WR_SEND               128
#define WR_DRAIN_MARKER       160
#define WR_FLAG               16
#define kind_of(w)            ((w) & 224)
#define subject_of(w)         ((w) & 15)
#define is_flagged(w)         (((w) & WR_FLAG) != 0)
#define names_mr(w)           (kind_of(w) >= WR_FASTREG && kind_of(w) <= WR_LOCAL_INV_SIGNALED)

// pc of a task, in the order of an RPC's life
#define CALL_CONNECT          0
#define NOT_STARTED           1
#define CONNECT_LOCK          2
#define CONNECT_LOCK_WAIT     3
#define CONNECT_TEST          4
#define CONNECT_SLEEP         5
#define CONNECT_START         6
#define CONNECT_UNLOCK        7
#define CONNECT_WAIT          8
#define PREPARE_TRANSMIT      9
#define TRANSMIT_LOCK_WAIT    10
#define TRANSMIT              11
#define SEND_REQUEST          12
#define UNMAP_SAFE_POP        13
#define UNMAP_SAFE_DEFER      14
#define UNMAP_SAFE_RECOVER    15
#define OP_MAP_GET            16
#define OP_MAP_TEST           17
#define OP_MAP_DEFER          18
#define OP_MAP_SET_VALID      19
#define OP_MAP_DMA_MAP        20
#define OP_MAP_SET_DONE       21
#define OP_MAP_POST           22
#define OP_MAP_ERROR_DEFER    23
#define MARSHAL_ADD           24
#define PREPARE_SEND_SGES     25
#define CHECK_COOKIE          26
#define POST_SEND             27
#define DROP_CONNECTION       28
#define TRANSMIT_DONE         29
#define END_TRANSMIT          30
#define CALL_STATUS           31
#define ENOBUFS_WAIT          32
#define RELEASE               33
#define FREE_BUFFER           34
#define DONE                  35

// unmap_for
#define FOR_NOTHING           0
#define FOR_RETRANSMIT        1
#define FOR_MARSHAL_ERROR     2
#define FOR_FREE              3

// status
#define NO_STATUS             0
#define OK                    1
#define EAGAIN                2
#define ENOTCONN              3
#define ENOBUFS               4
#define EIO                   5
#define ECONNABORTED          6
#define ETIMEDOUT             7

// pc of one execution of recover_mr
#define REC_IDLE              0
#define REC_SNAPSHOT          1
#define REC_DEREG             2
#define REC_ALLOC             3
#define REC_SET_INVALID       4
#define REC_DMA_UNMAP         5
#define REC_PUT               6

// pc of a reply handler; LINV_INVALID to LINV_WAIT are next to each other
#define REPLY_IDLE            0
#define UNMAP_SYNC            1
#define LINV_INVALID          2
#define LINV_DONE             3
#define LINV_WAKE             4
#define LINV_POST             5
#define LINV_WAIT             6
#define REPLY_DISCONNECT      7
#define RESET_DEREG           8
#define RESET_ALLOC           9
#define RESET_INVALID         10
#define UNLINK_FIRST          11
#define UNLINK                12
#define REPLY_DMA_UNMAP       13
#define REPLY_PUT             14
#define COMPLETE              15

// qp
#define QP_RTS                0
#define QP_ERROR              1
#define QP_IDLE               2

// ep
#define EP_CONNECTING         0
#define EP_CONNECTED          1
#define EP_LOST               2

// pc of the softirq
#define IRQ_POLL              0
#define IRQ_FASTREG           1
#define IRQ_LOCALINV          2
#define IRQ_LOCALINV_WAKE     3
#define IRQ_WAKE              4

// pc of the connect worker
#define CON_IDLE              0
#define CON_CLEAR_CONNECTED   1
#define CON_DISCONNECT        2
#define CON_WAIT_UPCALL       3
#define CON_POST_MARKER       4
#define CON_DRAIN             5
#define CON_SWAP_QP           6
#define CON_DESTROY_QP        7
#define CON_CONNECT           8
#define CON_WAIT_CONNECTED    9
#define CON_WAKE_FAILED       10
#define CON_FINISH            11

// cut
#define NOT_CUT               0
#define OUT_OF_RETRANSMISSIONS 1
#define OUT_OF_ENOBUFS_RETRIES 2
#define OUT_OF_RECONNECTS     3
#define OUT_OF_REFRESHES      4
#define OUT_OF_QUEUE          5

// violated. What only a world at rest can violate is no value here: see CHECK.
#define NOT_VIOLATED          0
#define DOUBLE_UNMAP          1
#define UNMAP_NEVER_MAPPED    2
#define MAP_OVER_LIVE_MAPPING 3
#define MR_ON_ONE_LIST        4

typedef Mr {
  unsigned fr_state : 2;
  unsigned dma : 2;
  unsigned place : 2;
  unsigned callback : 2;
  unsigned linv_next : 4;  // following MR of a LOCAL_INV chain not yet posted
  bit linv_done
}
Mr mrs[MRS];

// The MR behind each on its list: all begin on the free list, in order. An array of its
// own, because members of a typedef cannot begin with different values; what is not
// listed is zero; only literals may be.
#define LINKS_1               0
#define LINKS_2               2, 0
#define LINKS_3               2, 3, 0
#define LINKS_4               2, 3, 4, 0
#define LINKS_5               2, 3, 4, 5, 0
#define LINKS_6               2, 3, 4, 5, 6, 0
#define LINKS_7               2, 3, 4, 5, 6, 7, 0
#define LINKS_8               2, 3, 4, 5, 6, 7, 8, 0
#define LINKS_9               2, 3, 4, 5, 6, 7, 8, 9, 0
#define LINKS_10              2, 3, 4, 5, 6, 7, 8, 9, 10, 0
#define LINKS_11              2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0
#define LINKS_12              2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0
byte next[MRS] = { JOIN(LINKS_, POOL) };

// The program counters of the tasks, an array of its own for the same reason.
#if AFTER_2 == 0
#define PC_2                  CALL_CONNECT
#else
#define PC_2                  NOT_STARTED
#endif
#if AFTER_3 == 0
#define PC_3                  CALL_CONNECT
#else
#define PC_3                  NOT_STARTED
#endif
#define PCS_1                 CALL_CONNECT
#define PCS_2                 CALL_CONNECT, PC_2
#define PCS_3                 CALL_CONNECT, PC_2, PC_3
byte pc[RPCS] = { JOIN(PCS_, RPCS) };

typedef Rpc {
  unsigned status : 3;
  unsigned unmap_for : 2;
  unsigned segment : 4;
  unsigned mr : 4;
  unsigned registered : 4;  // head of rl_registered
  unsigned rec_pc : 3;      // recover_mr by this task
  unsigned rec_mr : 4;
  unsigned rec_snapshot : 2;
  unsigned sends_left : 6 = 1 + RETRANSMISSIONS;
  unsigned enobufs_left : 6 = ENOBUFS_RETRIES;
  unsigned replies : 6;
  bit on_pending;
  bit on_receive_list;
  bit reply_received;
  bit cookie_is_current;
  bit send_was_posted;  // kept only of the RPC that a loss window asks for
  bit at_server
}
Rpc rpcs[RPCS];

typedef Handler {
  unsigned pc : 4;
  unsigned mr : 4;
  unsigned next : 4;
  unsigned chain : 4
}
Handler handlers[RPCS];

byte sending[RPCS];  // RPCs asleep on xprt->sending, the first first

byte send_queue[QUEUE];  // the oldest at 0; vacated places are zero
byte completions[QUEUE];
unsigned send_queue_size : 6;
unsigned completions_size : 6;

unsigned qp : 2;
unsigned ep : 2 = EP_CONNECTED;
unsigned softirq_pc : 3;
unsigned softirq_mr : 4;
unsigned free_head : 4 = 1;
unsigned stale_head : 4;
unsigned rec_pc : 3;  // recover_mr by the recovery worker
unsigned rec_mr : 4;
unsigned rec_snapshot : 2;
bit refresh_scheduled;
bit rep_connect_scheduled;
unsigned connect : 4;
bit drained;
bit connected = 1;
bit connecting;
unsigned locked_by : 2;
bit established_upcall;
bit disconnected_upcall;
unsigned mr_count : 4 = POOL;
unsigned losses_left : 3 = LOSSES;
unsigned reconnects_left : 5 = RECONNECTS;
unsigned refreshes_left : 4 = REFRESHES;
unsigned dma_map_faults : 3 = FAULTS_DMA_MAP;
unsigned map_mr_sg_faults : 3 = FAULTS_MAP_MR_SG;
unsigned prepare_send_faults : 3 = FAULTS_PREPARE_SEND;
unsigned drain_marker_faults : 3 = FAULTS_DRAIN_MARKER;
unsigned signals_left : 3 = FAULTS_SIGNAL;
unsigned timeouts_left : 3 = FAULTS_TIMEOUT;
unsigned cut : 3;
unsigned violated : 3;
unsigned violated_mr : 4;

// Scratch, written before it is read in every step. (A d_step cannot end with a loop:
// where one would, the loop's counter is set to zero behind it.)
hidden byte taken;     // list_take's result
hidden byte accepted;   // post's
hidden byte has_lock;   // reserve_transport's
hidden byte sound;      // walk_is_sound's
hidden byte last_linv;  // the LOCAL_INV that ends a chain
hidden byte is_dead;    // forget_dead_callback's
hidden byte wr;
hidden byte status;
hidden byte here;      // where a walk along a list is
hidden byte n;         // loop counters
hidden byte n_wake;
hidden byte n_forget;
hidden byte linked;    // ... along a chain of LOCAL_INVs
hidden byte n_linked;

// --------------------------------------------------------------- model/kernel/kernel.h

#define running               (violated == NOT_VIOLATED && cut == NOT_CUT)

// The first violation counts. What is left of the step is still done.
inline violate(invariant, id) {
  if
  :: violated == NOT_VIOLATED -> violated = invariant; violated_mr = id
  :: else
  fi
}

// ------------------------------------------------------------------ model/kernel/dma.h

// ib_dma_map_sg
inline dma_map(id) {
  if
  :: mrs[id - 1].dma == DMA_MAPPED -> violate(MAP_OVER_LIVE_MAPPING, id)
  :: else
  fi;
  mrs[id - 1].dma = DMA_MAPPED
}

// ib_dma_unmap_sg
inline dma_unmap(id) {
  if
  :: mrs[id - 1].dma == DMA_UNMAPPED -> violate(DOUBLE_UNMAP, id)
  :: mrs[id - 1].dma == DMA_NONE -> violate(UNMAP_NEVER_MAPPED, id)
  :: else
  fi;
  mrs[id - 1].dma = DMA_UNMAPPED
}

// ------------------------------------------------------------- model/kernel/mr_lists.h

// At the head.
inline list_add(head, id, to) {
  if
  :: mrs[id - 1].place != IN_HAND -> violate(MR_ON_ONE_LIST, id)
  :: else ->
     mrs[id - 1].place = to;
     next[id - 1] = head;
     head = id
  fi
}

// The head, into `taken`.
inline list_take(head) {
  taken = head;
  if
  :: taken != 0 ->
     head = next[taken - 1];
     next[taken - 1] = 0;
     mrs[taken - 1].place = IN_HAND
  :: else
  fi
}

// Out of the middle. The MR is on that list.
inline list_remove(head, id) {
  if
  :: head == id -> head = next[id - 1]
  :: else ->
     here = head;
     do
     :: next[here - 1] != id -> here = next[here - 1]
     :: else -> break
     od;
     next[here - 1] = next[id - 1]
  fi;
  next[id - 1] = 0;
  mrs[id - 1].place = IN_HAND
}

#define prepares_linv(h)      (handlers[h].pc >= LINV_INVALID && handlers[h].pc <= LINV_WAIT)

// A free MR's callback is zero once nothing can read it: no reply handler is about to
// post a LOCAL_INV of it or waits for that, and no WR or completion names the MR.
inline forget_dead_callback(id) {
  is_dead = (mrs[id - 1].place == FREE_LIST);
  n_forget = 0;
  do
  :: is_dead && n_forget < RPCS ->
     linked = (prepares_linv(n_forget) -> handlers[n_forget].chain : 0);
     is_dead = !(prepares_linv(n_forget) && handlers[n_forget].mr == id);
     n_linked = 0;
     do
     :: is_dead && linked != 0 && n_linked < MRS ->
        is_dead = (linked != id);
        linked = mrs[linked - 1].linv_next;
        n_linked++
     :: else -> break
     od;
     n_forget++
  :: else -> break
  od;
  n_forget = 0;
  do
  :: is_dead && n_forget < send_queue_size ->
     is_dead = !(names_mr(send_queue[n_forget]) && subject_of(send_queue[n_forget]) == id);
     n_forget++
  :: else -> break
  od;
  n_forget = 0;
  do
  :: is_dead && n_forget < completions_size ->
     is_dead = !(names_mr(completions[n_forget]) && subject_of(completions[n_forget]) == id);
     n_forget++
  :: else -> break
  od;
  if
  :: is_dead -> mrs[id - 1].callback = CQE_UNSET; mrs[id - 1].linv_done = 0
  :: else
  fi
}

// rpcrdma_put_mw: the free list's tail.
inline put_mr(id) {
  if
  :: mrs[id - 1].place != IN_HAND -> violate(MR_ON_ONE_LIST, id)
  :: else ->
     mrs[id - 1].place = FREE_LIST;
     if
     :: free_head == 0 -> free_head = id
     :: else ->
        here = free_head;
        do
        :: next[here - 1] != 0 -> here = next[here - 1]
        :: else -> break
        od;
        next[here - 1] = id
     fi;
     forget_dead_callback(id)
  fi
}

// rpcrdma_defer_mr_recovery
inline defer_mr_recovery(id) { list_add(stale_head, id, STALE_LIST) }

// ----------------------------------------------------------------- model/kernel/rnic.h

#define accepts_posts         (qp == QP_RTS || (PROVIDER_FLUSHES && qp == QP_ERROR))
#define rnic_can_go           (send_queue_size > 0 && completions_size < QUEUE_DEPTH)

inline push_completion(w) {
  assert(completions_size < QUEUE);  // else: make QUEUE larger
  completions[completions_size] = w;
  completions_size++
}

// Into `wr`; what is behind it moves up.
inline pop_send_queue() {
  wr = send_queue[0];
  send_queue_size--;
  n = 0;
  do
  :: n < send_queue_size -> send_queue[n] = send_queue[n + 1]; n++
  :: else -> break
  od;
  send_queue[send_queue_size] = 0
}

inline pop_completion() {
  wr = completions[0];
  completions_size--;
  n = 0;
  do
  :: n < completions_size -> completions[n] = completions[n + 1]; n++
  :: else -> break
  od;
  completions[completions_size] = 0
}

inline push_send_queue(w) {
  if
  :: send_queue_size == QUEUE_DEPTH -> cut = OUT_OF_QUEUE
  :: else ->
     assert(send_queue_size < QUEUE);  // else: make QUEUE larger
     send_queue[send_queue_size] = w;
     send_queue_size++
  fi
}

// ib_post_send of one WR, the result into `accepted`.
inline post(w) {
  accepted = accepts_posts;
  if
  :: accepted -> push_send_queue(w)
  :: else
  fi
}

inline lose_connection() {
  qp = QP_ERROR;
  disconnected_upcall = 1;
  n = 0;
  do
  :: n < RPCS -> rpcs[n].at_server = 0; n++
  :: else -> break
  od;
  n = 0
}

// ib_dereg_mr: the rkey that WRs in the queue name is dead.
inline dereg_mr(id) {
  n = 0;
  do
  :: n < send_queue_size ->
     if
     :: names_mr(send_queue[n]) && subject_of(send_queue[n]) == id ->
        send_queue[n] = send_queue[n] | WR_FLAG
     :: else
     fi;
     n++
  :: else -> break
  od
}

// Executes or flushes the oldest WR.
inline rnic_step() {
  pop_send_queue();
  if
  :: qp != QP_RTS -> push_completion(wr | WR_FLAG)
  :: else ->
     if
     :: names_mr(wr) && is_flagged(wr) -> push_completion(wr); lose_connection()
     :: else ->
        if
        :: kind_of(wr) == WR_SEND -> rpcs[subject_of(wr) - 1].at_server = 1
        :: kind_of(wr) == WR_LOCAL_INV_SIGNALED -> push_completion(wr)
        :: else
        fi
     fi
  fi
}

// ------------------------------------------------------------- model/kernel/rpc_task.h

#define reply_under_way(i)    (rpcs[i].replies > 0 || handlers[i].pc != REPLY_IDLE)
#define pinned(i)             (REPLY_PINS_REQUEST && !rpcs[i].reply_received && reply_under_way(i))

// A task asleep on xprt->pending.
inline wake(i, with) {
  if
  :: rpcs[i].on_pending -> rpcs[i].on_pending = 0; rpcs[i].status = with
  :: else
  fi
}

// xprt_wake_pending_tasks
inline wake_pending_tasks(with) {
  n_wake = 0;
  do
  :: n_wake < RPCS ->
     if
     :: !pinned(n_wake) -> wake(n_wake, with)
     :: else
     fi;
     n_wake++
  :: else -> break
  od;
  n_wake = 0
}

// xprt_reserve_xprt_cong: into `has_lock`; without it the task queues.
inline reserve_transport(i) {
  if
  :: locked_by == 0 -> locked_by = i + 1
  :: else
  fi;
  has_lock = (locked_by == i + 1);
  if
  :: !has_lock ->
     n = 0;
     do
     :: sending[n] != 0 -> n++
     :: else -> break
     od;
     sending[n] = i + 1
  :: else
  fi
}

// xprt_release_xprt_cong: the first waiter gets it.
inline release_transport(i) {
  if
  :: locked_by == i + 1 ->
     locked_by = sending[0];
     n = 1;
     do
     :: n < RPCS -> sending[n - 1] = sending[n]; n++
     :: else -> break
     od;
     sending[RPCS - 1] = 0
  :: else
  fi
}

// The RPC is over; what the server and the network have of it stays.
inline finish_rpc(i) {
  pc[i] = DONE;
  rpcs[i].status = NO_STATUS;
  rpcs[i].unmap_for = FOR_NOTHING;
  rpcs[i].segment = 0;
  rpcs[i].mr = 0;
  rpcs[i].registered = 0;
  rpcs[i].rec_pc = REC_IDLE;
  rpcs[i].rec_mr = 0;
  rpcs[i].rec_snapshot = 0;
  rpcs[i].sends_left = 0;
  rpcs[i].enobufs_left = 0;
  rpcs[i].on_pending = 0;
  rpcs[i].on_receive_list = 0;
  rpcs[i].reply_received = 0;
  rpcs[i].cookie_is_current = 0;
  n = 0;
  do
  :: n < RPCS ->
     if
     :: after_of(n) == i + 1 && pc[n] == NOT_STARTED -> pc[n] = CALL_CONNECT
     :: else
     fi;
     n++
  :: else -> break
  od;
  n = 0
}

// A task that is asleep, where a signal reaches it.
#define is_asleep(i)                                                              \
  (((pc[i] == CONNECT_LOCK_WAIT || pc[i] == TRANSMIT_LOCK_WAIT) &&                \
    locked_by != i + 1) ||                                                        \
   ((pc[i] == CONNECT_WAIT || pc[i] == CALL_STATUS) && rpcs[i].on_pending) ||     \
   pc[i] == ENOBUFS_WAIT)

// A signal, or a soft timeout.
inline kill_task(i) {
  n = 0;
  do
  :: n < RPCS && sending[n] != i + 1 -> n++
  :: else -> break
  od;
  do
  :: n + 1 < RPCS -> sending[n] = sending[n + 1]; n++
  :: else -> break
  od;
  if
  :: n < RPCS -> sending[n] = 0
  :: else
  fi;
  rpcs[i].on_pending = 0;
  rpcs[i].status = NO_STATUS;
  pc[i] = RELEASE
}

// Expressions cannot loop.
#define is_fastreg(k)         (kind_of(send_queue[k]) == WR_FASTREG)
#define fastreg_in_8(k)                                                              \
  (is_fastreg(k) || is_fastreg((k) + 1) || is_fastreg((k) + 2) || is_fastreg((k) + 3) || \
   is_fastreg((k) + 4) || is_fastreg((k) + 5) || is_fastreg((k) + 6) || is_fastreg((k) + 7))
#if QUEUE == 8
#define fastreg_queued        fastreg_in_8(0)
#elif QUEUE == 16
#define fastreg_queued        (fastreg_in_8(0) || fastreg_in_8(8))
#elif QUEUE == 32
#define fastreg_queued                                                            \
  (fastreg_in_8(0) || fastreg_in_8(8) || fastreg_in_8(16) || fastreg_in_8(24))
#else
#error "QUEUE must be 8, 16 or 32"
#endif

#define local_machinery_idle                                                      \
  (completions_size == 0 && softirq_pc == IRQ_POLL && stale_head == 0 &&          \
   rec_pc == REC_IDLE && !refresh_scheduled && !fastreg_queued)

#define connection_settled                                                        \
  (connect == CON_IDLE && !rep_connect_scheduled && !established_upcall && !disconnected_upcall)

#define about_to_be_connected                                                     \
  (connected || established_upcall || (rep_connect_scheduled && ep == EP_CONNECTED))

// When the steps that wait may be taken.
#define connect_wait_over(i)                                                      \
  (!rpcs[i].on_pending || (connection_settled && !pinned(i)))
#define enobufs_wait_over     (!ENOBUFS_DELAY || local_machinery_idle)

#define task_can_go(i)                                                            \
  (pc[i] != NOT_STARTED && pc[i] != DONE &&                                       \
   (pc[i] != CONNECT_LOCK_WAIT || locked_by == i + 1) &&                          \
   (pc[i] != TRANSMIT_LOCK_WAIT || (locked_by == i + 1 && !pinned(i))) &&         \
   (pc[i] != PREPARE_TRANSMIT || !pinned(i)) &&                                   \
   (pc[i] != CALL_STATUS || !rpcs[i].on_pending) &&                               \
   (pc[i] != CONNECT_WAIT || connect_wait_over(i)) &&                             \
   (pc[i] != ENOBUFS_WAIT || enobufs_wait_over))

// ------------------------------------------------------------ model/kernel/frwr_race.h

// rpcrdma_marshal_req: the next segment, or the Send.
inline continue_marshal(i) {
  if
  :: rpcs[i].segment < segments_of(i) -> pc[i] = OP_MAP_GET
  :: else ->
     rpcs[i].segment = 0;
     pc[i] = (prepare_send_faults > 0 -> PREPARE_SEND_SGES : CHECK_COOKIE)
  fi
}

inline start_marshal(i) {
  rpcs[i].unmap_for = FOR_NOTHING;
  rpcs[i].segment = 0;
  continue_marshal(i)
}

// How send_request and its callers go on after a failed marshal.
inline marshal_has_failed(i) {
  rpcs[i].unmap_for = FOR_NOTHING;
  if
  :: rpcs[i].status == ENOTCONN -> pc[i] = DROP_CONNECTION
  :: rpcs[i].status == ENOBUFS -> pc[i] = CALL_STATUS
  :: else -> pc[i] = END_TRANSMIT
  fi
}

// rpcrdma_marshal_req's error path: where the policies differ. The status is set.
inline fail_marshal(i) {
  rpcs[i].segment = 0;
  if
  :: UNMAP_ON_MARSHAL_ERROR ->
     rpcs[i].unmap_for = FOR_MARSHAL_ERROR;
     pc[i] = UNMAP_SAFE_POP
  :: else -> marshal_has_failed(i)
  fi
}

// frwr_op_recover_mr, r1 to r6.
inline recover_step(r_pc, r_mr, r_snapshot) {
  if
  :: r_pc == REC_SNAPSHOT ->
     r_snapshot = mrs[r_mr - 1].fr_state;
     r_pc = REC_DEREG
  :: r_pc == REC_DEREG ->
     dereg_mr(r_mr);
     r_pc = REC_ALLOC
  :: r_pc == REC_ALLOC ->
     r_pc = REC_SET_INVALID
  :: r_pc == REC_SET_INVALID ->
     mrs[r_mr - 1].fr_state = FR_INVALID;
     r_pc = (r_snapshot == FR_FLUSHED_LI -> REC_PUT : REC_DMA_UNMAP);
     r_snapshot = 0
  :: r_pc == REC_DMA_UNMAP ->
     dma_unmap(r_mr);
     r_pc = REC_PUT
  :: r_pc == REC_PUT ->
     put_mr(r_mr);
     r_pc = REC_IDLE;
     r_mr = 0
  fi
}

#define softirq_can_go        (softirq_pc != IRQ_POLL || completions_size > 0)

// __ib_process_cq: the oldest completion and its callback.
inline poll() {
  pop_completion();
  if
  :: kind_of(wr) == WR_DRAIN_MARKER -> drained = 1
  :: names_mr(wr) ->
     status = mrs[subject_of(wr) - 1].callback;
     forget_dead_callback(subject_of(wr));
     if
     :: status == CQE_LOCALINV_WAKE ->
        softirq_pc = (is_flagged(wr) -> IRQ_LOCALINV_WAKE : IRQ_WAKE);
        softirq_mr = subject_of(wr)
     :: status != CQE_LOCALINV_WAKE && is_flagged(wr) ->
        softirq_pc = (status == CQE_FASTREG -> IRQ_FASTREG : IRQ_LOCALINV);
        softirq_mr = subject_of(wr)
     :: else
     fi
  :: else
  fi
}

// ----------------------------------------------------------- model/kernel/mr_workers.h

#define recovery_can_go       (rec_pc != REC_IDLE || stale_head != 0)

// ----------------------------------------------------------- model/kernel/connection.h

// Before the guard that loss_alone is: see below.
#define loss_possible                                                             \
  (qp == QP_RTS && losses_left > 0 && loss_window_open &&                         \
   (send_queue_size > 0 || completions_size > 0 || some_rpc_unfinished))
#if LOSS_BEFORE_SEND_OF != 0
#define loss_window_open      (!rpcs[LOSS_BEFORE_SEND_OF - 1].send_was_posted)
#else
#define loss_window_open      true
#endif

#define establish_possible                                                        \
  (connect == CON_WAIT_CONNECTED && qp == QP_IDLE && ep == EP_CONNECTING)

#define reconnect_due         (!RECONNECT_DELAY || local_machinery_idle)
#define drain_over            (drained && !(DRAIN_COVERS_REPLIES && some_reply_under_way))

#define connect_worker_can_go                                                     \
  (connect != CON_IDLE && (connect != CON_CLEAR_CONNECTED || reconnect_due) &&    \
   (connect != CON_WAIT_UPCALL || ep != EP_CONNECTED) &&                          \
   (connect != CON_DRAIN || drain_over) &&                                        \
   (connect != CON_WAIT_CONNECTED || ep != EP_CONNECTING))

// What is queued on a QP goes with it, completions too.
inline destroy_old_qp() {
  n = 0;
  do
  :: n < QUEUE -> send_queue[n] = 0; completions[n] = 0; n++
  :: else -> break
  od;
  send_queue_size = 0;
  completions_size = 0;
  n = 0;
  do
  :: n < mr_count -> forget_dead_callback(n + 1); n++
  :: else -> break
  od
}

// -------------------------------------------------------- model/kernel/reply_handler.h

#define handler_can_go(i)                                                         \
  ((handlers[i].pc != REPLY_IDLE || rpcs[i].replies > 0) &&                       \
   (handlers[i].pc != LINV_WAIT || mrs[handlers[i].mr - 1].linv_done))

// Into `sound`: whether the MR is still on the request's registered list.
inline walk_is_sound(i, id) {
  here = rpcs[i].registered;
  do
  :: here != 0 && here != id -> here = next[here - 1]
  :: else -> break
  od;
  sound = (here != 0);
  if
  :: !sound -> violate(MR_ON_ONE_LIST, id)
  :: else
  fi
}

// frwr_op_unmap_sync: __frwr_prepare_linv_wr, the callback.
inline linv_done_step(i) {
  mrs[handlers[i].mr - 1].callback = CQE_LOCALINV;
  walk_is_sound(i, handlers[i].mr);
  if
  :: sound && next[handlers[i].mr - 1] != 0 ->
     mrs[handlers[i].mr - 1].linv_next = next[handlers[i].mr - 1];
     handlers[i].mr = next[handlers[i].mr - 1];
     handlers[i].pc = LINV_INVALID
  :: sound && next[handlers[i].mr - 1] == 0 -> handlers[i].pc = LINV_WAKE
  :: else
  fi
}

// ... ib_post_send of the chain: all of it or none.
inline linv_post_step(i) {
  accepted = 1;
  here = handlers[i].chain;
  last_linv = handlers[i].mr;
  handlers[i].chain = 0;
  handlers[i].pc = LINV_WAIT;
  do
  :: here != 0 ->
     if
     :: accepted && here == last_linv -> post(WR_LOCAL_INV_SIGNALED | here)
     :: accepted && here != last_linv -> post(WR_LOCAL_INV | here)
     :: else
     fi;
     taken = mrs[here - 1].linv_next;
     mrs[here - 1].linv_next = 0;
     if
     :: accepted
     :: else ->
        handlers[i].mr = 0;
        handlers[i].pc = REPLY_DISCONNECT;
        forget_dead_callback(here)
     fi;
     here = taken
  :: else -> break
  od;
  taken = 0  // a d_step must not end with the end of a loop
}

// ... the post failed: rdma_disconnect, then every MR is reset.
inline reply_disconnect_step(i) {
  if
  :: qp == QP_RTS -> lose_connection()
  :: else
  fi;
  handlers[i].mr = rpcs[i].registered;
  handlers[i].pc = (handlers[i].mr != 0 -> RESET_DEREG : UNLINK_FIRST)
}

inline reset_invalid_step(i) {
  mrs[handlers[i].mr - 1].fr_state = FR_INVALID;
  walk_is_sound(i, handlers[i].mr);
  if
  :: sound ->
     handlers[i].mr = next[handlers[i].mr - 1];
     handlers[i].pc = (handlers[i].mr != 0 -> RESET_DEREG : UNLINK_FIRST)
  :: else
  fi
}

// ... the last loop, list_for_each_entry_safe.
inline unlink_step(i) {
  handlers[i].mr = handlers[i].next;
  handlers[i].next = 0;
  if
  :: handlers[i].mr == 0 -> handlers[i].pc = COMPLETE
  :: else ->
     walk_is_sound(i, handlers[i].mr);
     if
     :: sound ->
        handlers[i].next = next[handlers[i].mr - 1];
        list_remove(rpcs[i].registered, handlers[i].mr);
        handlers[i].pc = REPLY_DMA_UNMAP
     :: else
     fi
  fi
}

// ----------------------------------------------------------- model/race_model.h

#if RPCS == 1
#define for_some_rpc(what)    (what(0))
#elif RPCS == 2
#define for_some_rpc(what)    (what(0) || what(1))
#else
#define for_some_rpc(what)    (what(0) || what(1) || what(2))
#endif

#define unfinished(i)         (pc[i] != DONE)
#define owes_reply(i)         (rpcs[i].at_server)
#define some_rpc_unfinished   for_some_rpc(unfinished)
#define some_reply_under_way  for_some_rpc(reply_under_way)

// A loss, a signal and a timeout need not happen: where they alone could move things on,
// nothing can.
#define others_can_go                                                             \
  (rnic_can_go || softirq_can_go || recovery_can_go || refresh_scheduled ||       \
   connect_worker_can_go || rep_connect_scheduled || established_upcall ||        \
   disconnected_upcall || for_some_rpc(task_can_go) ||                            \
   for_some_rpc(handler_can_go) || for_some_rpc(owes_reply))

// The actors. The processes are numbered in this order, so a task's _pid is the index
// of its RPC, and a reply handler's is that plus RPCS.

#define my                    rpcs[_pid]
#define at(where)             (pc[_pid] == where && running)

active [RPCS] proctype task() {
end:
  do
  // xprt_connect and what surrounds it
  :: d_step { at(CALL_CONNECT) ->
       pc[_pid] = (connected -> PREPARE_TRANSMIT : CONNECT_LOCK)
     }
  :: d_step { at(CONNECT_LOCK) ->
       reserve_transport(_pid);
       pc[_pid] = (has_lock -> CONNECT_TEST : CONNECT_LOCK_WAIT)
     }
  :: d_step { at(CONNECT_LOCK_WAIT) && locked_by == _pid + 1 ->
       pc[_pid] = CALL_CONNECT
     }
  :: d_step { at(CONNECT_TEST) ->
       my.status = (connected -> OK : NO_STATUS);
       pc[_pid] = (connected -> CONNECT_UNLOCK : CONNECT_SLEEP)
     }
  :: d_step { at(CONNECT_SLEEP) ->
       if
       :: NO_SPURIOUS_RECONNECT && connected ->
          my.status = OK;
          pc[_pid] = CONNECT_UNLOCK
       :: else ->
          my.on_pending = 1;
          pc[_pid] = CONNECT_START
       fi
     }
  :: d_step { at(CONNECT_START) ->
       if
       :: connecting || (NO_SPURIOUS_RECONNECT && about_to_be_connected) ->
          pc[_pid] = CONNECT_WAIT
       :: else ->
          if
          :: reconnects_left == 0 -> cut = OUT_OF_RECONNECTS
          :: else ->
             reconnects_left--;
             connecting = 1;
             connect = CON_CLEAR_CONNECTED;
             pc[_pid] = CONNECT_UNLOCK
          fi
       fi
     }
  :: d_step { at(CONNECT_UNLOCK) ->
       release_transport(_pid);
       pc[_pid] = CONNECT_WAIT
     }
  :: d_step { at(CONNECT_WAIT) && connect_wait_over(_pid) ->
       if
       :: my.status == OK -> pc[_pid] = PREPARE_TRANSMIT
       :: my.status == ENOTCONN -> pc[_pid] = RELEASE
       :: else -> pc[_pid] = CALL_CONNECT
       fi;
       my.on_pending = 0;
       my.status = NO_STATUS
     }

  // xprt_prepare_transmit, xprt_transmit, xprt_rdma_send_request
  :: d_step { (at(PREPARE_TRANSMIT) && !pinned(_pid)) ||
              (at(TRANSMIT_LOCK_WAIT) && locked_by == _pid + 1 && !pinned(_pid)) ->
       if
       :: pc[_pid] == PREPARE_TRANSMIT && my.reply_received -> pc[_pid] = CALL_STATUS
       :: else ->
          reserve_transport(_pid);
          if
          :: !has_lock -> pc[_pid] = TRANSMIT_LOCK_WAIT
          :: has_lock && WAKE_MEANS_RECONNECT && !connected -> pc[_pid] = CALL_CONNECT
          :: else -> pc[_pid] = TRANSMIT
          fi
       fi
     }
  :: d_step { at(TRANSMIT) ->
       if
       :: my.reply_received -> pc[_pid] = END_TRANSMIT
       :: else ->
          my.on_receive_list = 1;
          pc[_pid] = SEND_REQUEST
       fi
     }
  :: d_step { at(SEND_REQUEST) ->
       if
       :: my.sends_left == 0 -> cut = OUT_OF_RETRANSMISSIONS
       :: else ->
          my.sends_left--;
          if
          :: my.registered == 0 -> start_marshal(_pid)
          :: else ->
             my.unmap_for = FOR_RETRANSMIT;
             pc[_pid] = UNMAP_SAFE_POP
          fi
       fi
     }
  :: d_step { at(CHECK_COOKIE) ->
       my.status = (my.cookie_is_current -> ENOTCONN : NO_STATUS);
       pc[_pid] = (my.cookie_is_current -> DROP_CONNECTION : POST_SEND);
       my.cookie_is_current = 1
     }
  :: d_step { at(POST_SEND) ->
       post(WR_SEND | (_pid + 1));
       if
       :: accepted ->
          if
          :: LOSS_BEFORE_SEND_OF == _pid + 1 -> my.send_was_posted = 1
          :: else
          fi;
          pc[_pid] = TRANSMIT_DONE
       :: else ->
          my.status = ENOTCONN;
          pc[_pid] = DROP_CONNECTION
       fi
     }
  :: d_step { at(DROP_CONNECTION) ->
       connected = 0;
       wake_pending_tasks(EAGAIN);
       pc[_pid] = CALL_STATUS
     }
  :: d_step { at(TRANSMIT_DONE) ->
       if
       :: !connected ->
          my.status = ENOTCONN;
          pc[_pid] = CALL_STATUS
       :: else ->
          my.on_pending = !my.reply_received;
          pc[_pid] = END_TRANSMIT
       fi
     }
  :: d_step { at(END_TRANSMIT) ->
       release_transport(_pid);
       pc[_pid] = CALL_STATUS
     }

  // frwr_op_unmap_safe
  :: d_step { at(UNMAP_SAFE_POP) ->
       list_take(my.registered);
       if
       :: taken == 0 ->
          if
          :: my.unmap_for == FOR_RETRANSMIT -> start_marshal(_pid)
          :: my.unmap_for == FOR_MARSHAL_ERROR -> marshal_has_failed(_pid)
          :: else ->
             my.unmap_for = FOR_NOTHING;
             pc[_pid] = FREE_BUFFER
          fi
       :: taken != 0 && my.unmap_for == FOR_FREE && !is_async(_pid) ->
          my.rec_pc = REC_SNAPSHOT;
          my.rec_mr = taken;
          pc[_pid] = UNMAP_SAFE_RECOVER
       :: else ->
          my.mr = taken;
          pc[_pid] = UNMAP_SAFE_DEFER
       fi
     }
  :: d_step { at(UNMAP_SAFE_DEFER) ->
       defer_mr_recovery(my.mr);
       my.mr = 0;
       pc[_pid] = UNMAP_SAFE_POP
     }
  :: d_step { at(UNMAP_SAFE_RECOVER) ->
       recover_step(my.rec_pc, my.rec_mr, my.rec_snapshot);
       if
       :: my.rec_pc == REC_IDLE -> pc[_pid] = UNMAP_SAFE_POP
       :: else
       fi
     }

  // frwr_op_map and the loop around it
  :: d_step { at(OP_MAP_GET) ->
       list_take(free_head);
       my.mr = taken;
       if
       :: taken != 0 -> pc[_pid] = OP_MAP_TEST
       :: else ->
          if
          :: REFRESH_BATCH > 0 -> refresh_scheduled = 1
          :: else
          fi;
          my.status = ENOBUFS;
          fail_marshal(_pid)
       fi
     }
  :: d_step { at(OP_MAP_TEST) ->
       pc[_pid] = (mrs[my.mr - 1].fr_state == FR_INVALID -> OP_MAP_SET_VALID : OP_MAP_DEFER)
     }
  :: d_step { at(OP_MAP_DEFER) ->
       defer_mr_recovery(my.mr);
       my.mr = 0;
       pc[_pid] = OP_MAP_GET
     }
  :: d_step { at(OP_MAP_SET_VALID) ->
       mrs[my.mr - 1].fr_state = FR_VALID;
       if
       :: mrs[my.mr - 1].dma == DMA_UNMAPPED -> mrs[my.mr - 1].dma = DMA_NONE
       :: else
       fi;
       pc[_pid] = OP_MAP_DMA_MAP
     }
  :: d_step { at(OP_MAP_DMA_MAP) ->
       dma_map(my.mr);
       pc[_pid] = OP_MAP_SET_DONE
     }
  :: d_step { at(OP_MAP_DMA_MAP) && dma_map_faults > 0 ->
       dma_map_faults--;
       my.status = EIO;
       pc[_pid] = OP_MAP_ERROR_DEFER
     }
  :: d_step { at(OP_MAP_DMA_MAP) && map_mr_sg_faults > 0 ->
       dma_map(my.mr);
       map_mr_sg_faults--;
       my.status = EIO;
       pc[_pid] = OP_MAP_ERROR_DEFER
     }
  :: d_step { at(OP_MAP_SET_DONE) ->
       mrs[my.mr - 1].callback = CQE_FASTREG;
       pc[_pid] = OP_MAP_POST
     }
  :: d_step { at(OP_MAP_POST) ->
       post(WR_FASTREG | my.mr);
       if
       :: accepted -> pc[_pid] = MARSHAL_ADD
       :: else ->
          my.status = ENOTCONN;
          pc[_pid] = OP_MAP_ERROR_DEFER
       fi
     }
  :: d_step { at(OP_MAP_ERROR_DEFER) ->
       defer_mr_recovery(my.mr);
       my.mr = 0;
       fail_marshal(_pid)
     }
  :: d_step { at(MARSHAL_ADD) ->
       list_add(my.registered, my.mr, REGISTERED);
       my.mr = 0;
       my.segment++;
       continue_marshal(_pid)
     }
  :: d_step { at(PREPARE_SEND_SGES) ->
       pc[_pid] = CHECK_COOKIE
     }
  :: d_step { at(PREPARE_SEND_SGES) ->
       prepare_send_faults--;
       my.status = EIO;
       fail_marshal(_pid)
     }

  // call_status, xprt_release, xprt_rdma_free
  :: d_step { at(CALL_STATUS) && !my.on_pending ->
       status = (my.reply_received -> EIO : my.status);
       my.status = NO_STATUS;
       if
       :: status == EIO -> pc[_pid] = RELEASE
       :: status == ENOBUFS -> pc[_pid] = ENOBUFS_WAIT
       :: status == EAGAIN -> pc[_pid] = PREPARE_TRANSMIT
       :: else -> pc[_pid] = CALL_CONNECT
       fi
     }
  :: d_step { at(ENOBUFS_WAIT) && enobufs_wait_over ->
       if
       :: my.enobufs_left == 0 -> cut = OUT_OF_ENOBUFS_RETRIES
       :: else ->
          my.enobufs_left--;
          my.sends_left++;
          pc[_pid] = PREPARE_TRANSMIT
       fi
     }
  :: d_step { at(RELEASE) ->
       release_transport(_pid);
       my.on_receive_list = 0;
       pc[_pid] = FREE_BUFFER
     }
  :: d_step { at(FREE_BUFFER) ->
       if
       :: my.registered == 0 -> finish_rpc(_pid)
       :: else ->
          my.unmap_for = FOR_FREE;
          pc[_pid] = UNMAP_SAFE_POP
       fi
     }
  od
}

#define own                   handlers[_pid - RPCS]
#define own_rpc               rpcs[_pid - RPCS]
#define handler_at(where)     (own.pc == where && running)

// rpcrdma_reply_handler, frwr_op_unmap_sync
active [RPCS] proctype reply_handler() {
end:
  do
  :: d_step { handler_at(REPLY_IDLE) && own_rpc.replies > 0 ->
       own_rpc.replies--;
       if
       :: own_rpc.on_receive_list && !own_rpc.reply_received ->
          own_rpc.on_receive_list = 0;
          own.pc = UNMAP_SYNC
       :: else
       fi
     }
  :: d_step { handler_at(UNMAP_SYNC) ->
       own.mr = own_rpc.registered;
       own.chain = own_rpc.registered;
       own.pc = (own_rpc.registered != 0 -> LINV_INVALID : COMPLETE)
     }
  :: d_step { handler_at(LINV_INVALID) ->
       mrs[own.mr - 1].fr_state = FR_INVALID;
       own.pc = LINV_DONE
     }
  :: d_step { handler_at(LINV_DONE) ->
       linv_done_step(_pid - RPCS)
     }
  :: d_step { handler_at(LINV_WAKE) ->
       mrs[own.mr - 1].callback = CQE_LOCALINV_WAKE;
       mrs[own.mr - 1].linv_done = 0;
       own.pc = LINV_POST
     }
  :: d_step { handler_at(LINV_POST) ->
       linv_post_step(_pid - RPCS)
     }
  :: d_step { handler_at(LINV_WAIT) && mrs[own.mr - 1].linv_done ->
       mrs[own.mr - 1].linv_done = 0;
       own.pc = UNLINK_FIRST;
       forget_dead_callback(own.mr);
       own.mr = 0
     }
  :: d_step { handler_at(REPLY_DISCONNECT) ->
       reply_disconnect_step(_pid - RPCS)
     }
  :: d_step { handler_at(RESET_DEREG) ->
       dereg_mr(own.mr);
       own.pc = RESET_ALLOC
     }
  :: d_step { handler_at(RESET_ALLOC) ->
       own.pc = RESET_INVALID
     }
  :: d_step { handler_at(RESET_INVALID) ->
       reset_invalid_step(_pid - RPCS)
     }
  :: d_step { handler_at(UNLINK_FIRST) || handler_at(UNLINK) ->
       if
       :: own.pc == UNLINK_FIRST -> own.next = own_rpc.registered
       :: else
       fi;
       unlink_step(_pid - RPCS)
     }
  :: d_step { handler_at(REPLY_DMA_UNMAP) ->
       dma_unmap(own.mr);
       own.pc = REPLY_PUT
     }
  :: d_step { handler_at(REPLY_PUT) ->
       put_mr(own.mr);
       own.mr = 0;
       own.pc = (own.next != 0 -> UNLINK : COMPLETE)
     }
  :: d_step { handler_at(COMPLETE) ->
       if
       :: pc[_pid - RPCS] != DONE -> own_rpc.reply_received = 1
       :: else
       fi;
       own_rpc.on_receive_list = 0;
       wake(_pid - RPCS, OK);
       own.pc = REPLY_IDLE;
       own.mr = 0;
       own.next = 0;
       own.chain = 0
     }
  od
}

active proctype rnic() {
end:
  do
  :: d_step { rnic_can_go && running -> rnic_step() }
  od
}

// The send-CQ softirq
active proctype softirq() {
end:
  do
  :: d_step { softirq_pc == IRQ_POLL && completions_size > 0 && running ->
       poll()
     }
  :: d_step { softirq_pc == IRQ_FASTREG && running ->
       mrs[softirq_mr - 1].fr_state = FR_FLUSHED_FR;
       softirq_pc = IRQ_POLL;
       softirq_mr = 0
     }
  :: d_step { softirq_pc == IRQ_LOCALINV && running ->
       mrs[softirq_mr - 1].fr_state = FR_FLUSHED_LI;
       softirq_pc = IRQ_POLL;
       softirq_mr = 0
     }
  :: d_step { softirq_pc == IRQ_LOCALINV_WAKE && running ->
       mrs[softirq_mr - 1].fr_state = FR_FLUSHED_LI;
       softirq_pc = IRQ_WAKE
     }
  :: d_step { softirq_pc == IRQ_WAKE && running ->
       mrs[softirq_mr - 1].linv_done = 1;
       softirq_pc = IRQ_POLL;
       softirq_mr = 0
     }
  od
}

// rpcrdma_mr_recovery_worker
active proctype recovery_worker() {
end:
  do
  :: d_step { rec_pc == REC_IDLE && stale_head != 0 && running ->
       list_take(stale_head);
       rec_mr = taken;
       rec_pc = REC_SNAPSHOT
     }
  :: d_step { rec_pc != REC_IDLE && running ->
       recover_step(rec_pc, rec_mr, rec_snapshot)
     }
  od
}

// rpcrdma_mr_refresh_worker
active proctype refresh_worker() {
end:
  do
  :: d_step { refresh_scheduled && running ->
       if
       :: refreshes_left == 0 -> cut = OUT_OF_REFRESHES
       :: else ->
          refreshes_left--;
          n = 0;
          do
          :: n < REFRESH_BATCH ->
             mr_count++;
             mrs[mr_count - 1].place = IN_HAND;
             list_add(free_head, mr_count, FREE_LIST);
             n++
          :: else -> break
          od
       fi;
       refresh_scheduled = 0
     }
  od
}

#define con_at(where)         (connect == where && running)

// xprt_rdma_connect_worker, rpcrdma_ep_connect
active proctype connect_worker() {
end:
  do
  :: d_step { con_at(CON_CLEAR_CONNECTED) && reconnect_due ->
       connected = 0;
       connect = CON_DISCONNECT
     }
  :: d_step { con_at(CON_DISCONNECT) ->
       if
       :: qp == QP_RTS -> lose_connection()
       :: else
       fi;
       connect = CON_WAIT_UPCALL
     }
  :: d_step { con_at(CON_WAIT_UPCALL) && ep != EP_CONNECTED ->
       connect = CON_POST_MARKER
     }
  :: d_step { con_at(CON_POST_MARKER) ->
       // Accepted whatever the QP's state.
       connect = CON_DRAIN;
       push_send_queue(WR_DRAIN_MARKER)
     }
  :: d_step { con_at(CON_POST_MARKER) && drain_marker_faults > 0 ->
       drain_marker_faults--;
       connect = CON_SWAP_QP
     }
  :: d_step { con_at(CON_DRAIN) && drain_over ->
       drained = 0;
       connect = CON_SWAP_QP
     }
  :: d_step { con_at(CON_SWAP_QP) ->
       qp = QP_IDLE;
       connect = CON_DESTROY_QP
     }
  :: d_step { con_at(CON_DESTROY_QP) ->
       destroy_old_qp();
       connect = CON_CONNECT
     }
  :: d_step { con_at(CON_CONNECT) ->
       ep = EP_CONNECTING;
       connect = CON_WAIT_CONNECTED
     }
  :: d_step { con_at(CON_WAIT_CONNECTED) && ep != EP_CONNECTING ->
       connect = (ep == EP_CONNECTED -> CON_FINISH : CON_WAKE_FAILED)
     }
  :: d_step { con_at(CON_WAKE_FAILED) ->
       wake_pending_tasks(ECONNABORTED);
       connect = CON_FINISH
     }
  :: d_step { con_at(CON_FINISH) ->
       connecting = 0;
       connect = CON_IDLE
     }
  od
}

// rpcrdma_connect_worker
active proctype rep_connect_worker() {
end:
  do
  :: d_step { rep_connect_scheduled && running ->
       rep_connect_scheduled = 0;
       n = 0;
       do
       :: n < RPCS -> rpcs[n].cookie_is_current = 0; n++
       :: else -> break
       od;
       if
       :: !connected && ep == EP_CONNECTED ->
          connected = 1;
          wake_pending_tasks(OK)
       :: connected && ep != EP_CONNECTED ->
          connected = 0;
          wake_pending_tasks(ENOTCONN)
       :: else
       fi
     }
  od
}

// rpcrdma_conn_upcall: in the order in which it happened.
active proctype conn_upcall() {
end:
  do
  :: d_step { established_upcall && running ->
       established_upcall = 0;
       ep = EP_CONNECTED;
       rep_connect_scheduled = 1
     }
  :: d_step { !established_upcall && disconnected_upcall && running ->
       disconnected_upcall = 0;
       ep = EP_LOST;
       rep_connect_scheduled = 1
     }
  od
}

active proctype link() {
end:
  do
  :: d_step { loss_possible && others_can_go && running ->
       losses_left--;
       lose_connection()
     }
  :: d_step { establish_possible && running ->
       qp = QP_RTS;
       established_upcall = 1
     }
  od
}

inline answer(i) {
  rpcs[i].at_server = 0;
  rpcs[i].replies++
}

active proctype server() {
end:
  do
  :: d_step { owes_reply(0) && running -> answer(0) }
#if RPCS > 1
  :: d_step { owes_reply(1) && running -> answer(1) }
#endif
#if RPCS > 2
  :: d_step { owes_reply(2) && running -> answer(2) }
#endif
  od
}

// A signal or a soft timeout ends an RPC where it sleeps; a minor timeout wakes a task
// that waits for its reply. Whichever a scenario has none of is left out.
#define something_must_go     (others_can_go || establish_possible)
#define signal_can_hit(i)     (is_asleep(i) && !pinned(i))
#define timeout_can_hit(i)    (pc[i] == CALL_STATUS && rpcs[i].on_pending && !pinned(i))

#if FAULTS_SIGNAL > 0
inline hit_by_signal(i) {
  signals_left--;
  kill_task(i)
}

#define signal_due(i)                                                             \
  (signals_left > 0 && signal_can_hit(i) && something_must_go && running)

active proctype signals() {
end:
  do
  :: d_step { signal_due(0) -> hit_by_signal(0) }
#if RPCS > 1
  :: d_step { signal_due(1) -> hit_by_signal(1) }
#endif
#if RPCS > 2
  :: d_step { signal_due(2) -> hit_by_signal(2) }
#endif
  od
}
#endif

#if FAULTS_TIMEOUT > 0
inline hit_by_timeout(i) {
  timeouts_left--;
  wake(i, ETIMEDOUT)
}

#define timeout_due(i)                                                            \
  (timeouts_left > 0 && timeout_can_hit(i) && something_must_go && running)

active proctype minor_timer() {
end:
  do
  :: d_step { timeout_due(0) -> hit_by_timeout(0) }
#if RPCS > 1
  :: d_step { timeout_due(1) -> hit_by_timeout(1) }
#endif
#if RPCS > 2
  :: d_step { timeout_due(2) -> hit_by_timeout(2) }
#endif
  od
}
#endif

// --------------------------------------------------------- model/race_model.cpp

#ifdef CHECK
hidden byte at_rest;
hidden byte cut_was_told;

active proctype monitor() {
end:
  do
  :: atomic { violated != NOT_VIOLATED ->
       assert(violated == NOT_VIOLATED)
     }
  :: d_step { cut != NOT_CUT && !cut_was_told ->
       cut_was_told = 1;
       printf("frwr_race: a run is cut\n")
     }
  // Nothing can move: every RPC is done, no mapping is left, every MR is free.
  :: atomic { timeout && running ->
       d_step {
         at_rest = !some_rpc_unfinished;
         n = 0;
         do
         :: n < mr_count ->
            at_rest = at_rest && mrs[n].dma != DMA_MAPPED && mrs[n].place == FREE_LIST;
            n++
         :: else -> break
         od;
         n = 0
       }
       assert(at_rest)
     }
  od
}
#endif
