# SPDX-License-Identifier: GPL-2.0-or-later
"""balloon.py PAPRIKA KERNEL INITRD: a guest's memory as the host has it and as the guest has it, before and after."""
import json
import os
import re
import subprocess
import sys
import time

from vm import LIMIT, VM

paprika = sys.argv[1]
VM.files = tuple(sys.argv[1:4])
MIB = 1 << 20
NAME = f"check-balloon-{os.getpid()}"
# free pages are not reported by themselves: what goes is what the target asks for
NO_REPORTS = "page_reporting.page_reporting_order=30"
done = 0
wrong = 0


def expect(what, condition, detail=""):
    global done, wrong
    done += 1
    if not condition:
        wrong += 1
        print(f"wrong: {what} {detail}")


class Guest:
    def __init__(self, cmdline=""):
        self.vm = VM("balloon", "--name", NAME, "--balloon=on", cmdline=cmdline)
        self.at = 0
        self.begin()

    def begin(self):
        self.until("ready")
        self.ask("load", "loaded")

    def until(self, pattern):
        """The next answer of this kind."""
        regex = re.compile(rb"balloon-guest: " + pattern.encode())
        end = time.monotonic() + LIMIT
        while True:
            m = regex.search(self.vm.out.seen, self.at)
            if m:
                self.at = m.end()
                return m
            if time.monotonic() > end or not self.vm.out.more():
                raise OSError(f"no answer {pattern}: {bytes(self.vm.out.seen[-300:])}")

    def ask(self, command, pattern):
        self.vm.send(command.encode() + b"\n")
        return self.until(pattern)

    def free(self):
        return int(self.ask("free", r"free (\d+) kB")[1]) << 10

    def resident(self):
        """Bytes of the host's memory that the process has."""
        with open(f"/proc/{self.vm.process.pid}/status") as f:
            return int(re.search(r"^VmRSS:\s*(\d+) kB", f.read(), re.M)[1]) << 10

    def status(self):
        return json.loads(subprocess.run([paprika, "status", NAME, "--json"], capture_output=True, check=True).stdout)

    def set(self, size):
        """Asks for it and waits until the guest says that it is so."""
        subprocess.run([paprika, "set", NAME, f"balloon={size // MIB}M"], check=True)
        return self.becomes(size)

    def becomes(self, size):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            s = self.status()
            if s["balloon"] == size and s["balloon_target"] == size:
                return True
            time.sleep(0.2)
        return False

    def off(self):
        self.vm.send(b"off\n")
        return self.vm.status()


def refused(what, text):
    r = subprocess.run([paprika, "set", NAME, what], capture_output=True, text=True)
    expect(f"{what} is refused", r.returncode == 1 and text in r.stderr, r.stderr)


def there_and_back():
    g = Guest(NO_REPORTS)
    expect("an empty balloon", g.becomes(0), g.status())
    g.ask("fill kept 16", "filled kept")
    g.ask("use gone 300", "used gone")
    g.ask("remove gone", "removed gone")
    host, guest = g.resident(), g.free()
    expect("the guest has used it", host > 350 * MIB, host // MIB)
    expect("half of its memory goes", g.set(256 * MIB), g.status())
    expect("the host has it", g.resident() < host - 150 * MIB, f"{host // MIB} -> {g.resident() // MIB}")
    expect("the guest has it no more", g.free() < guest - 200 * MIB, f"{guest // MIB} -> {g.free() // MIB}")
    g.ask("check kept", "whole kept")
    text = subprocess.run([paprika, "status", NAME], capture_output=True, text=True, check=True).stdout
    expect("status shows it", re.search(r" 512M +256M$", text, re.M), text)
    for what, answer in (("balloon=513M", "less memory than that"), ("balloon=1000000000000T", "balloon: a size"),
                         ("balloon=1K", "multiple of 1M"), ("balloon=", "a size"), ("balloon=-1M", "a size"),
                         ("balloon", "what can be set"), ("ballon=1M", "what can be set")):
        refused(what, answer)
    expect("and is as it was", g.becomes(256 * MIB), g.status())
    # a reset empties it, and the next driver fills it again
    g.vm.send(b"reboot\n")
    g.begin()
    expect("the next kernel gives it up, too", g.becomes(256 * MIB), g.status())
    expect("all comes back", g.set(0), g.status())
    expect("the guest has it again", g.free() > guest - 50 * MIB, f"{guest // MIB} -> {g.free() // MIB}")
    g.ask("fill first 32", "filled first")
    g.ask("use other 250", "used other")
    g.ask("fill second 32", "filled second")
    g.ask("check first", "whole first")
    g.ask("check second", "whole second")
    expect("and uses it", g.resident() > 350 * MIB, g.resident() // MIB)
    expect("status", g.off() == 0)


def more_than_there_is():
    """A guest that is asked for all of its memory gives what it can, and lives."""
    g = Guest(NO_REPORTS)
    g.ask("fill kept 16", "filled kept")
    subprocess.run([paprika, "set", NAME, "balloon=512M"], check=True)
    time.sleep(5)
    s = g.status()
    expect("nearly all of it goes", 256 * MIB < s["balloon"] < 512 * MIB and s["balloon_target"] == 512 * MIB, s)
    g.ask("check kept", "whole kept")
    expect("all comes back", g.set(0), g.status())
    g.ask("fill other 32", "filled other")
    g.ask("check other", "whole other")
    g.ask("check kept", "whole kept")
    expect("status", g.off() == 0)


def reports():
    """Without a target free memory goes by itself."""
    g = Guest()
    g.ask("fill kept 16", "filled kept")
    g.ask("use gone 300", "used gone")
    host = g.resident()
    g.ask("remove gone", "removed gone")
    end = time.monotonic() + 30
    while time.monotonic() < end and g.resident() > host - 200 * MIB:
        time.sleep(0.5)
    expect("free memory is reported", g.resident() <= host - 200 * MIB, f"{host // MIB} -> {g.resident() // MIB}")
    g.ask("check kept", "whole kept")
    expect("status", g.off() == 0)


for test in (there_and_back, more_than_there_is, reports):
    start = time.monotonic()
    try:
        test()
    except (OSError, subprocess.CalledProcessError) as e:
        expect(test.__name__, False, repr(e))
        subprocess.run([paprika, "stop", NAME])
    print(f"{test.__name__}: {time.monotonic() - start:.1f} s", flush=True)
print(f"{done} checks of balloons, {wrong} wrong")
sys.exit(wrong != 0)
