#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fetch.sh: Debian's ppc64el stress-ng with its libraries as an initramfs in the cache folder, fetched once.
set -eu
. "$(dirname "$0")/../setup/lib.sh"

here=$(dirname "$0")
out=$CACHE/stress.cpio.gz
[ -s "$out" ] && [ "$out" -nt "$here/init" ] && [ "$out" -nt "$here/fetch.sh" ] && exit 0

install_packages cpio gzip
root=$CACHE/stress-root
if [ ! -f "$root.done" ]; then
	say "fetching stress-ng for the guest"
	rm -rf "$root"
	packages=$(foreign_apt ppc64el -qq -s install stress-ng 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
	[ -n "$packages" ] || die "stress-ng: the archive for ppc64el is not to be had"
	# shellcheck disable=SC2086
	foreign_unpack ppc64el "$root" $packages
	(cd "$root" && rm -rf usr/share usr/sbin usr/lib/powerpc64le-linux-gnu/gconv)
	mkdir -p "$root/bin"
	cp "$CACHE/busybox-ppc64el" "$root/bin/busybox"
	ln -sf busybox "$root/bin/sh"
	: >"$root.done"
fi
install -m 755 "$here/init" "$root/init"
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) | gzip -n -1 >"$out.new"
mv "$out.new" "$out"
