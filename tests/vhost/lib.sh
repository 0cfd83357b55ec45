# SPDX-License-Identifier: GPL-2.0-or-later
# What lanes of devices that others serve share. To be sourced, from the top of the tree, after tests/setup/lib.sh.

top=$PWD
P=$top/build/paprika
tmp=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill $daemon; rm -rf "$tmp"' EXIT
count=0
bad=0

fail() {
	bad=$((bad + 1))
	echo "$1"
	[ ! -f "$tmp/out" ] || tail -n 20 "$tmp/out"
	[ ! -f "$tmp/daemon" ] || tail -n 5 "$tmp/daemon"
}

# manual SECTION WORD: the command of the manual that begins with it, on one line.
manual() {
	MANWIDTH=400 man -P cat "$top/man/paprika.1" 2>/dev/null | sed -n "/^$1/,/^[A-Z]/p" |
		sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' | sed -n "s|^ *\($2 .*\)|\1|p" | sed 's/&$//'
}

serve() { # SOCKET COMMAND: a daemon, in $tmp, where it makes its socket
	rm -f "$tmp/$1"
	(cd "$tmp" && eval "exec $2") >"$tmp/daemon" 2>&1 &
	daemon=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -S "$tmp/$1" ] && return
		sleep 0.3
	done
	fail "the daemon does not come up: $2"
}

end_daemon() {
	kill $daemon 2>/dev/null
	wait $daemon 2>/dev/null
	daemon=
}

kill_daemon() {
	kill -9 $daemon
	wait $daemon 2>/dev/null
	daemon=
}

boot() { # VERSION WORD OPTION...: in a shell of its own, which becomes the VM's
	version=$1
	word=$2
	shift 2
	cd "$tmp" && exec timeout 120 "$P" run --accel interp --memory 1G --kernel "$CACHE/vmlinux-$version" \
		--initrd "initrd-$version" --cmdline "console=hvc0 quiet paprika.do=$word" "$@" </dev/null >out 2>&1
}

# guest NAME OKS VERSION WORD OPTION...: it powers off, and so many checks in it are ok and none failed
guest() {
	name=$1
	oks=$2
	shift 2
	count=$((count + 1))
	(boot "$@")
	status=$?
	[ "$status" -eq 0 ] && ! grep -q FAILED "$tmp/out" &&
		[ "$(grep -c '^[a-z]*-guest: .*: ok' "$tmp/out")" -eq "$oks" ] ||
		fail "$name: status $status, $oks checks expected"
}

refused() { # NAME PATTERN OPTION...
	count=$((count + 1))
	name=$1
	pattern=$2
	shift 2
	(cd "$tmp" && timeout 30 "$P" run --accel interp --kernel "$CACHE/vmlinux-6.1" "$@" </dev/null >out 2>&1)
	status=$?
	[ "$status" -eq 1 ] && grep -q -- "$pattern" "$tmp/out" || fail "$name: status $status"
}

await() { # PID PATTERN: in the output, while the VM runs
	while kill -0 "$1" 2>/dev/null && ! grep -q "$2" "$tmp/out"; do
		sleep 0.1
	done
}

# orphaned OKS OPTION...: the daemon is killed while the guest is busy, which sees to it that so many checks are ok
orphaned() {
	oks=$1
	shift
	: >"$tmp/out"
	boot 6.1 orphan "$@" &
	pid=$!
	count=$((count + 1))
	await $pid 'guest: busy'
	sleep 1
	kill_daemon
	wait $pid
	status=$?
	[ "$status" -eq 0 ] && [ "$(grep -c '^[a-z]*-guest: .*: ok' "$tmp/out")" -eq "$oks" ] &&
		[ "$(grep -c '^paprika: vhost-user .*: it has gone' "$tmp/out")" -eq 1 ] ||
		fail "the daemon is killed: status $status"
}
