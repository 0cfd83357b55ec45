#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sysroot.sh ARCH: what a cross build for ppc64le, arm64, x86_64 or ppc64 needs: the compiler and libc from
# this system's packages, the libraries of Debian's architecture unpacked in the cache folder. Done once.
set -eu
. "$(dirname "$0")/lib.sh"

DEV="libfdt-dev liburing-dev libsystemd-dev libseccomp-dev libcap-ng-dev libinih-dev liblzma-dev libzstd-dev
zlib1g-dev libcmocka-dev libslirp0"

# Its header alone, without what it draws in: the library is loaded, not linked.
BARE="libslirp-dev"

# What the cross compiler brings itself must not come twice.
OWN='^(libc6|libc6-dev|libc-dev-bin|linux-libc-dev|libcrypt1|libcrypt-dev|libgcc-s1|gcc-[0-9]+-base|rpcsvc-proto|libnsl.*|libtirpc.*)$'

# The packages that $DEV comes to, libraries included, by the resolver of that architecture.
package_closure() {
	# shellcheck disable=SC2086
	foreign_apt "$1" -qq -s install --no-install-recommends $DEV 2>/dev/null |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -vE "$OWN" | LC_ALL=C sort
}

# ready FILE: this very script has made what FILE stands for.
ready() {
	[ -s "$1" ] && [ "$(cat "$1")" = "$(cksum <"$0")" ]
}

make_sysroot() { # Debian architecture
	root=$CACHE/sysroot-$1
	ready "$root/ready" && return 0
	say "fetching the libraries of $1 from Debian's archive into $root"
	packages=$(package_closure "$1")
	[ -n "$packages" ] || die "the packages for $1 cannot be resolved"
	rm -rf "$root" "$root.new"
	# shellcheck disable=SC2086
	foreign_unpack "$1" "$root.new" $packages $BARE
	# the libraries' absolute links would lead to this system's own
	find "$root.new" -type l -lname '/*' | while read -r link; do
		ln -sfn "$root$(readlink "$link")" "$link"
	done
	mv "$root.new" "$root"
	cksum <"$0" >"$root/ready"
}

# Debian has no big-endian ppc64 archive: cmocka alone, the test library, is compiled from its source.
make_cmocka() { # triplet
	root=$CACHE/sysroot-ppc64
	ready "$root/ready" && return 0
	say "compiling cmocka for ppc64 from Debian's source package into $root"
	rm -rf "$root"
	mkdir -p "$root/lib" "$root/include"
	foreign_get source "$CACHE/source" --download-only source cmocka
	tar -xf "$CACHE"/source/cmocka_*.orig.tar.?z -C "$CACHE/source" --strip-components=1
	: >"$CACHE/source/config.h"
	"$1-gcc" -O1 -w -DHAVE_CONFIG_H -DHAVE_GCC_THREAD_LOCAL_STORAGE -DHAVE_CLOCK_GETTIME_REALTIME \
		-DHAVE_MALLOC_H -DHAVE_INTTYPES_H -DHAVE_SIGNAL_H -DHAVE_STRINGS_H -DHAVE_STRSIGNAL \
		-DHAVE_STRUCT_TIMESPEC -DHAVE_TIME_H -DHAVE_UNISTD_H -DHAVE_STDINT_H \
		-I"$CACHE/source" -I"$CACHE/source/include" -c -o "$root/cmocka.o" "$CACHE/source/src/cmocka.c" ||
		die "cmocka does not compile for ppc64"
	"$1-ar" rcs "$root/lib/libcmocka.a" "$root/cmocka.o"
	cp "$CACHE"/source/include/cmocka*.h "$root/include"
	rm -rf "$CACHE/source" "$root/cmocka.o"
	cksum <"$0" >"$root/ready"
}

mkdir -p "$CACHE"
install_packages apt
case ${1:-} in
ppc64le)
	install_packages gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross pkg-config qemu-user
	make_sysroot ppc64el
	;;
arm64)
	install_packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross pkg-config qemu-user
	make_sysroot arm64
	;;
x86_64)
	install_packages gcc-x86-64-linux-gnu libc6-dev-amd64-cross pkg-config qemu-user
	make_sysroot amd64
	;;
ppc64)
	install_packages gcc-powerpc64-linux-gnu libc6-dev-ppc64-cross qemu-user
	make_cmocka powerpc64-linux-gnu
	;;
*)
	die "sysroot.sh: ARCH is one of ppc64le, arm64, x86_64, ppc64; not '${1:-}'"
	;;
esac
