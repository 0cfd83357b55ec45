#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the assembly of one group's stubs, one for each variant of each instruction: gen.py GROUP

The groups are vmx, vsx, and those of ISA 3.1, vmx31 and vsx31. An operand template lists an instruction's
operands. Registers: T A B C vectors of the state (as VRs in the groups vmx and vmx31, VSRs in the others), vB
forced to be a VR; T2 a pair of VSRs, T and A; g the result in a GPR, x the index and b the base in GPRs; p a
base that is 0; D(b) and D(R) a displacement of 34 bits from b or from the instruction. Anything else is a
range of immediates: i16 is 0 to 15, s5 is -16 to 15, n6 is 2 to 7, w a few words, m a few halfwords, k the
constants of lxvkq.
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


VMX31 = (
    each("brh brw brd", "g x") + each("setbc setbcr setnbc setnbcr", "g i32") +
    each("cfuged cntlzdm cnttzdm pdepd pextd", "g x b") +
    each("""vmulhsw vmulhuw vmulhsd vmulhud vmulld vmulesd vmuleud vmulosd vmuloud vcmpequq vcmpgtuq vcmpgtsq
            vcmpequq. vcmpgtuq. vcmpgtsq. vrlq vrlqmi vrlqnm vslq vsrq vsraq vcfuged vpdepd vpextd vclzdm
            vctzdm""", "T A B") +
    each("vdivsw vdivuw vmodsw vmoduw", "T A B", "K_DIVIDE_32") +
    each("vdivsd vdivud vmodsd vmodud", "T A B", "K_DIVIDE_64") +
    each("vdivsq vdivuq vmodsq vmoduq", "T A B", "K_DIVIDE_128") +
    each("vdivesw vdiveuw", "T A B", "K_DIVIDE_EXT_32") + each("vdivesd vdiveud", "T A B", "K_DIVIDE_EXT_64") +
    each("vdivesq vdiveuq", "T A B", "K_DIVIDE_EXT_128") +
    each("vmsumcud", "T A B C") + each("vcmpsq vcmpuq", "i8 A B") +
    each("""vextsd2q vstribl vstribr vstrihl vstrihr vstribl. vstribr. vstrihl. vstrihr. vexpandbm vexpandhm
            vexpandwm vexpanddm vexpandqm""", "T B") +
    each("vextractbm vextracthm vextractwm vextractdm vextractqm", "g B") + each("vgnb", "g B n6") +
    each("vclrlb vclrrb", "T A x", "K_SMALL") + each("vclrlb vclrrb", "T A x") +
    each("vinsblx vinsbrx", "T x b", "K_INDEX_8") + each("vinshlx vinshrx", "T x b", "K_INDEX_16") +
    each("vinswlx vinswrx", "T x b", "K_INDEX_32") + each("vinsdlx vinsdrx", "T x b", "K_INDEX_64") +
    each("vinsbvlx vinsbvrx", "T x B", "K_INDEX_8") + each("vinshvlx vinshvrx", "T x B", "K_INDEX_16") +
    each("vinswvlx vinswvrx", "T x B", "K_INDEX_32") + each("vinsw", "T b i13") + each("vinsd", "T b i9") +
    each("vextdubvlx vextdubvrx", "T A B x", "K_PAIR_8") + each("vextduhvlx vextduhvrx", "T A B x", "K_PAIR_16") +
    each("vextduwvlx vextduwvrx", "T A B x", "K_PAIR_32") + each("vextddvlx vextddvrx", "T A B x", "K_PAIR_64") +
    each("vsldbi vsrdbi", "T A B i8") + each("mtvsrbm mtvsrhm mtvsrwm mtvsrdm mtvsrqm", "T x") +
    each("mtvsrbmi", "T m") + each("vcntmbb vcntmbh vcntmbw vcntmbd", "g B i2"))

VSX31 = (
    each("xxpermx", "T A B C i8") + each("xxeval", "T A B C i256") +
    each("xxblendvb xxblendvh xxblendvw xxblendvd", "T A B C") +
    each("xxspltiw xxspltidp", "T w") + each("xxsplti32dx", "T i2 w") + each("lxvkq", "T k") +
    each("xxgenpcvbm xxgenpcvhm xxgenpcvwm xxgenpcvdm", "T vB i4", "K_ZERO_T") + each("xvtlsbb", "i8 B") +
    each("lxvrbx lxvrhx lxvrwx lxvrdx stxvrbx stxvrhx stxvrwx stxvrdx", "T b x", "K_MEMORY") +
    each("lxvrbx lxvrhx lxvrwx lxvrdx stxvrbx stxvrhx stxvrwx stxvrdx", "T p x", "K_MEMORY_0") +
    each("lxvp stxvp", "T2 16(b)", "K_MEMORY") + each("lxvpx stxvpx", "T2 b x", "K_MEMORY_PAIR") +
    each("plxvp pstxvp", "T2 D(b)", "K_MEMORY") + each("plxv pstxv", "T D(b)", "K_MEMORY") +
    each("plbz plhz plha plwz plwa pld pstb psth pstw pstd paddi'", "g D(b)", "K_MEMORY") +
    each("plbz plhz plha plwz plwa pld paddi'", "g D(R)") + each("plxv", "T D(R)") + each("plxvp", "T2 D(R)") +
    each("plfs plfd plxsd' plxssp'", "T D(b)", "K_MEMORY_DW0") +
    each("pstfs pstfd pstxsd' pstxssp'", "T D(b)", "K_MEMORY") + each("pnop'", ""))

