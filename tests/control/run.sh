#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Control of running VMs by their names: list, status, pause, resume, reset, stop, and what can go wrong.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
P=build/paprika
initrd=$(initrd) || exit 1
tmp=$(mktemp -d)
name=check-control-$$
vm=
trap '[ -z "$vm" ] || kill "$vm" 2>/dev/null; $P list >/dev/null 2>&1; rm -rf "$tmp"' EXIT
# a user who is not root needs a folder
[ -n "${XDG_RUNTIME_DIR:-}" ] || export XDG_RUNTIME_DIR="$tmp"
count=0
bad=0

check() { # TEXT COMMAND...
	text=$1
	shift
	count=$((count + 1))
	"$@" >"$tmp/check" 2>&1 && return 0
	bad=$((bad + 1))
	echo "$text: not so"
	tail -n 5 "$tmp/check" "$tmp/out" 2>&1
}

says() { # STATUS PATTERN COMMAND...: the exit status, and a line of its output unless it is empty
	status=$1
	pattern=$2
	shift 2
	timeout 30 "$@" >"$tmp/says" 2>&1 </dev/null
	got=$?
	cat "$tmp/says"
	[ "$got" -eq "$status" ] || return 1
	[ -z "$pattern" ] || grep -qE -- "$pattern" "$tmp/says"
}

wait_for() { # PATTERN COUNT: so many lines of the console
	tries=0
	until [ "$(grep -cE -- "$1" "$tmp/out")" -ge "$2" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return 1
		kill -0 "$vm" || return 1
		sleep 0.2
	done
}

ticks() {
	grep -c '^tick' "$tmp/out"
}

still() { # no tick for a second
	sleep 0.3
	before=$(ticks)
	sleep 1
	[ "$(ticks)" -eq "$before" ]
}

start() { # OPTION...
	# so that nothing waits for the other end of the FIFO
	exec 3<>"$tmp/in"
	$P run --name "$name" --accel interp --kernel "$CACHE/vmlinux-6.1" --initrd "$initrd" \
		--cmdline "console=hvc0 paprika.do=shell" "$@" <"$tmp/in" >"$tmp/out" 2>&1 &
	vm=$!
	wait_for 'built-in shell' 1
}

tick() {
	echo 'while :; do echo tick; sleep 0.1; done' >&3
	wait_for '^tick' 3
}

ended() { # STATUS
	wait "$vm"
	got=$?
	vm=
	[ "$got" -eq "$1" ]
}

mkfifo "$tmp/in"
check "a VM starts" start
check "it is listed" says 0 "^$name +running +$vm interp +power9 +1 +1024M" $P list
check "list for programs" says 0 "\"name\": \"$name\", \"state\": \"running\", \"pid\": $vm," $P list --json
check "its status" says 0 "^$name +running" $P status "$name"
check "a second VM of its name" says 1 "a VM of that name runs already" \
	$P run --name "$name" --kernel "$CACHE/vmlinux-6.1" --console null
check "the guest's clock ticks" tick
check "pause" says 0 '' $P pause "$name"
check "it holds" still
check "paused" says 0 "^$name +paused" $P status "$name"
check "a second pause" says 0 '' $P pause "$name"
check "reset of a paused VM" says 0 '' $P reset "$name"
check "it still holds" says 0 "^$name +paused" $P status "$name"
check "resume" says 0 '' $P resume "$name"
check "it boots again" wait_for 'built-in shell' 2
check "the guest's clock ticks again" tick
check "reset of a running VM" says 0 '' $P reset "$name"
check "it boots once more" wait_for 'built-in shell' 3

# More clients than it serves at once: those that wait get their turn.
python3 - "$name" >"$tmp/many" <<'END'
import os, socket, sys
folder = "/run/paprika" if os.geteuid() == 0 else os.environ["XDG_RUNTIME_DIR"] + "/paprika"
def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(20)
    s.connect(folder + "/" + sys.argv[1] + "/control")
    return s
def ask(s, what):
    s.send(what)
    return s.recv(4096).decode()
idle = [connect() for _ in range(8)]
late = connect()
for s in idle:
    s.close()
assert ask(late, b"status").startswith("ok\nname ")
for junk in (b"\0", b"stat", b"statuss", b"\xff" * 4000, b"stop now please and thank you, dear", b"\n" * 31, b"set", b"set balloon",
             b"pause now", b"set " + b"9" * 2000):
    assert ask(late, junk).startswith("error "), junk
assert ask(late, b"status\n").startswith("ok\n")
print("answered")
END
check "many clients, and nonsense" grep -q answered "$tmp/many"
check "nothing to set without a balloon" says 1 'it has no balloon' $P set "$name" balloon=1M
check "nothing else to set" says 1 'balloon=SIZE is what can be set' $P set "$name" memory=1G
check "status for programs without a balloon" says 0 '"balloon": null, "balloon_target": null' $P status "$name" --json
check "no such VM" says 1 'no VM of that name runs' $P pause "$name-none"
check "no name" says 1 'the name of a VM is missing' $P stop
check "a name too many" says 1 'not an option' $P stop "$name" other
check "stop" says 0 '' $P stop "$name"
check "status 0" ended 0
check "it is gone" says 1 'no VM of that name runs' $P status "$name"
check "nothing is left of it after a list" sh -c "$P list >/dev/null; ! ls -d /run/paprika/$name $XDG_RUNTIME_DIR/paprika/$name 2>/dev/null"

check "one with four vCPUs starts" start --cpus 4
check "nmi" says 0 '' $P nmi "$name"
check "the guest had the interrupt" wait_for 'System Reset' 1
check "its registers were its own" sh -c "! grep -q 'corrupt r3' $tmp/out"
check "it goes on or ends, and is stopped" sh -c "$P stop $name || ! $P status $name"
wait "$vm"
vm=
check "one to be shut down starts" start
check "a paused guest cannot shut down" sh -c "$P pause $name && ! $P powerdown $name 2>&1 && $P resume $name"
check "it is shut down" says 0 '' $P powerdown "$name" --wait=25
check "status 0 again" ended 0
check "the guest had the event" grep -q 'Power off requested' "$tmp/out"

check "one that halts at a panic starts" start --on-panic=pause
echo 'echo c >/proc/sysrq-trigger' >&3
tries=0
until says 0 "^$name +crashed" $P status "$name" >/dev/null || [ "$tries" -ge 100 ]; do
	tries=$((tries + 1))
	sleep 0.2
done
check "crashed" says 0 "^$name +crashed" $P status "$name"
check "it cannot go on" says 1 'the guest has crashed: reset or stop it' $P resume "$name"
check "but be reset" says 0 '' $P reset "$name"
check "and boots" wait_for 'built-in shell' 2
kill "$vm"
check "a signal ends it" ended 0
echo "$count checks of control, $bad wrong"
[ "$bad" -eq 0 ]
