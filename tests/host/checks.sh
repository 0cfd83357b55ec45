#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# checks.sh NAME...: in an emulated Power host: guests under KVM. A line "result: ok NAME: ..." or
# "result: FAIL NAME: ..." each, and what paprika printed for those that failed.
out=/tmp/out

uptime_s() {
	cut -d' ' -f1 /proc/uptime
}

# The h-calls that reached user space: the proof that KVM ran a guest.
exits() {
	sed -n 's/.*KVM exits to user space: \([0-9]*\) h-calls.*/\1/p' $out | awk '{n += $1} END {print n + 0}'
}

result() { # NAME STATUS WANTED CONDITION TEXT
	if [ "$2" = "$3" ] && [ "$4" = true ] && [ "$(exits)" -gt 0 ]; then
		echo "result: ok $1: $5, $(exits) exits"
	else
		echo "result: FAIL $1: status $2, wanted $3, $(exits) exits"
		tail -n 20 $out | sed 's/^/    /'
	fi
}

run() { # KERNEL WORD OPTION...
	kernel=$1
	word=$2
	shift 2
	timeout -k 5 "${limit:-300}" paprika run -v --accel kvm --kernel "/guest/$kernel" --initrd /guest/initrd.cpio.gz \
		--cmdline "console=hvc0 paprika.do=$word" "$@" </dev/null >$out 2>&1
}

# Kernels that few hosts need are compressed until they do.
kernel_unpack() { # NAME
	[ -f "/guest/$1" ] || xzcat "/guest/$1.xz" >"/guest/$1"
}

has() { # PATTERN [COUNT]
	[ "$(grep -acE "$1" $out)" -ge "${2:-1}" ] && echo true || echo false
}

boot() { # NAME KERNEL CPUS OPTION...
	name=$1
	kernel=$2
	cpus=$3
	shift 3
	from=$(uptime_s)
	run "$kernel" auto --cpus "$cpus" "$@"
	status=$?
	found=$(has '^Linux .* ppc64le')
	[ "$(grep -ac '^processor' $out)" -eq "$cpus" ] || found=false
	# where the kernel has both controllers, the guest has chosen
	if grep -q 'XICS and XIVE in the kernel' $out; then
		grep -aq 'xive: .* initialized with spapr backend' $out || found=false
	fi
	bits=$(sed -n 's/.*time_init: \([0-9]*\) bit decrementer.*/\1/p' $out)
	# where the host's firmware tells of more than 32 bits, the guest has them
	[ -z "$(find /proc/device-tree/cpus -name ibm,dec-bits)" ] || [ -n "$bits" ] || [ -d /sys/module/kvm_pr ] || found=false
	result "$name" $status 0 "$found" "$(sed -n 's/.*kvm: \(type.*\)/\1/p' $out), ${bits:-32}-bit decrementer, up and off in $(echo "$from $(uptime_s)" | awk '{print $2 - $1}') s"
}

check_one() {
	boot one vmlinux-6.1 1
}

check_two() {
	boot two vmlinux-6.1 2
}

check_newer() {
	kernel_unpack vmlinux-6.12
	boot newer vmlinux-6.12 2
}

# A disk through the host's kernel: interrupts to its controller, notifications that ring a doorbell there: so
# few MMIO exits that requests have no part in them.
disk() { # NAME MMIO OPTION...
	name=$1
	most=$2
	shift 2
	zcat /guest/disk.gz >/tmp/disk
	timeout -k 5 "${limit:-300}" paprika run -v --accel kvm --cpus 2 --kernel /guest/vmlinux-6.1 \
		--initrd /guest/disk-initrd --cmdline "console=hvc0 quiet paprika.do=verify" \
		--disk path=/tmp/disk,serial=disk-one "$@" </dev/null >$out 2>&1
	status=$?
	sound=true
	[ "$(grep -ac '^disk-guest: .*: ok' $out)" -eq 11 ] || sound=false
	grep -aq FAILED $out && sound=false
	mmio=$(sed -n 's/.*h-calls, \([0-9]*\) MMIO.*/\1/p' $out | awk '{n += $1} END {print n + 0}')
	[ "$mmio" -lt "$most" ] || sound=false
	result "$name" $status 0 $sound "a file system, $mmio MMIO exits, $(sed -n 's/.*kvm: \(type.*\)/\1/p' $out)"
}

