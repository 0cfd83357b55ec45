#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot to init and power-off: paprika's interpreter and qemu-system-ppc64 in turn.

boot.py PAIRS KERNEL INITRD. Prints wall and CPU medians, their ratios, peak memory and guest MIPS.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import time


def run(command):
    """Wall seconds, CPU seconds, peak KiB and stderr of one boot; standard input is empty."""
    begin = time.monotonic()
    p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE)
    text = p.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(p.pid, 0)
    wall = time.monotonic() - begin
    if status:
        sys.exit("bench: %s failed:\n%s" % (command[0], text))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, text


def main():
    pairs, kernel, initrd = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    cmdline = "console=hvc0 paprika.do=auto"
    ours = ["build/paprika", "run", "--accel", "interp", "--cpu", "power9", "--memory", "2G", "-v",
            "--kernel", kernel, "--initrd", initrd, "--cmdline", cmdline]
    theirs = ["qemu-system-ppc64", "-M", "pseries,x-vof=on,cap-htm=off", "-cpu", "power9", "-m", "2G",
              "-nographic", "-nodefaults", "-serial", "stdio", "-no-reboot", "-kernel", kernel,
              "-initrd", initrd, "-append", cmdline]
    if not shutil.which(theirs[0]):
        sys.exit("bench: no qemu-system-ppc64 to compare with")
    run(ours)
    run(theirs)
    results = [(run(ours), run(theirs)) for _ in range(pairs)]
    a = [r[0] for r in results]
    b = [r[1] for r in results]
    for i, what in enumerate(("wall s", "cpu s", "peak MiB")):
        scale = 1024 if i == 2 else 1
        ma = statistics.median(x[i] for x in a) / scale
        mb = statistics.median(x[i] for x in b) / scale
        print("boot %-9s paprika %7.2f   qemu %7.2f   ratio of medians %.2f" % (what, ma, mb, ma / mb))
    insns = [int(re.search(r"guest instructions (\d+)", x[3]).group(1)) for x in a]
    print("guest MIPS         paprika %7.0f   (%.2f G instructions a boot, %d pairs)" % (
        statistics.median(n / x[1] / 1e6 for n, x in zip(insns, a)), statistics.median(insns) / 1e9,
        pairs))


main()
