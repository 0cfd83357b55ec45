#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# host.sh: what building and testing need of Debian's packages; installs what is missing.
set -eu
. "$(dirname "$0")/lib.sh"
install_packages gcc make pkg-config libc6-dev libfdt-dev liburing-dev libsystemd-dev libseccomp-dev \
	libcap-ng-dev libinih-dev liblzma-dev libzstd-dev zlib1g-dev libcmocka-dev libslirp-dev device-tree-compiler \
	gcc-powerpc64-linux-gnu gcc-powerpc64le-linux-gnu qemu-user python3 cpio gzip
