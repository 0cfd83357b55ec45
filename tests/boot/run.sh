#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whole boots in the interpreter, and what a user gets for bad input.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
P=build/paprika
initrd=$(initrd) || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
count=0
cpu=power9

# expect NAME STATUS PATTERN COMMAND...: the exit status, and a line of its output
expect() {
	name=$1
	status=$2
	pattern=$3
	shift 3
	count=$((count + 1))
	timeout 120 "$@" >"$tmp/out" 2>&1 </dev/null
	got=$?
	if [ "$got" -ne "$status" ] || ! grep -qE -- "$pattern" "$tmp/out"; then
		bad=$((bad + 1))
		echo "$name: status $got, expected $status and: $pattern"
		tail -n 15 "$tmp/out"
	fi
}

boot() { # NAME STATUS PATTERN KERNEL WORD [OPTION...]
	name=$1
	status=$2
	pattern=$3
	kernel=$4
	word=$5
	shift 5
	expect "$name" "$status" "$pattern" $P run --accel interp --cpu "$cpu" --memory 2G --kernel "$CACHE/$kernel" \
		--initrd "$initrd" --cmdline "console=hvc0 paprika.do=$word" "$@"
}

for k in vmlinux-6.1 vmlinux-6.12; do
	[ -s "$CACHE/$k" ] || continue
	boot "$k to init and power-off" 0 '^Linux .* ppc64le' "$k" auto
	boot "$k with hashed page tables" 0 '^MMU.*: Hash' "$k" auto --cmdline \
		"console=hvc0 paprika.do=auto disable_radix"
	boot "$k panics" 2 'guest crashed: ' "$k" panic
	boot "$k registers at a panic" 2 'pc [0-9a-f]{16} msr [0-9a-f]{16}' "$k" panic
done
[ ! -s "$CACHE/vmlinux-6.12" ] ||
	boot "6.12 has a DMA window for all of memory" 0 'create-pe-dma-window.* returned 0' vmlinux-6.12 off
# Other processors; kernels that know no POWER11 run at the level of POWER10.
cpu=power10
boot "power10" 0 '^cpu.*: POWER10 \(architected\)' vmlinux-6.1 auto
boot "power10 as a power9" 0 '^cpu.*: POWER9 \(architected\)' vmlinux-6.1 auto --compat=power9
boot "power10 as a power8" 0 '^MMU.*: Hash' vmlinux-6.1 auto --compat=power8
cpu=power8
boot "power8" 0 '^cpu.*: POWER8 \(architected\)' vmlinux-6.1 auto
cpu=power11
boot "power11 as a power10" 0 '^cpu.*: POWER10 \(architected\)' vmlinux-6.1 auto
[ ! -s "$CACHE/vmlinux-6.12" ] ||
	boot "power11" 0 '^cpu.*: Power11 \(architected\)' vmlinux-6.12 auto --ic-mode=xive
cpu=power9
boot "the hashed page table is resized" 0 '^and goes on: [1-9]' vmlinux-6.1 hpt --memory 1G --cmdline \
	"console=hvc0 paprika.do=hpt disable_radix"
grep -q '^hpt order: 24' "$tmp/out" && grep -q '^hpt order: 18' "$tmp/out" && grep -q '^hpt order: 23' "$tmp/out" ||
	{ bad=$((bad + 1)); echo "the hashed page table keeps its size"; }
boot "reboot ends the VM when asked to" 0 'guest: init' vmlinux-6.1 reboot --on-reboot=exit

# A reboot boots again, and has the MMU that it had: two starts of init, then it is ended. Memory is no multiple
# of the largest hashed page.
reboot() { # MMU [WORD]
	mmu=$1
	shift
	count=$((count + 1))
	timeout 120 $P run --memory 1000M --kernel "$CACHE/vmlinux-6.1" --initrd "$initrd" \
		--cmdline "console=hvc0 paprika.do=reboot $*" </dev/null >"$tmp/out" 2>&1 &
	vm=$!
	while kill -0 "$vm" 2>/dev/null && [ "$(grep -c 'guest: init' "$tmp/out")" -lt 2 ]; do
		sleep 0.2
	done
	kill "$vm" 2>/dev/null
	wait "$vm"
	if [ "$(grep -c 'guest: init' "$tmp/out")" -lt 2 ] || [ "$(grep -c "^\[.*$mmu" "$tmp/out")" -lt 2 ]; then
		bad=$((bad + 1))
		echo "a reboot does not boot again with $mmu"
	fi
}
reboot 'radix-mmu: Page sizes'
reboot 'hash-mmu: Page sizes' disable_radix

# Input typed at the console reaches the guest.
count=$((count + 1))
(sleep 4; echo hello; sleep 1; echo bye; sleep 2) | timeout 30 $P run --memory 1G --kernel "$CACHE/vmlinux-6.1" \
	--initrd "$initrd" --cmdline "console=hvc0 quiet paprika.do=echo" >"$tmp/out" 2>&1
if ! grep -q 'got: hello' "$tmp/out"; then
	bad=$((bad + 1))
	echo "input does not reach the guest"
	tail -n 5 "$tmp/out"
fi

# Bad input: each a line that says what is wrong.
run="$P run --accel interp"
printf '\177ELF\001\001\001\000\000\000\000\000\000\000\000\000\002\000\003\000' >"$tmp/x86"
head -c 64 /dev/zero >>"$tmp/x86"
head -c 1000 "$CACHE/vmlinux-6.1" >"$tmp/short"
echo text >"$tmp/text"
expect "kernel missing" 1 'none: No such file' $run --kernel "$tmp/none"
expect "not an ELF" 1 'not an ELF' $run --kernel "$tmp/text"
expect "32-bit x86" 1 '32-bit x86' $run --kernel "$tmp/x86"
expect "truncated" 1 'truncated' $run --kernel "$tmp/short"
# p_memsz of its first segment: 8 GiB
cp "$CACHE/vmlinux-6.1" "$tmp/large"
printf '\0\0\0\0\2\0\0\0' | dd of="$tmp/large" bs=1 seek=104 conv=notrunc 2>/dev/null
expect "larger than memory" 1 'does not fit into --memory=1024M' $run --kernel "$tmp/large"
expect "initrd missing" 1 'initrd=.*No such file' $run --kernel "$CACHE/vmlinux-6.1" --initrd "$tmp/none"
expect "memory 0" 1 'at least 128M' $run --kernel "$CACHE/vmlinux-6.1" --memory 0
expect "memory 1M" 1 'at least 128M' $run --kernel "$CACHE/vmlinux-6.1" --memory 1M
expect "memory 100T" 1 'this host has' $run --kernel "$CACHE/vmlinux-6.1" --memory 100T
truncate -s 256M "$tmp/initrd"
expect "initrd larger than memory" 1 'initrd=.*does not fit' $run --kernel "$CACHE/vmlinux-6.1" --memory 128M \
	--initrd "$tmp/initrd"
expect "unknown option" 1 'did you mean memory' $run --memry 1G
printf '[vm]\nmemory = 1G\nbogus = 1\n' >"$tmp/conf"
expect "unknown key" 1 'conf:3: bogus' $P run --config "$tmp/conf"

echo "$count boots and refusals, $bad wrong"
[ "$bad" -eq 0 ]
