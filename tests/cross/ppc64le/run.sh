#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A ppc64le build: unit tests, the program and the interpreter under qemu-user, compared with the native build.
set -u
cd "$(dirname "$0")/../../.." || exit 1
set -- ppc64le
. tests/cross/lib.sh
cross_unit
cross_program
cross_interp
cross_summary
