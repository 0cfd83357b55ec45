#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every test program of tests/isa/*/build.sh under qemu-user and in the interpreter: the same output.
set -u
cd "$(dirname "$0")/../.." || exit 1
make -s build/tests/isa/run_elf || exit 1
bad=0
count=0
lines=0
for script in tests/isa/*/build.sh; do
	dir=build/tests/$(dirname "${script#tests/}")
	mkdir -p "$dir"
	sh "$script" "$dir" >"$dir/build.log" 2>&1
	status=$?
	[ "$status" -ne 77 ] || { tail -n 1 "$dir/build.log"; exit 77; }
	[ "$status" -eq 0 ] || { tail -n 5 "$dir/build.log"; echo "$script failed"; exit 1; }
	for elf in "$dir"/*; do
		[ -f "$elf" ] || continue
		case $elf in *.log | *.want | *.got) continue ;; esac
		count=$((count + 1))
		qemu-ppc64le -cpu power9 "$elf" >"$elf.want" 2>&1
		build/tests/isa/run_elf "$elf" >"$elf.got" 2>&1
		lines=$((lines + $(wc -l <"$elf.want")))
		if ! cmp -s "$elf.want" "$elf.got"; then
			bad=$((bad + 1))
			echo "$elf differs from qemu-user:"
			diff "$elf.want" "$elf.got" | head -n 6
		fi
	done
done
echo "$count programs, $lines results, $bad programs differ"
[ "$bad" -eq 0 ] && [ "$count" -gt 0 ]
