#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh: every test lane in turn; a lane's exit status is 0 passed, 77 skipped (its last line says why).
set -u
cd "$(dirname "$0")/.."
passed=0
failed=0
skipped=0
log=build/check
mkdir -p "$log"

lane() { # name, command...
	name=$1
	shift
	if "$@" >"$log/$name.log" 2>&1; then
		passed=$((passed + 1))
		echo "ok    $name: $(tail -n 1 "$log/$name.log")"
	elif [ $? -eq 77 ]; then
		skipped=$((skipped + 1))
		echo "skip  $name: $(tail -n 1 "$log/$name.log")"
	else
		failed=$((failed + 1))
		echo "FAIL  $name:"
		tail -n 30 "$log/$name.log" | sed 's/^/      /'
	fi
}

lane unit make -s unit
for script in tests/*/run.sh tests/isa/*/run.sh; do
	[ -x "$script" ] || continue
	name=${script#tests/}
	lane "$(echo "${name%/run.sh}" | tr / -)" sh "$script" build
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