check_disk() {
	disk disk 500
}

check_disk_xics() {
	disk disk_xics 500 --ic-mode xics
}

# The same with a controller in user space, whose interrupts go to each vCPU.
check_disk_user() {
	disk disk_user 20000 --irqchip user
}

# Streams both ways between a guest and the host, by queues that the host's kernel serves.
streams() { # NAME FAMILY GUEST PATTERN OPTION...
	name=$1
	family=$2
	guest=$3
	pattern=$4
	shift 4
	for m in tun tap vhost_iotlb vhost vhost_net vsock vmw_vsock_virtio_transport_common vhost_vsock; do
		insmod /modules/streams/$m.ko 2>/dev/null
	done
	stream echo "$family" 5000 >/tmp/echo 2>&1 &
	timeout -k 5 "${limit:-300}" paprika run -v --accel kvm --cpus 2 --kernel /guest/vmlinux-6.1 --initrd \
		/guest/streams-initrd --cmdline "console=hvc0 quiet paprika.do=$name" "$@" </dev/null >$out 2>&1 &
	pid=$!
	for i in $(seq 280); do
		sleep 1
		grep -q '^stream:' $out && break
		kill -0 $pid 2>/dev/null || break
	done
	served=$(ps | grep -c '[[]vhost-')
	stream try "$family" "$guest" 5001 20000000 >/tmp/back 2>&1
	wait $pid
	status=$?
	killall stream 2>/dev/null
	sound=true
	[ "$(cat $out /tmp/back | grep -ac 'bytes came back as sent')" -eq 2 ] || sound=false
	[ "$served" -gt 0 ] || sound=false
	[ "$(has "$pattern")" = true ] || sound=false
	mmio=$(sed -n 's/.*h-calls, \([0-9]*\) MMIO.*/\1/p' $out | awk '{n += $1} END {print n + 0}')
	[ "$mmio" -lt 500 ] || sound=false
	[ $sound = true ] || cat /tmp/echo /tmp/back
	result "$name" $status 0 $sound "20 MB each way and back, $served of the kernel's threads, $mmio MMIO exits"
}

tap_up() { # NAME ADDRESS
	insmod /modules/streams/tun.ko 2>/dev/null
	mkdir -p /dev/net
	[ -c /dev/net/tun ] || mknod /dev/net/tun c 10 200
	stream tap "$1"
	ifconfig "$1" "$2" netmask 255.255.255.0 up
}

check_vhost_net() {
	tap_up vt0 10.9.0.1
	streams net tcp 10.9.0.2 'vhost-net serves it' --net tap,ifname=vt0,vhost=on
}

# Both ways over a tap, by the kernel's queues and by ours; and the user-mode network.
check_iperf() {
	tap_up vt1 10.99.0.1
	ifconfig lo 127.0.0.1 up
	for m in tap vhost_iotlb vhost vhost_net; do
		insmod /modules/streams/$m.ko 2>/dev/null
	done
	iperf3 -s >/tmp/iperf3 2>&1 &
	server=$!
	iperf vhost-net 10.99.0.1 --net tap,ifname=vt1,vhost=on
	iperf tap 10.99.0.1 --net tap,ifname=vt1,vhost=off
	iperf user 10.0.2.2 --net user
	kill $server
}

iperf() { # NAME ADDRESS OPTION...
	name=$1
	address=$2
	shift 2
	timeout -k 5 "${limit:-300}" paprika run -v --accel kvm --memory 1G --kernel /guest/vmlinux-6.1 \
		--initrd /guest/iperf-initrd --cmdline "console=hvc0 quiet paprika.iperf=$address" "$@" </dev/null >$out 2>&1
	status=$?
	sed -n "s|^net-guest: \(iperf3.*bits/sec\).*|    $name: \1|p" $out
	result "iperf_$name" $status 0 "$(has '^net-guest: iperf3 .*: ok' 3)" "three streams"
}

