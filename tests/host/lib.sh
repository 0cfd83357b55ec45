# SPDX-License-Identifier: GPL-2.0-or-later
# Emulated Power hosts: QEMU, an initramfs with KVM's modules, paprika and guests. To be sourced after
# tests/setup/lib.sh.

QEMU_NEEDED=10 # nested API v2 with POWER10, and PowerNV machines that power off

qemu_major() { # PROGRAM
	"$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p'
}

# Sets QEMU and QEMU_DATA: the system's if it is new enough, else the backport's, unpacked into the cache.
host_qemu() {
	install_packages qemu-system-ppc
	QEMU=qemu-system-ppc64
	QEMU_DATA=/usr/share/qemu
	[ "$(qemu_major "$QEMU")" -lt "$QEMU_NEEDED" ] || return 0
	arch=$(dpkg --print-architecture)
	dir=$CACHE/qemu-system-ppc-$arch
	QEMU=$dir/usr/bin/qemu-system-ppc64
	QEMU_DATA=$dir/usr/share/qemu
	[ "$(qemu_major "$QEMU" || :)" = "" ] || return 0
	suite=$(. /etc/os-release; echo "$VERSION_CODENAME")-backports
	say "fetching QEMU $QEMU_NEEDED from $suite into $dir"
	foreign_unpack "$arch" "$dir" "qemu-system-ppc/$suite" "qemu-system-data/$suite"
	[ "$(qemu_major "$QEMU")" -ge "$QEMU_NEEDED" ] && return 0
	# shellcheck disable=SC2034
	why="QEMU $QEMU_NEEDED does not run here: $("$QEMU" --version 2>&1 | tail -n 1)"
	return 1
}

host_setup() {
	install_packages cpio e2fsprogs gzip xz-utils gcc-powerpc64le-linux-gnu
	host_qemu || return 1
	for k in 6.1 6.12; do
		[ -s "$CACHE/vmlinux-$k" ] && [ -d "$CACHE/kvm-$k" ] || continue
		return 0
	done
	# shellcheck disable=SC2034
	why="no Debian kernel with its KVM modules in $CACHE: make setup-guest"
	return 1
}

# QEMU for ppc64le, to compare with and to serve a disk, in $CACHE/qemu-system-ppc-ppc64el.
host_peer() {
	peer=$CACHE/qemu-system-ppc-ppc64el
	[ ! -f "$peer/ready" ] || [ ! -x "$peer/usr/bin/qemu-storage-daemon" ] || return 0
	suite=$(. /etc/os-release; echo "$VERSION_CODENAME")-backports
	say "fetching QEMU for ppc64le from $suite into $peer"
	packages=$(foreign_apt ppc64el -qq -s install --no-install-recommends "qemu-system-ppc/$suite" \
		"qemu-system-common/$suite" "qemu-system-data/$suite" "qemu-utils/$suite" 2>/dev/null |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -vE '^(libc6|gcc-.*-base|debconf|passwd|adduser)$' |
		sed "s|^qemu.*|&/$suite|")
	[ -n "$packages" ] || return 1
	rm -rf "$peer"
	# shellcheck disable=SC2086
	(foreign_unpack ppc64el "$peer" $packages) && : >"$peer/ready"
}

# Shared libraries of FILE and theirs, by name, from the sysroot and from the cross compiler's libc.
host_library() { # NAME
	find "$CACHE/sysroot-ppc64el" /usr/powerpc64le-linux-gnu/lib "$CACHE/qemu-system-ppc-ppc64el" \
		"$CACHE/iperf3-ppc64el" -name "$1" 2>/dev/null | head -n 1
}

host_libraries() { # FILE, DIR
	for name in $(powerpc64le-linux-gnu-objdump -p "$1" | sed -n 's/ *NEEDED *//p'); do
		[ ! -e "$2/$name" ] || continue
		file=$(host_library "$name")
		[ -n "$file" ] || die "no $name for the hosts"
		cp -L "$file" "$2/$name"
		host_libraries "$2/$name" "$2"
	done
}

host_guest() { # NAME, SOURCE, FLAG...: an assembly guest
	guest=$1
	source=$2
	shift 2
	powerpc64le-linux-gnu-gcc -mbig -nostdlib -static -Wl,-Ttext=0,--build-id=none "$@" \
		-o "$root/guest/$guest" "tests/host/guest/$source"
}

