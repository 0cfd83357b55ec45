#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every test program of tests/isa/*/build.sh under qemu-user and in the interpreter: the same output; the
# scalar ones with either way of dispatch, and as native code. Of an instruction that differs, the first cases are printed.
set -u
cd "$(dirname "$0")/../.." || exit 1
make -s build/tests/isa/run_elf build/tests/isa/run_elf_loop || exit 1
bad=0
count=0
lines=0

# model ELF: the CPU that it is for, by its name.
model() {
	case $1 in
	*31) echo power10 ;;
	*-32) echo power7 ;;
	*) echo power9 ;;
	esac
}

# qemu ELF ARGUMENT...: in the qemu-user of its class and byte order.
qemu() {
	cpu=$(model "$1")
	case $(od -An -tx1 -j4 -N2 "$1") in
	*"02 01") timeout 120 qemu-ppc64le -cpu "$cpu" "$@" ;;
	*"02 02") timeout 120 qemu-ppc64 -cpu "$cpu" "$@" ;;
	*) timeout 120 qemu-ppc "$@" ;;
	esac 2>&1
}

# explain ELF RUNNER: the first cases of the first instructions whose results differ.
explain() {
	diff "$1.want" "$1.got" | sed -n 's/^< \([^ ]*\) .*/\1/p' | head -n 3 | while read -r name; do
		qemu "$1" "$name" >"$1.want.cases"
		timeout 120 $2 --model "$(model "$1")" "$1" "$name" >"$1.got.cases" 2>&1
		echo "$name:"
		diff -U 2 "$1.want.cases" "$1.got.cases" | sed -n '3,9p'
	done
	rm -f "$1.want.cases" "$1.got.cases"
}

for script in tests/isa/*/build.sh; do
	dir=build/tests/$(dirname "${script#tests/}")
	mkdir -p "$dir"
	sh "$script" "$dir" >"$dir/build.log" 2>&1
	status=$?
	[ "$status" -ne 77 ] || { tail -n 1 "$dir/build.log"; exit 77; }
	[ "$status" -eq 0 ] || { tail -n 5 "$dir/build.log"; echo "$script failed"; exit 1; }
	for elf in "$dir"/*; do
		[ -f "$elf" ] || continue
		case $elf in *.log | *.want | *.got | *.cases) continue ;; esac
		count=$((count + 1))
		qemu "$elf" >"$elf.want" &
		timeout 120 build/tests/isa/run_elf --model "$(model "$elf")" "$elf" >"$elf.got" 2>&1
		wait $!
		lines=$((lines + $(wc -l <"$elf.want")))
		runner=build/tests/isa/run_elf
		if [ "${script%/scalar/build.sh}" != "$script" ]; then
			for other in "$runner --native" build/tests/isa/run_elf_loop; do
				cmp -s "$elf.want" "$elf.got" || break
				runner=$other
				timeout 120 $runner --model "$(model "$elf")" "$elf" >"$elf.got" 2>&1
			done
		fi
		if ! cmp -s "$elf.want" "$elf.got"; then
			bad=$((bad + 1))
			echo "$elf differs from qemu-user in $runner:"
			diff "$elf.want" "$elf.got" | head -n 6
			explain "$elf" "$runner"
		fi
	done
done
echo "$count programs, $lines results, $bad programs differ"
[ "$bad" -eq 0 ] && [ "$count" -gt 0 ]