WORDS = [0, 1, 0x3f800000, 0xffffffff, 0x7f800000, 0xc2f6e979] + [rnd.getrandbits(32) | 0x08000000 for _ in range(4)]
HALFWORDS = [0, 1, 2, 0x8000, 0xffff] + [rnd.getrandbits(16) for _ in range(11)]
QUAD_CONSTANTS = list(range(1, 10)) + list(range(16, 25))
GROUPS = {"vmx": VMX, "vsx": VSX, "vmx31": VMX31, "vsx31": VSX31}


def registers(group, template, alias):
    """Numbers for T, A, B, C: all different, or with alias perhaps two that the template uses the same."""
    count = 32 if group.startswith("vmx") else 64
    forbidden = 19 if group.startswith("vmx") else 32 + 19  # for the VSCR
    if "vB" in template or "T2" in template or "D(" in template:
        low = [n for n in range(0, 32, 2)]
        t = rnd.choice(low)
        return {"T": t, "A": t + 1, "B": rnd.randrange(52, 64), "C": rnd.randrange(32, 51)}
    first = 0
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
        elif item == "T2":
            out.append(str(regs["T"]))
        elif item == "vB":
            out.append(str(regs["B"] - 32))
        elif item == "16(b)":
            out.append("16(7)")
        elif item == "D(b)":
            out.append("%d(7)" % DISPLACEMENT)
        elif item == "D(R)":
            out.append("%d(0),1" % DISPLACEMENT_R)
        elif item[0] in "isnwmk":
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
        elif item[0] == "n":
            sets = [s + (v,) for s in sets for v in range(2, 2 + int(item[1:]))]
        elif item[0] in "wmk":
            values = {"w": WORDS, "m": HALFWORDS, "k": QUAD_CONSTANTS}[item]
            sets = [s + (v,) for s in sets for v in values]
        elif item[0] == "s":
            half = 1 << (int(item[1:]) - 1)
            sets = [s + (v,) for s in sets for v in range(-half, half)]
    return sets


# From the base register, which the stub moves away by as much, and back from the table of constants.
DISPLACEMENT = 0x123456789
DISPLACEMENT_R = -64


def prefixed(insn, template):
    """The instruction within its 64 bytes, and what comes before it."""
    name, _, rest = insn.partition(" ")
    name = name.rstrip("'")
    if name == "paddi":
        target, _, address = rest.partition(",")
        value, _, base = address.partition("(")
        base, _, relative = base.partition(")")
        rest = "%s,%s,%s%s" % (target, base, value, relative)
    lines = ["paddi 7,7,-%d" % DISPLACEMENT] if "D(b)" in template else []
    if name in ("plxsd", "plxssp", "pstxsd", "pstxssp"):  # of VRs: the state has VSRs
        vsr, _, address = rest.partition(",")
        lines += ["xxlor 32,%s,%s" % (vsr, vsr), ".balign 64", "%s 0,%s" % (name, address)]
        return lines + (["xxlor %s,32,32" % vsr] if name.startswith("pl") else [])
    if "D(R)" in template:  # 64 bytes of constants before it
        lines += ["b 1f", ".balign 64", *(".quad 0x%x" % (0x8192a3b4c5d6e7f8 ^ i * 0x1f2e3d4c5b6a798)
                                          for i in range(8)), "1:"]
        return lines + ["%s %s" % (name, rest)]
    return lines + [".balign 64", "%s %s" % (name, rest)]


def stub(label, group, template, insn, regs):
    base = 32 if group.startswith("vmx") else 0
    used = sorted({(regs[k] + base, off) for k, off in (("T", T), ("A", A), ("B", B), ("C", C))})
    lines = ["%s:" % label, "mfcr 12", "addi 6,3,%d" % VSCR, "lxvx 51,0,6", "mtvscr 19"]
    for vsr, off in used:
        lines += ["addi 6,3,%d" % off, "lxvx %d,0,6" % vsr]
    lines += ["ld 7,%d(3)" % BASE, "ld 8,%d(3)" % INDEX, "ld 9,%d(3)" % GPR, "ld 6,%d(3)" % CR, "mtcr 6",
              *(prefixed(insn, template) if group == "vsx31" else [insn]),
              "std 9,%d(3)" % GPR, "mfcr 6", "std 6,%d(3)" % CR,
              "addi 6,3,%d" % T, "stxvx %d,0,6" % (regs["T"] + base),
              *(["addi 6,3,%d" % A, "stxvx %d,0,6" % (regs["A"] + base)] if "T2" in template else []),
              "mfvscr 19", "addi 6,3,%d" % VSCR, "stxvx 51,0,6", "mtcr 12", "blr"]
    return lines


def main():
    group = sys.argv[1]
    table = GROUPS[group]
    text, entries = [".machine power%d" % (10 if group.endswith("31") else 9), ".text"], []
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
            text += stub(label, group, template, "%s %s" % (name, ",".join(fields)), regs)
            cases = CASES // 4 if group.endswith("31") else CASES
            entries.append((name.rstrip("'"), label, kind, max(cases // len(sets), 16)))
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
