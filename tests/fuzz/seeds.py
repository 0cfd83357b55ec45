#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes seeds for the fuzz targets, one at least for each line of the tables: seeds.py FOLDER BUILD_DIR."""
import gzip
import lzma
import os
import re
import struct
import sys

U8, U32, U64, MINUS, PAGE, UNIT, SOURCE, LAST, STRING = range(9)
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
build = os.path.abspath(sys.argv[2])


def table(path, macro):
    """The arguments of each MACRO(...) line of a .def file."""
    with open(os.path.join(top, path)) as f:
        return [[a.strip().strip('"') for a in re.findall(r'"[^"]*"|[^,"\s]+', m)]
                for m in re.findall(r"^%s\((.*)\)$" % macro, f.read(), re.M)]


def num(v):
    """A number in the targets' form."""
    if isinstance(v, str):
        return bytes([STRING, len(v)]) + v.encode()
    if isinstance(v, tuple):
        return bytes(v)
    if v < 0:
        return bytes([MINUS, ~v])
    if v < 256:
        return bytes([U8, v])
    return bytes([U32]) + struct.pack(">I", v) if v < 1 << 32 else bytes([U64]) + struct.pack(">Q", v)


def hcall(names, name, *args, cpu=0):
    return bytes([names.index(name), cpu, len(args)]) + b"".join(map(num, args))


def poke(page, offset16, data):
    return bytes([0xfe, page, offset16, len(data)]) + data


def hcalls():
    names = [row[1] for row in table("hcalls/hcalls.def", "HCALL")]
    flag = lambda n: n << 45
    vpa = poke(0x30, 0, struct.pack(">IH", 0, 640)) + poke(0x31, 0, struct.pack(">II", 0, 128))
    page = lambda n: (PAGE, n)
    seeds = {n.lower(): hcall(names, n, 1, 8, 0, 0) for n in names}
    seeds["vpa"] = vpa + b"".join(
        hcall(names, "H_REGISTER_VPA", flag(f), 0, page(p))
        for f, p in ((1, 0x30), (2, 0x31), (3, 0x31), (5, 0), (6, 0), (7, 0), (5, 0), (4, 0)))
    seeds["term"] = hcall(names, "H_PUT_TERM_CHAR", (UNIT, 0), 16, 1 << 62, 5) + \
        hcall(names, "H_GET_TERM_CHAR", (UNIT, 0)) + hcall(names, "H_VIO_SIGNAL", (UNIT, 1), 1) + \
        hcall(names, "H_PUT_TERM_CHAR", (UNIT, 0), 17)
    seeds["ipi"] = hcall(names, "H_CPPR", 255) + hcall(names, "H_IPI", 0, 4) + \
        hcall(names, "H_IPOLL", 0) + hcall(names, "H_XIRR", 0) + hcall(names, "H_EOI", (LAST,)) + \
        hcall(names, "H_XIRR_X", 0)
    seeds["mode"] = b"".join(hcall(names, "H_SET_MODE", f, r, 0, 0)
                             for f, r in ((1, 4), (3, 3), (2, 3), (0, 1), (0, 2), (0, 5)))
    seeds["proc_tbl"] = hcall(names, "H_REGISTER_PROC_TBL", 0x1d, page(0x40), 0, 0) + \
        hcall(names, "H_REGISTER_PROC_TBL", 0x10, 0, 0, 0)
    seeds["join"] = hcall(names, "H_JOIN") + hcall(names, "H_PROD", 1) + hcall(names, "H_CONFER", -1) + \
        hcall(names, "H_JOIN", cpu=1)
    seeds["logical"] = b"".join(hcall(names, n, s, page(0x50), 7) for s in (1, 2, 4, 8)
                                for n in ("H_LOGICAL_CI_STORE", "H_LOGICAL_CI_LOAD"))
    pte = lambda at, vsid, gpa: hcall(names, "H_ENTER", 0, at, vsid << 12 | 1, gpa | 0x12)
    removal = lambda n: 1 << 62 | n
    seeds["hpt"] = pte(8, 1, 0x40000) + hcall(names, "H_READ", 1 << 37, 8) + \
        hcall(names, "H_PROTECT", 1 << 31 | 3, 8, 1 << 12) + hcall(names, "H_CLEAR_REF", 0, 8) + \
        hcall(names, "H_CLEAR_MOD", 0, 8) + hcall(names, "H_REMOVE", 1 << 30, 8, 0x10)
    seeds["hpt-bulk"] = pte(8, 1, 0x40000) + pte(16, 2, 0x41000) + \
        hcall(names, "H_BULK_REMOVE", removal(8), 0, removal(16) | 2 << 56, 2 << 12, removal(24), 0, 3 << 62)
    seeds["hpt-resize"] = pte(8, 1, 0x40000) + hcall(names, "H_ENTER", 1 << 39, 9, 1 << 12 | 0x11, 0x40012) + \
        hcall(names, "H_RESIZE_HPT_PREPARE", 0, 19) + hcall(names, "H_RESIZE_HPT_COMMIT", 0, 19) + \
        hcall(names, "H_REMOVE", 0, 9)
    seeds["unknown"] = b"\xff" + struct.pack(">Q", 0x1234) + b"\0\0"
    return seeds


