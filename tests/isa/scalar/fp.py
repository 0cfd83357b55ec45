# SPDX-License-Identifier: GPL-2.0-or-later
"""Scalar floating point on FPRs, and the FPSCR."""
from fixed import each, one, operands, random_sets, records
from gen import CASES, FPR_OFFSETS, FPSCR, registers, rnd

FACTOR = 2  # cases, compared with other groups
SMALL = one(range(4))
BITS = one(n for n in range(32) if n < 24 or n > 28)  # QEMU 7.2's mtfsb1 leaves NI (29) out

TABLE = (
    records("fadd fsub fdiv", "T A B", "K_DOUBLE") + records("fmul", "T A C", "K_DOUBLE") +
    records("fmadd fmsub fsel", "T A C B", "K_DOUBLE") +
    records("fnmadd fnmsub", "T A C B", "K_DOUBLE_NEGATED") + records("fsqrt", "T B", "K_DOUBLE") +
    records("fadds fsubs fdivs", "T A B", "K_SINGLE") + records("fmuls", "T A C", "K_SINGLE") +
    records("fmadds fmsubs", "T A C B", "K_SINGLE") + records("fnmadds fnmsubs", "T A C B", "K_SINGLE_NEGATED") + records("fsqrts", "T B", "K_SINGLE") +
    records("fre frsqrte", "T B", "K_ESTIMATE") + records("fres frsqrtes", "T B", "K_ESTIMATE") +
    records("frsp", "T B", "K_DOUBLE") + records("fctid fctidz fctidu fctiduz", "T B", "K_TO_INT") +
    records("fctiw fctiwz fctiwu fctiwuz", "T B", "K_TO_WORD") +
    records("fcfid", "T B", "K_INT") +
    records("fcfids fcfidu fcfidus", "T B", "K_FROM_INT") + records("frin friz frip frim", "T B", "K_INT") +
    records("fmr fneg fabs fnabs", "T B", "K_DOUBLE") + records("fcpsgn", "T A B", "K_DOUBLE") +
    each("fmrgew fmrgow", "T A B", "K_DOUBLE") +
    each("fcmpu fcmpo ftdiv", "f A B", "K_DOUBLE", one(range(8))) + each("ftsqrt", "f B", "K_DOUBLE", one(range(8))) +
    records("mffs", "T", "K_FPSCR") + each("mffsl mffsce", "T", "K_FPSCR") +
    each("mffscrn mffscdrn", "T B", "K_FPSCR") + each("mffscrni", "T i", "K_FPSCR", SMALL) +
    each("mffscdrni", "T i", "K_FPSCR", one(range(8))) +
    records("mtfsf", "m B l w", "K_FPSCR", random_sets(40, 256, 2, 2)) +
    records("mtfsfi", "f i w", "K_FPSCR_FIELD", [(f, v, w) for f in range(6) for v in range(16) for w in (0, 1)]) +
    records("mtfsfi", "6 i w", "K_FPSCR_ENABLE", [(v, w) for v in range(16) for w in (0, 1)]) +
    records("mtfsfi", "7 i w", "K_FPSCR_FIELD", [(v, w) for v in range(8) for w in (0, 1)]) +
    records("mtfsb0", "k", "K_FPSCR_FIELD", BITS) + records("mtfsb1", "k", "K_FPSCR_SET_BIT", [b for b in BITS if b != (29,)]) +
    records("mtfsb0 mtfsb1", "k", "K_FPSCR_ENABLE", one(range(24, 29))) +
    each("mcrfs", "f f", "K_FPSCR", [(i, j) for i in range(8) for j in range(8)]))


def stub(w, name, template, kind, values, cases):
    regs = registers(template, range(13))
    w.begin(name, kind, cases)
    w.load_xer_cr()
    w.emit("lfd 13,%d(3)" % FPSCR, "mtfsf 255,13,1,0")
    w.load_xer_cr()
    for key in "TABC":
        w.emit("lfd %d,%d(3)" % (regs[key], FPR_OFFSETS[key]))
    w.emit("%s %s" % (name, operands(template, regs, values)))
    for key in "TABC":
        if key == "T" or regs[key] != regs["T"]:
            w.emit("stfd %d,%d(3)" % (regs[key], FPR_OFFSETS[key]))
    w.store_xer_cr()
    w.emit("mffs 13", "stfd 13,%d(3)" % FPSCR)
    w.end()


def generate(w):
    for name, template, kind, sets, _ in TABLE:
        sets = sets or [()] * 8
        for values in sets:
            stub(w, name, template, kind, values, FACTOR * CASES // len(sets))
