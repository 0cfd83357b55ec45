#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Interrupt controllers: Debian's kernels in each --ic-mode, with a device's interrupt; a reboot.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
P=build/paprika
initrd=$(initrd) || exit 1
tmp=$(mktemp -d)
vm=
trap 'exec 3>&-; [ -z "$vm" ] || kill "$vm" 2>/dev/null; rm -rf "$tmp"' EXIT
bad=0
count=0

wrong() { # NAME WHY
	bad=$((bad + 1))
	echo "$1: $2"
	tail -n 15 "$tmp/out"
}

# start KERNEL WORDS [OPTION...]: a VM in the background, its console's input on descriptor 3
start() {
	kernel=$1
	words=$2
	shift 2
	rm -f "$tmp/in"
	mkfifo "$tmp/in"
	timeout 120 $P run --accel interp --memory 1G --kernel "$CACHE/$kernel" --initrd "$initrd" \
		--cmdline "console=hvc0 $words" "$@" <"$tmp/in" >"$tmp/out" 2>&1 &
	vm=$!
	exec 3>"$tmp/in"
}

# seen PATTERN TIMES: waits until the console has shown it that often; false if the VM ended before
seen() {
	until [ "$(grep -cE -- "$1" "$tmp/out")" -ge "$2" ]; do
		kill -0 "$vm" 2>/dev/null || return 1
		sleep 0.2
	done
}

finish() {
	exec 3>&-
	wait "$vm"
	status=$?
	vm=
}

# controller NAME PATTERN KERNEL WORDS [OPTION...]: /proc/interrupts has the terminal's interrupt, taken once
# or more, in a line that matches
controller() {
	name=$1
	pattern=$2
	shift 2
	count=$((count + 1))
	start "$@"
	seen 'guest: waiting' 1 && echo hello >&3
	finish
	if [ "$status" -ne 0 ] || ! grep -q 'got: hello' "$tmp/out"; then
		wrong "$name" "status $status, or no input"
	elif ! grep -qE "^ *[0-9]+: +[1-9][0-9]* +$pattern .*hvc_console" "$tmp/out"; then
		wrong "$name" "no interrupt of $pattern"
	fi
}

word="quiet paprika.do=interrupts"
for k in vmlinux-6.1 vmlinux-6.12; do
	[ -s "$CACHE/$k" ] || continue
	controller "$k, dual" 'XIVE-IRQ 4096' "$k" "$word" --ic-mode=dual
	controller "$k, xive" 'XIVE-IRQ 4096' "$k" "$word" --ic-mode=xive
	controller "$k, xics" 'XICS 4096' "$k" "$word" --ic-mode=xics
done
for mode in xics xive; do
	controller "hashed page tables, $mode" "$(echo $mode | tr xicsve XICSVE).* 4096" vmlinux-6.1 \
		"disable_radix $word" --ic-mode=$mode
done
controller "dual, a guest that wants XICS" 'XICS 4096' vmlinux-6.1 "xive=off $word" --ic-mode=dual
controller "xive, a guest that cannot have XICS" 'XIVE-IRQ 4096' vmlinux-6.1 "xive=off $word" --ic-mode=xive

# several NAME PATTERN KERNEL CPUS [OPTION...]: all vCPUs come up, take interrupts of their own, and one resets them
several() {
	name=$1
	pattern=$2
	kernel=$3
	cpus=$4
	shift 4
	count=$((count + 1))
	start "$kernel" "$word" --cpus "$cpus" "$@"
	seen 'guest: waiting' 1 && echo hello >&3
	finish
	n=${cpus%%,*}
	if [ "$status" -ne 0 ] || ! grep -q 'got: hello' "$tmp/out"; then
		wrong "$name" "status $status, or no input"
	elif ! grep -qE "^ +CPU0.* CPU$((n - 1))\b" "$tmp/out"; then
		wrong "$name" "not $n vCPUs"
	elif ! grep -E "$pattern" "$tmp/out" | awk -v n="$n" \
		'{for (i = 2; i <= n + 1; i++) if ($i + 0) seen[i] = 1} END {exit length(seen) < n}'; then
		wrong "$name" "a vCPU without an interrupt of $pattern"
	fi
}

ipis='IPI|XIVE-IPI|Doorbell|DBL:'
for k in vmlinux-6.1 vmlinux-6.12; do
	[ -s "$CACHE/$k" ] || continue
	several "$k, 4 vCPUs, xics" "$ipis" "$k" 4 --ic-mode=xics
	several "$k, 4 vCPUs, xive" "$ipis" "$k" 4 --ic-mode=xive
done
several "8 threads of 2 cores, xics" "$ipis" vmlinux-6.1 8,threads=4 --ic-mode=xics
several "8 threads of 2 cores, xive" "$ipis" vmlinux-6.1 8,threads=4 --ic-mode=xive

# A reboot with several vCPUs, and an end by SIGTERM.
count=$((count + 1))
start vmlinux-6.1 paprika.do=reboot --cpus 4
seen 'guest: init' 3 || wrong "reboots of 4 vCPUs" "no third boot"
[ "$(grep -c 'Brought up 1 node, 4 CPUs' "$tmp/out")" -ge 3 ] || wrong "reboots of 4 vCPUs" "not all came up"
kill "$vm"
finish
[ "$status" -eq 0 ] || wrong "reboots of 4 vCPUs" "status $status after SIGTERM"

# A reboot begins with XICS again, and the guest negotiates anew.
count=$((count + 1))
start vmlinux-6.1 paprika.do=reboot --ic-mode=dual
seen 'guest: init' 2 || wrong "reboot" "no second boot"
[ "$(grep -c 'xive: Interrupt handling initialized' "$tmp/out")" -ge 2 ] || wrong "reboot" "XIVE was not there twice"
kill "$vm"
finish

echo "$count boots, $bad wrong"
[ "$bad" -eq 0 ]
