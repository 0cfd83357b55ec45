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

# A reboot begins with XICS again, and the guest negotiates anew.
count=$((count + 1))
start vmlinux-6.1 paprika.do=reboot --ic-mode=dual
seen 'guest: init' 2 || wrong "reboot" "no second boot"
[ "$(grep -c 'xive: Interrupt handling initialized' "$tmp/out")" -ge 2 ] || wrong "reboot" "XIVE was not there twice"
kill "$vm"
finish

echo "$count boots, $bad wrong"
[ "$bad" -eq 0 ]