def rtas():
    rows = table("hcalls/rtas/calls.def", "RTAS")
    names = [row[1] for row in rows]

    def call(name, *args, at=0):
        row = rows[names.index(name)]
        return bytes([names.index(name)]) + num(at) + bytes([len(args), int(row[4])]) + \
            b"".join(map(num, args))

    seeds = {r[1].replace(",", "-"): call(r[1], *[1] * int(r[3])) for r in rows}
    seeds["nvram"] = call("nvram-store", 16, "data", 4) + call("nvram-fetch", 16, (PAGE, 0x40), 4) + \
        call("nvram-fetch", 65535, 0, 2)
    seeds["time"] = call("set-time-of-day", 2024, 2, 29, 23, 59, 59, 0) + call("get-time-of-day")
    seeds["xive"] = call("ibm,set-xive", (SOURCE, 0), 0, 5) + call("ibm,get-xive", (SOURCE, 0)) + \
        call("ibm,int-on", (SOURCE, 0)) + call("ibm,int-off", (SOURCE, 0))
    seeds["cpu"] = call("start-cpu", 1, 0x1000, 5) + call("query-cpu-stopped-state", 1) + call("stop-self")
    seeds["os-term-text"] = call("ibm,os-term", "OS panic: a reason")
    seeds["power"] = call("power-off", -1, -1) + call("power-off", 0, 0) + call("system-reboot")
    seeds["arity"] = bytes([0]) + num(0) + bytes([0x80]) + b"\xff\xff\xff\xff" + bytes([1])
    seeds["edge"] = call("get-time-of-day", at=0xffff0)
    return seeds


