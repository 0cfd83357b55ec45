#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Big-endian: what needs no library, its unit tests and the interpreter, statically linked, under qemu-user.
set -u
cd "$(dirname "$0")/../../.." || exit 1
set -- ppc64
. tests/cross/lib.sh
cross_unit
cross_interp
cross_summary
