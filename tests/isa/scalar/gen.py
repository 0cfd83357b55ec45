#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the assembly of one group's stubs, one for each variant of each instruction:
gen.py fixed|branch|memory|fp 64|32 le|be

A stub loads the operands from struct state (harness.h), which r3 points to, executes the instruction and
stores the results. The groups' tables are in the modules of their names.
"""
import importlib
import random
import sys

CASES = 2048  # of each instruction, over all its variants, in 64-bit mode

T, A, B, C, XER, CR, CTR, LR, TAR, FT, FA, FB, FC, FPSCR, PATH, LINK, V, KEEP = (
    8 * i for i in list(range(17)) + [18])
GPR_OFFSETS = {"T": T, "A": A, "B": B, "C": C}
FPR_OFFSETS = {"T": FT, "A": FA, "B": FB, "C": FC}
GPRS = (0, 4, 5, 6, 7, 8, 9, 10)  # for operands; r11 is the stub's, r12 keeps CR
rnd = random.Random(7)

S16 = [0, 1, -1, 2, -2, 7, 255, -256, 32767, -32768, 0x5a5a, -0x5a5b] + [rnd.randrange(-32768, 32768)
                                                                        for _ in range(12)]
U16 = [v & 0xffff for v in S16]


class Writer:
    def __init__(self, group, bits, order):
        self.bits, self.order = bits, order
        self.text, self.entries = [], []
        self.kinds = kinds_read()

    def emit(self, *lines):
        self.text += lines

    def load(self, reg, offset):
        if self.bits == 64:
            self.emit("ld %d,%d(3)" % (reg, offset))
        else:
            self.emit("lwz %d,%d(3)" % (reg, offset + 4))

    def store(self, reg, offset):
        if self.bits == 64:
            self.emit("std %d,%d(3)" % (reg, offset))
        else:
            self.emit("stw %d,%d(3)" % (reg, offset + 4))

    def begin(self, name, kind, cases, displacement=0):
        label = "t%d" % len(self.entries)
        if self.bits == 32:
            cases //= 4
        self.entries.append((name, label, self.kinds.index(kind), max(cases, 1), displacement))
        self.emit("%s:" % label, "mfcr 12")
        return label

    def load_xer_cr(self):
        self.load(11, XER)
        self.emit("mtxer 11")
        self.load(11, CR)
        self.emit("mtcr 11")

    def store_xer_cr(self):
        self.emit("mfcr 11")
        self.store(11, CR)
        self.emit("mfxer 11")
        self.store(11, XER)

    def end(self):
        self.emit("mtcr 12", "blr")

    def write(self):
        print(".machine %s" % ("power9" if self.bits == 64 else "ppc"))
        print(".text")
        print("\n".join(self.text))
        names = {}
        for entry in self.entries:
            names.setdefault(entry[0], len(names))
        self.entries.sort(key=lambda entry: names[entry[0]])
        print(".section .rodata")
        for name, n in names.items():
            print('n_%d: .asciz "%s"' % (n, name))
        print('.section .data.rel.ro,"aw"\n.balign 8\n.globl tests,test_count\ntests:')
        pointer = ".quad" if self.bits == 64 else ".long"
        for name, label, kind, cases, displacement in self.entries:
            print("%s n_%d, %s\n.long %d, %d, %d" % (pointer, names[name], label, kind, cases,
                                                     displacement))
            if self.bits == 64:
                print(".long 0")
        print("test_count: .long %d" % len(self.entries))


def kinds_read():
    text = open(sys.path[0] + "/harness.h").read().split("enum kind {")[1].split("};")[0]
    return [line.strip().split(",")[0] for line in text.splitlines() if line.strip().startswith("K_")]


def registers(template, pool, same_sources=True):
    """Numbers for T, A, B, C: all different, or two the same that the template uses."""
    t, a, b, c = rnd.sample(pool, 4)
    choices = [(t, a, b, c)] * 3
    used = template.split()
    for target in used:
        if target in "ABC" and "T" in used:
            choices.append(tuple(t if k == target else v for k, v in zip("TABC", (t, a, b, c))))
    if same_sources and "A" in used and "B" in used:
        choices.append((t, a, a, c))
    return dict(zip("TABC", rnd.choice(choices)))


def main():
    group, bits, order = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    writer = Writer(group, bits, order)
    importlib.import_module(group).generate(writer)
    writer.write()


if __name__ == "__main__":
    sys.modules["gen"] = sys.modules["__main__"]
    main()
