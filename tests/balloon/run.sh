#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The balloon: paprika set takes memory from a guest and gives it back, and nothing that the guest keeps is harmed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages cpio gzip python3
sh tests/setup/guest.sh || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# a user who is not root needs a folder
[ -n "${XDG_RUNTIME_DIR:-}" ] || export XDG_RUNTIME_DIR="$tmp"
module_initrd 6.1 tests/balloon/init "$tmp/initrd" || exit 1
PYTHONPATH=tests/console PYTHONDONTWRITEBYTECODE=1 \
	timeout 800 python3 tests/balloon/balloon.py build/paprika "$CACHE/vmlinux-6.1" "$tmp/initrd"
