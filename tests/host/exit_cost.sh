#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# exit_cost.sh RUNNER...: the instructions in user space of one exit, from two runs of exit_cost whose difference
# is a thousand exits. RUNNER is qemu-user with its options; every instruction is a line of its log.
set -eu
cd "$(dirname "$0")/../.."
LIMIT=300
program=build/ppc64le/tests/host/exit_cost
log=build/host/exit_cost.log
one=-singlestep
"$1" -help | grep -q one-insn-per-tb && one=-one-insn-per-tb

count() { # EXITS
	timeout 120 "$@" >/dev/null
	grep -c ^Trace "$log"
}

few=$(count "$@" -E LD_BIND_NOW=1 "$one" -d exec,nochain -D "$log" "$program" 100)
many=$(count "$@" -E LD_BIND_NOW=1 "$one" -d exec,nochain -D "$log" "$program" 1100)
rm -f "$log"
cost=$(((many - few) / 1000))
echo "an exit and its answer: $cost instructions in user space, at most $LIMIT"
[ "$cost" -gt 0 ] && [ "$cost" -le "$LIMIT" ]
