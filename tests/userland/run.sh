#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A Debian userland in the guest: debootstrap's second stage (dpkg, sh, perl), then bash, perl, python3 and gcc,
# whose output must be the host's.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
if [ "${USERLAND:-}" != 1 ]; then
	echo "Debian installing itself takes minutes: with USERLAND=1"
	exit 77
fi
sh tests/userland/fetch.sh || { echo "no Debian system for the guest could be fetched"; exit 77; }
install_packages perl python3 gcc libc6-dev
mkdir -p build/check
out=build/check/userland
begin=$(date +%s)
timeout 1200 build/paprika run --accel interp --cpu power9 --memory 3G --kernel "$CACHE/vmlinux-6.1" \
	--initrd "$CACHE/userland.cpio" --cmdline "console=hvc0 quiet" </dev/null >"$out.out" 2>&1
status=$?
{
	echo "userland: installed"
	sh tests/userland/programs.sh 2>&1
} >"$out.want"
tr -d '\r' <"$out.out" | grep '^userland:' >"$out.got"
if [ "$status" -ne 0 ] || ! cmp -s "$out.want" "$out.got"; then
	tail -n 20 "$out.out"
	diff "$out.want" "$out.got"
	echo "status $status, or not the host's results"
	exit 1
fi
echo "Debian installed itself; bash, perl, python3 and gcc print what they print here ($(($(date +%s) - begin)) s)"
