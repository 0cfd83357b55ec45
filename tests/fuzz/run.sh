#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes every parser of what guests and users write: run.sh [BUILD_DIR]. FUZZ_SECONDS for each target: 5, in
# CI 60. Two run side by side. They begin with what seeds.py makes of the tables as they are now, with
# corpus/TARGET (inputs that once failed) and with what earlier runs left in the build folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
build=${1:-build}
seconds=${FUZZ_SECONDS:-}
if [ -z "$seconds" ]; then
	[ "${CI:-}" = true ] && seconds=60 || seconds=5
fi
install_packages clang libclang-rt-dev python3
make -s -j2 fuzz-targets "$build/fuzz/dict" >"$build/fuzz-build.log" 2>&1 || {
	tail -n 20 "$build/fuzz-build.log"
	echo "the fuzz targets do not build"
	exit 1
}

seeds=$build/fuzz/seeds
rm -rf "$seeds"
PYTHONDONTWRITEBYTECODE=1 python3 tests/fuzz/seeds.py "$seeds" "$build" || {
	echo "the seeds cannot be made"
	exit 1
}

fuzz() { # target
	found=$build/fuzz/found/$1
	corpus=tests/fuzz/corpus/$1
	[ -d "$corpus" ] || corpus=
	mkdir -p "$found"
	# shellcheck disable=SC2086
	timeout $((seconds + 120)) "$build/fuzz/$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
		-malloc_limit_mb=256 -max_len=8192 -close_fd_mask=3 -print_final_stats=1 \
		-dict="$build/fuzz/dict" -artifact_prefix="$build/fuzz/$1-" "$found" \
		"$seeds/$1" $corpus >"$build/fuzz/$1.log" 2>&1
	echo $? >"$build/fuzz/$1.status"
}

report() { # target
	status=$(cat "$build/fuzz/$1.status")
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz/$1.log")
	echo "$1: ${runs:-0} runs"
	total=$((total + ${runs:-0}))
	[ "$status" -eq 0 ] && [ "${runs:-0}" -gt 0 ] && return 0
	echo "$1: failed with status $status; the input is in $build/fuzz/"
	tail -n 40 "$build/fuzz/$1.log"
	bad=$((bad + 1))
}

targets=$(cd tests/fuzz && ls target_*.c | sed 's/^target_\(.*\)\.c$/\1/')
total=0
bad=0
count=0
# shellcheck disable=SC2086
set -- $targets
while [ $# -gt 0 ]; do
	pair=$1
	fuzz "$1" &
	shift
	if [ $# -gt 0 ]; then
		pair="$pair $1"
		fuzz "$1"
		shift
	fi
	wait
	for t in $pair; do
		count=$((count + 1))
		report "$t"
	done
done
echo "$count targets fuzzed for $seconds s each, $total runs, $bad failed"
[ "$bad" -eq 0 ]
