# SPDX-License-Identifier: GPL-2.0-or-later
"""A VM under test, and what its consoles are connected to."""
import os
import select
import socket
import subprocess
import time

LIMIT = 90  # seconds that anything may take


class Stream:
    """Bytes from a descriptor, kept as they come."""

    def __init__(self, fd):
        self.fd = fd
        self.seen = bytearray()
        self.ended = False

    def more(self, limit=LIMIT, size=65536):
        """Some bytes; False at the end of file or the limit."""
        if self.ended or not select.select([self.fd], [], [], limit)[0]:
            return False
        try:
            data = os.read(self.fd, size)
        except OSError:  # the other side of a terminal is gone
            data = b""
        self.seen += data
        self.ended = not data
        return not self.ended

    def until(self, text, slow=0.0):
        """Whether @text came; @slow seconds pass between reads."""
        at = 0
        end = time.monotonic() + LIMIT
        while self.seen.find(text, at) < 0:
            at = max(0, len(self.seen) - len(text))
            if time.monotonic() > end or not self.more():
                return False
            time.sleep(slow)
        return True

    def rest(self):
        while self.more(2):
            pass
        return bytes(self.seen)


class VM:
    files = None  # paprika, kernel, initrd

    def __init__(self, word, *options, cmdline="", initrd=None, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                 stderr=subprocess.PIPE, **popen):
        paprika, kernel, default = self.files
        self.process = subprocess.Popen(
            [paprika, "run", "--accel=interp", "--memory=512M", "--kernel", kernel, "--initrd",
             initrd or default,
             "--cmdline", f"console=hvc0 quiet paprika.do={word} {cmdline}", *options],
            stdin=stdin, stdout=stdout, stderr=stderr, bufsize=0, **popen)
        if stdout == subprocess.PIPE:
            self.out = Stream(self.process.stdout.fileno())
        if stderr == subprocess.PIPE:
            self.err = Stream(self.process.stderr.fileno())

    def send(self, data):
        self.process.stdin.write(data)

    def kill(self, signo):
        self.process.send_signal(signo)

    def status(self):
        try:
            return self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def busy(self, seconds):
        """The share of a processor that its loop thread takes."""
        def ticks():
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])
        before = ticks()
        time.sleep(seconds)
        return (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    end = time.monotonic() + LIMIT
    while True:
        try:
            s.connect(path)
            return s
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
