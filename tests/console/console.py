# SPDX-License-Identifier: GPL-2.0-or-later
"""console.py PAPRIKA CACHE INITRD VIRTIO_INITRD [TEST...]: the tests of consoles that need a guest. The others: tests/unit/io."""
import hashlib
import os
import pty
import random
import re
import signal
import socket
import sys
import tempfile
import termios
import time

from vm import VM, Stream, connect

paprika, cache, initrd, virtio_initrd = sys.argv[1:5]
VM.files = (paprika, f"{cache}/vmlinux-6.1", initrd)
tmp = tempfile.TemporaryDirectory()
done = 0
wrong = 0


def expect(what, condition, detail=""):
    global done, wrong
    done += 1
    if not condition:
        wrong += 1
        print(f"wrong: {what} {detail}")


def stream_bytes():
    """What the guest writes under paprika.do=stream."""
    with open(f"{cache}/busybox-ppc64el", "rb") as f:
        block = f.read(65536)
    return b"".join(b"block %d\n" % i + block for i in range(100, 260)) + b"paprika-guest: end\n"


STREAM = stream_bytes()


def stream_is_whole(what, stream):
    """After what the kernel printed: the stream and nothing more."""
    time.sleep(1)  # the guest has to wait for its reader from the start
    came = stream.until(STREAM[-200:], slow=0.002)
    start = stream.seen.find(b"block 100\n")
    got = bytes(stream.seen[start:])
    expect(f"10 MB to a slow reader on {what}",
           came and hashlib.sha256(got).digest() == hashlib.sha256(STREAM).digest(),
           f"{len(got)} of {len(STREAM)} bytes, {sum(a != b for a, b in zip(got, STREAM))} differ")


def stream_stdio():
    vm = VM("stream")
    stream_is_whole("a pipe", vm.out)
    vm.send(b"x\n")
    expect("status", vm.status() == 0)


def stream_unix():
    path = f"{tmp.name}/stream"
    vm = VM("stream", f"--console=unix:{path}")
    client = connect(path)
    stream_is_whole("a unix socket", Stream(client.fileno()))
    client.send(b"x\n")
    expect("status", vm.status() == 0)


def stream_pty():
    vm = VM("stream", "--console=pty")
    expect("the name of the pty", vm.err.until(b"\n") and vm.err.until(b"console 0 is /dev/pts/"))
    name = re.search(rb"is (/dev/pts/\d+)\n", vm.err.seen).group(1)
    fd = os.open(name, os.O_RDWR | os.O_NOCTTY)
    stream_is_whole("a pty", Stream(fd))
    os.write(fd, b"x\n")
    expect("status", vm.status() == 0)


def replay():
    """Nobody attached: the guest goes on, and the last 1 MiB is kept; attached again, only what is new."""
    path = f"{tmp.name}/replay"
    log = f"{tmp.name}/second"
    vm = VM("stream", f"--console=unix:{path}", f"--console=file:{log}")
    end = time.monotonic() + 90
    while time.monotonic() < end and not (os.path.exists(log) and b"end" in open(log, "rb").read()):
        time.sleep(0.1)
    first = connect(path)
    kept = Stream(first.fileno())
    while kept.more(2):
        pass
    expect("the last 1 MiB is replayed", bytes(kept.seen) == STREAM[-(1 << 20):],
           f"{len(kept.seen)} bytes, ending in {bytes(kept.seen[-30:])}")
    first.close()
    second = connect(path)
    again = Stream(second.fileno())
    expect("nothing is replayed twice", not again.more(0.5), bytes(again.seen[:60]))
    second.send(b"x\n")
    expect("the second reader gets the last line", again.until(b"Power down"), bytes(again.seen))
    expect("status", vm.status() == 0)


def sink():
    """Input as fast as the socket takes it, after which the client sends no more but reads on."""
    data = some_input()
    path = f"{tmp.name}/sink"
    vm = VM("sink", f"--console=unix:{path}", cmdline=f"paprika.count={len(data)}")
    client = connect(path)
    out = Stream(client.fileno())
    expect("the guest reads", out.until(b"guest: ready"))
    client.sendall(data)
    client.shutdown(socket.SHUT_WR)
    out.until(b"\n[")  # the kernel's last line
    expect("300 KB of input", hashlib.sha256(data).hexdigest().encode() in out.seen, bytes(out.seen[-300:]))
    expect("status", vm.status() == 0)


