#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Networks without privileges, --net user and passt, in a network namespace of the test's own: what a guest
# reaches, what it is reached by, and what it is not; the end of whoever is behind it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
if [ "${1:-}" != inside ]; then
	install_packages cpio gzip python3 util-linux iproute2 libslirp0 passt
	sh tests/setup/guest.sh || exit 1
	for how in "-nm" "-rnm"; do
		unshare $how true 2>/dev/null && exec unshare $how sh "$0" inside
	done
	echo "no network namespace for this user"
	exit 77
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# the test's own name server
echo "nameserver 127.0.0.1" >"$tmp/resolv.conf"
mount --bind "$tmp/resolv.conf" /etc/resolv.conf || { echo "nothing can be mounted here"; exit 77; }
ip link set lo up
# passt wants a way out, which none of these guests goes
ip tuntap add uplink mode tap 2>/dev/null && ip addr add 192.0.2.1/24 dev uplink && ip link set uplink up &&
	ip route add default via 192.0.2.254

# passt is somebody else
chmod 711 "$tmp"
mkdir -m 777 "$tmp/passt"
mkdir -p "$tmp/files" "$tmp/root/modules"
head -c 8000000 /dev/urandom >"$tmp/files/file"
(cd "$tmp/files" && sha256sum file >sum)
cp "$CACHE/modules-6.1"/*.ko "$tmp/root/modules"
cp tests/netuser/init "$tmp/root/init"
chmod 755 "$tmp/root/init"
(cd "$tmp/root" && find . | cpio -o -H newc --quiet -R 0:0) | gzip -1 >"$tmp/more.gz"
cat "$(initrd)" "$tmp/more.gz" >"$tmp/initrd"
PYTHONDONTWRITEBYTECODE=1 python3 tests/netuser/lane.py build/paprika "$CACHE/vmlinux-6.1" "$tmp"
