#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh [LANE...]: every test lane in turn, or those named; a lane's exit status is 0 passed, 77 skipped
# (its last line says why). CHECK_LANE_TIMEOUT: seconds until a lane counts as hung.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0
failed=0
skipped=0
log=build/check
mkdir -p "$log"
running=
trap '[ -z "$running" ] || kill "$running"; exit 130' INT TERM

lane() { # name, command...
	name=$1
	shift
	start=$(date +%s)
	timeout -k 10 "${CHECK_LANE_TIMEOUT:-1800}" "$@" >"$log/$name.log" 2>&1 </dev/null &
	running=$!
	wait "$running"
	status=$?
	took="($(($(date +%s) - start)) s)"
	case $status in
	0)
		passed=$((passed + 1))
		echo "ok    $name: $(tail -n 1 "$log/$name.log") $took"
		;;
	77)
		skipped=$((skipped + 1))
		echo "skip  $name: $(tail -n 1 "$log/$name.log") $took"
		;;
	*)
		failed=$((failed + 1))
		echo "FAIL  $name: exit status $status $took; the end of $log/$name.log:"
		tail -n 30 "$log/$name.log" | sed 's/^/      /'
		;;
	esac
}

wanted() { # name, the names asked for...
	name=$1
	shift
	[ $# -gt 0 ] || return 0
	for one in "$@"; do
		[ "$one" = "$name" ] && return 0
	done
	return 1
}

[ -x build/paprika ] || make -s all || exit 1
wanted unit "$@" && lane unit make -s unit
for script in tests/*/run.sh tests/*/*/run.sh; do
	[ -f "$script" ] || continue
	name=${script#tests/}
	name=$(echo "${name%/run.sh}" | tr / -)
	wanted "$name" "$@" && lane "$name" sh "$script" build
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
