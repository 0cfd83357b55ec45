#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests under KVM in emulated Power hosts, with the kvm_hv module of Debian's kernels: a PowerNV POWER9;
# the others, and one with QEMU beside paprika, are named as in
# PAPRIKA_HOSTS="powernv9 powernv10 lpar-v1 ..."
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
. tests/host/lib.sh

ALL="powernv9 powernv9-hash powernv10 lpar-v1 lpar-compat lpar-v2 powernv9-peer"
FULL=${CHECKS:-report,one,two,panic,reboot,term,twenty}
HASH=report,one,two,reboot,term,twenty
SHORT=report,one,newer,panic,term,twenty
hosts=${PAPRIKA_HOSTS:-powernv9}
build=build/host
mkdir -p "$build"

host_setup || { echo "${why:-the hosts cannot be set up}"; exit 77; }
rm -f "$build/peer.cpio"
host_initrd "$build" || { echo "no ppc64le binary"; exit 1; }

good=0
bad=0
summary=
make -s ARCH=ppc64le build/ppc64le/tests/host/exit_cost || exit 1
# shellcheck disable=SC2046
if sh tests/host/exit_cost.sh $(make -s ARCH=ppc64le print-RUN); then
	summary=", exit cost in bounds"
else
	bad=1
	summary=", exit cost too high"
fi
for host in $hosts; do
	log=$build/$host.log
	checks=$SHORT
	case $host in
	powernv9) checks=$FULL ;;
	powernv9-hash) checks=$HASH ;;
	*-peer) checks=side_by_side ;;
	lpar-compat) checks=report,compat ;;
	lpar-v2) checks=report,one,term,twenty ;;
	esac
	case $host in
	*-peer) [ -f "$build/peer.cpio" ] || host_peer_initrd "$build" || { echo "$host: no QEMU for ppc64le"; continue; } ;;
	esac
	if ! host_boot "$build" "$host" "$checks" >"$log" 2>&1 </dev/null; then
		echo "$host: skipped: $(tail -n 1 "$log")"
		summary="$summary, $host skipped"
		continue
	fi
	grep -aE '^(result|    |host:)' "$log" | sed "s/^/$host: /"
	ok=$(grep -ac '^result: ok' "$log")
	failed=$(grep -ac '^result: FAIL' "$log")
	if ! grep -aq '^host: end' "$log"; then
		failed=$((failed + 1))
		echo "$host: did not come to its end:"
		tail -n 15 "$log"
	fi
	[ "$ok" -gt 0 ] || failed=$((failed + 1))
	good=$((good + ok))
	bad=$((bad + failed))
	summary="$summary, $host $ok ok"
done
for host in $ALL; do
	case " $hosts " in
	*" $host "*) ;;
	*) summary="$summary, $host not asked for" ;;
	esac
done
echo "$good checks under KVM passed, $bad failed$summary"
[ "$bad" -eq 0 ] && [ "$good" -gt 0 ]