check_vsock() {
	streams vsock vsock 7 '' --vsock cid=7
}

# A disk that another process serves, out of the guest's own rings.
check_vhost_user() {
	zcat /guest/disk.gz >/tmp/disk
	qemu-storage-daemon --blockdev driver=file,node-name=file,filename=/tmp/disk \
		--blockdev driver=raw,node-name=disk,file=file --export \
		type=vhost-user-blk,id=export,node-name=disk,addr.type=unix,addr.path=/tmp/disk.sock,writable=on,num-queues=2 \
		>/tmp/daemon 2>&1 &
	daemon=$!
	for i in $(seq 30); do
		[ -S /tmp/disk.sock ] && break
		sleep 1
	done
	timeout -k 5 "${limit:-300}" paprika run -v --accel kvm --cpus 2 --kernel /guest/vmlinux-6.1 \
		--initrd /guest/disk-initrd --cmdline "console=hvc0 quiet paprika.do=served" \
		--disk vhost-user=/tmp/disk.sock </dev/null >$out 2>&1
	status=$?
	kill $daemon
	wait $daemon
	sound=true
	[ "$(grep -ac '^disk-guest: .*: ok' $out)" -eq 9 ] || sound=false
	grep -aq FAILED $out && sound=false
	mmio=$(sed -n 's/.*h-calls, \([0-9]*\) MMIO.*/\1/p' $out | awk '{n += $1} END {print n + 0}')
	[ "$mmio" -lt 500 ] || sound=false
	[ $sound = true ] || cat /tmp/daemon
	result vhost_user $status 0 $sound "a file system, $mmio MMIO exits"
}

# In a host whose kernel runs at a lower level than its processor, so does the guest.
check_compat() {
	run vmlinux-6.1 auto
	result compat $? 0 "$(has '^cpu.*POWER9 \(architected\)')" "$(grep -a '^revision' $out)"
}

# The architecture level of the one before: its name in the guest, and for POWER8 hashed page tables.
check_level() {
	run vmlinux-6.1 auto --compat=power9
	result level $? 0 "$(has '^cpu.*POWER9 \(architected\)')" "$(grep -a '^revision' $out)"
}

check_level_hash() {
	run vmlinux-6.1 auto --compat=power8
	result level_hash $? 0 "$(has '^(cpu.*POWER8 \(architected\)|MMU.*Hash)' 2)" "$(grep -a '^MMU' $out)"
}

check_user_irqchip() {
	boot user_irqchip vmlinux-6.1 2 --irqchip user
}

# Each controller, in the kernel and in user space, with one to four vCPUs; the guest names what it has. In LPARs,
# where boots take long, with the fewest and the most.
check_controllers() {
	counts="1 2 3 4"
	[ -d /proc/device-tree/ibm,opal ] || counts="1 4"
	for mode in xics xive; do
		for where in kernel user; do
			for cpus in $counts; do
				controller $mode $where $cpus
			done
		done
	done
}

controller() { # MODE WHERE CPUS
	run vmlinux-6.1 controller --ic-mode "$1" --irqchip "$2" --cpus "$3"
	status=$?
	# LPARs have no XIVE for their guests in the kernel, and POWER8 has none at all
	if [ "$1 $status" = "xive 1" ] && grep -qE "kernel has no interrupt controller|power8 has no XIVE" $out; then
		echo "result: ok controller $1 $2 $3: refused: $(tail -n 1 $out)"
		return
	fi
	named=$(has "XI(CS|VE).*(IPI|LSI|Level|Edge)|IPI.*XI(CS|VE)")
	[ "$(grep -aciE "^ *[0-9]+: .*$1" $out)" -gt 0 ] || named=false
	[ "$(grep -ac '^processor' $out)" -eq "$3" ] || named=false
	grep -aq '^hypervisor: linux,kvm' $out || named=false
	result "controller $1 $2 $3" $status 0 "$named" "$(grep -aiE "^ *[0-9]+: .*$1" $out | head -n 1 | tr -s ' \r' ' ')"
}

