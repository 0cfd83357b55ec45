#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Straight-line programs of random instructions that the interpreter fuses: gen.py FUNCTIONS > FILE.s

Each function takes a register file in r3 (16 doublewords: r14 to r29; then CR, XER, CTR) and a 512-byte
buffer in r4, and leaves its results there. Few registers, so that results are used at once.
"""
import random
import sys

REGS = list(range(14, 22))  # what instructions use; r22 to r29 only join in now and then
RB3 = ["add", "subf", "mulld", "mulhdu", "addc", "adde", "subfc", "subfe"]
LOGIC3 = ["and", "andc", "or", "xor", "nor", "sld", "srd"]
COMPARES = ["cmpw", "cmplw", "cmpd", "cmpld"]
RECORDS = ["and.", "or.", "add.", "subf."]
BRANCHES = ["blt", "bgt", "beq", "bge", "ble", "bne"]
LOADS = {"lbz": 1, "lhz": 2, "lwz": 4, "ld": 8}
STORES = {"stb": 1, "sth": 2, "stw": 4, "std": 8}

rnd = random.Random(20)


def reg():
    return rnd.choice(REGS) if rnd.random() < 0.9 else rnd.randrange(22, 30)


def alu(last):
    """One fixed-point instruction, often of the register @last; (text, its target)."""
    t, a, b = reg(), reg(), reg()
    if last is not None and rnd.random() < 0.6:
        a, b = rnd.choice([(last, b), (a, last), (last, last)])
    kind = rnd.randrange(12)
    if kind < 4:
        text = "%s %d,%d,%d" % (rnd.choice(RB3), t, a, b)
    elif kind < 6:
        text = "%s %d,%d,%d" % (rnd.choice(LOGIC3), t, a, b)
    elif kind == 6:
        text = rnd.choice(["neg %d,%d", "extsw %d,%d"]) % (t, a)
    elif kind == 7:
        text = rnd.choice([
            "addi %d,%d,%d" % (t, a, rnd.randrange(-32768, 32768)),
            "addis %d,%d,%d" % (t, a, rnd.randrange(-32768, 32768)),
            "li %d,%d" % (t, rnd.randrange(-32768, 32768)),
            "ori %d,%d,%d" % (t, a, rnd.randrange(65536)),
            "oris %d,%d,%d" % (t, a, rnd.randrange(65536))])
    elif kind == 8:
        text = "%s %d,%d,%d,%d,%d" % (rnd.choice(["rlwinm", "rlwimi"]), t, a, rnd.randrange(32),
                                      rnd.randrange(32), rnd.randrange(32))
    elif kind < 11:
        text = "%s %d,%d,%d,%d" % (rnd.choice(["rldicl", "rldicr", "rldimi"]), t, a,
                                   rnd.randrange(64), rnd.randrange(64))
    else:
        text = "sradi %d,%d,%d" % (t, a, rnd.randrange(64))
    return text, t


def memory(last):
    """A load or store in the buffer, r4 + r30 (a multiple of 8 below 256) for indexed ones."""
    t = reg()
    if last is not None and rnd.random() < 0.3:
        t = last
    kind = rnd.randrange(6)
    if kind < 2:
        op = rnd.choice(list(LOADS))
        return ["%s %d,%d(4)" % (op, t, rnd.randrange(480 // LOADS[op]) * LOADS[op])], t
    if kind < 4:
        op = rnd.choice(list(STORES))
        return ["%s %d,%d(4)" % (op, t, rnd.randrange(480 // STORES[op]) * STORES[op])], None
    if kind == 4:  # the base or the index is made by the instruction before
        if rnd.random() < 0.5:
            at = rnd.choice(["rlwinm 30,%d,3,24,28" % reg(), "addi 30,31,%d" % (rnd.randrange(32) * 8)])
            op = rnd.choice(["lbzx %d,4,30", "lwzx %d,4,30", "ldx %d,4,30", "ldx %d,30,4"])
            return [at, op % t], t
        at = "addi 30,4,%d" % (rnd.randrange(32) * 8)
        return [at, rnd.choice(["ld %d,8(30)", "lwz %d,12(30)", "lbz %d,3(30)", "lhz %d,2(30)",
                                "ldx %d,30,31"]) % t], t
    at = "rldicl 30,%d,0,61" % reg()
    return [at, "rldicr 30,30,3,60", "stdx %d,4,30" % t], None


def two(last):
    """Runs of accesses off one base, in both orders."""
    if rnd.random() < 0.1:  # the first load changes the base
        at = rnd.randrange(40) * 8
        return ["addi 30,4,64", "std 4,%d(30)" % at, "ld 30,%d(30)" % at, "ld %d,%d(30)" % (reg(), at + 8)]
    op = rnd.choice(["ld", "std", "lwz", "stw"])
    size = 8 if op in ("ld", "std") else 4
    at = rnd.randrange(40) * 8
    offsets = [at + i * size for i in range(rnd.randrange(2, 5))]
    if rnd.random() < 0.3:
        offsets.reverse()
    return ["%s %d,%d(4)" % (op, reg(), o) for o in offsets]


def branch(label, last):
    a, b = reg(), reg()
    if last is not None and rnd.random() < 0.5:
        a = last
    field = rnd.randrange(8)
    kind = rnd.randrange(5)
    if kind == 0:
        lines = ["%s %d,%d,%d" % (rnd.choice(COMPARES), field, a, b)]
    elif kind == 1:
        lines = [rnd.choice(["cmpwi %d,%d,%d" % (field, a, rnd.randrange(-9, 9)),
                             "cmpdi %d,%d,%d" % (field, a, rnd.randrange(-9, 9)),
                             "cmplwi %d,%d,%d" % (field, a, rnd.randrange(9)),
                             "cmpldi %d,%d,%d" % (field, a, rnd.randrange(9))])]
    elif kind == 2:
        field = 0
        t = reg()
        lines = [rnd.choice(["%s %d,%d,%d" % (rnd.choice(RECORDS), t, a, b),
                             "andi. %d,%d,%d" % (t, a, rnd.randrange(65536)),
                             "addic. %d,%d,%d" % (t, a, rnd.randrange(-99, 99)),
                             "rlwinm. %d,%d,%d,%d,%d" % (t, a, rnd.randrange(32), rnd.randrange(32),
                                                         rnd.randrange(32)),
                             "rldicl. %d,%d,%d,%d" % (t, a, rnd.randrange(64), rnd.randrange(64)),
                             "extsw. %d,%d" % (t, a)])]
    else:
        lines = [alu(last)[0]]
    if rnd.random() < 0.1:
        lines.append("bdnz %s" % label)
    else:
        lines.append("%s %d,%s" % (rnd.choice(BRANCHES), field, label))
    return lines


def body(name):
    lines, last, pending, n = [], None, [], 0
    for i in range(60):
        for label in [p for p in pending if p[1] <= i]:
            lines.append("%s:" % label[0])
            pending.remove(label)
        kind = rnd.random()
        if kind < 0.55:
            text, last = alu(last)
            lines.append("\t" + text)
        elif kind < 0.75:
            more, last = memory(last)
            lines += ["\t" + m for m in more]
        elif kind < 0.87:
            lines += ["\t" + m for m in two(last)]
            last = None
        else:
            label = ".L%s_%d" % (name, n)
            n += 1
            pending.append((label, i + rnd.randrange(1, 6)))
            lines += ["\t" + m for m in branch(label, last)]
    return lines + ["%s:" % p[0] for p in pending]


def function(n):
    name = "pairs_%d" % n
    print("\t.globl %s\n\t.type %s,@function\n%s:" % (name, name, name))
    print("\tmflr 0\n\tstd 0,16(1)\n\tstdu 1,-192(1)\n\tmfcr 0\n\tstd 0,32(1)")
    for r in range(14, 32):
        print("\tstd %d,%d(1)" % (r, 40 + (r - 14) * 8))
    print("\tld 0,128(3)\n\tmtcrf 255,0\n\tld 0,136(3)\n\tmtxer 0\n\tld 0,144(3)\n\tmtctr 0")
    for r in range(14, 30):
        print("\tld %d,%d(3)" % (r, (r - 14) * 8))
    print("\tli 30,0\n\tli 31,0")
    print("\n".join(body(name)))
    for r in range(14, 30):
        print("\tstd %d,%d(3)" % (r, (r - 14) * 8))
    print("\tmfcr 0\n\tstd 0,128(3)\n\tmfxer 0\n\tstd 0,136(3)\n\tmfctr 0\n\tstd 0,144(3)")
    for r in range(14, 32):
        print("\tld %d,%d(1)" % (r, 40 + (r - 14) * 8))
    print("\tld 0,32(1)\n\tmtcrf 255,0\n\taddi 1,1,192\n\tld 0,16(1)\n\tmtlr 0\n\tblr")
    return name


def main():
    print("\t.text\n\t.abiversion 2")
    names = [function(n) for n in range(int(sys.argv[1]))]
    print("\t.section .rodata\n\t.align 3\n\t.globl pairs_table\npairs_table:")
    for name in names:
        print("\t.quad %s" % name)
    print("\t.globl pairs_count\npairs_count:\n\t.quad %d" % len(names))


main()