def two_consoles():
    path = f"{tmp.name}/two"
    vm = VM("second", "--console=stdio", f"--console=unix:{path}")
    client = connect(path)
    client.send(b"hello\n")
    there = Stream(client.fileno())
    expect("the second console answers", there.until(b"hvc1: hello"), bytes(there.seen))
    expect("the first one hears of it", vm.out.until(b"seen: hello"))
    client.send(b"bye\n")
    expect("status", vm.status() == 0)
    vm = VM("off", "--console=stdio", "--console=stdio")
    expect("stdio is there once", vm.status() == 1 and vm.err.until(b"another console's already"))


class Terminal:
    def __init__(self, word="echo", *options):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.vm = VM(word, *options, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                     start_new_session=True)
        self.out = Stream(self.master)

    def finish(self, what, status):
        got = self.vm.status()
        expect(f"{what}: the terminal is restored", termios.tcgetattr(self.slave) == self.before)
        expect(f"{what}: status {status}", got == status, f"and not {got}: {bytes(self.out.seen[-200:])}")
        os.close(self.master)
        os.close(self.slave)


def terminal_ends():
    ways = [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 0), (signal.SIGQUIT, 0),
            (signal.SIGSEGV, 3), (signal.SIGSYS, 3)]
    for signo, status in ways:
        t = Terminal()
        expect("the kernel is heard of", t.out.until(b"Preparing to boot"))
        expect("the terminal is raw", not termios.tcgetattr(t.slave)[3] & termios.ICANON)
        t.vm.kill(signo)
        t.finish(signo.name, status)
    t = Terminal("off")
    t.out.until(b"Power down")
    t.finish("power-off", 0)
    t = Terminal("off", "--console=stdio", "--nvram=/nowhere/at/all")
    t.finish("a failed start", 1)


def terminal_escapes():
    t = Terminal()
    expect("the guest is there", t.out.until(b"guest: init"))
    os.write(t.master, b"\x01h")
    expect("Ctrl-a h lists the escapes", t.out.until(b"Ctrl-a x  end the VM"))
    os.write(t.master, b"one\x01atwo\n")
    expect("Ctrl-a a sends Ctrl-a", t.out.until(b"got: one\x01two"), bytes(t.out.seen[-100:]))
    os.write(t.master, b"\x01q\x01" + b"\x01three\n")
    expect("an unknown escape sends nothing", t.out.until(b"got: \x01three"), bytes(t.out.seen[-100:]))
    os.write(t.master, b"\x01x")
    t.finish("Ctrl-a x", 0)
    # a guest that does not read yet does not keep Ctrl-a x from its user
    t = Terminal("echo")
    expect("the kernel is heard of", t.out.until(b"Preparing to boot"))
    for _ in range(12):
        os.write(t.master, b"y" * 1000)
        time.sleep(0.02)
    os.write(t.master, b"\x01x")
    t.finish("Ctrl-a x behind unread input", 0)


def broken_ends():
    """Whatever is wrong with the standard descriptors, the guest runs to its end, with one message."""
    cases = {
        "a full disk": (dict(), ["--console=file:/dev/full"], b"No space left"),
        "standard output full": (dict(stdout=open("/dev/full", "wb")), [], b"No space left"),
        "standard output without a reader": (dict(stdout=closed_pipe()), [], b"Broken pipe"),
        "standard output closed": (dict(preexec_fn=lambda: os.close(1)), [], b"output is closed"),
    }
    for what, (popen, options, message) in cases.items():
        vm = VM("auto", *options, **popen)
        status = vm.status()
        text = vm.err.rest()
        expect(what, status == 0 and text.count(message) == 1, f"status {status}: {text}")


def closed_pipe():
    r, w = os.pipe()
    os.close(r)
    return w


def input_ends():
    for what, popen in {"at its end": dict(stdin=open("/dev/null")),
                        "closed": dict(preexec_fn=lambda: os.close(0))}.items():
        vm = VM("echo", **popen)
        expect(f"standard input {what}: the guest boots", vm.out.until(b"guest: init"))
        expect(f"standard input {what}: the loop is idle", vm.busy(1) < 0.2)
        expect(f"standard input {what}: the VM goes on", vm.process.poll() is None)
        vm.kill(signal.SIGTERM)
        expect(f"standard input {what}: status", vm.status() == 0)


