#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Checks the interpreter's encodings against objdump's: run.sh BUILD_DIR. Exit status 77: skipped.
set -e
here=$(dirname "$0")
objdump=${OBJDUMP:-powerpc64le-linux-gnu-objdump}
if ! command -v "$objdump" >/dev/null; then
	echo "encodings: skipped, no $objdump"
	exit 77
fi
mkdir -p "$1/tests/isa"
list=$1/tests/isa/insn-list
"${CC:-cc}" -std=gnu11 -I"$here/../../.." -o "$list" "$here/list.c"
"$list" >"$list.txt"
"${PYTHON:-python3}" "$here/check.py" "$list.txt" "$objdump"
