# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads and stores, of GPRs, FPRs and VSRs; reservations."""
from gen import A, B, C, CASES, CTR, FPSCR, FT, KEEP, LINK, PATH, T, V, rnd

DISPLACEMENTS = [0, 16, -16, 4096, -4096, 32752, -32768] + [16 * rnd.randrange(-2048, 2048) for _ in range(5)]
STRING = 20  # bytes at the most

D_FORMS = "lbz lhz lha lwz stb sth stw lfs lfd stfs stfd".split()
DS_FORMS = "ld lwa std".split()
DSX_FORMS = "lxsd lxssp stxsd stxssp".split()
DQX_FORMS = "lxv stxv".split()
X_FORMS = """lbzx lhzx lhax lwzx stbx sthx stwx lfsx lfdx stfsx stfdx lhbrx lwbrx sthbrx stwbrx
    stfiwx dcbz""".split()
X_FORMS_64 = "lwax ldx stdx ldbrx stdbrx lfiwax lfiwzx".split()
X_FORMS_VSX = """lxsdx lxsspx lxsiwax lxsiwzx stxsdx stxsspx stxsiwx lxvd2x stxvd2x lxvx stxvx""".split()
X_FORMS_VMX = "lvx lvxl stvx stvxl".split()
RESERVING = (("lbarx", "stbcx.", "stb", ""), ("lharx", "sthcx.", "sth", "_2"), ("lwarx", "stwcx.", "stw", "_4"),
             ("ldarx", "stdcx.", "std", "_8"))


def target(name, w):
    """The number of the register that is loaded or stored, and its kind."""
    if name in DSX_FORMS or name in X_FORMS_VMX:
        return rnd.randrange(0, 32), "vr"
    if name in DQX_FORMS or name in X_FORMS_VSX:
        return rnd.choice((rnd.randrange(0, 14), rnd.randrange(32, 64))), "vsr"
    if "f" in name and name != "dcbf":
        return rnd.randrange(0, 14), "fpr"
    return rnd.choice((0, 4, 5, 6)), "gpr"


def stub(w, name, kind, cases, displacement, lines, reg, reg_kind, before=(), after=()):
    w.begin(name, kind, cases, displacement)
    w.load_xer_cr()
    w.emit(*before)
    if reg_kind == "fpr":
        w.emit("lfd %d,%d(3)" % (reg, FT))
    elif reg_kind in ("vr", "vsr"):
        w.emit("addi 11,3,%d" % V, "lxvx %d,0,11" % (reg + 32 * (reg_kind == "vr")))
    else:
        w.load(reg, T)
    w.load(8, A)
    w.load(9, B)
    w.load(10, C)
    w.emit(*lines)
    if reg_kind == "fpr":
        w.emit("stfd %d,%d(3)" % (reg, FT))
    elif reg_kind in ("vr", "vsr"):
        vsr = reg + 32 * (reg_kind == "vr")
        if name.startswith("lxs"):  # the other doubleword is undefined
            w.emit("mfvsrd 11,%d" % vsr)
            w.store(11, V)
        else:
            w.emit("addi 11,3,%d" % V, "stxvx %d,0,11" % vsr)
    else:
        w.store(reg, T)
    w.store(8, A)
    w.store(9, B)
    w.store(10, C)
    w.emit(*after)
    w.store_xer_cr()
    w.end()


