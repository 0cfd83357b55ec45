#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Consoles from the guest's program to the host's and back: nothing lost, nothing doubled, nothing stalled.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
initrd=$(initrd) || exit 1
exec timeout 400 python3 tests/console/console.py build/paprika "$CACHE" "$initrd"
