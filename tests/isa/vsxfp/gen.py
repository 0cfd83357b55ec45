#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the assembly of one group's stubs, one for each variant of each instruction: gen.py GROUP

An operand template lists an instruction's operands. T A B C: vectors of the state, as VSRs or in the groups
vmx and quad as VRs; g, g1, g2 GPRs; b the base in a GPR; i16 is an immediate from 0 to 15; all else stands
for itself.
"""
import random
import sys

CASES = 2048
# QEMU does not round to odd.
LEFT_OUT = ("xsnmsubqpo",)
rnd = random.Random(7)

# offsets in struct state
T, A, B, C, VSCR, FPSCR, CR, GPR, BASE = 0, 16, 32, 48, 64, 80, 88, 96, 120

(X_FPRF, X_ESTIMATE, X_WORDS, X_VECTOR, X_UX, X_TINY_FPRF, X_RN_ZERO, X_RN_UP, X_MADD, X_TO_INT, X_TSTDC,
 X_NAN, X_AMO_FAILED, X_DW0, X_NAN_B) = [1 << i for i in range(15)]


def each(names, template, form, exclude=0):
    return [(name, template, form, exclude) for name in names.split()]


def madds(prefix, suffixes, form, exclude=0):
    forms = [each(" ".join(prefix + op + s for op in ops for s in suffixes), "T A B", form, exclude | X_MADD | rn)
             for ops, rn in ((("madd", "msub"), 0), (("nmadd", "nmsub"), X_RN_ZERO))]
    return forms[0] + forms[1]


SCALAR = (
    each("xsadddp xssubdp xsmuldp xsdivdp xsmaxdp xsmindp xsmaxcdp xsmincdp xsmaxjdp xsminjdp xscpsgndp "
         "xscmpeqdp xscmpgedp xscmpgtdp", "T A B", "F_DOUBLE") + madds("xs", ("adp", "mdp"), "F_DOUBLE") +
    each("xssqrtdp xsabsdp xsnabsdp xsnegdp xsrdpi xsrdpic xsrdpim xsrdpip xsrdpiz", "T B", "F_DOUBLE") +
    each("xsredp xsrsqrtedp", "T B", "F_DOUBLE", X_ESTIMATE) +
    # Of other operands QEMU rounds the results twice.
    each("xsaddsp xssubsp xsmulsp xsdivsp", "T A B", "F_AS_SINGLE", X_TINY_FPRF) +
    madds("xs", ("asp", "msp"), "F_AS_SINGLE", X_TINY_FPRF) +
    each("xssqrtsp", "T B", "F_AS_SINGLE", X_TINY_FPRF) + each("xsrsp", "T B", "F_SINGLE_DOUBLE", X_TINY_FPRF) +
    each("xscvdpsp xscvdpspn xscvdphp", "T B", "F_SINGLE_DOUBLE") +
    each("xsresp xsrsqrtesp", "T B", "F_AS_SINGLE", X_ESTIMATE | X_TINY_FPRF) +
    each("xscvspdp xscvspdpn", "T B", "F_SINGLE") + each("xscvhpdp", "T B", "F_HALF") +
    each("xscvdpsxds xscvdpuxds", "T B", "F_DOUBLE", X_FPRF) +
    each("xscvdpsxws xscvdpuxws", "T B", "F_DOUBLE", X_FPRF | X_WORDS) +
    each("xscvsxddp xscvuxddp", "T B", "F_INTEGER") + each("xscvsxdsp xscvuxdsp", "T B", "F_INTEGER_53") +
    each("xscmpudp xscmpodp xscmpexpdp xstdivdp", "i8 A B", "F_DOUBLE") +
    each("xstsqrtdp", "i8 B", "F_DOUBLE") + each("xststdcdp", "2 B i128", "F_DOUBLE") +
    each("xststdcsp", "5 B i128", "F_SINGLE_DOUBLE", X_TSTDC) +
    each("xsiexpdp", "T g1 g2", "F_DOUBLE") + each("xsxexpdp xsxsigdp", "g B", "F_DOUBLE"))

COMPARES = " ".join("xvcmp%s%%s%s" % (r, rc) for r in ("eq", "ge", "gt") for rc in ("", "."))
VECTOR = []
for s, form in (("dp", "F_DOUBLE"), ("sp", "F_SINGLE")):
    VECTOR += each(" ".join("xv%s%s" % (op, s) for op in ("add", "sub", "mul", "div", "max", "min", "cpsgn",
                                                           "iexp")), "T A B", form)
    VECTOR += madds("xv", ("a" + s, "m" + s), form) + each(COMPARES.replace("%s", s), "T A B", form)
    VECTOR += each(" ".join("xv%s%s" % (op, s) for op in ("sqrt", "abs", "nabs", "neg", "xexp", "xsig")),
                   "T B", form)
    VECTOR += each(" ".join("xvr%si%s" % (s, m) for m in ("", "c", "m", "p", "z")), "T B", form)
    VECTOR += each("xvre%s xvrsqrte%s" % (s, s), "T B", form, X_ESTIMATE)
    VECTOR += each("xvtdiv" + s, "i8 A B", form) + each("xvtsqrt" + s, "i8 B", form)
    VECTOR += each("xvtstdc" + s, "T B i128", form)
VECTOR += (
    each("xvcvdpsxds xvcvdpuxds xvcvdpsxws xvcvdpuxws", "T B", "F_DOUBLE", X_TO_INT) +
    each("xvcvspsxds xvcvspuxds xvcvspsxws xvcvspuxws", "T B", "F_SINGLE", X_TO_INT) +
    each("xvcvdpsp", "T B", "F_SINGLE_DOUBLE") + each("xvcvspdp xvcvsphp", "T B", "F_SINGLE") +
    each("xvcvhpsp", "T B", "F_HALF") +
    each("xvcvsxddp xvcvuxddp xvcvsxdsp xvcvuxdsp", "T B", "F_INTEGER") +
    each("xvcvsxwdp xvcvuxwdp xvcvsxwsp xvcvuxwsp", "T B", "F_WORD"))

QUAD = (
    each(" ".join("xs%sqp%s" % (op, o) for op in ("add", "sub", "mul", "div") for o in ("", "o")) +
         " xscpsgnqp xsiexpqp", "T A B", "F_QUAD") + madds("xs", ("qp", "qpo"), "F_QUAD") +
    each("xssqrtqp xssqrtqpo xsabsqp xsnabsqp xsnegqp xsxexpqp xsxsigqp xscvqpdp xscvqpdpo", "T B", "F_QUAD") +
    each("xscvqpsdz xscvqpudz xscvqpswz xscvqpuwz", "T B", "F_QUAD", X_FPRF) +
    each("xscvdpqp", "T B", "F_DOUBLE") + each("xscvsdqp xscvudqp", "T B", "F_INTEGER") +
    each("xscmpuqp xscmpoqp xscmpexpqp", "i8 A B", "F_QUAD") + each("xststdcqp", "3 B i128", "F_QUAD") +
    each("xsrqpi xsrqpix", "0 T B 0", "F_QUAD") + each("xsrqpi xsrqpix", "0 T B 3", "F_QUAD", X_RN_UP) +
    each("xsrqpi xsrqpix", "1 T B i4", "F_QUAD") +
    each("xsrqpxp", "0 T B 0", "F_QUAD", X_UX | X_NAN) + each("xsrqpxp", "0 T B 3", "F_QUAD", X_UX | X_NAN | X_RN_UP) +
    each("xsrqpxp", "1 T B i4", "F_QUAD", X_UX | X_NAN))

VMX = (
    each("vaddfp vsubfp vmaxfp vminfp vcmpeqfp vcmpgefp vcmpgtfp vcmpbfp vcmpeqfp. vcmpgefp. vcmpgtfp. vcmpbfp.",
         "T A B", "F_SINGLE") +
    each("vmaddfp vnmsubfp", "T A C B", "F_SINGLE") +
    each("vrefp vrsqrtefp vrfin vrfiz vrfip vrfim", "T B", "F_SINGLE") +
    each("vctsxs vctuxs", "T B i32", "F_SINGLE") + each("vcfsx vcfux", "T B i32", "F_WORD"))

# QEMU takes words for unsigned, and looks at the wrong operand for decrements (28).
SIGNED = (5, 7)
AMO = []
for fc in (0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 25):
    AMO += each("ldat" if fc in SIGNED else "lwat ldat", "g b %d" % fc, "F_MEMORY", X_AMO_FAILED * (fc >= 24))
for fc in (0, 1, 2, 3, 4, 5, 6, 7, 24):
    AMO += each("stdat" if fc in SIGNED else "stwat stdat", "g b %d" % fc, "F_MEMORY")

# ISA 3.1: conversions, quadwords; and outer products, whose accumulator has t, a, b, c.
FP31 = (
    each("xvcvspbf16", "T B", "F_SINGLE", X_VECTOR) + each("xvcvbf16spn", "T B", "F_SINGLE", X_VECTOR) +
    each("xscvqpuqz xscvqpsqz", "vT vB", "F_QUAD", X_FPRF) + each("xscvuqqp xscvsqqp", "vT vB", "F_INTEGER") +
    each("xsmaxcqp xsmincqp xscmpeqqp xscmpgeqp xscmpgtqp", "vT vA vB", "F_QUAD", X_VECTOR))


def gers(names, forms, masks, form):
    out = []
    for name in names.split():
        for suffix in forms:
            exclude = X_VECTOR | X_MADD
            if suffix in ("np", "nn") and name in ("xvf32ger", "xvf64ger"):
                exclude |= X_RN_ZERO
            out += each(name + suffix, "acc X Y", form, exclude)
            out += each("pm%s%s" % (name, suffix), "acc X Y " + masks, form, exclude)
    return out


SIGNS = ("", "pp", "pn", "np", "nn")
MMA31 = (gers("xvi4ger8", ("", "pp"), "m16 m16 m256", "F_WORD") +
         gers("xvi8ger4", ("", "pp", "spp"), "m16 m16 m16", "F_WORD") +
         gers("xvi16ger2", ("", "pp", "s", "spp"), "m16 m16 m4", "F_WORD") +
         gers("xvf16ger2", SIGNS, "m16 m16 m4", "F_HALF") +
         gers("xvbf16ger2", SIGNS, "m16 m16 m4", "F_SINGLE") +
         gers("xvf32ger", SIGNS, "m16 m16", "F_SINGLE") + gers("xvf64ger", SIGNS, "m16 m4", "F_DOUBLE") +
         each("xxmfacc xxmtacc xxsetaccz", "acc", "F_WORD", X_VECTOR))

# Decimals. Pairs of FPRs (q) have a vector's doublewords.
DFP31 = []
for q, form, exclude in (("", "F_DFP", X_DW0), ("q", "F_DFP_QUAD", 0)):
    def dfp(names, template, form=form, exclude=exclude):
        return [(name.replace("%", q), template, form, exclude | X_VECTOR) for name in names.split()]
    DFP31 += (
        dfp("dadd% dsub% dmul% ddiv%", "T A B") + dfp("dcmpu% dcmpo% dtstex%", "i8 A B") +
        dfp("dtstsf%", "i8 A B", "F_EXPONENT" + ("_QUAD" if q else "")) + dfp("dtstsfi%", "2 i64 B") +
        dfp("dtstdc% dtstdg%", "3 A i64") + dfp("dquai%", "s5 T B i4") + dfp("dqua%", "T A B i4") +
        dfp("drrnd%", "T A B i4", "F_EXPONENT" + ("_QUAD" if q else "")) +
        dfp("drintx% drintn%", "i2 T B i4") + dfp("dctfix%", "T B", exclude=X_DW0 | X_FPRF) +
        dfp("dcffix%", "T B", "F_INTEGER") + dfp("ddedpd%", "i4 T B") + dfp("denbcd%", "0 T B", "F_BCD") + dfp("denbcd%", "1 T B", "F_BCD_SIGNED" + ("_QUAD" if q else "")) +
        dfp("dxex% dxex%.", "T B", exclude=X_DW0) + dfp("diex%", "T A B", "F_EXPONENT" + ("_QUAD" if q else "")) +
        dfp("dscli% dscri%", "T A " + ("i35" if q else "i17")))
DFP31 += (each("dctdp", "T B", "F_DFP_SHORT", X_DW0 | X_VECTOR) + each("drsp", "T B", "F_DFP", X_DW0 | X_VECTOR | X_NAN_B) +
          each("dctqpq", "T B", "F_DFP", X_VECTOR) + each("drdpq", "T B", "F_DFP_QUAD", X_DW0 | X_VECTOR | X_NAN_B))

GROUPS = {"dfp31": (DFP31, 0), "fp31": (FP31, 0), "mma31": (MMA31, 0), "scalar": (SCALAR, 0), "vector": (VECTOR, 0), "quad": (QUAD, 32), "vmx": (VMX, 32), "amo": (AMO, 0)}
GPRS = {"g": "9", "g1": "10", "g2": "11", "b": "7"}


def registers(template, base, dfp=False):
    """Numbers for T, A, B, C: all different, or perhaps two that the template uses the same."""
    if dfp:
        return dict(zip("TABC", rnd.sample(range(2, 32, 2), 4)))
    if "acc" in template:
        return dict(zip("TABC", range(4 * rnd.randrange(8), 32)))
    if "v" in template:
        return dict(zip("TABC", rnd.sample([n for n in range(32, 64) if n != 51], 4)))
    t, a, b, c = rnd.sample([n for n in range(64 - base) if n != 51 - base], 4)
    choices = [(t, a, b, c)]
    if "A" in template:
        choices += [(t, t, b, c), (t, a, t, c), (t, a, a, c)] * ("T" in template) + [(t, a, a, c)]
    elif "T" in template:
        choices += [(t, a, t, c)]
    return dict(zip("TABC", rnd.choice(choices)))


def immediate_sets(template):
    """Every combination of the immediates."""
    sets = [()]
    for item in template.split():
        if item[0] == "i":
            sets = [s + (v,) for s in sets for v in range(int(item[1:]))]
        elif item == "s5":
            sets = [s + (v,) for s in sets for v in range(-16, 16)]
    if " m" in template:
        limits = [int(item[1:]) for item in template.split() if item[0] == "m"]
        sets = [tuple(rnd.randrange(n) for n in limits) for _ in range(16)]
    return sets


def operands(template, regs, immediates):
    immediates = iter(immediates)
    out = []
    for item in template.split():
        if item[0] in "ims":
            out.append(next(immediates))
        elif item[0] == "v":
            out.append(regs[item[1]] - 32)
        else:
            out.append({"acc": regs["T"] // 4, "X": 40, "Y": 43}.get(item, regs.get(item, GPRS.get(item, item))))
    return ",".join(map(str, out))


def with_accumulator(insn, regs):
    """The factors into VSRs 40, 41 (of a pair) and 43, the accumulator to where it computes and back."""
    acc = regs["T"] // 4
    lines = [line for vsr, off in ((40, T), (41, A), (43, B))
             for line in ("addi 6,3,%d" % off, "lxvx %d,0,6" % vsr)]
    lines += ["xxmtacc %d" % acc, ".balign 8", insn, "xxmfacc %d" % acc]
    for i, off in enumerate((T, A, B, C)):
        lines += ["addi 6,3,%d" % off, "stxvx %d,0,6" % (4 * acc + i)]
    return lines


def with_pairs(insn, regs):
    """The doublewords of T, A and B in two registers each, and those of T together again. Of drdpq QEMU has the
    result in the second register."""
    together = "xxlor %d,%d,%d" if insn.startswith("drdpq") else "xxpermdi %d,%d,%d,0"
    return ["xxpermdi %d,%d,%d,3" % (regs[k] + 1, regs[k], regs[k]) for k in "TAB"] + [
        insn, together % (regs["T"], regs["T"], regs["T"] + 1)]


def stub(label, base, template, insn, regs):
    used = sorted({(regs[k] + base, off) for k, off in (("T", T), ("A", A), ("B", B), ("C", C))})
    lines = ["%s:" % label, "mfcr 12", "addi 6,3,%d" % VSCR, "lxvx 51,0,6", "mtvscr 19",
             "lfd 0,%d(3)" % FPSCR, "mtfsf 255,0,1,0"]
    for vsr, off in used:
        lines += ["addi 6,3,%d" % off, "lxvx %d,0,6" % vsr]
    lines += ["ld 7,%d(3)" % BASE, "ld 9,%d(3)" % GPR, "ld 10,%d(3)" % (GPR + 8), "ld 11,%d(3)" % (GPR + 16),
              "ld 6,%d(3)" % CR, "mtcr 6",
              *(with_accumulator(insn, regs) if "acc" in template else
                with_pairs(insn, regs) if sys.argv[1] == "dfp31" else [".balign 8", insn]), "mfcr 6", "std 6,%d(3)" % CR, "std 9,%d(3)" % GPR,
              *([] if "acc" in template else ["addi 6,3,%d" % T, "stxvx %d,0,6" % (regs["T"] + base)]),
              "mffs 0", "stfd 0,%d(3)" % FPSCR,
              "mfvscr 19", "addi 6,3,%d" % VSCR, "stxvx 51,0,6", "mtcr 12", "blr"]
    return lines


FORMATS = ("F_DOUBLE", "F_SINGLE", "F_HALF", "F_QUAD", "F_SINGLE_DOUBLE", "F_AS_SINGLE", "F_INTEGER",
           "F_INTEGER_53", "F_WORD", "F_MEMORY", "F_DFP", "F_DFP_QUAD", "F_DFP_SHORT", "F_BCD", "F_BCD_SIGNED",
           "F_BCD_SIGNED_QUAD", "F_EXPONENT",
           "F_EXPONENT_QUAD")


def main():
    table, base = GROUPS[sys.argv[1]]
    table = sorted((line for line in table if line[0] not in LEFT_OUT), key=lambda line: line[0])
    if sys.argv[1] == "vector":
        table = [line[:3] + (line[3] | X_VECTOR,) for line in table]
    entries = []
    print(".machine power10\n.text")
    for name, template, form, exclude in table:
        sets = immediate_sets(template)
        if len(sets) < 8:
            sets = sets * (8 // len(sets))
        for immediates in sets:
            regs = registers(template, base, sys.argv[1] == "dfp31")
            insn = "%s %s" % (name, operands(template, regs, immediates))
            print("\n".join(stub("t%d" % len(entries), base, template, insn, regs)))
            entries.append((name, FORMATS.index(form), exclude, max(CASES // len(sets), 32)))
    names = sorted({e[0] for e in entries})
    print(".section .rodata")
    for i, name in enumerate(names):
        print('n_%d: .asciz "%s"' % (i, name))
    print(".section .data.rel.ro,\"aw\"\n.balign 8\n.globl tests,test_count\ntests:")
    for i, (name, form, exclude, cases) in enumerate(entries):
        print(".quad n_%d, t%d\n.long %d, %d, %d, 0" % (names.index(name), i, form, exclude, cases))
    print("test_count: .long %d" % len(entries))
    print("""
.text
.globl _start
_start:
	mr 3,1
	lis 2,.TOC.@ha
	addi 2,2,.TOC.@l
	clrrdi 1,1,4
	li 0,0
	stdu 0,-64(1)
	bl harness_main
""")


main()
