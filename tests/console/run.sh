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
# the modules and the first process of guests with a virtio console, behind the initrd that all lanes have
mkdir -p "$tmp/root/modules"
cp "$CACHE"/modules-6.1/virtio*.ko "$tmp/root/modules"
cp tests/console/init "$tmp/root/init"
chmod 755 "$tmp/root/init"
(cd "$tmp/root" && find . | cpio -o -H newc --quiet -R 0:0) | gzip -1 >"$tmp/more.gz"
cat "$initrd" "$tmp/more.gz" >"$tmp/initrd"
timeout 1200 python3 tests/console/console.py build/paprika "$CACHE" "$initrd" "$tmp/initrd"
