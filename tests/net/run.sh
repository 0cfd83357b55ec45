#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Networks in guests: a tap interface in a network namespace of the test's own, files there and back.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh

if [ "${1:-}" != inside ]; then
	install_packages iproute2 cpio gzip python3 util-linux iperf3
	sh tests/setup/guest.sh || exit 1
	iperf_fetch
	for how in "-n" "-rn"; do
		unshare $how true 2>/dev/null && [ -w /dev/net/tun ] && exec unshare $how sh "$0" inside
	done
	echo "no network namespace, or no /dev/net/tun, for this user"
	exit 77
fi

P=build/paprika
tmp=$(mktemp -d)
server=
back=
iperf3=
trap 'kill $server $back $iperf3 2>/dev/null; rm -rf "$tmp"' EXIT
count=0
bad=0

fail() {
	bad=$((bad + 1))
	echo "$1"
	[ ! -f "$tmp/out" ] || tail -n 20 "$tmp/out"
}

guest() { # NAME VERSION OPTION...
	name=$1
	version=$2
	shift 2
	count=$((count + 1))
	timeout 120 $P run --accel interp --memory 1G --kernel "$CACHE/vmlinux-$version" \
		--initrd "$tmp/initrd-$version" --cmdline "console=hvc0 quiet" "$@" </dev/null >"$tmp/out" 2>&1
	status=$?
	[ "$status" -eq 0 ] && ! grep -q FAILED "$tmp/out" &&
		[ "$(grep -c '^net-guest: .*: ok' "$tmp/out")" -eq 8 ] || fail "$name: status $status, 8 checks expected"
}

refused() { # NAME PATTERN OPTION...
	count=$((count + 1))
	name=$1
	pattern=$2
	shift 2
	timeout 20 $P run --accel interp --kernel "$CACHE/vmlinux-6.1" "$@" </dev/null >"$tmp/out" 2>&1
	status=$?
	[ "$status" -eq 1 ] && grep -q -- "$pattern" "$tmp/out" || fail "$name: status $status"
}

ip link set lo up
ip tuntap add tap0 mode tap || { echo "no tap interface can be made here"; exit 77; }
ip tuntap add tapq mode tap multi_queue
for i in tap0 tapq; do
	ip addr add 10.99.0.1/24 dev $i
done
ip link set tap0 up
mkdir "$tmp/files"
head -c 24000000 /dev/urandom >"$tmp/files/file"
(cd "$tmp/files" && sha256sum file >sum)
python3 tests/net/server.py 10.99.0.1 "$tmp/files" 2>/dev/null &
server=$!

for version in 6.1 6.12; do
	[ -s "$CACHE/vmlinux-$version" ] && [ -d "$CACHE/modules-$version" ] || continue
	module_initrd $version tests/net/init "$tmp/initrd-$version"
	guest "$version" $version --net tap,ifname=tap0,mac=52:54:00:12:34:56
	count=$((count + 1))
	grep -q 'net-guest: 52:54:00:12:34:56' "$tmp/out" || fail "$version: another address"
done

# Another process serves the device, with the tap behind it.
if [ -s "$tmp/initrd-6.1" ]; then
	make -s build/tests/vhost/tap || exit 1
	build/tests/vhost/tap "$tmp/net.sock" tap0 &
	back=$!
	while kill -0 $back 2>/dev/null && [ ! -S "$tmp/net.sock" ]; do
		sleep 0.1
	done
	guest "vhost-user" 6.1 --net "vhost-user,socket=$tmp/net.sock,mac=52:54:00:12:34:56"
	count=$((count + 1))
	grep -q 'net-guest: 52:54:00:12:34:56' "$tmp/out" || fail "vhost-user: another address"
	kill $back
	wait $back 2>/dev/null
	back=
fi

# Both of two vCPUs' queues carry frames; and one queue of such an interface will do.
if [ -s "$tmp/initrd-6.1" ]; then
	ip link set tap0 down
	ip link set tapq up
	guest "two queues" 6.1 --cpus 2 --net tap,ifname=tapq,queues=2
	count=$((count + 1))
	grep -q 'net-guest: queues: 2' "$tmp/out" || fail "two queues: another number"
	guest "one of several" 6.1 --net tap,ifname=tapq
	refused "no several queues" 'multi_queue' --net tap,ifname=tap0,queues=2
fi

# Streams of iperf3, through the guest's user network and over the tap.
iperf() { # NAME ADDRESS OPTION...
	name=$1
	address=$2
	shift 2
	count=$((count + 1))
	timeout 120 $P run --accel interp --memory 1G --kernel "$CACHE/vmlinux-6.1" --initrd "$tmp/initrd-iperf" \
		--cmdline "console=hvc0 quiet paprika.iperf=$address" "$@" </dev/null >"$tmp/out" 2>&1
	status=$?
	[ "$status" -eq 0 ] && [ "$(grep -c '^net-guest: iperf3 .*: ok' "$tmp/out")" -eq 3 ] || fail "$name: status $status, 3 streams expected"
	sed -n "s|^net-guest: \\(iperf3 .*bits/sec\\).*|$name: \\1|p" "$tmp/out"
}

if ! iperf_initrd "$tmp/initrd-6.1" "$tmp/initrd-iperf"; then
	echo "no iperf3 for the guest: its streams were not run"
elif [ -s "$tmp/initrd-6.1" ]; then
	ip link set tapq down
	ip link set tap0 up
	iperf3 -s >"$tmp/iperf3.log" 2>&1 &
	iperf3=$!
	iperf "user" 10.0.2.2 --net user
	iperf "tap" 10.99.0.1 --net tap,ifname=tap0
	kill $iperf3
fi

refused "no name" 'ifname=NAME is what a tap needs' --net tap
refused "another kind" 'user, tap, passt and vhost-user' --net bridge
refused "an address of a group" 'not of a group' --net tap,ifname=tap0,mac=53:54:00:12:34:56
refused "no back end" 'nobody listens there' --net "vhost-user,socket=$tmp/net.sock"
refused "a long name" '15 characters' --net tap,ifname=abcdefghijklmnop

echo "$count checks of networks, $bad wrong"
[ "$bad" -eq 0 ]
