#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Consoles from the guest's program to the host's and back: nothing lost, nothing doubled, nothing stalled.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages cpio gzip python3
sh tests/setup/guest.sh || exit 1
initrd=$(initrd) || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# of guests with a virtio console
module_initrd 6.1 tests/console/init "$tmp/initrd" || exit 1
timeout 1200 python3 tests/console/console.py build/paprika "$CACHE" "$initrd" "$tmp/initrd"
