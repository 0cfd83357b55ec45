#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Checks the interpreter's encodings against objdump's, and prints what it lacks of the ISA:
# run.sh [BUILD_DIR]. Exit status 77: skipped.
set -e
here=$(dirname "$0")
build=${1:-$here/../../../build}
objdump=${OBJDUMP:-powerpc64le-linux-gnu-objdump}
python=${PYTHON:-python3}
export PYTHONDONTWRITEBYTECODE=1
if ! command -v "$objdump" >/dev/null; then
	echo "encodings: skipped, no $objdump"
	exit 77
fi
mkdir -p "$build/tests/isa"
list=$build/tests/isa/insn-list
"${CC:-cc}" -std=gnu11 -I"$here/../../.." -o "$list" "$here/list.c"
"$list" >"$list.txt"
"$python" "$here/check.py" "$list.txt" "$objdump"
"$python" "$here/coverage.py" "$list.txt" "$here/../isa-list.txt"
