#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The cheap checks of the source: layers, licence headers, white space, shell scripts. make lint does more.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages python3 shellcheck
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

# complain TEXT: the lines of $tmp/lines are what TEXT says
complain() {
	[ -s "$tmp/lines" ] || return 0
	bad=$((bad + $(wc -l <"$tmp/lines")))
	sed "s|^|$1: |" "$tmp/lines"
}

# Files that are ours to check: those git knows or would add; all of them where there is no git.
git ls-files -co --exclude-standard >"$tmp/all" 2>/dev/null ||
	find . -path ./build -prune -o -type f -print | sed 's|^\./||' >"$tmp/all"
while read -r f; do
	[ -f "$f" ] && echo "$f"
done <"$tmp/all" >"$tmp/files"
sources='\.([chS]|inc|def|py|sh|mk|lds)$|(^|/)Makefile$|^\.ci/run$|^tests/setup/init$'
grep -E "$sources" "$tmp/files" >"$tmp/sources"
grep -E '\.sh$|^\.ci/run$|^tests/setup/init$' "$tmp/sources" >"$tmp/scripts"

PYTHONDONTWRITEBYTECODE=1 python3 tests/lint/layers.py >"$tmp/layers" || bad=$((bad + 1))
cat "$tmp/layers"

# The check itself: an include upwards, one across, one of a library that lives elsewhere.
mkdir -p "$tmp/tree/vmm/mem" "$tmp/tree/vmm/machine" "$tmp/tree/fdt"
cp ARCHITECTURE.md "$tmp/tree"
: >"$tmp/tree/fdt/desc.h"
: >"$tmp/tree/vmm/machine/config.h"
printf '#include "vmm/machine/config.h"\n#include "fdt/desc.h"\n#include <seccomp.h>\n' >"$tmp/tree/vmm/mem/ram.c"
[ "$(python3 tests/lint/layers.py "$tmp/tree" | grep -c '^vmm/mem/ram.c:[123]:')" -eq 3 ] ||
	{ bad=$((bad + 1)); echo "tests/lint/layers.py misses what is out of order"; }

while read -r f; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || echo "$f"
done <"$tmp/sources" >"$tmp/lines"
complain "no SPDX header"
# LICENSE is not ours to change
grep -vx LICENSE "$tmp/files" | tr '\n' '\0' | xargs -0 grep -InE '[[:space:]]+$' >"$tmp/lines"
complain "space at the end of a line"
tr '\n' '\0' <"$tmp/sources" | xargs -0 awk 'FNR == 1 && NR > 1 && last == "" {print file}
	{last = $0; file = FILENAME} END {if (last == "") print file}' >"$tmp/lines"
complain "empty line at the end"
# -nt is what every sh has; libraries are followed by name
tr '\n' '\0' <"$tmp/scripts" |
	xargs -0 shellcheck -s sh -S warning -e SC3013,SC1090,SC1091 -f gcc >"$tmp/lines" 2>&1
complain "shellcheck"

echo "$(wc -l <"$tmp/sources") sources, $(wc -l <"$tmp/scripts") scripts, $bad findings"
[ "$bad" -eq 0 ] && [ -s "$tmp/scripts" ]
