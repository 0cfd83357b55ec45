#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initrd.sh FILE [fio]: the initramfs of the guests that bench.py measures from within: busybox, its own program,
# disks' modules; and fio, if asked.
set -eu
cd "$(dirname "$0")/../.."
. tests/setup/lib.sh
install_packages cpio gzip binutils gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross
root=$(mktemp -d)
more=$(mktemp)
trap 'rm -rf "$root" "$more"' EXIT
mkdir -p "$(dirname "$1")" "$root/modules"
powerpc64le-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -I. -static -o "$root/bench-guest" tests/bench/guest/*.c
cp "$CACHE"/modules-6.1/virtio*.ko "$root/modules"
install -m 755 tests/bench/guest/init "$root/init"
if [ "${2:-}" = fio ]; then
	# shellcheck disable=SC2046
	program_fetch fio $(foreign_apt ppc64el -qq -s install fio 2>/dev/null |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -E '^(lib.*|zlib1g|fio)$' | grep -vE -- '-perl$|^libp(erl|ython)')
	program_files fio "$root" || die "fio: the archive for ppc64el is not to be had"
fi
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) | gzip -n -1 >"$more"
cat "$(initrd)" "$more" >"$1"
