#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fetch.sh PAPRIKA: a disk with Debian's ppc64el system on it, in the cache folder, made once: debian.img.
# debootstrap's first stage is unpacked into its file system here, the second one is the guest's own work.
set -eu
. "$(dirname "$0")/../setup/lib.sh"

here=$(dirname "$0")
out=$CACHE/debian.img
sum=$(cat "$here/fetch.sh" "$here/install" "$here/initrd" | cksum)
[ -s "$out" ] && [ "$(cat "$out.sum" 2>/dev/null)" = "$sum" ] && exit 0

install_packages debootstrap e2fsprogs cpio gzip
mirror=$(system_mirror)
[ -n "$mirror" ] || die "no Debian mirror in this system's apt sources"
root=$CACHE/debian-root
rm -f "$out" "$out.new"
if [ "$(cat "$root.done" 2>/dev/null)" != "$sum" ]; then
	say "fetching a Debian ppc64el system for the guest's disk"
	as_root rm -rf "$root"
	as_root debootstrap --foreign --arch=ppc64el --variant=minbase \
		--include=systemd-sysv,udev,iproute2,wget,fio "${mirror#* }" "$root" "${mirror% *}" \
		>"$CACHE/debian.log" 2>&1 || die "debootstrap failed: see $CACHE/debian.log"
	# in a container debootstrap leaves a link to the host's
	as_root sh -c "[ ! -L '$root/proc' ] || { rm '$root/proc'; mkdir '$root/proc'; }"
	echo "$sum" >"$root.done"
fi
as_root install -m 755 "$here/install" "$root/install"
truncate -s 3G "$out.new"
as_root mke2fs -q -t ext4 -E lazy_itable_init=1 -d "$root" "$out.new"
say "the guest installs itself on its disk, which takes some minutes"
timeout 3600 "$1" run --accel interp --memory 2G --kernel "$CACHE/vmlinux-6.1" --initrd "$(sh "$here/initrd")" \
	--cmdline "console=hvc0 quiet init=/install" --disk "path=$out.new" </dev/null >"$CACHE/debian.log" 2>&1 &&
	grep -q '^debian: installed' "$CACHE/debian.log" || die "the installation failed: see $CACHE/debian.log"
mv "$out.new" "$out"
echo "$sum" >"$out.sum"
as_root rm -rf "$root"
