# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixed-point instructions, and the moves of CR and XER."""
from gen import CASES, GPR_OFFSETS, GPRS, S16, U16, registers, rnd


def each(names, template, kind="K_PLAIN", sets=None, isa32=True):
    return [(name, template, kind, sets, isa32) for name in names.split()]


def forms(names, template="T A B", kind="K_PLAIN", isa32=True):
    """All of Rc and OE."""
    return [(name + suffix, template, kind, None, isa32) for name in names.split()
            for suffix in ("", ".", "o", "o.")]


def records(names, template, kind="K_PLAIN", sets=None, isa32=True):
    return [(name + suffix, template, kind, sets, isa32) for name in names.split() for suffix in ("", ".")]


def one(values):
    return [(v,) for v in values]


def random_sets(count, *limits):
    return [tuple(rnd.randrange(limit) for limit in limits) for _ in range(count)]


WORD_MASKS = [(rnd.randrange(32), mb, me) for mb in range(32) for me in range(32)] + \
    [(sh, rnd.randrange(32), rnd.randrange(32)) for sh in range(32)]
WORD_MASKS_REG = [(mb, me) for mb in range(32) for me in range(32)]
DOUBLE_MASKS = [(rnd.randrange(64), m) for m in range(64) for _ in range(3)] + \
    [(sh, rnd.randrange(64)) for sh in range(64) for _ in range(3)]
CR_TRIPLES = [(i, rnd.randrange(32), rnd.randrange(32)) for i in range(32)] + \
    [(rnd.randrange(32), i, rnd.randrange(32)) for i in range(32)] + \
    [(rnd.randrange(32), rnd.randrange(32), i) for i in range(32)] + [(i, i, i) for i in range(0, 32, 3)]
FIELDS = one(range(8))
FXM = one(range(256))
FXM_ONE = one(1 << i for i in range(8))