# The folder of the kernel with kvm_pr, if it has been built.
host_pr_kernel() {
	for pr_dir in "$CACHE"/kernel-pr-*-"$(cksum <tests/host/pr/config | cut -d ' ' -f 1)"; do
		[ -s "$pr_dir/vmlinux" ] && echo "$pr_dir" && return 0
	done
	return 1
}

# What tests/disk does in a guest, with a disk for it.
host_disk() {
	more=$dir/disk-root
	rm -rf "$more"
	mkdir -p "$more/modules" "$more/tree"
	cp "$CACHE/modules-6.1"/*.ko "$more/modules"
	cp tests/disk/init "$more/init"
	chmod 755 "$more/init"
	(cd "$more" && find init modules | cpio -o -H newc --quiet -R 0:0) | gzip -1 >"$dir/more.gz"
	cat "$(initrd)" "$dir/more.gz" >"$root/guest/disk-initrd"
	head -c 1000000 /dev/urandom >"$more/tree/random"
	echo hello >"$more/tree/text"
	(cd "$more/tree" && sha256sum random text >sums)
	rm -f "$dir/disk"
	truncate -s 96M "$dir/disk"
	mkfs.ext4 -q -d "$more/tree" "$dir/disk"
	gzip -1 <"$dir/disk" >"$root/guest/disk.gz"
	rm -rf "$dir/disk" "$dir/more.gz" "$more"
}

# Guests that exchange streams with their host, and what the host has for them.
host_streams() {
	powerpc64le-linux-gnu-gcc -O2 -Wall -static -o "$root/bin/stream" tests/host/stream.c || return 1
	mkdir -p "$root/modules/streams" "$dir/streams/bin"
	for m in tun tap vhost_iotlb vhost vhost_net vsock vmw_vsock_virtio_transport_common vhost_vsock; do
		cp "$CACHE/modules-6.1/$m.ko" "$root/modules/streams/"
	done
	cp "$root/bin/stream" "$dir/streams/bin/"
	module_initrd 6.1 tests/host/stream-init "$dir/streams-initrd"
	(cd "$dir/streams" && find bin | cpio -o -H newc --quiet -R 0:0) | gzip -1 | cat "$dir/streams-initrd" - \
		>"$root/guest/streams-initrd"
	rm -rf "$dir/streams" "$dir/streams-initrd"
}

# Streams of iperf3, for a guest and its host.
host_iperf() {
	iperf_fetch && module_initrd 6.1 tests/net/init "$dir/iperf-initrd" &&
		iperf_initrd "$dir/iperf-initrd" "$root/guest/iperf-initrd" || return 1
	rm "$dir/iperf-initrd"
	cp "$CACHE/iperf3-ppc64el/usr/bin/iperf3" "$root/bin/"
	host_libraries "$root/bin/iperf3" "$root/lib/powerpc64le-linux-gnu"
	# what only a user-mode network loads
	slirp=$root/lib/powerpc64le-linux-gnu/libslirp.so.0
	cp -L "$(host_library libslirp.so.0)" "$slirp" && host_libraries "$slirp" "${slirp%/*}" || return 1
	rm -f "$root/lib/powerpc64le-linux-gnu/ld64.so.2"
}

# host_initrd DIR PEER: DIR/host.cpio, with paprika built for ppc64le, and with QEMU if PEER is yes.
host_initrd() {
	dir=$1
	root=$dir/root
	binary=${HOST_PAPRIKA:-build/ppc64le/paprika}
	[ -n "${HOST_PAPRIKA:-}" ] || make -s ARCH=ppc64le "$binary" || return 1
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/etc" "$root/guest" "$root/lib/powerpc64le-linux-gnu" "$root/lib64" "$root/modules"
	cp "$CACHE/busybox-ppc64el" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	powerpc64le-linux-gnu-strip -o "$root/bin/paprika" "$binary"
	host_libraries "$root/bin/paprika" "$root/lib/powerpc64le-linux-gnu"
	mv "$root/lib/powerpc64le-linux-gnu/ld64.so.2" "$root/lib64/"
	cp tests/host/init tests/host/checks.sh "$root/"
	chmod 755 "$root/init"
	for k in 6.1 6.12; do
		[ -s "$CACHE/vmlinux-$k" ] && [ -d "$CACHE/kvm-$k" ] || continue
		powerpc64le-linux-gnu-strip -o "$root/guest/vmlinux-$k" "$CACHE/vmlinux-$k"
		cp -r "$CACHE/kvm-$k"/* "$root/modules/"
	done
	# a PowerNV machine takes 128 MiB at most
	pr=$(host_pr_kernel) && cp -r "$pr"/modules/* "$root/modules/"
	[ ! -f "$root/guest/vmlinux-6.12" ] || xz -2 "$root/guest/vmlinux-6.12"
	host_disk
	host_streams
	cp "$(initrd)" "$root/guest/initrd.cpio.gz"
	sh tests/bench/initrd.sh "$root/guest/bench-initrd"
	host_guest calls calls.S -DCALLS=1000
	host_guest reboots calls.S -DCALLS=0 -DREBOOT
	host_guest mce mce.S
	powerpc64le-linux-gnu-gcc -O2 -shared -fPIC -o "$root/lib/nowhere.so" tests/host/nowhere.c
	make -s ARCH=ppc64le build/ppc64le/tests/host/irq_paths || return 1
	powerpc64le-linux-gnu-strip -o "$root/bin/irq_paths" build/ppc64le/tests/host/irq_paths
	case ${CHECKS:-} in *iperf*) host_iperf || return 1 ;; esac
	[ "$2" != yes ] || host_add_peer || say "no QEMU for ppc64le to compare with"
	(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) >"$dir/host.cpio"
}

# host_add_peer: QEMU and its firmware into $root.
host_add_peer() {
	host_peer || return 1
	mkdir -p "$root/usr/share/qemu"
	cp "$peer/usr/share/qemu/vof.bin" "$peer/usr/share/qemu/slof.bin" "$root/usr/share/qemu/"
	for program in qemu-system-ppc64 qemu-storage-daemon; do
		powerpc64le-linux-gnu-strip -o "$root/bin/$program" "$peer/usr/bin/$program"
		host_libraries "$root/bin/$program" "$root/lib/powerpc64le-linux-gnu"
	done
	rm -f "$root/lib/powerpc64le-linux-gnu/ld64.so.2"
}

# host_boot DIR NAME CHECKS: boots it with DIR/host.cpio and runs the checks, to its power-off or a time-out. On a
# busy machine it may stand still for longer than its watchdog waits: whose interrupt stops a CPU that is in a guest for good.
host_boot() {
	bmc="-device ipmi-bmc-sim,id=bmc0 -device isa-ipmi-bt,bmc=bmc0,irq=10"
	lpar=x-vof=on,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off
	kernel=6.1
	append=
	case $2 in
	powernv9) machine="-M powernv9 -cpu power9 $bmc" ;;
	powernv9-hash) machine="-M powernv9 -cpu power9 $bmc" append=disable_radix ;;
	powernv10) machine="-M powernv10 -cpu power10 $bmc" ;;
	lpar-v1) machine="-M pseries,$lpar,cap-nested-hv=on -cpu power9" ;;
	lpar-compat) machine="-M pseries,$lpar,cap-nested-hv=on,max-cpu-compat=power9 -cpu power10" ;;
	lpar-v2) machine="-M pseries,$lpar,cap-nested-papr=on -cpu power10" kernel=6.12 ;;
	lpar-pr) machine="-M pseries,$lpar,cap-htm=off -cpu power8" ;;
	*) echo "no such host"; return 1 ;;
	esac
	image=$CACHE/vmlinux-$kernel
	[ "$2" != lpar-pr ] || image=$(host_pr_kernel)/vmlinux
	[ -s "$image" ] || { echo "no kernel for this host"; return 1; }
	# shellcheck disable=SC2086
	timeout -k 5 "${HOST_LIMIT:-1700}" "$QEMU" -L "$QEMU_DATA" $machine -m 6G \
		-smp 2,cores=2,threads=1 -nographic -nodefaults -serial mon:stdio -no-reboot \
		-kernel "$image" -initrd "$1/host.cpio" \
		-append "console=hvc0 quiet nmi_watchdog=0 paprika.checks=$3 $append" || :
}
