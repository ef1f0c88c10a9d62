// SPDX-License-Identifier: MIT
//
// fib_bench, a verification benchmark of other people, for SPIN.
//
// Threads 1 and 2 each take N times three steps, {a = x; b = y; x = a + b} and
// {a = x; b = y; y = a + b}, on the shared x = y = 1. Thread 3 reads x, and then, if
// x <= 144, reads y. (SV-COMP, pthread/fib_bench, with registers made explicit: the
// original's i += j is not one step of any machine.) Dense in states and in orders
// that commute, with nothing of our own in it.
//
// The C++ twin is tests/sim/models/fib_bench.h. The state is the same: a program counter per
// thread, the registers of threads 1 and 2, which are zero from the store on, x and y.
// Thread 3's registers decide nothing but its next program counter. How counts become
// equal is said in frwr_race.pml; so are the flags.

#ifndef N
#define N       5
#endif

// The greatest number is Fibonacci's number 2 N + 2.
#if N <= 5
#define number  byte
#elif N <= 10
#define number  short
#else
#error "N must be 10 at most"
#endif

byte pc[3];
number a[2];
number b[2];
number x = 1;
number y = 1;

#define more    (pc[_pid] < 3 * N)

active [2] proctype adder() {
end:
  do
  :: d_step { more && pc[_pid] % 3 == 0 -> a[_pid] = x; pc[_pid]++ }
  :: d_step { more && pc[_pid] % 3 == 1 -> b[_pid] = y; pc[_pid]++ }
  :: d_step { more && pc[_pid] % 3 == 2 ->
       if
       :: _pid == 0 -> x = a[_pid] + b[_pid]
       :: else -> y = a[_pid] + b[_pid]
       fi;
       a[_pid] = 0;
       b[_pid] = 0;
       pc[_pid]++
     }
  od
}

active proctype observer() {
end:
  do
  :: d_step { pc[2] == 0 -> pc[2] = (x <= 144 -> 1 : 2) }
  :: d_step { pc[2] == 1 -> pc[2] = 2 }
  od
}
