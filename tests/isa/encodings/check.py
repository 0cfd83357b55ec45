#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the interpreter's instruction table with the decoding of binutils' objdump.

check.py LIST OBJDUMP: LIST is the output of the program list. Every value of the primary opcode, the low
eleven bits and the field 11:15 is tried, with some values of the other fields. Fails if one side decodes a
word as another instruction than the other side does, if a mnemonic of the table is never seen, or if two
lines of the table match the same word and the first is not a special case of the second. Words that
objdump does not know (reserved bits) do not count. Prefixed instructions: every type of prefix with every
primary opcode of the suffix, and each line of the table, with random other bits.
"""
import random
import struct
import subprocess
import sys
import tempfile

EXTENDED = (4, 19, 31, 59, 60, 63)  # primary opcodes whose field 11:15 may be an opcode, too
# Lines of the table that are one form of an instruction, and a line of its own only for speed.
FORM_OF = {
    "bctr": "bcctr", "bctrl": "bcctrl", "blr": "bclr",
    "cmpw": "cmp", "cmpd": "cmp", "cmplw": "cmpl", "cmpld": "cmpl",
    "cmpwi": "cmpi", "cmpdi": "cmpi", "cmplwi": "cmpli", "cmpldi": "cmpli",
    "lwsync": "sync", "priority_low": "or", "priority_very_low": "or", "priority_medium": "or",
    "mflr": "mfspr", "mfctr": "mfspr", "mtlr": "mtspr", "mtctr": "mtspr",
}
# What objdump prints for a form of an instruction.
THEIR_FORM_OF = {"mtocrf": "mtcrf", "dcbzl": "dcbz", "dssall": "dss", "dstt": "dst", "dststt": "dstst",
                 "dmsetaccz": "xxsetaccz"}
# Forms with reserved fields that objdump decodes and the table does not.
NARROWER = {"addex"}
# Those that objdump has at another level than the ISA's server processors: icbt and lq were there before, for
# others and for the supervisor.
OTHER_LEVEL = {"icbt", "lq", "stq", "vabsdub", "vabsduh", "vabsduw"}
# Phased out, and no longer decoded by objdump for the processor asked for.
UNKNOWN = {"mftb"}


def base_name(name):
    name = name.removeprefix("nop_")
    return FORM_OF.get(name, name)


def table_read(path):
    """Lines of words, and of prefixed instructions with the fixed bits of both words as one number."""
    lines, prefixed = [], []
    for line in open(path):
        name, *numbers, isa = line.split()
        numbers = [int(n, 16) for n in numbers]
        if len(numbers) == 2:
            lines.append((name, *numbers, int(isa)))
        else:
            prefixed.append((name, numbers[0] << 32 | numbers[2], numbers[1] << 32 | numbers[3], int(isa)))
    return lines, prefixed


def words_make():
    rnd = random.Random(1)
    words = []
    for primary in range(64):
        for low in range(2048):
            base = primary << 26 | low
            words.append(base)
            for a in range(32) if primary in EXTENDED else (0, 9, 20):
                words.append(base | a << 16)
                words.append(base | a << 16 | rnd.getrandbits(5) << 21 | rnd.getrandbits(5) << 11)
    return words


def pairs_make(prefixed):
    rnd = random.Random(2)
    pairs = []
    for kind in range(4):
        for sub in range(16):
            for primary in range(64):
                for _ in range(4):
                    pairs.append((1 << 26 | kind << 24 | sub << 20 | rnd.getrandbits(20)) << 32 |
                                 primary << 26 | rnd.getrandbits(26))
    for _, match, mask, _ in prefixed:
        # objdump wants zeros in the fields that processors ignore
        for free in (0xffffffff, 0x0013ffff, 0x0000ffff, 0x000000ff, 0x0000f0ff, 0x0000c0ff, 0x0000c0fc, 0):
            for _ in range(32):
                pairs.append(match | (rnd.getrandbits(64) & ~mask & (free << 32 | 0xffffffff)))
    return pairs


def disassemble(objdump, words, cpu="power10"):
    names = disassemble_binary(objdump, b"".join(struct.pack("<I", w) for w in words), cpu)
    assert len(names) == len(words)
    return list(names.values())


def disassemble_pairs(objdump, pairs):
    binary = b"".join(struct.pack("<II", p >> 32, p & 0xffffffff) for p in pairs)
    names = disassemble_binary(objdump, binary, "power10")
    return [names[8 * i] for i in range(len(pairs))]


def disassemble_binary(objdump, binary, cpu):
    """Mnemonics by address."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.write(binary)
        f.flush()
        out = subprocess.run([objdump, "-D", "-z", "-b", "binary", "-m", "powerpc:common64", "-EL",
                              "-M%s,raw" % cpu, f.name], check=True, capture_output=True, text=True).stdout
    names = {}
    for line in out.splitlines():
        if line.count("\t") >= 2:
            address, _, text = line.split("\t")[:3]
            names[int(address.rstrip(": "), 16)] = their_name(text.split()[0].rstrip("+-"))
    return names


