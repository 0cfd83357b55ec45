#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Disks in guests: a file system on a virtio disk, what is on it after a power cycle, a reset, a kill.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages e2fsprogs cpio gzip python3
sh tests/setup/guest.sh || exit 1
P=build/paprika
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
count=0
bad=0
ROUNDS=${DISK_KILL_ROUNDS:-8}

fail() {
	bad=$((bad + 1))
	echo "$1"
	[ ! -f "$tmp/out" ] || tail -n 15 "$tmp/out"
}

make_image() { # a file system with two files and their sums
	mkdir -p "$tmp/tree"
	head -c 3000000 /dev/urandom >"$tmp/tree/random"
	echo hello >"$tmp/tree/text"
	(cd "$tmp/tree" && sha256sum random text >sums)
	rm -f "$tmp/disk"
	truncate -s 160M "$tmp/disk"
	mkfs.ext4 -q -d "$tmp/tree" "$tmp/disk"
}

vm() { # VERSION WORD OPTION...: runs it to its end, output in $tmp/out
	version=$1
	word=$2
	shift 2
	timeout 120 $P run --accel interp --memory 1G --kernel "$CACHE/vmlinux-$version" \
		--initrd "$tmp/initrd-$version" --cmdline "console=hvc0 quiet paprika.do=$word" "$@" \
		</dev/null >"$tmp/out" 2>&1
}

# guest NAME OKS VERSION WORD OPTION...: it powers off, and so many checks in it are ok and none failed
guest() {
	name=$1
	oks=$2
	shift 2
	count=$((count + 1))
	vm "$@"
	status=$?
	[ "$status" -eq 0 ] && ! grep -q FAILED "$tmp/out" &&
		[ "$(grep -c '^disk-guest: .*: ok' "$tmp/out")" -eq "$oks" ] ||
		fail "$name: status $status, $oks checks expected"
}

clean() { # NAME: the file system is
	count=$((count + 1))
	e2fsck -fn "$tmp/disk" >"$tmp/fsck" 2>&1 || fail "$1: the file system is not clean: $(tail -n 1 "$tmp/fsck")"
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

for version in 6.1 6.12; do
	[ -s "$CACHE/vmlinux-$version" ] && [ -d "$CACHE/modules-$version" ] || continue
	module_initrd $version tests/disk/init "$tmp/initrd-$version"
	make_image
	guest "$version: a file system" 11 $version verify --disk "path=$tmp/disk,serial=disk-one"
	clean "$version: after power-off"
	guest "$version: after a power cycle" 3 $version again --disk "path=$tmp/disk"
done

guest "a disk that is read-only" 4 6.1 readonly --disk "path=$tmp/disk,readonly=on"
if dd if="$tmp/disk" of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null; then
	guest "direct I/O" 11 6.1 verify --disk "path=$tmp/disk,direct=on,serial=disk-one"
	clean "direct I/O"
fi

guest "a SCSI disk" 11 6.1 verify --disk "path=$tmp/disk,bus=virtio-scsi,serial=disk-one"
clean "a SCSI disk"
guest "a SCSI disk, after a power cycle" 3 6.1 again --disk "path=$tmp/disk,bus=virtio-scsi"
guest "a SCSI disk that is read-only" 4 6.1 readonly --disk "path=$tmp/disk,bus=virtio-scsi,readonly=on"

# A reset while it writes: what runs is over before memory goes, and the guest comes up again.
count=$((count + 1))
timeout 60 $P run --accel interp --memory 1G --kernel "$CACHE/vmlinux-6.1" --initrd "$tmp/initrd-6.1" \
	--cmdline "console=hvc0 quiet paprika.do=reboot" --disk "path=$tmp/disk" </dev/null >"$tmp/out" 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && [ "$(grep -c 'disk-guest: mount: ok' "$tmp/out")" -lt 3 ]; do
	sleep 0.2
done
kill $pid 2>/dev/null
wait $pid
[ "$(grep -c 'disk-guest: mount: ok' "$tmp/out")" -ge 3 ] || fail "resets while it writes"

# What the guest was told is on the disk is there, whenever the VM is killed.
truncate -s 4M "$tmp/log"
round=0
while [ $round -lt "$ROUNDS" ]; do
	round=$((round + 1))
	count=$((count + 1))
	dd if=/dev/zero of="$tmp/log" bs=1M count=4 conv=notrunc 2>/dev/null
	# what the last round said is not this one's
	: >"$tmp/out"
	timeout 300 $P run --accel interp --memory 512M --kernel "$CACHE/vmlinux-6.1" --initrd "$tmp/initrd-6.1" \
		--cmdline "console=hvc0 quiet paprika.do=log" --disk "path=$tmp/log" </dev/null >"$tmp/out" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null && ! grep -q '^synced 20' "$tmp/out"; do
		sleep 0.1
	done
	if [ $round -eq 1 ]; then
		cp "$tmp/out" "$tmp/first"
		refused "a second writer" 'in use by another process' --disk "path=$tmp/log"
		refused "a reader beside a writer" 'in use by another process' --disk "path=$tmp/log,readonly=on"
	fi
	sleep "$(python3 -c 'import random; print(random.uniform(0, 1))')"
	# timeout(1)'s child, so that nothing of it is left to write
	kill -9 "$(ps -o pid= --ppid $pid | tr -d ' ')" 2>/dev/null
	wait $pid 2>/dev/null
	python3 tests/disk/synced.py "$tmp/out" "$tmp/log" || fail "round $round: a write whose fsync returned is not in the image"
done

refused "no such file" 'No such file' --disk "path=$tmp/none"
refused "a folder" 'neither a file nor a block device' --disk "path=$tmp,readonly=on"
refused "no path" 'path=FILE is missing' --disk readonly=on
refused "an unknown key" 'keys, each with' --disk "path=$tmp/disk,cache=none"

echo "$count checks of disks, $bad wrong"
[ "$bad" -eq 0 ]
