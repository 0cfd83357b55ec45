#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests under KVM in emulated Power hosts. PAPRIKA_HOSTS names them, or is "all"; without it, a PowerNV POWER9
# with the checks that take longest to break. CHECKS=NAME,... instead of each host's own list;
# iperf is in none of them, as there is no room for it beside QEMU.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
. tests/host/lib.sh

ALL="powernv9 powernv9-hash powernv10 lpar-v1 lpar-v2 lpar-pr lpar-compat"
SHORT=report,one,two,panic,nmi,mce,tce,irqs,reboot,term,twenty,disk
FULL=report,one,two,newer,panic,nmi,mce,tce,irqs,reboot,term,twenty,disk,disk_xics,disk_user,user_irqchip,resets,errors,side_by_side
hosts=${PAPRIKA_HOSTS:-powernv9}
full=$FULL
extra=,controllers
served=,vhost_net,vsock,vhost_user
faster=,faster_ipi,faster_disk
[ -n "${PAPRIKA_HOSTS:-}" ] || full=$SHORT extra='' faster='' served=''
[ "$hosts" != all ] || hosts=$ALL
build=build/host
mkdir -p "$build"

checks_of() { # HOST
	case $1 in
	lpar-compat) echo report,compat ;;
	# pages of 4 KiB in a hashed table: more broadcasts of tlbie than an emulated host gets through; and no
	# translation of what is not RAM in real mode
	powernv9-hash) echo "$full,level,level_hash$extra" | sed 's/,newer//; s/,mce//' ;;
	lpar-pr) echo "$full$extra" | sed 's/,newer//; s/,mce,tce,irqs/,tce/' ;;
	# nowhere.c knows the real addresses of a PowerNV machine; LPARs have no hashed page tables, and one level alone
	# with the second nested interface
	lpar-*) echo "$full$extra" | sed 's/,mce//' ;;
	powernv9) echo "$full,level,level_hash$served$extra$faster" ;;
	*) echo "$full,level,level_hash$extra" ;;
	esac
}

case " $hosts " in
*" lpar-pr "*) sh tests/host/pr/kernel.sh >"$build/kernel-pr.log" 2>&1 || echo "no kernel with kvm_pr: $(tail -n 1 "$build/kernel-pr.log")" ;;
esac
peer=no
for host in $hosts; do
	case ${CHECKS:-$(checks_of "$host")} in
	*side_by_side* | *faster* | *vhost_user*) peer=yes ;;
	esac
done
host_setup || { echo "${why:-the hosts cannot be set up}"; exit 77; }
host_initrd "$build" $peer || { echo "no ppc64le binary"; exit 1; }

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
	if ! host_boot "$build" "$host" "${CHECKS:-$(checks_of "$host")}" >"$log" 2>&1 </dev/null; then
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