def client():
    names = [row[0] for row in table("vof/services.def", "SERVICE")]

    def call(name, *args, nrets=1):
        return bytes([names.index(name), len(args), nrets]) + b"".join(map(num, args))

    out = (PAGE, 0x60)
    seeds = {n: call(n, *[1] * 4) for n in names}
    seeds["walk"] = call("peer", 0) + call("child", (LAST,)) + call("peer", (LAST,)) + \
        call("package-to-path", (LAST,), out, 64) + call("parent", (LAST,))
    seeds["props"] = call("finddevice", "/chosen") + call("nextprop", (LAST,), 0, out) + \
        call("finddevice", "/chosen") + call("getprop", (LAST,), "bootargs", out, 16) + \
        call("finddevice", "/chosen") + call("setprop", (LAST,), "linux,x", out, 16) + \
        call("finddevice", "/cpus") + call("getproplen", (LAST,), "name")
    seeds["console"] = call("open", "/vdevice/vty@71000000") + call("write", (LAST,), "text", 4) + \
        call("read", 1, out, 16) + call("seek", 1, 0, 0) + call("instance-to-path", 1, out, 64) + \
        call("instance-to-package", 1) + call("close", 1, nrets=0)
    seeds["memory"] = call("claim", 0x40000, 0x1000, 0) + call("claim", 0x40800, 0x1000, 0) + \
        call("claim", 0, 0x1000, 0x10000) + call("release", 0x40000, 0x1000, nrets=0) + \
        call("release", 0x40000, 0x1000, nrets=0)
    seeds["rtas"] = call("open", "/rtas") + \
        call("call-method", "instantiate-rtas", (LAST,), 0x50000, nrets=2)
    seeds["cas"] = call("open", "/") + call("call-method", "ibm,client-architecture-support", (LAST,),
                                           (PAGE, 0), nrets=2)
    seeds["canon"] = call("canon", "/cpus:x", out, 3) + call("test", "test") + call("test", "interpret")
    seeds["unknown"] = b"\xff\1\1" + num("no-such-service") + num(1)
    return seeds


def vectors():
    end = struct.pack(">II", 0xfffffffe, 0x0f000001)
    power9 = struct.pack(">II", 0xffff0000, 0x004e0000)
    level = struct.pack(">II", 0xffffffff, 0x0f000005)
    five = bytes([25]) + bytes(22) + b"\0\x40\0\x40"
    four = b"\0\0" * 4
    return {
        "radix": power9 + end + b"\4" + four + five,
        "level": level + end + b"\4" + four + five,
        "hash": power9 + end + b"\4" + four + bytes([25]) + bytes(26),
        "xive": power9 + end + b"\4" + four + bytes([25]) + bytes(22) + b"\x40\x40\0\x40",
        "none": power9 + end + b"\0\0\0",
        "other": end + b"\4" + four + five,
        "endless": power9 * 40,
        "many": power9 + end + b"\xff" + b"\0\0" * 256,
    }


