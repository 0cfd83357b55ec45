#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the guest program pairs: build.sh OUTDIR. Exit status 77: no compiler.
set -e
here=$(dirname "$0")
cc=${PPC64LE_CC:-powerpc64le-linux-gnu-gcc}
command -v "$cc" >/dev/null || { echo "pairs: skipped, no $cc"; exit 77; }
mkdir -p "$1"
"${PYTHON:-python3}" "$here/gen.py" 500 >"$1/pairs.s"
"$cc" -O2 -Wall -Wextra -mcpu=power8 -mno-vsx -mno-altivec -ffreestanding -fno-stack-protector -fno-pic \
	-no-pie -nostdlib -static -o "$1/pairs" "$here/pairs.c" "$1/pairs.s"
rm "$1/pairs.s"
