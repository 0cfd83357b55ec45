#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints which instructions of the ISA the interpreter lacks: coverage.py LIST ISA_LIST

LIST is the output of the program list. Fails if the table has an instruction that ISA_LIST has not, or has at another level.
"""
import sys
import textwrap

from check import base_name

REASONS = {
    "hypervisor": "for hypervisors, which guests are not",
    "transactional": "transactional memory, which is not offered",
    "decimal": "decimal floating point",
    "accelerator": "for accelerators, which are not offered",
    "": "others",
}


def main():
    levels = {}
    for line in open(sys.argv[1]):
        name, *_, level = line.split()
        levels.setdefault(base_name(name), int(level))
    ours = set(levels)
    isa = {}
    for line in open(sys.argv[2]):
        if not line.startswith("#"):
            name, level, *group = line.split()
            isa[name] = (int(level), group[0] if group else "")
    missing = {group: sorted(n for n in isa if n not in ours and isa[n][1] == group)
               for group in REASONS}
    for group, reason in REASONS.items():
        if missing[group]:
            print("isa: not there, %s:" % reason)
            print(textwrap.fill(" ".join(missing[group]), 98, initial_indent="  ",
                                subsequent_indent="  "))
    wrong = sorted(n for n in ours & set(isa) if levels[n] != isa[n][0])
    for name in wrong:
        print("isa: %s is of level %d, not %d" % (name, isa[name][0], levels[name]))
    unknown = sorted(ours - set(isa))
    if unknown:
        print("isa: not in %s: %s" % (sys.argv[2], " ".join(unknown)))
    print("isa: %d of %d instructions of ISA 3.1; not there: %s" % (
        len(ours & set(isa)), len(isa),
        ", ".join("%d %s" % (len(missing[g]), g or "others") for g in REASONS if missing[g])))
    return 1 if unknown or wrong else 0


sys.exit(main())