def elf(order, bits, machine, segments, entry=0x10000, kind=2):
    """An ELF file with segments of (vaddr, paddr, data, memsz)."""
    e = ">" if order == "be" else "<"
    head, ph = (64, 56) if bits == 64 else (52, 32)
    ident = b"\x7fELF" + bytes([bits // 32, 2 if order == "be" else 1, 1]) + bytes(9)
    f = "Q" if bits == 64 else "I"
    out = ident + struct.pack(e + "HHI" + f * 3 + "IHHHHHH", kind, machine, 1, entry, head, 0, 0, head,
                              ph, len(segments), 0, 0, 0)
    at = head + ph * len(segments)
    data = b""
    for vaddr, paddr, body, memsz in segments:
        if bits == 64:
            out += struct.pack(e + "IIQQQQQQ", 1, 7, at + len(data), vaddr, paddr, len(body), memsz, 4096)
        else:
            out += struct.pack(e + "8I", 1, at + len(data), vaddr, paddr, len(body), memsz, 7, 4096)
        data += body
    return out + data


def kernel():
    code = b"\x60\0\0\0" * 4
    vmlinux = elf("le", 64, 21, [(0xc000000000000000, 0, code, 0x2000)], entry=0xc000000000000000)
    seeds = {
        "le64": vmlinux,
        "be64": elf("be", 64, 21, [(0xc000000000000000, 0, code, 64)], entry=0xc000000000000000),
        "zimage32": elf("be", 32, 20, [(0x40000, 0x40000, code, 64)], entry=0x40004),
        "two": elf("le", 64, 21, [(0x10000, 0x10000, code, 64), (0x10008, 0x10008, code, 32)]),
        "huge": elf("le", 64, 21, [(0x10000, 0x10000, code, (1 << 64) - 0x10001)]),
        "huge2": elf("le", 64, 21, [(0, 0, code, 16), (0, (1 << 63), code, 1 << 62)]),
        "entry": elf("le", 64, 21, [(0x10000, 0x10000, code, 64)], entry=0x10040),
        "nothing": elf("le", 64, 21, []),
        "x86": elf("le", 64, 62, [(0, 0, code, 16)]),
        "i386": elf("le", 32, 3, [(0, 0, code, 16)]),
        "gzip": gzip.compress(vmlinux, mtime=0),
        "xz": lzma.compress(vmlinux),
        "bomb-gzip": gzip.compress(bytes(9 << 20), mtime=0),
        "bomb-xz": lzma.compress(bytes(9 << 20)),
        # zstd, by hand: a frame with one raw block; and blocks of a repeated byte, 128 KiB each
        "zstd": b"\x28\xb5\x2f\xfd\x20" + bytes([len(code)]) + struct.pack("<I", len(code) << 3 | 1)[:3] + code,
        "bomb-zstd": b"\x28\xb5\x2f\xfd\x00\x58" +
                     (struct.pack("<I", 0x20000 << 3 | 2)[:3] + b"\0") * 80,
    }
    for name in ("gzip", "xz", "zstd"):
        seeds[name + "-cut"] = seeds[name][:-3]
    return seeds


def options():
    text = os.popen(os.path.join(build, "paprika") + " run --help").read()
    names = re.findall(r"^  --([a-z-]+)(=?)(.*)", text, re.M)
    values = {"name": "vm-1", "cpus": "1", "memory": "256M", "trace": "hcall,rtas"}
    seeds = {}
    for name, eq, rest in names:
        if name == "config":
            continue
        value = values.get(name, re.split(r"[, ]", rest)[0]) if eq else ""
        seeds["line-" + name] = ("\0--%s%s%s" % (name, eq, value)).encode()
        seeds["file-" + name] = ("\4[vm]\n%s = %s\n" % (name, value if eq else "on")).encode()
    seeds["words"] = b"\0--memory\n1G\n-v\n-h\n--cpus\n1\n--console=null\n--console\npty"
    seeds["bad-line"] = b"\0--memory=1Q\n--memry\n--disk=x\n-x\n--verbose=1\n--kernel"
    seeds["bad-file"] = b"\4[disk x]\npath = y\n[vm]\nmemory = 0\nnothing\n"
    seeds["fdt"] = b"\1-o\nx\n--memory=1G"
    seeds["host"] = b"\2--json"
    return seeds


def interp():
    """Runs of instructions: the match words of every table line, in each mode."""
    tool = os.path.join(build, "tests", "fuzz", "insn-list")
    os.system("cc -std=gnu11 -I%s -o %s %s" % (top, tool, os.path.join(top, "tests/isa/encodings/list.c")))
    listing = os.popen(tool).read()
    words = []
    for line in listing.splitlines():
        numbers = [int(n, 16) for n in line.split()[1:-1]]
        words += numbers[0::2]  # without the masks: a word, or prefix and suffix
    if not words:
        sys.exit("seeds.py: the instruction table is empty")
    seeds = {}
    for i in range(0, len(words), 24):
        some = [w | 0x00642800 if w >> 26 not in (16, 18) else w for w in words[i:i + 24]]
        mode = (0x50, 0x52, 0x51, 0x53, 0x14, 0x5b)[i // 24 % 6]
        seeds["table-%02d" % (i // 24)] = bytes([mode]) + b"seedseed" + bytes([1, 5, U8, 16]) + \
            bytes([len(some)]) + b"".join(struct.pack(">I", w) for w in some)
    for mode, name in ((0xd2, "hash"), (0xda, "hash-user")):
        # slbmte, slbmfev, slbmfee, slbfee., slbie, slbia of each kind, loads and stores
        some = [0x7ca03324, 0x7ca036a6, 0x7ca03726, 0x7ca037a7, 0x7c002b64, 0x7c6003e4, 0x80a50000, 0x90a50000]
        seeds[name] = bytes([mode]) + b"seedseed" + bytes([1, 5, PAGE, 0x40, len(some)]) + \
            b"".join(struct.pack(">I", w) for w in some)
        for op in range(5):
            seeds["%s-%d" % (name, op)] = bytes([mode & ~8]) + b"seedseed" + \
                bytes([3, 3, U8, op, 4, U32, 0, 0, 2, 0, 5, U8, 0] if op < 4 else [2, 3, U8, 4, 4, U8, 19]) + \
                bytes([4]) + struct.pack(">IIII", 0x80a60000, 0x44000022, 0x80a60000, 0x4bfffff4)
    seeds["sc1"] = bytes([0x40]) + b"seedseed" + bytes([0, 2]) + struct.pack(">II", 0x44000022, 0x48000000)
    seeds["store-to-code"] = bytes([0x42]) + b"seedseed" + bytes([1, 3, PAGE, 0x10, 3]) + \
        struct.pack(">III", 0x90830008, 0x60000000, 0x4bfffff8)
    seeds["tree"] = bytes([0x53]) + b"seedseed" + bytes([0, 1]) + struct.pack(">I", 0x60000000) + \
        bytes([0xa2, 8, 8]) + bytes(8)
    return seeds


def virtio():
    """A driver's steps (target_virtio.c): each kind of request, directly and through a table."""
    begin = lambda features=0: bytes([0, features])
    desc = lambda i, at, length, flags, after=0: bytes([1, i]) + num(at) + num(length) + bytes([flags, after])
    give = lambda head: bytes([2, head])
    poke = lambda page, offset16, data: bytes([6, page, offset16, len(data)]) + data
    reg = lambda at, size, value: bytes([3, at & 255, at >> 8, size]) + num(value)
    page = lambda n: (PAGE, n)

    def request(kind, length=512, write=0, data=b""):
        return poke(0x30, 0, struct.pack("<IIQ", kind, 0, 0)) + poke(0x31, 0, data) + \
            desc(0, page(0x30), 16, 1, 1) + desc(1, page(0x31), length, 1 | write, 2) + \
            desc(2, page(0x3f), 1, 2) + give(0)

    some = struct.pack("<QII", 0, 8, 1)
    seeds = {
        "in": begin() + request(0, 512, 2), "out": begin(2) + request(1), "flush": begin(2) + request(4),
        "id": begin(2) + request(8, 20, 2), "discard": begin() + request(11, 16, 0, some[:12] + bytes(4)),
        "zeroes": begin(3) + request(13, 16, 0, some), "unknown": begin() + request(99),
        "long": begin() + request(0, 0x20000, 2), "loop": begin() + desc(0, page(0x30), 16, 1, 0) + give(0),
        "reset": begin() + request(1) + reg(0x14, 0, 0) + begin() + request(1),
        "queue-reset": begin() + request(1) + reg(0x3a, 1, 1), "jump": begin() + bytes([8, 200]) + give(0),
        "bar": begin() + bytes([5, 0x10, 2]) + b"\xff" * 4 + request(1), "unmap": begin() + bytes([7, 0x60, U8, 0]) +
        request(1),
    }
    table = b"".join(struct.pack("<QIHH", at, n, flags, after)
                     for at, n, flags, after in ((0x30000, 16, 1, 1), (0x31000, 20, 3, 2), (0x3f000, 1, 2, 0)))
    seeds["packed"] = begin(6) + poke(0x30, 0, struct.pack("<IIQ", 8, 0, 0)) + \
        desc(0, page(0x30), 16, 7, 0x81) + desc(1, page(0x31), 20, 7, 0x83) + desc(2, page(0x3f), 1, 7, 0x82) + give(0)
    seeds["packed-table"] = begin(5) + poke(0x30, 0, struct.pack("<IIQ", 8, 0, 0)) + poke(0x32, 0, table) + \
        desc(0, page(0x32), 48, 1, 0x84) + give(0)
    seeds["table"] = begin(1) + poke(0x30, 0, struct.pack("<IIQ", 8, 0, 0)) + poke(0x32, 0, table) + \
        desc(4, page(0x32), 48, 4) + give(4)
    return seeds


def virtio_net():
    """Frames either way (target_virtio_net.c); the queue is 1, sending, for inputs of odd length."""
    begin = lambda features=0: bytes([0, features])
    desc = lambda i, at, length, flags, after=0: bytes([1, i]) + num((PAGE, at)) + num(length) + bytes([flags, after])
    give = lambda head: bytes([2, head])
    peer = lambda length: bytes([10, 1, (length - 1) >> 8, (length - 1) & 255])
    queue = lambda n: bytes([9, n])
    buffers = b"".join(desc(i, 0x30 + i, 2048, 2) + give(i) for i in range(4))
    seeds = {
        "send": begin(8) + queue(1) + desc(0, 0x30, 12, 1, 1) + desc(1, 0x31, 600, 0) + give(0) + bytes([10, 0]),
        "receive": begin(8) + queue(0) + buffers + peer(60) + peer(1514) + peer(6000),
        "large": begin() + queue(0) + buffers + peer(65000),
        "bare": begin() + queue(1) + desc(0, 0x30, 25, 0) + give(0) + desc(1, 0x30, 26, 0) + give(1),
        "both": begin(11) + queue(0) + buffers + queue(1) + desc(5, 0x30, 100, 0) + give(5) + peer(100),
        "packed": begin(12) + queue(1) + desc(0, 0x30, 100, 0x80) + give(0) + peer(100),
    }
    poke = lambda page, data: bytes([6, page, 0, len(data)]) + data
    command = lambda data: poke(0x32, data) + desc(0, 0x32, len(data), 1, 1) + desc(1, 0x33, 1, 2) + give(0)
    table = lambda *macs: struct.pack("<I", len(macs)) + b"".join(macs)
    some = bytes([0x52, 1, 2, 3, 4, 5])
    commands = [bytes([0, mode, 1]) for mode in range(6)] + [
        bytes([1, 0]) + table(some) + table(b"\1" + some[1:]), bytes([1, 1]) + some, bytes([2, 0, 5, 0]),
        bytes([2, 1, 5, 0]), bytes([4, 0, 2, 0]), bytes([1, 0]) + struct.pack("<I", 0xffffffff)]
    for where in (2, 6):
        seeds["commands-%d" % where] = begin(8) + queue(where) + b"".join(command(c) for c in commands)
    # the length chooses the first queue and the device
    seeds.update({"%s-%d" % (name, n): data + b"\x04" * n for name, data in list(seeds.items()) for n in (1, 2, 3)})
    return seeds


def virtio_vhost():
    """The same as target_virtio.c's: the device is the same kind."""
    return virtio()


def virtio_balloon():
    """Page numbers and reports (target_virtio_balloon.c)."""
    begin = lambda features=8: bytes([0, features])
    desc = lambda i, at, length, flags: bytes([1, i]) + num(at) + num(length) + bytes([flags, 0])
    give = lambda head: bytes([2, head])
    queue = lambda n: bytes([9, n])
    numbers = lambda *n: bytes([6, 0x30, 0, 4 * len(n)]) + struct.pack("<%dI" % len(n), *n)
    seeds = {
        "run": begin() + queue(0) + numbers(*range(8)) + desc(0, (PAGE, 0x30), 32, 0) + give(0),
        "apart": begin() + queue(0) + numbers(9, 7, 5, 0xffffffff, 0x100) + desc(0, (PAGE, 0x30), 20, 0) + give(0),
        "long": begin() + queue(0) + desc(0, (PAGE, 0), 0x100000, 0) + give(0),
        "deflate": begin() + queue(1) + numbers(1) + desc(0, (PAGE, 0x30), 4, 0) + give(0),
        "packed": begin(12) + queue(0) + numbers(1, 2) + desc(0, (PAGE, 0x30), 8, 0x80) + give(0),
    }
    for n in (2, 3, 4):
        seeds["report-%d" % n] = begin() + queue(n) + desc(0, (PAGE, 0x20), 0x40000, 2) + give(0)
    return seeds


def virtio_console():
    """Control messages and bytes either way (target_virtio_console.c); the length chooses the first queue."""
    begin = lambda features=8: bytes([0, features])
    desc = lambda i, at, length, flags, after=0: bytes([1, i]) + num((PAGE, at)) + num(length) + bytes([flags, after])
    give = lambda head: bytes([2, head])
    queue = lambda n: bytes([9, n])
    client = lambda what, *sizes: bytes([10, what, *sizes])
    message = lambda port, event, value, length=8: bytes([6, 0x30, 0, 8]) + struct.pack("<IHH", port, event, value) + \
        queue(3) + desc(0, 0x30, length, 0) + give(0)
    buffers = queue(2) + b"".join(desc(i, 0x31, 64, 2) + give(i) for i in range(8))
    ready = message(0xffffffff, 0, 1) + message(0, 3, 1) + message(1, 3, 1) + message(0, 6, 1) + message(1, 6, 1)
    output = desc(1, 0x40, 5000, 1, 2) + desc(2, 0x44, 60, 0) + give(1)
    seeds = {
        "ready": begin() + ready + buffers, "buffers": begin() + buffers + ready + client(1),
        "output": begin() + queue(5) + output * 4 + client(2, 255), "terminal": begin() + queue(1) + output,
        "alone": begin(0) + queue(1) + output, "large": begin() + queue(5) + desc(0, 0, 0x100000, 0) + give(0) * 3,
        "input": begin() + ready + queue(4) + desc(0, 0x50, 9, 3, 1) + desc(1, 0x51, 4096, 2) + client(4, 200) + give(0),
        "reset": begin() + queue(5) + output * 8 + begin() + queue(5) + output + client(3, 255),
        "emergency": bytes([3, 8, 0x20, 2]) + num(0x21) + begin(0),
        "packed": begin(12) + queue(5) + desc(0, 0x40, 500, 0x80) + give(0),
        "short": begin() + queue(2) + desc(0, 0x31, 7, 2) + give(0) + ready,
        "nonsense": begin() + b"".join(message(p, e, 1) for p in (0, 1, 2) for e in range(9)),
        "cut": begin() + message(0xffffffff, 0, 1, 7) + message(1, 6, 1, 1 << 20),
    }
    return seeds


def virtio_scsi():
    """Commands (target_virtio_scsi.c) to the request queue, 2, and task management on the control queue, 0."""
    begin = lambda features=0: bytes([0, features, 9, 2])
    command = lambda cdb, length=0, shift=0, out=0: \
        bytes([10, shift << 4 | out, length]) + bytes(cdb) + bytes(16 - len(cdb))
    cdbs = {
        "tur": ([0],), "sense": ([3, 0, 0, 0, 18], 18), "read6": ([8, 0, 0, 1, 1], 2, 8),
        "write6": ([10, 0, 0, 1, 1], 2, 8, 1), "inquiry": ([0x12, 0, 0, 0, 96], 96),
        "mode6": ([0x1a, 0, 0x3f, 0, 255], 255), "mode10": ([0x5a, 0, 8, 0, 0, 0, 0, 0, 255], 255),
        "capacity": ([0x25], 8), "capacity16": ([0x9e, 0x10] + [0] * 11 + [32], 32),
        "read10": ([0x28, 0, 0, 0, 0, 1, 0, 0, 8], 16, 8), "write10": ([0x2a, 8, 0, 0, 0, 1, 0, 0, 8], 16, 8, 1),
        "sync": ([0x35],), "same10": ([0x41, 0, 0, 0, 0, 1, 0, 0, 8], 2, 8, 1), "unmap": ([0x42] + [0] * 7 + [24], 24, 0, 1),
        "same16": ([0x93, 1] + [0] * 11 + [8],), "read16": ([0x88] + [0] * 12 + [8], 16, 8),
        "write16": ([0x8a] + [0] * 12 + [8], 16, 8, 1), "luns": ([0xa0] + [0] * 8 + [16], 16),
        "read12": ([0xa8] + [0] * 8 + [1], 2, 8), "write12": ([0xaa] + [0] * 8 + [1], 2, 8, 1),
    }
    cdbs.update({"vpd-%02x" % p: ([0x12, 1, p, 0, 255], 255) for p in (0, 0x80, 0x83, 0xb0, 0xb1, 0xb2)})
    seeds = {name: begin() + command(*args) for name, args in cdbs.items()}
    seeds["reset"] = begin() + command(*cdbs["read10"]) + begin() + command(*cdbs["sync"])
    seeds["task"] = bytes([0, 0, 9, 0, 6, 0x30, 0, 24]) + struct.pack("<IIBB6xQ", 0, 5, 1, 0, 0) + \
        bytes([1, 0, PAGE, 0x30, U8, 24, 1, 1]) + bytes([1, 1, PAGE, 0x31, U8, 5, 2, 0]) + bytes([2, 0])
    return seeds


def vhost_user():
    """A back end's answers to all that is asked (target_vhost_user.c), in this host's byte order, and a request of its own."""
    message = lambda request, payload=b"", flags=5: struct.pack("=III", request, flags, len(payload)) + payload
    u64 = lambda request, value=0: message(request, struct.pack("=Q", value))
    begin = u64(1, 1 << 32 | 1 << 30) + u64(15, 1 | 8 | 32 | 512) + u64(17, 4) + u64(3) + u64(21)
    config = message(24, struct.pack("=III60x", 0, 60, 0))
    ring = b"".join(u64(r) for r in (8, 10, 9, 13, 12, 18)) + u64(18) + message(11, struct.pack("=II", 0, 3))
    return {
        "all": begin + config + u64(5) + u64(2) + u64(25) + ring,
        "plain": u64(1, 1 << 32) + message(11, struct.pack("=II", 0, 3)),
        "legacy": u64(1, 1),
        "no-config": begin + message(24),
        "refused": begin + config + u64(5, 1),
        "request": message(2, flags=9),
    }


def pci():
    """Steps of target_pci.c: function, register, size, kind, then what the kind needs."""
    write = lambda register, size, value: bytes([0, register, size, 0]) + num(value)
    seeds = {
        "size": write(0x10, 2, 0xffffffff) + write(0x14, 2, 0xffffffff),
        "enable": write(4, 1, 6) + bytes([0, 0, 1, 4, 0x14, 0, 1]) + num(3),
        "msix": write(4, 1, 6) + bytes([0, 0, 2, 6, 3]) + bytes([0, 0, 2, 4, 0, 0x80, 1]) + num(1),
        "over": bytes([0, 0, 0, 8, 1]) + bytes([1, 0, 0, 8, 2]) + bytes([0, 0, 2, 5, 0, 0, 1]),
        "hold": bytes([0, 0, 0, 7, 1]) + write(4, 1, 6) + bytes([0, 0, 0, 7, 0]),
        "dma": bytes([0, 0, 0, 9, 0, 16, 27]) + bytes([0, 0, 0, 9, 1, 1]) + bytes([0, 0, 0, 9, 2]),
    }
    for cap in range(0x40, 0x100, 4):
        seeds["cap-%02x" % cap] = write(cap, 2, 0xffffffff) + bytes([0, 0, 2, 1]) + struct.pack(">I", cap)
    return seeds


def main():
    folder = sys.argv[1]
    for make in (hcalls, rtas, client, vectors, kernel, options, interp, virtio, virtio_net, virtio_scsi, virtio_balloon,
                 virtio_console, virtio_vhost, vhost_user, pci):
        path = os.path.join(folder, make.__name__)
        os.makedirs(path, exist_ok=True)
        for name, data in make().items():
            with open(os.path.join(path, "seed-" + name.replace("/", "_")), "wb") as f:
                f.write(data)


main()
