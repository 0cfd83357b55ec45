#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# programs.sh PROGRAM...: runs unit test programs, under $RUN if that is set, and adds their results up.
set -u
out=$(mktemp)
trap 'rm -f "$out"' EXIT
programs=0
broken=0
for program in "$@"; do
	programs=$((programs + 1))
	before=$(wc -l <"$out")
	echo "== $program" >>"$out"
	# shellcheck disable=SC2086
	timeout 300 ${RUN:-} "$program" >>"$out" 2>&1
	status=$?
	tail -n +$((before + 1)) "$out"
	[ "$status" -eq 0 ] && continue
	broken=$((broken + 1))
	echo "$program: exit status $status"
done

# counted WORD: the sum of cmocka's "[  WORD  ] N test(s)" lines
counted() {
	sed -n "s/^\[ *$1 *\] \([0-9]*\) test(s).*/\1/p" "$out" | awk '{n += $1} END {print n + 0}'
}
summary="$programs programs: $(counted PASSED) tests passed, $(counted FAILED) failed, $(counted SKIPPED) skipped"
[ "$broken" -eq 0 ] || summary="$summary; $broken programs ended badly"
echo "$summary"
[ "$broken" -eq 0 ] && [ "$programs" -gt 0 ]