TABLE = (
    each("addi addis", "T A s", sets=one(S16)) + each("addic addic. subfic mulli", "T A s", sets=one(S16)) +
    each("addi addis", "T 0 s", sets=one(S16)) +
    forms("add addc adde subf subfc subfe") + forms("addme addze subfme subfze neg", "T A") +
    forms("mullw") + forms("mulld", isa32=False) +
    records("mulhw mulhwu", "T A B", "K_WORD") + records("mulhd mulhdu", "T A B", isa32=False) +
    forms("divw", kind="K_DIVW") + forms("divwu", kind="K_DIVWU") +
    forms("divd", kind="K_DIVD", isa32=False) + forms("divdu", kind="K_DIVDU", isa32=False) +
    forms("divwe", kind="K_DIVWE", isa32=False) + forms("divweu", kind="K_DIVWEU", isa32=False) +
    forms("divde", kind="K_DIVDE", isa32=False) + forms("divdeu", kind="K_DIVDEU", isa32=False) +
    each("modsw", "T A B", "K_MODSW", isa32=False) + each("moduw", "T A B", "K_MODUW", isa32=False) +
    each("modsd", "T A B", "K_MODSD", isa32=False) + each("modud", "T A B", "K_MODUD", isa32=False) +
    each("maddhd maddhdu maddld", "T A B C", isa32=False) + each("addex", "T A B 0", isa32=False) +
    each("cmpw cmplw", "f A B", sets=FIELDS) + each("cmpd cmpld", "f A B", sets=FIELDS, isa32=False) +
    each("cmpwi", "f A s", sets=[(rnd.randrange(8), v) for v in S16]) +
    each("cmplwi", "f A s", sets=[(rnd.randrange(8), v) for v in U16]) +
    each("cmpdi", "f A s", sets=[(rnd.randrange(8), v) for v in S16], isa32=False) +
    each("cmpldi", "f A s", sets=[(rnd.randrange(8), v) for v in U16], isa32=False) +
    each("cmprb", "f l A B", "K_BYTES", sets=[(f, l) for f in range(8) for l in range(2)], isa32=False) +
    each("cmpeqb", "f A B", "K_BYTES", sets=FIELDS, isa32=False) + each("setb", "T f", sets=FIELDS, isa32=False) +
    each("isel", "T A B k", sets=one(range(32)), isa32=False) +
    each("isel", "T 0 B k", sets=one(range(32)), isa32=False) +
    each("ori oris xori xoris andi. andis.", "T A s", sets=one(U16)) +
    records("and andc or orc xor nand nor eqv", "T A B") +
    records("extsb extsh cntlzw", "T A") + records("extsw cntlzd cnttzw cnttzd", "T A", isa32=False) +
    each("popcntb popcntw popcntd prtyw prtyd", "T A", isa32=False) + each("cmpb", "T A B", "K_BYTES", isa32=False) +
    each("bpermd addg6s", "T A B", isa32=False) + each("addg6s", "T A B", "K_BCD", isa32=False) +
    each("cdtbcd", "T A", isa32=False) + each("cbcdtd", "T A", "K_BCD", isa32=False) +
    records("slw srw sraw", "T A B", "K_SHIFT") + records("sld srd srad", "T A B", "K_SHIFT", isa32=False) +
    records("srawi", "T A h", sets=one(range(32))) +
    records("sradi extswsli", "T A h", sets=one(range(64)), isa32=False) +
    records("rlwinm rlwimi", "T A h m e", sets=WORD_MASKS) + records("rlwnm", "T A B m e", sets=WORD_MASKS_REG) +
    records("rldicl rldicr rldic rldimi", "T A h m", sets=DOUBLE_MASKS, isa32=False) +
    records("rldcl rldcr", "T A B m", sets=one(range(64)), isa32=False) +
    each("crand crandc creqv crnand crnor cror crorc crxor", "k k k", sets=CR_TRIPLES) +
    each("mcrf", "f f", sets=[(i, j) for i in range(8) for j in range(8)]) +
    each("mcrxrx", "f", sets=FIELDS, isa32=False) + each("mfcr", "T") + each("mtcrf", "m A", sets=FXM) +
    each("mfocrf", "T m", sets=FXM_ONE) + each("mtocrf", "m A", sets=FXM_ONE) +
    each("mfxer mflr mfctr", "T") + each("mtxer", "A", "K_XER") + each("mtctr", "A"))


def operands(template, regs, values):
    values, out = iter(values), []
    for item in template.split():
        if item in regs:
            out.append(str(regs[item]))
        else:
            out.append(item if item.isdigit() else str(next(values)))
    return ",".join(out)


def stub(w, name, template, kind, values, cases):
    sources = not kind.startswith("K_DIV") and not kind.startswith("K_MOD")
    pool = [r for r in GPRS if r or template.split()[1:2] != ["A"] or name not in ("addi", "addis", "isel")]
    regs = registers(template, pool, sources)
    w.begin(name, kind, cases)
    w.emit("mflr 11")
    w.store(11, 18 * 8)
    w.load_xer_cr()
    for key in "TABC":
        w.load(regs[key], GPR_OFFSETS[key])
    if name == "mflr":
        w.emit("mtlr %d" % regs["A"])
    if name == "mfctr":
        w.emit("mtctr %d" % regs["A"])
    w.emit("%s %s" % (name, operands(template, regs, values)))
    for key in "TABC":
        if key == "T" or regs[key] != regs["T"]:
            w.store(regs[key], GPR_OFFSETS[key])
    w.store_xer_cr()
    if name == "mtctr":
        w.emit("mfctr 11")
        w.store(11, 6 * 8)
    w.load(11, 18 * 8)
    w.emit("mtlr 11")
    w.end()


def generate(w):
    for name, template, kind, sets, isa32 in TABLE:
        if w.bits == 32 and not isa32:
            continue
        sets = sets or [()] * 10
        for values in sets:
            stub(w, name, template, kind, values, CASES // len(sets))
