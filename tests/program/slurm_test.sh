#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A sweep as a Slurm job array, one task of which is killed and requeued, is the sweep
# of one machine.
#
# Starts munged, slurmctld and slurmd on loopback with a configuration of its own, in a
# scratch folder, and stops them again. Exit code 77: they are not installed, or this is
# not root.
#
# usage: slurm_test.sh PROGRAM SOURCE_DIR
set -euo pipefail

program=$1 source=$2
for tool in munged slurmctld slurmd sbatch; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
[[ $(id -u) == 0 ]] || { echo 'skipped: not root'; exit 77; }

scratch=$(mktemp -d)
munge=$scratch/munge
export SLURM_CONF=$scratch/slurm.conf

stop() {
  local pid
  for pid in "$scratch"/slurmctld.pid "$scratch"/slurmd.pid "$munge"/munged.pid; do
    [[ ! -s $pid ]] || kill "$(<"$pid")" 2>/dev/null || true
  done
  sleep 1
  rm -rf -- "$scratch"
}
trap stop EXIT

chmod 755 "$scratch"
mkdir -p "$munge" "$scratch/state" "$scratch/spool"
dd if=/dev/urandom of="$munge/key" bs=1024 count=1 status=none
chmod 400 "$munge/key"
chown -R munge:munge "$munge"
su -s /bin/sh munge -c "munged --key-file=$munge/key --socket=$munge/munge.sock \
  --pid-file=$munge/munged.pid --log-file=$munge/munged.log --seed-file=$munge/seed"

host=$(hostname -s)
port=$((20000 + $$ % 20000))
cat >"$SLURM_CONF" <<END
ClusterName=frwrsim
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$munge/munge.sock
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
END
slurmctld -i
slurmd

# wait_for WHAT COMMAND...: until it succeeds, at most a minute
wait_for() {
  local what=$1
  shift
  for ((i = 0; i < 600; ++i)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "waited in vain for $what" >&2
  tail -n 20 "$scratch"/*.log >&2
  exit 1
}
node_is_idle() { [[ $(sinfo -h -o %T) == idle ]]; }
wait_for 'the node' node_is_idle

# Large enough for a task to be caught at work.
spec=$scratch/spec.json
cat >"$spec" <<'END'
{"format": "frwrsim-sweep/1",
 "families": [
   {"scenario": "upstream-report", "vary": {"/mr_pool": [2, 3, 4]}, "policies": ["pre-fix", "fix"],
    "explore": {"max_states": 200000}},
   {"scenario": "two-rpcs", "policies": ["pre-fix", "fix"],
    "hunt": {"seeds": 320000, "seeds_per_cell": 20000}}
 ]}
END
"$program" sweep "$spec" --output "$scratch/one" >/dev/null
"$program" merge "$scratch/one" --output "$scratch/one.json"

job=$(FRWRSIM=$program SPEC=$spec OUTPUT=$scratch/many sbatch --parsable --array=1-8 \
  --output="$scratch/task-%a.log" --export=ALL "$source/tools/cluster/sweep.sbatch")
victim=5  # has several cells: that is seen below, where it goes on
victim_works() { compgen -G "$scratch/many/shard-$victim/cells/*.json"; }
wait_for 'a task to have done a cell' victim_works
scontrol requeue "${job}_$victim"
requeued() { [[ $(scontrol show job "${job}_$victim") == *Restarts=1* ]]; }
wait_for 'the task to be requeued' requeued
# A requeued task is to wait two minutes; not here.
start_now() {
  [[ $(squeue -h -j "${job}_$victim" -o %r) == BeginTime ]] &&
    scontrol update JobId="${job}_$victim" StartTime=now
}
wait_for 'the task to be free to start' start_now
all_done() { [[ -z $(squeue -h -j "$job" 2>/dev/null) ]]; }
wait_for 'the array' all_done

mapfile -t directories < <(seq -f "$scratch/many/shard-%g" 8)
"$program" merge "${directories[@]}" --output "$scratch/many.json"
cmp "$scratch/one.json" "$scratch/many.json"
grep -h -o '[0-9]* of them done before' "$scratch/task-$victim.log" | tail -n 1 |
  grep -q '^[1-9]' || { echo 'the requeued task did not go on, it began anew' >&2; exit 1; }
echo 'Slurm: an array of 8, task 5 killed and requeued, the same bytes as from one machine'