def displaced(w, name, step):
    update = name.endswith("u")
    for d in DISPLACEMENTS + [step * rnd.randrange(-8, 8) for _ in range(4)]:
        reg, reg_kind = target(name, w)
        if update and reg_kind == "gpr" and name[0] == "s" and rnd.randrange(4) == 0:
            reg = 8  # RS = RA
            stub_same(w, name, d)
            continue
        stub(w, name, "K_MEM", CASES // 16, d, ["%s %d,%d(8)" % (name, reg, d)], reg, reg_kind)


def stub_same(w, name, d):
    stub(w, name, "K_MEM", CASES // 16, d, ["%s 8,%d(8)" % (name, d)], 4, "gpr")


def indexed(w, name):
    for i in range(16):
        reg, reg_kind = target(name, w)
        zero = i % 4 == 3 and not name.endswith("ux")
        base = "0" if zero else "8"
        if name == "dcbz":
            insn = "dcbz %s,9" % base
        else:
            insn = "%s %d,%s,9" % (name, reg, base)
        stub(w, name, "K_MEM_INDEX", CASES // 16, int(zero), [insn], reg, reg_kind)


def reserving(w, load, store_conditional, store, suffix):
    sequences = {
        load: ["%s 4,8,9" % load],
        store_conditional: ["%s 4,8,9" % store_conditional] * 2,
        load + "+" + store_conditional: ["%s 4,8,9" % load, "%s 10,8,9" % store_conditional],
        load + "+" + store_conditional + "twice": [
            "%s 4,8,9" % load, "%s 10,8,9" % store_conditional, "mfcr 11", "%s 4,8,9" % store_conditional,
            "add 10,10,11"],
        load + "+" + load + "+" + store_conditional: [
            "%s 4,8,9" % load, "addi 11,9,64", "%s 4,8,11" % load, "%s 10,8,11" % store_conditional],
    }
    for name, lines in sequences.items():
        for zero in range(2):
            code = [line.replace(",8,", ",0,") if zero else line for line in lines]
            stub(w, name, "K_MEM_INDEX" + suffix, CASES // 4, zero, code, 4, "gpr")


def quadwords(w):
    """Pairs of registers: r4 and r5, r6 and r7, kept in t and c. QEMU 7.2 has no stqcx. that succeeds:
    that is in tests/unit/vmm/interp."""
    def pair(name, insn, kind, displacement, load_first=None):
        before = ["ld 4,%d(3)" % T, "ld 5,%d(3)" % C, "ld 6,%d(3)" % C, "ld 7,%d(3)" % T]
        lines = [load_first] if load_first else []
        stub(w, name, kind, CASES // 8, displacement, lines + [insn], 4, "gpr", before,
             ["std 5,%d(3)" % PATH, "std 6,%d(3)" % LINK, "std 7,%d(3)" % CTR])
    for d in DISPLACEMENTS:
        pair("lq", "lq 4,%d(8)" % d, "K_MEM_16", d)
        pair("stq", "stq 4,%d(8)" % d, "K_MEM_16", d)
    for _ in range(4):
        pair("lqarx", "lqarx 4,8,9", "K_MEM_INDEX_16", 0)
        pair("stqcx.", "stqcx. 6,8,9", "K_MEM_INDEX_16", 0, "stqcx. 4,8,9")


def kept(w, load):
    move = w.load if load else w.store
    for i, reg in enumerate((29, 30, 31)):
        move(reg, KEEP + 8 * i)


def multiple(w):
    for name in ("lmw", "stmw"):
        for d in DISPLACEMENTS:
            w.begin(name, "K_MEM", CASES // 8, d)
            kept(w, False)
            for reg, offset in ((8, A), (29, T), (30, B), (31, C)):
                w.load(reg, offset)
            w.emit("%s 29,%d(8)" % (name, d))
            for reg, offset in ((8, A), (29, PATH), (30, LINK), (31, C)):
                w.store(reg, offset)
            kept(w, True)
            for i in range(3):
                w.emit("li 11,0")
                w.store(11, KEEP + 8 * i)
            w.end()


def strings(w):
    """From r4 on, at most STRING bytes."""
    for n in range(STRING + 1):
        for name, insn in (("lswi", "lswi 4,10,%d" % n), ("stswi", "stswi 4,10,%d" % n),
                           ("lswx", "lswx 4,10,9"), ("stswx", "stswx 4,10,9")):
            if n == 0 and name.endswith("i"):
                continue  # 32 bytes
            count = ["mfxer 11", "clrrwi 11,11,7", "ori 11,11,%d" % n, "mtxer 11"]
            moves = [(4, T), (5, PATH), (6, LINK), (7, CTR)]
            kind = "K_MEM_INDEX" if name.endswith("x") else "K_MEM"
            w.begin(name, kind, CASES // 16, 0)
            w.load_xer_cr()
            w.emit(*count)
            for reg, offset in moves + [(8, C), (9, B), (10, A)]:
                w.load(reg, offset)
            w.emit("li 5,21", "li 6,-7", insn)
            w.store(4, T)
            w.store(5, PATH)
            w.store(6, LINK)
            w.store(7, CTR)
            w.store(8, C)
            w.store_xer_cr()
            w.end()


def generate(w):
    for name in D_FORMS:
        displaced(w, name, 1)
        displaced(w, name + "u", 1)
    for name in X_FORMS:
        if name == "dcbz" and w.bits == 32:
            continue  # its size is the CPU's
        indexed(w, name)
        if name[1:] in ("bzx", "hzx", "hax", "wzx", "tbx", "thx", "twx", "fsx", "fdx", "tfsx", "tfdx"):
            indexed(w, name[:-1] + "ux")
    reserving(w, *RESERVING[2])
    if w.order == "be":
        multiple(w)
        strings(w)
    if w.bits == 32:
        return
    for name in DS_FORMS:
        displaced(w, name, 4)
        if name != "lwa":
            displaced(w, name + "u", 4)
    for name in DSX_FORMS:
        displaced(w, name, 4)
    for name in DQX_FORMS:
        displaced(w, name, 16)
    for name in X_FORMS_64 + X_FORMS_VSX + X_FORMS_VMX:
        indexed(w, name)
    for name in ("lwaux", "ldux", "stdux"):
        indexed(w, name)
    for i in (0, 1, 3):
        reserving(w, *RESERVING[i])
    quadwords(w)
