#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lane.py PAPRIKA KERNEL INITRD FOLDER FIO_SIZE LOG: logs in at the console of the Debian guest, and works there."""
import functools
import http.server
import os
import subprocess
import sys
import threading
import time

paprika, kernel, initrd, folder, fio_size, log = sys.argv[1:7]
BOOT, WORK, FIO = 400, 120, 2400  # seconds

handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder + "/files")
handler.func.log_message = lambda *args: None
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://10.0.2.2:{server.server_port}"

out = open(log, "wb")
vm = subprocess.Popen([paprika, "run", "--accel=interp", "--memory=2G", "--kernel", kernel, "--initrd", initrd,
                       "--cmdline", "console=hvc0", "--disk", f"path={folder}/disk", "--disk",
                       f"path={folder}/second", "--disk", f"path={folder}/third,bus=virtio-scsi", "--net=user"],
                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
text = bytearray()


def read():
    while data := os.read(vm.stdout.fileno(), 65536):
        text.extend(data)
        out.write(data)
        out.flush()


threading.Thread(target=read, daemon=True).start()


def fail(what):
    vm.kill()
    print(text[-2000:].decode(errors="replace"))
    sys.exit(what)


def wait_for(word, seconds, begin=0):
    end = time.monotonic() + seconds
    while text.find(word.encode(), begin) < 0:
        if vm.poll() is not None:
            fail(f"the VM has ended with status {vm.returncode}, before {word!r}")
        if time.monotonic() > end:
            fail(f"no {word!r} in {seconds} s")
        time.sleep(0.1)


def say(line):
    at = len(text)
    vm.stdin.write(line.encode() + b"\n")
    vm.stdin.flush()
    return at


def work(name, command, seconds=WORK):
    """A command whose status is echoed in a form that is not in the command itself."""
    begin = time.monotonic()
    at = say(command + "; echo sta''tus-$?.")
    wait_for("status-", seconds, at)
    wait_for(".", 10, text.find(b"status-", at))
    if text.find(b"status-0.", at) < 0:
        fail(f"{name}: it failed")
    print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)


begin = time.monotonic()
wait_for("login:", BOOT)
print(f"login prompt after {time.monotonic() - begin:.0f} s", flush=True)
wait_for("Password:", WORK, say("root"))
wait_for("#", WORK, say("paprika"))
work("systemd", "[ \"$(readlink -f /proc/1/exe)\" = /usr/lib/systemd/systemd ] && systemctl is-active multi-user.target")
work("address", "for i in 1 2 3 4 5 6 7 8 9; do ip -4 addr | grep -q 10.0.2.15 && break; sleep 2; done; "
     "ip -4 addr | grep 10.0.2.15")
work("fetch", f"cd /root && wget -nv {URL}/file {URL}/sum && sha256sum -c sum")
work("file system", "cp file again && sync && echo 3 >/proc/sys/vm/drop_caches && cmp file again")
for device in ("vdb", "sda"):
    work(f"fio on {device}",
         f"fio --name=verify --filename=/dev/{device} --direct=1 --rw=randwrite --bsrange=512-256k --blockalign=512 "
         f"--size={fio_size} --iodepth=16 --ioengine=libaio --verify=crc32c --verify_fatal=1 --do_verify=1 "
         "--randrepeat=0 --norandommap=0 --output=/root/fio && ! grep -i 'verify.*fail\\|bad magic' /root/fio && "
         "grep -A2 'verify: (g' /root/fio | head -n 3", FIO)
at = say("systemctl poweroff")
try:
    status = vm.wait(BOOT)
except subprocess.TimeoutExpired:
    fail("it does not power itself off")
if status:
    fail(f"status {status} after power-off")
