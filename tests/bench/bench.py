#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""paprika's interpreter and qemu-system-ppc64 in turn, as pairs; ratios are those of medians.

bench.py boot|ipi|disk|fio|all PAIRS KERNEL INITRD BENCH_INITRD FOLDER. boot: to init and power-off, wall and CPU
time, peak memory, guest MIPS. ipi: processes on two vCPUs that hand over a byte. disk: a virtio disk in
FOLDER, by a program of ours; fio: by Debian's fio, not among all.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

SECONDS = 2  # of each thing that is measured within a guest
TIMEOUT = 300  # of one run
IMAGE_MIB = 256


def cpu_seconds(pid):
    """What a process that runs has used."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(command):
    """Wall seconds, CPU seconds, peak KiB and output of one VM's life; standard input is empty. Lines of the
    guest's program have the CPU seconds until then before them."""
    begin = time.monotonic()
    p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    timer = threading.Timer(TIMEOUT, p.kill)
    timer.start()
    text = ""
    for line in p.stdout:
        line = line.decode(errors="replace")
        text += "%.2f %s" % (cpu_seconds(p.pid), line) if line.startswith("bench: ") else line
    _, status, usage = os.wait4(p.pid, 0)
    timer.cancel()
    wall = time.monotonic() - begin
    if status:
        sys.exit("bench: %s failed:\n%s" % (command[0], text[-4000:]))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, text


def commands(kernel, initrd, cmdline, cpus=1, image=None, direct=False, iommu=False):
    """The same guest for both."""
    ours = ["build/paprika", "run", "--accel", "interp", "--cpu", "power9", "--memory", "2G", "-v",
            "--cpus", str(cpus), "--kernel", kernel, "--initrd", initrd, "--cmdline", cmdline]
    theirs = ["qemu-system-ppc64", "-M", "pseries,x-vof=on,cap-htm=off", "-accel", "tcg,thread=multi",
              "-cpu", "power9", "-m", "2G", "-smp", str(cpus), "-nographic", "-nodefaults", "-serial", "stdio",
              "-no-reboot", "-kernel", kernel, "-initrd", initrd, "-append", cmdline]
    if image:
        ours += ["--disk", "path=" + image + (",direct=on" if direct else "")]
        theirs += ["-drive", "if=none,id=disk,format=raw,aio=io_uring,file=%s,cache=%s" %
                   (image, "none" if direct else "writeback"),
                   "-device", "virtio-blk-pci,disable-legacy=on,drive=disk,iommu_platform=" +
                   ("on" if iommu else "off")]
    return ours, theirs


def pairs_of(pairs, ours, theirs):
    """Results of interleaved runs, after one of each that does not count."""
    run(ours)
    run(theirs)
    results = [(run(ours), run(theirs)) for _ in range(pairs)]
    return [r[0] for r in results], [r[1] for r in results]


def compare(what, ours, theirs, digits=2):
    a, b = statistics.median(ours), statistics.median(theirs)
    print("%-35s paprika %9.*f   qemu %9.*f   ratio of medians %.2f" % (what, digits, a, digits, b, a / b),
          flush=True)


def boot(pairs, kernel, initrd):
    a, b = pairs_of(pairs, *commands(kernel, initrd, "console=hvc0 paprika.do=auto"))
    for i, what in enumerate(("wall s", "cpu s", "peak MiB")):
        scale = 1024 if i == 2 else 1
        compare("boot " + what, [x[i] / scale for x in a], [x[i] / scale for x in b])
    insns = [int(re.search(r"guest instructions (\d+)", x[3]).group(1)) for x in a]
    print("guest MIPS                          paprika %9.0f   (%.2f G instructions a boot, %d pairs)" % (
        statistics.median(n / x[1] / 1e6 for n, x in zip(insns, a)), statistics.median(insns) / 1e9,
        pairs), flush=True)


def figures(result):
    """The lines of result that a guest printed, as (what, number); with a count, also the CPU time of each."""
    found, begun = [], 0
    for cpu, name, value, unit, count in re.findall(
            r"^([0-9.]+) bench: (\S+) (\S+)(?: (\S+))?(?: (\d+))?\r?$", result[3], re.M):
        if name == "begin":
            begun = float(cpu)
            continue
        if name == "failed:":
            sys.exit("bench: the guest failed:\n%s" % result[3][-4000:])
        found.append((name + " " + unit, float(value)))
        if count:
            found.append((name + " CPU us", (float(cpu) - begun) / int(count) * 1e6))
    if not found:
        sys.exit("bench: no figures from the guest:\n%s" % result[3][-4000:])
    return found


def within(pairs, prefix, ours, theirs):
    """A comparison of each figure that guests print."""
    a, b = pairs_of(pairs, ours, theirs)
    a, b = [figures(x) for x in a], [figures(x) for x in b]
    for i, (what, _) in enumerate(a[0]):
        compare("%s %s" % (prefix, what), [x[i][1] for x in a], [x[i][1] for x in b])


def ipi(pairs, kernel, initrd):
    # without cpuidle an idle vCPU cedes at once, so that each byte takes an IPI; with it the guest polls a while
    for prefix, more in (("ipi", " cpuidle.off=1"), ("ipi, cpuidle", "")):
        line = "console=hvc0 quiet paprika.do=ipi paprika.seconds=%d%s" % (SECONDS, more)
        within(pairs, prefix, *commands(kernel, initrd, line, cpus=2))


def disk(pairs, kernel, initrd, folder, program="disk"):
    image = os.path.join(folder, "disk")
    line = "console=hvc0 quiet paprika.do=%s paprika.seconds=%d" % (program, SECONDS)
    try:
        with open(image, "wb") as f:
            for _ in range(IMAGE_MIB):
                f.write(os.urandom(1 << 20))
            os.fsync(f.fileno())
        # DMA of paprika's devices goes through the IOMMU always, that of QEMU's if told so
        for how, more in (("", {}), (", iommu", {"iommu": True}), (", direct", {"direct": True})):
            within(pairs, program + how, *commands(kernel, initrd, line, image=image, **more))
    finally:
        os.unlink(image)


def main():
    what, pairs, kernel, initrd, bench_initrd, folder = sys.argv[1:7]
    pairs = int(pairs)
    if what not in ("boot", "ipi", "disk", "fio", "all") or pairs < 1:
        sys.exit("bench: BENCH is one of boot, ipi, disk, fio, all; PAIRS a number above 0")
    if not shutil.which("qemu-system-ppc64"):
        sys.exit("bench: no qemu-system-ppc64 to compare with")
    if what in ("boot", "all"):
        boot(pairs, kernel, initrd)
    if what in ("ipi", "all"):
        ipi(pairs, kernel, bench_initrd)
    if what in ("disk", "all"):
        disk(pairs, kernel, bench_initrd, folder)
    if what == "fio":
        disk(pairs, kernel, bench_initrd, folder, "fio")


main()
