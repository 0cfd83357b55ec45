#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a thread of a running VM cannot do, tried on its threads from outside; what a violation does.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
initrd=$(initrd) || exit 1
make -s build/tests/cage/cage || exit 1
timeout 150 build/tests/cage/cage build/paprika "$CACHE/vmlinux-6.1" "$initrd"
