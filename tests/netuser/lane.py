#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lane.py PAPRIKA KERNEL FOLDER: guests on user networks, one for each thing that they are to do."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

paprika, kernel, folder = sys.argv[1:4]
HTTP = 8000
PATIENCE = 90
wrong = []
count = 0


def expect(ok, name, what):
    global count
    count += 1
    if not ok:
        wrong.append(name)
        print(f"{name}: {what}", flush=True)


def answer_names():
    """A name server that knows one address, whatever the question."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        query, peer = server.recvfrom(512)
        end = query.index(b"\0", 12) + 5
        header = query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0"
        server.sendto(header + query[12:end] + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + bytes([192, 0, 2, 7]), peer)


def paprika_run(options, words, refused=False):
    command = [paprika, "run", "--accel=interp", "--memory=512M", "--kernel", kernel, "--initrd", folder + "/initrd",
               "--cmdline", "console=hvc0 quiet " + words] + options
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, errors="replace")


class Guest:
    """A VM, and what it has said so far."""

    def __init__(self, options, words):
        self.vm = paprika_run(options, words)
        self.text = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.vm.stdout:
            self.text += line

    def wait_for(self, word):
        end = time.monotonic() + PATIENCE
        while word not in self.text and time.monotonic() < end and self.vm.poll() is None:
            time.sleep(0.05)
        return word in self.text

    def end(self):
        try:
            status = self.vm.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.vm.kill()
            status = self.vm.wait()
        self.reader.join()
        return status

    def finish(self, name, checks):
        status = self.end()
        done = self.text.count(": ok\n")
        expect(status == 0 and done == checks and "FAILED" not in self.text, name,
               f"status {status}, {done} checks of {checks}:\n{self.text[-2000:]}")


def children(pid):
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def gone(pid):
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def converse(address, port):
    """Says a line to the guest behind a forwarded port; what it says. Until it listens there is an end of file."""
    for _ in range(100):
        try:
            with socket.create_connection((address, port), 5) as s:
                s.sendall(b"over tcp\n")
                s.shutdown(socket.SHUT_WR)
                said = s.recv(100)
                if said:
                    return said.decode()
        except OSError:
            pass
        time.sleep(0.1)
    return ""


def test_all_that_there_is():
    words = f"net_host=10.0.2.2 net_port={HTTP} net_names=10.0.2.3 net_try=ping,fetch,send,names,forward"
    guest = Guest(["--net=user,mac=52:54:00:12:34:56,hostfwd=tcp:2222-:80"], words)
    expect(guest.wait_for("net-guest: listening"), "user", "the guest does not listen")
    helpers = children(guest.vm.pid)
    said = converse("127.0.0.1", 2222)
    expect(said == "hello\n", "forward", f"the guest says {said!r}")
    guest.finish("user", 6)
    expect("lease 10.0.2.15 255.255.255.0 10.0.2.2 10.0.2.3" in guest.text, "lease", "another one")
    expect(len(helpers) == 1 and gone(helpers[0]), "helper", f"{helpers} is still there")


def test_restricted():
    words = f"net_host=172.16.0.2 net_port={HTTP} net_try=ping,nofetch,forward"
    guest = Guest(["--net=user,restrict=on,network=172.16.0.0/16,hostfwd=127.0.0.1:2223-:80"], words)
    guest.wait_for("net-guest: listening")
    said = converse("127.0.0.1", 2223)
    expect(said == "hello\n", "restricted forward", f"the guest says {said!r}")
    guest.finish("restricted", 4)
    expect("lease 172.16.0.15 255.255.0.0" in guest.text, "restricted lease", "another one")


def test_helper_dies():
    guest = Guest(["--net=user"], f"net_host=10.0.2.2 net_port={HTTP} net_try=ping,down")
    expect(guest.wait_for("net-guest: kill"), "helper dies", "no guest")
    for pid in children(guest.vm.pid):
        os.kill(pid, signal.SIGKILL)
    guest.finish("helper dies", 4)
    expect("its helper process has ended: the link is down" in guest.text, "helper dies", "not said")


def test_vm_dies():
    guest = Guest(["--net=user"], "net_host=10.0.2.2 net_try=ping,down")
    guest.wait_for("net-guest: kill")
    helpers = children(guest.vm.pid)
    guest.vm.kill()
    guest.end()
    expect(len(helpers) == 1 and gone(helpers[0]), "VM dies", f"{helpers} lives on")


def test_helper_is_caged():
    guest = Guest(["--net=user,hostfwd=udp:0.0.0.0:2224-:80"], "net_host=10.0.2.2 net_try=ping,down")
    guest.wait_for("net-guest: kill")
    (helper,) = children(guest.vm.pid)
    status = pathlib.Path(f"/proc/{helper}/status").read_text()
    expect("Seccomp:\t2" in status and "NoNewPrivs:\t1" in status and "CapEff:\t0000000000000000" in status,
           "cage", status)
    files = sorted(os.readlink(f) for f in pathlib.Path(f"/proc/{helper}/fd").iterdir())
    others = [f for f in files if not f.startswith(("socket:", "pipe:", "/dev/null")) and "resolv.conf" not in f]
    expect(not others and sum(f.startswith("pipe:") for f in files) == 1, "cage", f"open: {files}")
    maps = pathlib.Path(f"/proc/{helper}/maps").read_text()
    expect("paprika-ram" not in maps and "io_uring" not in maps, "cage", "it has memory of the VM's")
    guest.vm.terminate()
    guest.end()


def passt_start():
    path = folder + "/passt/socket"
    log = open(folder + "/passt.log", "w")
    passt = subprocess.Popen(["passt", "--foreground", "--one-off", "--socket", path], stdout=log, stderr=log)
    for _ in range(100):
        if os.path.exists(path):
            return passt, path
        time.sleep(0.05)
    passt.kill()
    passt.wait()
    return None, pathlib.Path(folder + "/passt.log").read_text().strip()


def test_passt():
    passt, path = passt_start()
    if not passt:
        print(f"passt does not start here: {path}")
        return
    guest = Guest([f"--net=passt,socket={path}"], f"net_host=192.0.2.254 net_port={HTTP} net_try=fetch,send,down")
    begun = guest.wait_for("net-guest: kill")
    if passt.poll() is not None and passt.returncode < 0:
        print(f"passt died of signal {-passt.returncode}: nothing can be said of it")
        guest.vm.kill()
        guest.end()
        return
    expect(begun, "passt",
           f"no guest; passt's status: {passt.poll()}\n" + pathlib.Path(folder + "/passt.log").read_text()[-500:])
    passt.kill()
    passt.wait()
    guest.finish("passt", 5)
    expect("passt has gone" in guest.text, "passt", "its end is not said")


def refused(name, net, pattern):
    vm = paprika_run([f"--net={net}"], "")
    out, _ = vm.communicate(timeout=PATIENCE)
    expect(vm.returncode == 1 and pattern in out, name, f"status {vm.returncode}: {out}")


def test_refusals():
    holder = socket.create_server(("127.0.0.1", 2225))
    refused("taken", "user,hostfwd=tcp:2225-:22", "hostfwd=tcp:127.0.0.1:2225: Address already in use")
    holder.close()
    refused("no passt", f"passt,socket={folder}/none", "nobody listens there")
    refused("half a forward", "user,hostfwd=tcp:22", "[tcp|udp]:[ADDRESS:]PORT-[ADDRESS]:PORT")
    refused("no network", "user,network=10.0.2.1/24", "as 10.0.2.0/24")
    refused("another's key", "user,ifname=tap0", "user has the keys")


threading.Thread(target=answer_names, daemon=True).start()
server = subprocess.Popen([sys.executable, "tests/net/server.py", "127.0.0.1", folder + "/files"],
                          stderr=subprocess.DEVNULL)
try:
    for name, test in sorted(globals().items()):
        if name.startswith("test_" + os.environ.get("NETUSER_TEST", "")):
            test()
finally:
    server.kill()
print(f"{count} checks of networks without privileges, {len(wrong)} wrong")
sys.exit(1 if wrong else 0)
