#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# stress-ng in a guest with four vCPUs, with either interrupt controller: no failure, and not a word of a stall.
# STRESS=1 runs it; STRESS_SECONDS: how long (60).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
if [ "${STRESS:-}" != 1 ]; then
	echo "stress-ng in guests takes minutes: with STRESS=1"
	exit 77
fi
sh tests/stress/fetch.sh || { echo "no stress-ng for the guest could be fetched"; exit 77; }
seconds=${STRESS_SECONDS:-60}
bad=0
count=0
out=build/check/stress.out
mkdir -p build/check

stress() { # NAME KERNEL [OPTION...]
	name=$1
	kernel=$2
	shift 2
	[ -s "$CACHE/$kernel" ] || return
	count=$((count + 1))
	timeout $((seconds * 10 + 300)) build/paprika run --accel interp --memory 2G --kernel "$CACHE/$kernel" \
		--initrd "$CACHE/stress.cpio.gz" --cmdline "console=hvc0 quiet paprika.seconds=$seconds" "$@" \
		</dev/null >"$out" 2>&1
	status=$?
	if [ "$status" -ne 0 ] || ! grep -q 'stress: status 0' "$out" ||
		grep -qE 'rcu.*stall|soft lockup|hard LOCKUP|BUG:|Oops|WARNING:|Call Trace' "$out"; then
		bad=$((bad + 1))
		echo "$name: status $status"
		tail -n 40 "$out"
	fi
	sed -n 's/.*stress-ng: //p' "$out" | grep -E 'metrc|metrics|completed' | sed "s/^/$name: /"
}

stress "6.1, radix, XIVE" vmlinux-6.1 --cpus 4 --ic-mode=xive
stress "6.1, radix, XICS" vmlinux-6.1 --cpus 4 --ic-mode=xics
stress "6.1, hash" vmlinux-6.1 --cpus 4 --cmdline "console=hvc0 quiet paprika.seconds=$seconds disable_radix"
stress "6.1, power8, hash, XICS" vmlinux-6.1 --cpus 4 --cpu power8
stress "6.1, power10, radix, XIVE" vmlinux-6.1 --cpus 4 --cpu power10 --ic-mode=xive
stress "6.12, radix, XIVE, threads" vmlinux-6.12 --cpus 4,threads=4 --ic-mode=xive
echo "$count guests under stress-ng for $seconds s each, $bad failed"
[ "$bad" -eq 0 ]
