#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel.sh: a host kernel with kvm_pr, which Debian's kernels lack, from Debian's source package; prints the
# folder in the cache, with vmlinux and modules/RELEASE/*.ko. Built once for a version and a configuration, in
# about 20 minutes of one core.
set -eu
cd "$(dirname "$0")/../../.."
. tests/setup/lib.sh

install_packages linux-source-6.1 gcc-powerpc64le-linux-gnu bc bison flex make xz-utils libelf-dev libssl-dev >&2
version=$(dpkg-query -W -f '${Version}' linux-source-6.1)
to=$CACHE/kernel-pr-$version-$(cksum <tests/host/pr/config | cut -d ' ' -f 1)
if [ ! -s "$to/vmlinux" ]; then
	say "building a kernel with kvm_pr into $to"
	config=$PWD/tests/host/pr/config
	work=$(mktemp -d "$CACHE/kernel.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	tar -xf /usr/src/linux-source-6.1.tar.xz -C "$work" --strip-components=1
	kernel_make() {
		nice make -s -C "$work" ARCH=powerpc CROSS_COMPILE=powerpc64le-linux-gnu- "$@" >&2
	}
	kernel_make KCONFIG_ALLCONFIG="$config" allnoconfig
	kernel_make -j"${JOBS:-1}" vmlinux modules
	release=$(cat "$work/include/config/kernel.release")
	mkdir -p "$to.new/modules/$release"
	powerpc64le-linux-gnu-strip -o "$to.new/vmlinux" "$work/vmlinux"
	cp "$work"/arch/powerpc/kvm/kvm*.ko "$to.new/modules/$release"
	rm -rf "$to"
	mv "$to.new" "$to"
fi
echo "$to"
