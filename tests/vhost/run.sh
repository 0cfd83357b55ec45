#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Disks that qemu-storage-daemon serves: by the commands of the manual; what is in the image when either side is killed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages qemu-system-common qemu-utils e2fsprogs cpio gzip python3 man-db
sh tests/setup/guest.sh || exit 1
. tests/vhost/lib.sh
ROUNDS=${VHOST_KILL_ROUNDS:-2}

clean() { # NAME FORMAT FILE: the image, and the file system in it
	count=$((count + 1))
	if [ "$2" = qcow2 ]; then
		qemu-img check -q "$3" || fail "$1: the image is broken"
	fi
	qemu-img convert -f "$2" -O raw "$3" "$tmp/raw"
	e2fsck -fn "$tmp/raw" >"$tmp/fsck" 2>&1 || fail "$1: the file system is not clean: $(tail -n 1 "$tmp/fsck")"
}

create=$(manual "DISKS OF OTHER FORMATS" qemu-img)
storage=$(manual "DISKS OF OTHER FORMATS" qemu-storage-daemon)
option=$(manual "DISKS OF OTHER FORMATS" paprika | sed -n 's/.*\(--disk [^ ]*\).*/\1/p')
[ -n "$create" ] && [ -n "$storage" ] && [ "$option" = "--disk vhost-user=disk.sock" ] ||
	{ echo "the manual has other commands: $create; $storage; $option"; exit 1; }

# An empty image as in the manual, filled with a file system of two files and their sums.
mkdir "$tmp/tree"
head -c 3000000 /dev/urandom >"$tmp/tree/random"
echo hello >"$tmp/tree/text"
(cd "$tmp/tree" && sha256sum random text >sums)
truncate -s 160M "$tmp/disk.raw"
mkfs.ext4 -q -d "$tmp/tree" "$tmp/disk.raw"
(cd "$tmp" && eval "$create" >/dev/null && qemu-img convert -n -f raw -O qcow2 disk.raw disk.qcow2)

for version in 6.1 6.12; do
	[ -s "$CACHE/vmlinux-$version" ] && [ -d "$CACHE/modules-$version" ] || continue
	module_initrd $version tests/disk/init "$tmp/initrd-$version"
	serve disk.sock "$storage"
	guest "$version: qcow2" 9 $version served --cpus 2 $option
	# by the same daemon
	guest "$version: qcow2, after a power cycle" 3 $version again $option
	end_daemon
	clean "$version: qcow2" qcow2 "$tmp/disk.qcow2"
done

raw=$(echo "$storage" | sed 's/driver=qcow2/driver=raw/; s/disk.qcow2/disk.raw/; s/num-queues=2/num-queues=1/')
serve disk.sock "$raw"
guest "raw" 9 6.1 served $option
count=$((count + 1))
grep -q 'reset' "$tmp/daemon" && fail "raw: the daemon complains"
end_daemon
clean "raw" raw "$tmp/disk.raw"

serve disk.sock "$(echo "$raw" | sed 's/,writable=on//')"
guest "read-only" 4 6.1 readonly $option
refused "a second VM" 'is another VM connected\|one VM at a time' $option --disk vhost-user=disk.sock
end_daemon

# Resets while it writes: the back end has nothing any more when memory goes, and the guest comes up again.
serve disk.sock "$storage"
count=$((count + 1))
boot 6.1 reboot $option &
pid=$!
while kill -0 $pid 2>/dev/null && [ "$(grep -c 'disk-guest: mount: ok' "$tmp/out")" -lt 3 ]; do
	sleep 0.2
done
kill $pid 2>/dev/null
wait $pid
[ "$(grep -c 'disk-guest: mount: ok' "$tmp/out")" -ge 3 ] || fail "resets while it writes"
end_daemon

# The daemon is killed: what was flushed is in the image, and the VM gets errors, says why, and goes on to its end.
round=0
while [ $round -lt "$ROUNDS" ]; do
	round=$((round + 1))
	count=$((count + 1))
	(cd "$tmp" && qemu-img create -q -f qcow2 disk.qcow2 64M)
	serve disk.sock "$storage"
	: >"$tmp/out"
	boot 6.1 log $option &
	pid=$!
	await $pid '^synced 20'
	sleep "$(python3 -c 'import random; print(random.uniform(0, 1))')"
	kill_daemon
	await $pid 'has no back end any more'
	sleep 1
	kill $pid 2>/dev/null
	wait $pid
	qemu-img convert -f qcow2 -O raw "$tmp/disk.qcow2" "$tmp/raw"
	python3 tests/disk/synced.py "$tmp/out" "$tmp/raw" || fail "round $round: a write whose fsync returned is not in the image"
done

(cd "$tmp" && qemu-img convert -f raw -O qcow2 disk.raw disk.qcow2)
serve disk.sock "$storage"
orphaned 3 $option

refused "nobody listens" 'nobody listens there' $option
refused "no socket" 'nobody listens there' --disk vhost-user=none
refused "keys of the back end" 'the key id alone' $option,readonly=on

echo "$count checks of disks that others serve, $bad wrong"
[ "$bad" -eq 0 ]
