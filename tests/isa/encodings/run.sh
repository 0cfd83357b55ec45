#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints what the interpreter lacks of the ISA, and checks its encodings against those of objdump:
# run.sh BUILD_DIR. Exit status 77: skipped.
set -e
here=$(dirname "$0")
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$1/tests/isa"
list=$1/tests/isa/insn-list
"${CC:-cc}" -std=gnu11 -I"$here/../../.." -o "$list" "$here/list.c"
"$list" >"$list.txt"
"${PYTHON:-python3}" "$here/coverage.py" "$list.txt" "$here/../isa-list.txt"
objdump=${OBJDUMP:-powerpc64le-linux-gnu-objdump}
if ! command -v "$objdump" >/dev/null; then
	echo "encodings: skipped, no $objdump"
	exit 77
fi
"${PYTHON:-python3}" "$here/check.py" "$list.txt" "$objdump"
