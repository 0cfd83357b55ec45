# SPDX-License-Identifier: GPL-2.0-or-later
"""Branches: every BO and BI, taken to a place near by, before the branch, or on another page."""
from gen import CR, CTR, KEEP, LINK, PATH, TAR, rnd

GROUP = 48  # stubs between two collections of distant places


class Places:
    """Where branches go: each notes that it was reached and goes back to its stub."""

    def __init__(self, w):
        self.w, self.distant, self.count = w, [], 0

    def block(self, n):
        self.w.emit("taken%d:" % n, "addi 9,9,2", "b end%d" % n)

    def flush(self):
        for n in self.distant:
            self.block(n)
        self.distant = []


def address(w, reg, symbol):
    w.emit("lis %d,%s@ha" % (reg, symbol), "addi %d,%d,%s@l" % (reg, reg, symbol))


def stub(w, places, name, register, insn, cases):
    n = places.count
    places.count += 1
    where = rnd.choice(("near", "before", "distant"))
    if where == "before":
        places.block(n)
    w.begin(name, "K_BRANCH", cases)
    w.emit("mflr 11")
    w.store(11, KEEP)
    w.load_xer_cr()
    address(w, 11, "at%d+0x100" % n)
    w.emit("mtlr 11")
    w.load(11, CTR)
    w.emit("mtctr 11")
    if register:
        address(w, 11, "taken%d+%d" % (n, rnd.randrange(4)))
        w.emit("%s 11" % {"lr": "mtlr", "ctr": "mtctr", "tar": "mtspr 815,"}[register])
    w.emit("li 9,0", "at%d:" % n, insn.replace("TARGET", "taken%d" % n), "addi 9,9,1")
    w.emit("b end%d" % n)
    if where == "near":
        places.block(n)
    w.emit("end%d:" % n, "mflr 10")
    address(w, 11, "at%d" % n)
    w.emit("subf 10,11,10")
    w.store(10, LINK)
    w.store(9, PATH)
    w.emit("mfctr 10")
    if register == "ctr":
        w.emit("subf 10,11,10")
    w.store(10, CTR)
    if register == "lr" and not name.endswith("l"):
        w.emit("li 10,0")  # LR is the target
        w.store(10, LINK)
    w.store_xer_cr()
    w.load(11, KEEP)
    w.emit("mtlr 11")
    w.end()
    if where == "distant":
        places.distant.append(n)
    if places.count % GROUP == 0:
        places.flush()


def conditional(word, bo, bi):
    return ".long 0x%08x" % (word | bo << 21 | bi << 16)


def generate(w):
    places = Places(w)
    every = [(bo, bi) for bo in range(32) for bi in range(32)]
    for name, lk in (("bc", 0), ("bcl", 1)):
        for bo, bi in every:
            word = 0x40000000 | bo << 21 | bi << 16 | lk
            stub(w, places, name, None, ".long 0x%08x + ((TARGET - .) & 0xfffc)" % word, 12)
    registers = [("bclr", "lr", 16), ("bcctr", "ctr", 528)]
    if w.bits == 64:
        registers.append(("bctar", "tar", 560))
    for name, register, xo in registers:
        for suffix, lk in (("", 0), ("l", 1)):
            for bo, bi in every:
                if register == "ctr" and not bo & 4:
                    continue  # an invalid form
                stub(w, places, name + suffix, register, conditional(19 << 26 | xo << 1 | lk, bo, bi), 12)
    for name in ("b", "bl", "ba", "bla"):
        for _ in range(40):
            stub(w, places, name, None, "%s TARGET" % name, 4)
    places.flush()
