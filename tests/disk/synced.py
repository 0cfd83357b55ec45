# SPDX-License-Identifier: GPL-2.0-or-later
"""synced.py OUTPUT IMAGE: the blocks of which the guest said "synced N" are in the image, or later ones."""
import re
import sys

synced = [int(n) for n in re.findall(rb"^synced (\d+)\r?$", open(sys.argv[1], "rb").read(), re.M)]
image = open(sys.argv[2], "rb").read()
if len(synced) < 20:
    sys.exit("no more than %d writes" % len(synced))
for n in synced[-2048:]:
    block = image[n % 2048 * 512:][:14]
    found = re.match(rb"block (\d{8})", block)
    if not found or int(found[1]) < n or (int(found[1]) - n) % 2048:
        sys.exit("block %d: %r" % (n, block))
