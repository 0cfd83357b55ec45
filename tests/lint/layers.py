#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks what the source includes against the layers in ARCHITECTURE.md, and libraries against their homes.

layers.py [ROOT]: one line for each include that is out of order; exit status 1 if there is any.
"""
import pathlib
import re
import sys

# Header of a library: the folders (or files) that may include it.
HOMES = {
    "libfdt.h": ("fdt", "vof"),
    "liburing.h": ("vmm/io",),
    "slirp/libslirp.h": ("vmm/io",),
    "systemd/sd-event.h": ("vmm/io",),
    "systemd/sd-bus.h": ("vmm/machine",),
    "systemd/sd-daemon.h": ("vmm/machine",),
    "systemd/sd-journal.h": ("vmm/base",),
    "seccomp.h": ("seccomp",),
    "cap-ng.h": ("seccomp",),
    "linux/landlock.h": ("seccomp",),
    "linux/kvm.h": ("vmm/kvm", "seccomp"),  # the numbers of its ioctls
    "ini.h": ("vmm/machine",),
    "zlib.h": ("vof",),
    "lzma.h": ("vof",),
    "zstd.h": ("vof",),
    "cmocka.h": ("tests",),
}
# Downwards, and yet not allowed.
NEVER = {"hcalls": ("vmm/kvm", "vmm/interp")}
# Made by the build, in a folder of their own.
GENERATED = ("vof/blob.h",)

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def layers_read(text):
    """{folder or file: layer} of the indented lines below "## Layers" such as "0 vmm/base   1 vmm/mem fdt"."""
    section = text.split("## Layers", 1)[1].split("\n## ", 1)[0]
    layers = {}
    number = None
    for line in section.splitlines():
        if not line.startswith("    "):
            continue
        for word in line.split():
            if word.isdigit():
                number = int(word)
            elif number is not None:
                layers[word] = number
    return layers


def owner(path, layers):
    """The entry of @layers that @path is in, the longest that fits; None if there is none."""
    fits = [e for e in layers if path == e or path.startswith(e + "/")]
    return max(fits, key=len, default=None)


def inside(path, folders):
    return any(path == f or path.startswith(f + "/") for f in folders)


def local_problem(path, name, root, layers):
    if path.startswith("tests/") and ((root / name).is_file() or (root / path).parent.joinpath(name).is_file()):
        return None
    if not (root / name).is_file() and name not in GENERATED:
        return "there is no such file; names are written from the root"
    mine, theirs = owner(path, layers), owner(name, layers)
    if theirs is None:
        return "a program includes nothing from there"
    if mine == theirs:
        return None
    if inside(name, NEVER.get(mine, ())):
        return f"{mine} never includes {theirs}"
    if layers[theirs] == layers[mine]:
        return f"{mine} and {theirs} share layer {layers[mine]} and never include one another"
    if layers[theirs] > layers[mine]:
        return f"{theirs} (layer {layers[theirs]}) lies above {mine} (layer {layers[mine]})"
    return None


def library_problem(path, name):
    homes = HOMES.get(name)
    if homes is None or inside(path, homes) or path.startswith("tests/"):
        return None
    return f"its home is {' and '.join(homes)}"


def sources(root):
    for pattern in ("*.c", "*.h", "*.inc", "*.def", "*.S"):
        for path in sorted(root.rglob(pattern)):
            name = path.relative_to(root).as_posix()
            if not name.startswith(("build/", ".")):
                yield path, name


def check(root):
    layers = layers_read((root / "ARCHITECTURE.md").read_text())
    problems = []
    files = 0
    for path, name in sources(root):
        files += 1
        if not name.startswith("tests/") and owner(name, layers) is None:
            problems.append(f"{name}: its folder is in no layer of ARCHITECTURE.md")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            local, library = found.groups()
            why = local_problem(name, local, root, layers) if local else library_problem(name, library)
            if why:
                problems.append(f"{name}:{number}: {local or library}: {why}")
    return files, problems


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    files, problems = check(root)
    for p in problems:
        print(p)
    print(f"layers: {files} files, {len(problems)} includes out of order")
    return bool(problems) or not files


sys.exit(main())
