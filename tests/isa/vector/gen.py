#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the assembly of one group's stubs, one for each variant of each instruction: gen.py vmx|vsx

An operand template lists an instruction's operands. Registers: T A B C vectors of the state (as VRs in the
group vmx, VSRs in vsx), with v forced to be VRs; g the result in a GPR, x the index and b the base in GPRs;
p a base that is 0. Anything else is a range of immediates: i16 is 0 to 15, s5 is -16 to 15.
"""
import random
import sys

CASES = 12288
# QEMU 7.2 writes the target before it has read all sources.
NO_ALIAS = ("bcdcpsgn.", "bcdctsq.", "bcdsr.", "bcdus.", "vrldmi")
rnd = random.Random(4)

# offsets in struct state
T, A, B, C, VSCR, MEMORY, BASE, INDEX, GPR, CR = 0, 16, 32, 48, 64, 80, 144, 152, 160, 168


def each(names, template, kind="K_PLAIN"):
    return [(name, template, kind) for name in names.split()]


VMX = (
    each("""vaddubm vadduhm vadduwm vaddudm vadduqm vaddcuq vaddcuw vaddubs vadduhs vadduws vaddsbs vaddshs
            vaddsws vsububm vsubuhm vsubuwm vsubudm vsubuqm vsubcuq vsubcuw vsububs vsubuhs vsubuws vsubsbs
            vsubshs vsubsws vmaxub vmaxuh vmaxuw vmaxud vmaxsb vmaxsh vmaxsw vmaxsd vminub vminuh vminuw
            vminud vminsb vminsh vminsw vminsd vavgub vavguh vavguw vavgsb vavgsh vavgsw vabsdub vabsduh
            vabsduw vand vandc vor vxor vnor vorc vnand veqv vrlb vrlh vrlw vrld vslb vslh vslw vsld vsrb
            vsrh vsrw vsrd vsrab vsrah vsraw vsrad vsrv vslv vrlwmi vrlwnm vrldnm
            vcmpequb vcmpequh vcmpequw vcmpequd vcmpgtub vcmpgtuh vcmpgtuw vcmpgtud vcmpgtsb vcmpgtsh
            vcmpgtsw vcmpgtsd vcmpneb vcmpneh vcmpnew vcmpnezb vcmpnezh vcmpnezw
            vcmpequb. vcmpequh. vcmpequw. vcmpequd. vcmpgtub. vcmpgtuh. vcmpgtuw. vcmpgtud. vcmpgtsb.
            vcmpgtsh. vcmpgtsw. vcmpgtsd. vcmpneb. vcmpneh. vcmpnew. vcmpnezb. vcmpnezh. vcmpnezw.
            vmrghb vmrghh vmrghw vmrglb vmrglh vmrglw vmrgow vmrgew
            vmuleub vmuleuh vmuleuw vmulesb vmulesh vmulesw vmuloub vmulouh vmulouw vmulosb vmulosh vmulosw
            vmuluwm vsum4ubs vsum4sbs vsum4shs vsum2sws vsumsws
            vpkuhum vpkuwum vpkudum vpkuhus vpkuwus vpkudus vpkshus vpkswus vpksdus vpkshss vpkswss vpksdss
            vpkpx vbpermq vbpermd vcipher vcipherlast vncipher vncipherlast vpmsumb vpmsumh vpmsumw
            vpmsumd""", "T A B") +
    each("vrldmi", "T A B", "K_ZERO_T") +
    each("vsl vsr vslo vsro", "T A B", "K_SPLAT_B") +
    each("""vaddeuqm vaddecuq vsubeuqm vsubecuq vmladduhm vmhaddshs vmhraddshs vmsumubm vmsummbm vmsumuhm
            vmsumuhs vmsumshm vmsumshs vmsumudm vperm vpermr vsel vpermxor""", "T A B C") +
    each("""vnegw vnegd vupkhsb vupkhsh vupkhsw vupklsb vupklsh vupklsw vupkhpx vupklpx vextsb2w vextsh2w
            vextsb2d vextsh2d vextsw2d vclzb vclzh vclzw vclzd vctzb vctzh vctzw vctzd vpopcntb vpopcnth
            vpopcntw vpopcntd vprtybw vprtybd vprtybq vgbbd""", "T B") +
    each("vmul10cuq vmul10uq vsbox", "T A") +
    each("vmul10ecuq vmul10euq", "T A B", "K_DIGIT_B") +
    each("vsldoi", "T A B i16") + each("vshasigmaw vshasigmad", "T A i2 i16") +
    each("vspltb", "T B i16") + each("vsplth", "T B i8") + each("vspltw", "T B i4") +
    each("vspltisb vspltish vspltisw", "T s5") +
    each("vextractub vinsertb", "T B i16") + each("vextractuh vinserth", "T B i15") +
    each("vextractuw vinsertw", "T B i13") + each("vextractd vinsertd", "T B i9") +
    each("vextublx vextubrx", "g x B", "K_INDEX_8") + each("vextuhlx vextuhrx", "g x B", "K_INDEX_16") +
    each("vextuwlx vextuwrx", "g x B", "K_INDEX_32") + each("vclzlsbb vctzlsbb", "g B") +
    each("mfvscr", "T") + each("mtvscr", "B") +
    each("bcdadd. bcdsub.", "T A B i2", "K_PACKED_SUM") + each("bcdcpsgn.", "T A B", "K_PACKED") +
    each("bcds.", "T A B i2", "K_PACKED_SHIFT") + each("bcdsr.", "T A B i2", "K_PACKED_ROUND") +
    each("bcdus.", "T A B", "K_UNSIGNED_SHIFT") +
    each("bcdtrunc.", "T A B i2", "K_PACKED_LEN") + each("bcdutrunc.", "T A B", "K_UNSIGNED_LEN") +
    each("bcdctsq.", "T B", "K_PACKED") + each("bcdctn.", "T B", "K_PACKED_VALID") +
    each("bcdctz. bcdsetsgn.", "T B i2", "K_PACKED_VALID") +
    each("bcdcfsq.", "T B i2", "K_QUAD") + each("bcdcfn.", "T B i2", "K_NATIONAL") +
    [("bcdcfz.", "T B 0", "K_ZONED"), ("bcdcfz.", "T B 1", "K_ZONED_PS")] +
    each("lvsl lvsr", "T b x", "K_MEMORY") + each("lvsl lvsr", "T p x", "K_MEMORY_0"))

for bits, suffix in ((8, "bx"), (16, "hx"), (32, "wx")):
    VMX += each("lve" + suffix, "T b x", "K_ELEMENT_%d" % bits)
    VMX += each("stve" + suffix, "T b x", "K_MEMORY") + each("stve" + suffix, "T p x", "K_MEMORY_0")

VSX = (
    each("xxland xxlandc xxlor xxlxor xxlnor xxlorc xxlnand xxleqv xxmrghw xxmrglw xxperm xxpermr", "T A B") +
    each("xxsel", "T A B C") + each("xxpermdi xxsldwi", "T A B i4") + each("xxspltw", "T B i4") +
    each("xxspltib", "T i256") + each("xxextractuw xxinsertw", "T B i13") +
    each("xxbrh xxbrw xxbrd xxbrq", "T B") +
    each("mfvsrd mfvsrwz mfvsrld", "g' B") + each("mtvsrd mtvsrwa mtvsrwz", "T x", "K_DW0") +
    each("mtvsrws", "T x") + each("mtvsrdd", "T b x") + each("mtvsrdd", "T p x") +
    each("lxvw4x stxvw4x lxvdsx lxvh8x stxvh8x lxvb16x stxvb16x lxvwsx stxsibx stxsihx",
         "T b x", "K_MEMORY") + each("lxsibzx lxsihzx", "T b x", "K_MEMORY_DW0") +
    each("lxvw4x stxvh8x lxvb16x lxvwsx stxsibx", "T p x", "K_MEMORY_0") +
    each("lxvl lxvll stxvl stxvll", "T b x", "K_MEMORY_LEN"))


def registers(group, template, alias):
    """Numbers for T, A, B, C: all different, or with alias perhaps two that the template uses the same."""
    first, count = (0, 32) if group == "vmx" else (0, 64)
    forbidden = 19 if group == "vmx" else 32 + 19  # for the VSCR
    numbers = rnd.sample([n for n in range(first, first + count) if n != forbidden], 4)
    t, a, b, c = numbers
    choices = [(t, a, b, c)]
    if alias:
        choices += [(t, t, b, c), (t, a, t, c), (t, a, a, c)] * ("A" in template)
        choices += [(t, a, t, c)] * ("A" not in template and "B" in template)
        choices += [(t, a, b, t), (t, a, b, b)] * ("C" in template)
    return dict(zip("TABC", rnd.choice(choices)))


def operands(template, regs, immediates):
    out = []
    immediates = iter(immediates)
    for item in template.split():
        if item in regs:
            out.append(str(regs[item]))
        elif item[0] in "is":
            out.append(str(next(immediates)))
        else:
            out.append({"g": "9", "g'": "9", "x": "8", "b": "7", "p": "0"}.get(item, item))
    return ",".join(out)


def immediate_sets(template):
    """Every combination of the immediates."""
    sets = [()]
    for item in template.split():
        if item[0] == "i":
            sets = [s + (v,) for s in sets for v in range(int(item[1:]))]
        elif item[0] == "s":
            half = 1 << (int(item[1:]) - 1)
            sets = [s + (v,) for s in sets for v in range(-half, half)]
    return sets


def stub(label, group, insn, regs):
    base = 32 if group == "vmx" else 0
    used = sorted({(regs[k] + base, off) for k, off in (("T", T), ("A", A), ("B", B), ("C", C))})
    lines = ["%s:" % label, "mfcr 12", "addi 6,3,%d" % VSCR, "lxvx 51,0,6", "mtvscr 19"]
    for vsr, off in used:
        lines += ["addi 6,3,%d" % off, "lxvx %d,0,6" % vsr]
    lines += ["ld 7,%d(3)" % BASE, "ld 8,%d(3)" % INDEX, "ld 9,%d(3)" % GPR, "ld 6,%d(3)" % CR, "mtcr 6",
              insn,
              "std 9,%d(3)" % GPR, "mfcr 6", "std 6,%d(3)" % CR,
              "addi 6,3,%d" % T, "stxvx %d,0,6" % (regs["T"] + base),
              "mfvscr 19", "addi 6,3,%d" % VSCR, "stxvx 51,0,6", "mtcr 12", "blr"]
    return lines


def main():
    group = sys.argv[1]
    table = VMX if group == "vmx" else VSX
    text, entries = [".machine power9", ".text"], []
    for name, template, kind in table:
        sets = immediate_sets(template)
        if len(sets) < 8:
            sets = sets * (8 // len(sets))
        for immediates in sets:
            regs = registers(group, template, name not in NO_ALIAS)
            fields = operands(template, regs, immediates).split(",")
            if "g'" in template:  # mfvsrd RA,XS
                fields = ["9", str(regs["B"])]
            label = "t%d" % len(entries)
            text += stub(label, group, "%s %s" % (name, ",".join(fields)), regs)
            entries.append((name, label, kind, CASES // len(sets)))
    write(text, entries)


KINDS = [line.split(",")[0].split("=")[0].strip() for line in
         open(sys.path[0] + "/harness.h").read().split("enum kind {")[1].split("};")[0].splitlines()
         if line.strip().startswith("K_")]


def write(text, entries):
    print("\n".join(text))
    names = sorted({e[0] for e in entries})
    print(".section .rodata")
    for name in names:
        print('n_%d: .asciz "%s"' % (names.index(name), name))
    print(".section .data.rel.ro,\"aw\"\n.balign 8\n.globl tests,test_count\ntests:")
    for name, label, kind, cases in entries:
        print(".quad n_%d, %s\n.long %d, %d" % (names.index(name), label, KINDS.index(kind), cases))
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
