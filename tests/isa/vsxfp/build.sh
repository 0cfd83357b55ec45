#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the guest programs of floating point in vectors: build.sh OUTDIR. Exit status 77: no compiler.
set -e
here=$(dirname "$0")
cc=${PPC64LE_CC:-powerpc64le-linux-gnu-gcc}
command -v "$cc" >/dev/null || { echo "vsxfp: skipped, no $cc"; exit 77; }
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$1"
for group in scalar vector quad vmx amo fp31 mma31 dfp31; do
	"${PYTHON:-python3}" "$here/gen.py" $group >"$1/$group.s"
	"$cc" -O2 -Wall -Wextra -mcpu=power8 -mno-vsx -mno-altivec -ffreestanding -fno-stack-protector \
		-fno-pic -no-pie -nostdlib -static -Wa,-mpower10 -o "$1/$group" "$here/harness.c" \
		"$here/../vector/guest.c" "$1/$group.s"
	rm "$1/$group.s"
done
