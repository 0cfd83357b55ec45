#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares what paprika prints with the files in expected/, and device trees with what dtc makes of them:
# run.sh [BUILD_DIR] [update]. With update the files become what it prints now; look at the difference.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 1
. tests/setup/lib.sh
install_packages device-tree-compiler
case ${1:-build} in
/*) P=$1/paprika ;;
*) P=$top/${1:-build}/paprika ;;
esac
update=${2:-}
expected=$top/tests/golden/expected
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/got"
count=0
bad=0

golden() { # NAME COMMAND...
	name=$1
	shift
	"$@" >"$tmp/got/$name" 2>"$tmp/err" </dev/null
	status=$?
	cat "$tmp/err" >>"$tmp/got/$name"
	echo "status $status" >>"$tmp/got/$name"
	count=$((count + 1))
}

# What dtc warns of without need: LoPAR wants both cells in /ibm,platform-facilities, whose children have no
# address.
NO_WARNING="-W no-avoid_unnecessary_addr_size"

# tree NAME OPTION...: dtc takes the blob without a word, and the text makes the same blob.
tree() {
	name=$1
	shift
	count=$((count + 1))
	# shellcheck disable=SC2086
	if ! "$P" fdt -o "$tmp/$name.dtb" "$@" ||
		! dtc $NO_WARNING -I dtb -O dts -s -o "$tmp/$name.blob" "$tmp/$name.dtb" 2>"$tmp/err" ||
		[ -s "$tmp/err" ]; then
		bad=$((bad + 1))
		echo "$name: dtc says of the blob:"
		cat "$tmp/err"
	fi
	# shellcheck disable=SC2086
	if ! "$P" fdt "$@" | dtc $NO_WARNING -I dts -O dtb |
		dtc $NO_WARNING -I dtb -O dts -s -o "$tmp/$name.text" ||
		! cmp "$tmp/$name.blob" "$tmp/$name.text"; then
		bad=$((bad + 1))
		echo "$name: the text is not the blob's"
	fi
}

cd "$tmp" || exit 1
. "$top/tests/golden/cases.sh"
if [ "$update" = update ]; then
	rm -rf "$expected"
	cp -r "$tmp/got" "$expected"
	echo "$count files written to tests/golden/expected"
	exit 0
fi
diff -ru "$expected" "$tmp/got" || bad=$((bad + $(diff -rq "$expected" "$tmp/got" | wc -l)))
tree tree-default
tree tree-no-defaults --no-defaults
tree tree-consoles --console null --console null --name x --cmdline 'a "b" \c'
tree tree-rng-off --rng off
echo "$count outputs compared, $bad differ"
[ "$bad" -eq 0 ]
