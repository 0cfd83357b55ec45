#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fetch.sh: a Debian ppc64el system with perl, python3 and gcc as an initramfs in the cache folder, fetched
# once: userland.cpio, debootstrap's first stage. The guest itself does the second.
set -eu
. "$(dirname "$0")/../setup/lib.sh"

here=$(dirname "$0")
out=$CACHE/userland.cpio
[ -s "$out" ] && [ "$out" -nt "$here/init" ] && [ "$out" -nt "$here/programs.sh" ] && exit 0

install_packages debootstrap cpio
[ -n "$(system_mirror)" ] || die "no Debian mirror in this system's apt sources"
root=$CACHE/userland-root
if [ ! -f "$root.done" ]; then
	say "fetching a Debian ppc64el system for the guest"
	mirror=$(system_mirror)
	as_root rm -rf "$root"
	as_root debootstrap --foreign --arch=ppc64el --variant=minbase \
		--include=perl,python3,gcc,libc6-dev "${mirror#* }" "$root" "${mirror% *}" \
		>"$CACHE/userland.log" 2>&1 || die "debootstrap failed: see $CACHE/userland.log"
	# in a container debootstrap leaves a link to the host's
	as_root sh -c "[ ! -L '$root/proc' ] || { rm '$root/proc'; mkdir '$root/proc'; }"
	: >"$root.done"
fi
as_root install -m 755 "$here/init" "$root/init"
as_root install -m 755 "$here/programs.sh" "$root/programs.sh"
as_root sh -c "cd '$root' && find . | LC_ALL=C sort | cpio -o -H newc --quiet" >"$out.new"
mv "$out.new" "$out"
