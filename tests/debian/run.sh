#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian from a disk: systemd to a login prompt, files over --net user, fio's verification of a virtio
# disk and of a SCSI disk, power-off.
# DEBIAN_FIO_SIZE: of what fio writes, 64M without it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
if [ "${DEBIAN:-}" != 1 ]; then
	echo "Debian on a disk takes minutes: with DEBIAN=1"
	exit 77
fi
install_packages python3 e2fsprogs libslirp0
sh tests/setup/guest.sh || exit 1
sh tests/debian/fetch.sh build/paprika || { echo "no disk with a Debian system could be made"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp --sparse=always "$CACHE/debian.img" "$tmp/disk"
truncate -s 2G "$tmp/second" "$tmp/third"
mkdir -p build/check "$tmp/files"
head -c 20000000 /dev/urandom >"$tmp/files/file"
(cd "$tmp/files" && sha256sum file >sum)
PYTHONDONTWRITEBYTECODE=1 python3 tests/debian/lane.py build/paprika "$CACHE/vmlinux-6.1" "$(sh tests/debian/initrd)" \
	"$tmp" "${DEBIAN_FIO_SIZE:-64M}" build/check/debian.out || exit 1
e2fsck -fn "$tmp/disk" >"$tmp/fsck" 2>&1 || { echo "its file system is not clean: $(tail -n 1 "$tmp/fsck")"; exit 1; }
echo "Debian from its disk: login, files over the user network, fio verified ${DEBIAN_FIO_SIZE:-64M} by blk and by SCSI, power-off, file system clean"