def their_name(name):
    """What later processors call dense math is MMA."""
    if name.startswith(("dmxv", "dmxxm")):
        name = name[2:]
    name = name.replace("pmdmxv", "pmxv")
    return THEIR_FORM_OF.get(name, name)


class Decoder:
    def __init__(self, table):
        self.by_primary = {}
        for line in table:
            self.by_primary.setdefault(line[1] >> 26, []).append(line)
        self.cache = {}

    def candidates(self, word):
        key = (word >> 26, word & 0x7ff)
        if key not in self.cache:
            self.cache[key] = [t for t in self.by_primary.get(word >> 26, ())
                               if (word ^ t[1]) & t[2] & 0x7ff == 0]
        return self.cache[key]

    def find(self, word):
        """The name of the first line that matches, and others that match and are not more general."""
        lines = [t for t in self.candidates(word) if (word & t[2]) == t[1]]
        if not lines:
            return None, []
        return lines[0][0], [t[0] for t in lines[1:] if lines[0][2] == t[2] or lines[0][2] & t[2] != t[2]]


def prefixed_find(table, pair):
    names = [t[0] for t in table if (pair & t[2]) == t[1]]
    # relative to the instruction, but with a base register
    relative = pair >> 52 & 1 and pair >> 56 & 1 == 0 and pair >> 16 & 0x1f
    return None if relative or not names else " and ".join(names)


def prefixed_check(objdump, table, seen, errors):
    pairs = pairs_make(table)
    for pair, theirs in zip(pairs, disassemble_pairs(objdump, pairs)):
        name = prefixed_find(table, pair)
        if theirs == ".long" or theirs == ".quad":
            continue
        if name == theirs:
            seen.add(theirs)
        else:
            errors.setdefault("decoded as %s, should be %s" % (name, theirs), pair)
    return len(pairs)


def levels_check(objdump, table, samples, errors):
    """Each processor's objdump knows the instructions of its level, and of none above."""
    levels = {}
    for name, _, _, isa in table:
        levels.setdefault(base_name(name), isa)
    words = list(samples.items())
    for cpu, level in (("power7", 206), ("power8", 207), ("power9", 300)):
        for (name, word), theirs in zip(words, disassemble(objdump, [w for _, w in words], cpu)):
            if (theirs == name) != (levels[name] <= level) and name not in OTHER_LEVEL:
                errors.setdefault("%s is %sof %s" % (name, "" if theirs == name else "not ", cpu), word)


def main():
    table, prefixed = table_read(sys.argv[1])
    known = {base_name(t[0]) for t in table}
    decoder = Decoder(table)
    words = words_make()
    seen, errors, samples = set(), {}, {}
    for word, theirs in zip(words, disassemble(sys.argv[2], words)):
        name, others = decoder.find(word)
        if others:
            errors.setdefault("%s is also %s" % (name, " ".join(others)), word)
        if theirs == ".long":
            continue
        if name and base_name(name) == theirs:
            seen.add(theirs)
            samples.setdefault(theirs, word)
        elif name:
            errors.setdefault("decoded as %s, should be %s" % (name, theirs), word)
        elif theirs in known - NARROWER:
            errors.setdefault("not decoded as " + theirs, word)
    levels_check(sys.argv[2], table, samples, errors)
    pairs = prefixed_check(sys.argv[2], prefixed, seen, errors)
    known |= {t[0] for t in prefixed}
    for name in sorted(known - seen - UNKNOWN):
        errors.setdefault("never seen: " + name, 0)
    for text, word in sorted(errors.items()):
        print("encodings: %s (%08x)" % (text, word))
    print("encodings: %d instructions, %d words and pairs, %d errors" % (
        len(known), len(words) + pairs, len(errors)))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
