#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guest.sh: Debian's ppc64el kernels and a busybox initramfs in the cache folder, fetched once.
#   vmlinux-6.1 (64K pages, stable), vmlinux-6.12 (4K pages, backports, Debian 12), initrd-SUM.cpio.gz
set -eu
cd "$(dirname "$0")/../.."
. tests/setup/lib.sh

# The name of the kernel package that the meta package NAME depends on, in SUITE ("" for any).
kernel_package() {
	foreign_apt ppc64el -qq -s install ${2:+-t "$2"} "$1" 2>/dev/null |
		sed -n 's/^Inst \(linux-image-[0-9][^ ]*-powerpc64le\) .*/\1/p' | head -n 1
}

# What guests with disks and networks need of the kernel's modules, and hosts of theirs.
MODULES="virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk virtio-rng
	crc16 crc32c_generic mbcache jbd2 ext4 failover net_failover virtio_net
	crct10dif_common crct10dif_generic crc-t10dif crc64 crc64_rocksoft_generic crc64-rocksoft t10-pi
	sd_mod virtio_scsi virtio_console virtio_balloon
	tun tap vhost_iotlb vhost vhost_net
	vsock vmw_vsock_virtio_transport_common vmw_vsock_virtio_transport vhost_vsock"

keep_modules() { # DIR: those of $CACHE/unpack, if they are modules of this kernel
	rm -rf "$1.new"
	mkdir -p "$1.new"
	for module in $MODULES; do
		find "$CACHE/unpack/lib/modules" -name "$module.ko*" -exec cp {} "$1.new" \;
	done
	find "$1.new" -name '*.xz' -exec xz -d {} +
	rm -rf "$1"
	mv "$1.new" "$1"
}

# The modules of KVM go beside it, for kernels that are hosts: kvm-VERSION/RELEASE/*.ko; those of disks:
# modules-VERSION/*.ko.
fetch_kernel() { # file, suite
	kvm=$CACHE/kvm-${1#vmlinux-}
	modules=$CACHE/modules-${1#vmlinux-}
	[ -s "$CACHE/$1" ] && [ -d "$kvm" ] && [ -s "$modules/vhost_vsock.ko" ] && return 0
	say "fetching $1 from Debian's archive"
	pkg=$(kernel_package linux-image-powerpc64le "$2")
	[ -n "$pkg" ] || return 1
	rm -rf "$CACHE/unpack"
	foreign_unpack ppc64el "$CACHE/unpack" "$pkg${2:+/$2}"
	rm -rf "$kvm" "$kvm.new"
	for module in "$CACHE"/unpack/lib/modules/*/kernel/arch/powerpc/kvm/kvm*.ko*; do
		release=${module#"$CACHE"/unpack/lib/modules/}
		mkdir -p "$kvm.new/${release%%/*}"
		cp "$module" "$kvm.new/${release%%/*}"
	done
	find "$kvm.new" -name '*.xz' -exec xz -d {} +
	cp "$CACHE"/unpack/boot/vmlinux-* "$CACHE/$1.new"
	mv "$CACHE/$1.new" "$CACHE/$1"
	mv "$kvm.new" "$kvm"
	keep_modules "$modules"
	rm -rf "$CACHE/unpack"
}

fetch_busybox() {
	[ -s "$CACHE/busybox-ppc64el" ] && return 0
	say "fetching busybox for the guest from Debian's archive"
	foreign_unpack ppc64el "$CACHE/unpack" busybox-static
	bb=$(find "$CACHE/unpack" -path "*bin/busybox" -type f | head -n 1)
	cp "$bb" "$CACHE/busybox-ppc64el"
	rm -rf "$CACHE/unpack"
}

make_initrd() {
	file=$(initrd_name)
	[ ! -s "$file" ] || return 0
	root=$(mktemp -d "$CACHE/initrd.XXXXXX")
	mkdir -p "$root/bin" "$root/sbin" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/etc"
	cp "$CACHE/busybox-ppc64el" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	cp tests/setup/init "$root/init"
	chmod 755 "$root" "$root/init" "$root/bin/busybox"
	(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) | gzip -n -6 >"$root.new"
	mv "$root.new" "$file"
	rm -rf "$root"
}

mkdir -p "$CACHE"
install_packages cpio gzip xz-utils apt
codename=$(. /etc/os-release; echo "$VERSION_CODENAME")
fetch_kernel vmlinux-6.1 ""
if [ "$codename" = bookworm ]; then
	fetch_kernel vmlinux-6.12 bookworm-backports || say "no 6.12 kernel in this archive: left out"
fi
fetch_busybox
make_initrd
