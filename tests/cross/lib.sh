# SPDX-License-Identifier: GPL-2.0-or-later
# What the cross lanes share: each builds for another architecture and runs the result under qemu-user.
# To be sourced from the top of the tree, with $1 as the architecture.

ARCH=$1
TESTS=0
BAD=0
OUT=build/tests/cross/$ARCH
mkdir -p "$OUT"

# same NAME: $OUT/native and $OUT/cross are equal, and not empty
same() {
	TESTS=$((TESTS + 1))
	[ -s "$OUT/native" ] && cmp "$OUT/native" "$OUT/cross" && return 0
	BAD=$((BAD + 1))
	echo "$1: not what the native build gives"
}

cross_unit() {
	make -s -j2 ARCH="$ARCH" all unit >"$OUT/unit.log" 2>&1 && return 0
	grep -vE '^\[|^==' "$OUT/unit.log" | tail -n 30
	echo "unit tests for $ARCH failed"
	exit 1
}

# A program of the cross build, under qemu-user as the Makefile has it.
cross_run() {
	program=$1
	shift
	# shellcheck disable=SC2086
	timeout 300 $RUN "build/$ARCH/$program" "$@"
}

# The device tree of a VM does not depend on the host that describes it.
cross_fdt() {
	name=$1
	shift
	rm -f "$OUT/native" "$OUT/cross"
	build/paprika fdt "$@" -o "$OUT/native"
	cross_run paprika fdt "$@" -o "$OUT/cross"
	same "$name"
}

cross_program() {
	make -s -j2 all || exit 1
	build/paprika --version >"$OUT/native"
	cross_run paprika --version >"$OUT/cross"
	same "--version"
	build/paprika run --help >"$OUT/native"
	cross_run paprika run --help >"$OUT/cross"
	same "run --help"
	cross_fdt "the default tree"
	cross_fdt "a tree without defaults" --memory 3G --no-defaults
	cross_fdt "a tree with consoles" --memory 128M --cmdline "console=hvc1 quiet" --console null --console null
}

# A sample of the vector tests in the interpreter: one instruction in forty, all operands.
cross_interp() {
	make -s -j2 build/tests/isa/run_elf || exit 1
	make -s -j2 ARCH="$ARCH" "build/$ARCH/tests/isa/run_elf" || exit 1
	sh tests/isa/vector/build.sh "$OUT/vector" || exit 1
	for program in vmx vsx; do
		elf=$OUT/vector/$program
		for insn in $(timeout 300 qemu-ppc64le -cpu power9 "$elf" | awk 'NR % 40 == 7 {print $1}'); do
			timeout 60 build/tests/isa/run_elf "$elf" "$insn" >"$OUT/native"
			cross_run tests/isa/run_elf "$elf" "$insn" >"$OUT/cross"
			same "$insn"
		done
	done
}

cross_summary() {
	echo "$(sed -n '$p' "$OUT/unit.log"); $TESTS comparisons with the native build, $BAD differ"
	[ "$BAD" -eq 0 ]
}

. tests/setup/lib.sh
sh tests/setup/sysroot.sh "$ARCH" || exit 1
RUN=$(make -s ARCH="$ARCH" print-RUN)
