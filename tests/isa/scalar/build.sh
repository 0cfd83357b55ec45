#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the guest programs, each group in little-endian, big-endian and, where qemu-ppc is an oracle,
# 32-bit form: build.sh OUTDIR. Exit status 77: no compiler.
set -e
here=$(dirname "$0")
out=$1
le=${PPC64LE_CC:-powerpc64le-linux-gnu-gcc}
be=${PPC64_CC:-powerpc64-linux-gnu-gcc}
for cc in "$le" "$be"; do
	command -v "$cc" >/dev/null || { echo "scalar: skipped, no $cc"; exit 77; }
done
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$out"
flags="-O2 -Wall -Wextra -ffreestanding -fno-stack-protector -fno-pic -no-pie -nostdlib -static
	-Wl,-Ttext-segment=0x400000 -Wl,--build-id=none -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments"
flags64="$flags -mcpu=power9 -mno-vsx -mno-altivec -mabi=elfv2 -msoft-float"
flags32="$flags -m32 -mcpu=powerpc -msoft-float"

program() { # name, group, bits, order, compiler and flags...
	name=$1
	stubs=$out/$name.s
	"${PYTHON:-python3}" "$here/gen.py" "$2" "$3" "$4" >"$stubs"
	shift 4
	"$@" -o "$out/$name" "$here/guest.c" "$here/harness.c" "$here/operands.c" "$stubs"
	rm "$stubs"
}

for group in fixed branch memory fp; do
	program $group $group 64 le "$le" $flags64
	program $group-be $group 64 be "$be" $flags64
done
for group in fixed branch memory; do
	program $group-32 $group 32 be "$be" $flags32
done
"$le" $flags64 -o "$out/smc" "$here/guest.c" "$here/smc.c"
"$be" $flags64 -o "$out/smc-be" "$here/guest.c" "$here/smc.c"
