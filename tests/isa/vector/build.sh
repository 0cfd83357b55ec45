#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the guest programs vmx and vsx: build.sh OUTDIR
set -e
here=$(dirname "$0")
cc=${PPC64LE_CC:-powerpc64le-linux-gnu-gcc}
mkdir -p "$1"
for group in vmx vsx; do
	"${PYTHON:-python3}" "$here/gen.py" $group >"$1/$group.s"
	"$cc" -O2 -Wall -Wextra -mcpu=power8 -mno-vsx -mno-altivec -ffreestanding -fno-stack-protector \
		-fno-pic -no-pie -nostdlib -static -Wa,-mpower9 -o "$1/$group" "$here/harness.c" "$1/$group.s"
	rm "$1/$group.s"
done