def virtio(word, *options, cmdline=""):
    return VM(word, *options, cmdline=cmdline, initrd=virtio_initrd)


def some_input():
    random.seed(1)
    return bytes(random.choices(b"abcdefghijklmnopqrstuvwxyz0123456789", k=300000))


def virtio_stream():
    """A terminal that is a port: hvc1 beside the vty, whose reader is slow."""
    path = f"{tmp.name}/virtio-stream"
    vm = virtio("stream-console", "--console=stdio", f"--console=unix:{path},bus=virtio")
    client = connect(path)
    stream_is_whole("a virtio console", Stream(client.fileno()))
    vm.send(b"x\n")
    expect("status", vm.status() == 0)


def virtio_replay():
    """Nobody attached: hvc1 takes all, and the last 1 MiB is kept."""
    path = f"{tmp.name}/virtio-replay"
    vm = virtio("stream-console", "--console=stdio", f"--console=unix:{path},bus=virtio")
    expect("the guest goes on without a reader", vm.out.until(b"guest: written"), bytes(vm.out.seen))
    client = connect(path)
    kept = Stream(client.fileno())
    while kept.more(2):
        pass
    expect("the last 1 MiB of hvc1 is replayed", bytes(kept.seen) == STREAM[-(1 << 20):],
           f"{len(kept.seen)} bytes, ending in {bytes(kept.seen[-30:])}")
    vm.send(b"x\n")
    expect("status", vm.status() == 0)


def virtio_sink():
    """Input to hvc1 as fast as the socket takes it."""
    data = some_input()
    path = f"{tmp.name}/virtio-sink"
    vm = virtio("sink-console", "--console=stdio", f"--console=unix:{path},bus=virtio",
                cmdline=f"paprika.count={len(data)}")
    expect("the guest reads hvc1", vm.out.until(b"guest: ready"), bytes(vm.out.seen))
    client = connect(path)
    client.sendall(data)
    vm.out.until(b"  -")
    expect("300 KB of input to hvc1", hashlib.sha256(data).hexdigest().encode() in vm.out.seen,
           bytes(vm.out.seen[-300:]))
    expect("status", vm.status() == 0)


def channel_stream():
    """A named port without any terminal of its kind: output to a slow reader, then input."""
    data = some_input()
    path = f"{tmp.name}/channel"
    vm = virtio("stream-port", f"--channel=name=org.paprika.test.0,path={path}", cmdline=f"paprika.count={len(data)}")
    expect("the guest finds its port", vm.out.until(b"guest: ready"), bytes(vm.out.seen))
    client = connect(path)
    stream_is_whole("a channel", Stream(client.fileno()))
    client.sendall(data)
    vm.out.until(b"  -")
    expect("300 KB of input to a channel", hashlib.sha256(data).hexdigest().encode() in vm.out.seen,
           bytes(vm.out.seen[-300:]))
    expect("status", vm.status() == 0)


def channel_clients():
    """Client after client gets its answers from a program that keeps the port open."""
    path = f"{tmp.name}/clients"
    vm = virtio("answer", f"--channel=name=another,path={tmp.name}/other",
                f"--channel=name=org.paprika.test.0,path={path}")
    expect("the guest finds the second port", vm.out.until(b"guest: ready"), bytes(vm.out.seen))
    for text in (b"one", b"two", b"three"):
        client = connect(path)
        client.send(text + b"\n")
        answer = Stream(client.fileno())
        expect(f"{text} is answered", answer.until(b"answer: " + text + b"\n"), bytes(answer.seen))
        client.close()
        time.sleep(0.3)
    expect("without a client the guest is idle", vm.busy(1) < 0.5)
    client = connect(path)
    client.send(b"bye\n")
    client.close()  # before it is read
    expect("status", vm.status() == 0)


tests = [stream_stdio, stream_unix, stream_pty, replay, sink, two_consoles, terminal_ends, terminal_escapes,
         broken_ends, input_ends, virtio_stream, virtio_replay, virtio_sink, channel_stream, channel_clients]
for test in tests:
    if len(sys.argv) > 5 and test.__name__ not in sys.argv[5:]:
        continue
    start = time.monotonic()
    try:
        test()
    except (OSError, AttributeError) as e:
        expect(test.__name__, False, repr(e))
    print(f"{test.__name__}: {time.monotonic() - start:.1f} s", flush=True)
print(f"{done} checks of consoles, {wrong} wrong")
sys.exit(wrong != 0)
