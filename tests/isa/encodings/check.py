#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the interpreter's instruction table with the decoding of binutils' objdump.

check.py LIST OBJDUMP: LIST is the output of the program list. Every value of the primary opcode, the low
eleven bits and the field 11:15 is tried, with some values of the other fields. Fails if one side decodes a
word as another instruction than the other side does, if a mnemonic of the table is never seen, or if two
lines of the table match the same word and the first is not a special case of the second. Words that
objdump does not know (reserved bits) do not count.
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
    "mflr": "mfspr", "mfctr": "mfspr", "mtlr": "mtspr", "mtctr": "mtspr",
}
# What objdump prints for a form of an instruction.
THEIR_FORM_OF = {"mtocrf": "mtcrf", "dcbzl": "dcbz", "dssall": "dss", "dstt": "dst", "dststt": "dstst"}
# Forms with reserved fields that objdump decodes and the table does not.
NARROWER = {"addex"}
# Phased out, and no longer decoded by objdump for the processor asked for.
UNKNOWN = {"mftb"}


def base_name(name):
    name = name.removeprefix("nop_")
    return FORM_OF.get(name, name)


def table_read(path):
    lines = []
    for line in open(path):
        name, match, mask, isa = line.split()
        lines.append((name, int(match, 16), int(mask, 16), int(isa)))
    return lines


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


def disassemble(objdump, words):
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.write(b"".join(struct.pack("<I", w) for w in words))
        f.flush()
        out = subprocess.run([objdump, "-D", "-z", "-b", "binary", "-m", "powerpc:common64", "-EL",
                              "-Mpower10,raw", f.name], check=True, capture_output=True, text=True).stdout
    names = [line.split("\t")[2].split()[0] for line in out.splitlines() if line.count("\t") >= 2]
    assert len(names) == len(words)
    return [THEIR_FORM_OF.get(n.rstrip("+-"), n.rstrip("+-")) for n in names]


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


def main():
    table = table_read(sys.argv[1])
    known = {base_name(t[0]) for t in table}
    decoder = Decoder(table)
    words = words_make()
    seen, errors = set(), {}
    for word, theirs in zip(words, disassemble(sys.argv[2], words)):
        name, others = decoder.find(word)
        if others:
            errors.setdefault("%s is also %s" % (name, " ".join(others)), word)
        if theirs == ".long":
            continue
        if name and base_name(name) == theirs:
            seen.add(theirs)
        elif name:
            errors.setdefault("decoded as %s, should be %s" % (name, theirs), word)
        elif theirs in known - NARROWER:
            errors.setdefault("not decoded as " + theirs, word)
    for name in sorted(known - seen - UNKNOWN):
        errors.setdefault("never seen: " + name, 0)
    for text, word in sorted(errors.items()):
        print("encodings: %s (%08x)" % (text, word))
    print("encodings: %d instructions, %d words, %d errors" % (len(known), len(words), len(errors)))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