# What a guest measures, in paprika and in QEMU in turn, seven times: every one of its figures is higher here.
check_faster_ipi() {
	faster ipi 2
}

check_faster_disk() {
	zcat /guest/disk.gz >/tmp/disk
	truncate -s 256M /tmp/disk
	faster disk 1 --disk path=/tmp/disk -- -drive if=none,id=disk,format=raw,aio=io_uring,file=/tmp/disk,cache=writeback \
		-device virtio-blk-pci,disable-legacy=on,drive=disk
}

faster() { # WORD CPUS [OPTION... -- QEMU'S OPTION...]
	word=$1
	cpus=$2
	shift 2
	ours=
	while [ $# -gt 0 ]; do
		option=$1
		shift
		[ "$option" != -- ] || break
		ours="$ours $option"
	done
	line="console=hvc0 quiet paprika.do=$word paprika.seconds=3"
	figures='^bench: [a-z]+ [0-9.]+ (1/s|IOPS|MB/s)'
	: >/tmp/paprika
	: >/tmp/qemu
	for i in 1 2 3 4 5 6 7; do
		# shellcheck disable=SC2086
		timeout -k 5 300 paprika run -v --accel kvm --cpus "$cpus" --memory 1G --kernel /guest/vmlinux-6.1 \
			--initrd /guest/bench-initrd --cmdline "$line" $ours </dev/null >$out 2>&1
		grep -aE "$figures" $out >>/tmp/paprika
		timeout -k 5 300 qemu-system-ppc64 -nodefaults -nographic -serial stdio -m 1G -smp "$cpus" -no-reboot \
			-object rng-builtin,id=rng -device virtio-rng-pci,rng=rng,romfile= \
			-object memory-backend-memfd,id=ram,size=1G -L /usr/share/qemu -M "$(qemu_machine)" \
			-kernel /guest/vmlinux-6.1 -initrd /guest/bench-initrd -append "$line" "$@" </dev/null >/tmp/out.qemu 2>&1
		grep -aE "$figures" /tmp/out.qemu >>/tmp/qemu
	done
	ahead=true
	for name in $(cut -d' ' -f2 /tmp/paprika | sort -u); do
		a=$(figure /tmp/paprika "$name")
		b=$(figure /tmp/qemu "$name")
		echo "    $name: paprika ${a:-nothing} ($(figures /tmp/paprika "$name")), QEMU ${b:-nothing} ($(figures /tmp/qemu "$name")) $(awk -v n="$name" '$2 == n {print $4; exit}' /tmp/paprika)"
		echo "${a:-0} ${b:-0}" | awk '{exit !($1 > $2 && $2 > 0)}' || ahead=false
	done
	[ -s /tmp/paprika ] || ahead=false
	if [ $ahead = true ]; then
		echo "result: ok faster_$word: ahead in each figure"
	else
		echo "result: FAIL faster_$word: not ahead in each figure"
		tail -n 5 $out /tmp/out.qemu
	fi
}

figures() { # FILE NAME: all of them, in a line
	awk -v n="$2" '$2 == n {printf "%s%s", (c++ ? " " : ""), $3}' "$1"
}

figure() { # FILE NAME: the median
	awk -v n="$2" '$2 == n {print $3}' "$1" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

check_panic() {
	run vmlinux-6.1 panic
	result panic $? 2 "$(has 'pc [0-9a-f]{16} msr [0-9a-f]{16}')" "registers shown"
}

# A system reset of both vCPUs, one at least of which sleeps in the kernel: each comes to the guest's own routine
# with its own registers.
check_nmi() {
	mkdir -p /run
	run vmlinux-6.1 idle --cpus 2 --name host &
	for i in $(seq 280); do
		sleep 1
		grep -q 'guest: idle' $out && break
	done
	paprika nmi host
	sent=$?
	for i in $(seq 60); do
		sleep 1
		grep -q 'Kernel panic' $out && break
	done
	killall -TERM paprika 2>/dev/null
	wait $!
	status=$?
	found=$(has 'System Reset')
	[ $sent -eq 0 ] && ! grep -aq 'corrupt r3' $out || found=false
	# the guest may have ended itself
	[ $status -ne 2 ] || status=0
	result nmi $status 0 "$found" "$(grep -a 'System Reset' $out | head -n 1 | sed 's/^\[[^]]*\] *//')"
}

# A load from where the host's hardware has nothing.
check_mce() {
	LD_PRELOAD=/lib/nowhere.so timeout 60 paprika run -v --accel kvm --memory 256M --kernel /guest/mce </dev/null >$out 2>&1
	result mce $? 0 "$(has '^mce ok')" "a report of it, and on"
}

# Without a guest: events of sources, by each way there is.
check_irqs() {
	irq_paths >$out 2>&1
	status=$?
	sed 's/^/    /' $out
	if [ $status -eq 0 ]; then
		echo "result: ok irqs: all arrive"
	else
		echo "result: FAIL irqs: status $status"
	fi
}

# The kernel answers each TCE call of a boot; what else reaches user space, for the record.
check_tce() {
	run vmlinux-6.1 auto --trace=hcall,rtas
	status=$?
	calls=$(grep -aoE 'hcall: [0-9]+ [^(]*' $out | sed 's/.* //' | sort | uniq -c | sort -rn | head -n 12 | awk '{printf " %s %s", $2, $1}')
	none=true
	grep -q 'hcall: .*_TCE' $out && none=false
	grep -q 'no TCE table' $out && none=false
	echo "    calls:$calls"
	result tce $status 0 $none "none of them here"
}

# Two inits: the second boot is one in the same process.
check_reboot() {
	run vmlinux-6.1 reboot &
	for i in $(seq 280); do
		sleep 1
		[ "$(grep -ac 'guest: init' $out)" -ge 2 ] && break
	done
	again=$(has 'guest: init' 2)
	killall -TERM paprika
	wait $!
	result reboot $? 0 "$again" "booted again"
}

check_term() {
	# two vCPUs under nested API v2 take over a minute to get there
	run vmlinux-6.1 idle --cpus 2 &
	for i in $(seq 280); do
		sleep 1
		grep -q 'guest: idle' $out && break
	done
	idle=$(has 'guest: idle')
	from=$(uptime_s)
	killall -TERM paprika
	wait $!
	result term $? 0 "$idle" "ended within $(echo "$from $(uptime_s)" | awk '{print $2 - $1}') s"
}

# A guest that does nothing but calls: KVM's module counts its VMs, and the host its memory.
check_twenty() {
	module=$(lsmod | awk '$1 == "kvm_hv" || $1 == "kvm_pr" {print $1; exit}')
	from=
	for i in $(seq 20); do
		timeout 60 paprika run -v --accel kvm --memory 256M --cpus 2 --kernel /guest/calls </dev/null >$out 2>&1
		status=$?
		[ $status -eq 0 ] || break
		[ "$i" -eq 3 ] && from=$(awk '/^MemFree/ {print $2}' /proc/meminfo)
	done
	sleep 1
	lost=$((from - $(awk '/^MemFree/ {print $2}' /proc/meminfo)))
	users=$(lsmod | awk -v m="$module" '$1 == m {print $3}')
	vms=$(find /sys/kernel/debug/kvm -mindepth 1 -maxdepth 1 -type d | wc -l)
	clean=true
	[ "$users" != - ] || users=0 # a kernel that does not count: its modules stay
	[ "$users" = 0 ] && [ "$vms" = 0 ] && [ $lost -lt 8192 ] || clean=false
	[ $clean = true ] || echo "    $module used by $users, $vms VMs left, $lost KiB less free memory"
	result twenty $status 0 $clean "VMs in a row, $lost KiB less free memory after the 17 last"
}

# The process after twenty resets of its VM: as many descriptors and threads, and no more memory.
check_resets() {
	timeout 60 paprika run -v --accel kvm --memory 256M --cpus 2 --kernel /guest/reboots </dev/null >$out 2>&1 &
	sleep 2
	pid=$(pidof paprika)
	before=$(footprint "$pid")
	sleep 6
	after=$(footprint "$pid")
	kill -TERM "$pid"
	wait $!
	same=false
	echo "$before $after" | awk '{exit !($1 == $4 && $2 == $5 && $6 - $3 < 256)}' && same=true
	[ $same = true ] || echo "    descriptors, threads, KiB: $before, then $after"
	result resets $? 0 $same "descriptors, threads, KiB: $before, later $after"
}

footprint() {
	echo "$(find "/proc/$1/fd" -mindepth 1 | wc -l) $(find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc -l)" \
		"$(awk '/^RssAnon/ {print $2}' "/proc/$1/status")"
}

refused() { # NAME PATTERN COMMAND...
	name=$1
	pattern=$2
	shift 2
	timeout 20 "$@" </dev/null >$out 2>&1
	status=$?
	if [ $status -eq 1 ] && grep -qE -- "$pattern" $out; then
		echo "result: ok $name: $(cat $out)"
	else
		echo "result: FAIL $name: status $status, wanted 1 and: $pattern"
		sed 's/^/    /' $out
	fi
}

check_errors() {
	type=pr cpu=power8
	[ ! -d /sys/module/kvm_pr ] || type=hv cpu=power9
	refused wrong_type "kvm-type=$type" paprika run --kvm-type $type --kernel /guest/calls
	refused wrong_cpu "cpu=$cpu.*host" paprika run --accel kvm --cpu $cpu --kernel /guest/calls
	chmod 600 /dev/kvm
	refused permission 'Permission denied' su user -c 'paprika run --accel kvm --kernel /guest/calls'
	chmod 666 /dev/kvm
}

check_report() {
	paprika host
	paprika host --json >$out
	if grep -q '"kvm": {"usable": true' $out; then
		echo "result: ok report: $(wc -c <$out) bytes of JSON"
	else
		echo "result: FAIL report: no usable KVM in: $(cat $out)"
	fi
}

# What QEMU has to be told in this host: mitigations it lacks, pages smaller than QEMU's idea of them, and that
# its own small firmware does not start under kvm_pr.
qemu_machine() {
	machine=pseries,accel=kvm,memory-backend=ram,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken
	machine=$machine,cap-ccf-assist=off,cap-large-decr=off
	[ "$(awk '/^KernelPageSize/ {print $2; exit}' /proc/self/smaps)" = 64 ] || machine=$machine,cap-hpt-max-page-size=4k
	if [ -d /sys/module/kvm_pr ] && [ ! -d /sys/module/kvm_hv ]; then
		machine=$machine,cap-htm=off,cap-fwnmi=off,cap-ail-mode-3=off
	else
		machine=$machine,x-vof=on
	fi
	echo "$machine"
}

# paprika and QEMU in turn, with the same devices, three boots each: medians of what a user waits for and pays.
check_side_by_side() {
	[ -x /bin/qemu-system-ppc64 ] || { echo "result: FAIL side_by_side: no QEMU in this host"; return; }
	trace_on
	: >/tmp/paprika
	: >/tmp/qemu
	for i in 1 2 3; do
		measure /tmp/paprika paprika run --accel kvm --memory 1G --kernel /guest/vmlinux-6.1 \
			--initrd /guest/initrd.cpio.gz --cmdline "console=hvc0 paprika.do=idle"
		measure /tmp/qemu qemu-system-ppc64 -nodefaults -nographic -serial stdio -m 1G \
			-object rng-builtin,id=rng -device virtio-rng-pci,rng=rng,romfile= \
			-object memory-backend-memfd,id=ram,size=1G -L /usr/share/qemu -M "$(qemu_machine)" \
			-kernel /guest/vmlinux-6.1 -initrd /guest/initrd.cpio.gz -append "console=hvc0 paprika.do=idle"
	done
	ahead=true
	compare 1 3 "s to the first guest instruction"
	compare 2 1 "s to init"
	compare 3 1 "KVM_RUN calls to init"
	compare 4 1 "KiB without guest memory"
	[ "$ours" -lt 12288 ] || ahead=false
	if [ $ahead = true ]; then
		echo "result: ok side_by_side: a third to the first instruction, sooner at init, less memory"
	else
		echo "result: FAIL side_by_side: not far enough ahead"
		tail -n 5 $out
	fi
}

compare() { # COLUMN FACTOR TEXT: QEMU's figure is that many times ours, or more
	ours=$(median /tmp/paprika "$1")
	theirs=$(median /tmp/qemu "$1")
	echo "    paprika $ours ($(column /tmp/paprika "$1")), QEMU $theirs ($(column /tmp/qemu "$1")) $3"
	echo "$ours $theirs $2" | awk '{exit !($1 * $3 <= $2 && $2 > 0)}' || ahead=false
}

column() { # FILE COLUMN: all of it, in a line
	cut -d' ' -f"$2" "$1" | tr '\n' ' ' | sed 's/ $//'
}

median() { # FILE COLUMN
	cut -d' ' -f"$2" "$1" | sort -n | sed -n 2p
}

# The kernel counts the entries into KVM_RUN, whoever makes them.
trace_on() {
	mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
	events=/sys/kernel/tracing/events/syscalls/sys_enter_ioctl
	echo mono >/sys/kernel/tracing/trace_clock
	echo "cmd == $((0x2000ae80))" >$events/filter && echo 1 >$events/enable
}

trace_count() {
	cat /sys/kernel/tracing/per_cpu/cpu*/stats | awk '/^(entries|overrun):/ {n += $2} END {print n + 0}'
}

# When the first of them was, on the clock of /proc/uptime.
trace_first() {
	sed -n 's/^[^#].* \([0-9][0-9]*\.[0-9]*\): sys_ioctl.*/\1/p' /sys/kernel/tracing/trace | head -n 1
}

seen() { # PATTERN PID: when it appears in the output of that process; when the process ended, or time was up
	until grep -q "$1" $out; do
		kill -0 "$2" 2>/dev/null || break
		[ "$(uptime_s | cut -d. -f1)" -lt "$end" ] || break
		sleep 0.1
	done
	uptime_s
}

measure() { # FILE COMMAND...: a line of four figures, in the order of check_side_by_side
	file=$1
	shift
	echo >/sys/kernel/tracing/trace
	from=$(uptime_s)
	"$@" </dev/null >$out 2>&1 &
	pid=$!
	end=$((${from%.*} + ${limit:-60}))
	init=$(seen 'guest: idle' $pid)
	if ! grep -q 'guest: idle' $out; then
		echo "    no init within ${limit:-60} s of: $*"
		tail -n 3 $out | sed 's/^/    /'
		kill -TERM $pid 2>/dev/null
		wait $pid
		return
	fi
	first=$(trace_first)
	calls=$(trace_count)
	rss=$(awk '/^Rss(Anon|File):/ {n += $2} END {print n + 0}' "/proc/$pid/status")
	kill -TERM $pid
	wait $pid
	echo "$from $first $init $calls $rss" | awk '{printf "%.2f %.2f %d %d\n", $2 - $1, $3 - $1, $4, $5}' >>"$file"
}

# kvm_pr emulates what a guest's kernel may not do: all that takes longer.
[ ! -d /sys/module/kvm_pr ] || limit=900
echo "user:x:1000:1000::/:/bin/sh" >/etc/passwd
chmod 666 /dev/kvm
for check in $1; do
	"check_$check"
done
