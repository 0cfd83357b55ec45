#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make install into an empty folder: what lands there works, and the manual knows what the program takes.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages groff-base
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
count=0

# check NAME COMMAND...: the command succeeds
check() {
	name=$1
	shift
	count=$((count + 1))
	"$@" >"$tmp/out" 2>&1 && return 0
	bad=$((bad + 1))
	echo "$name:"
	cat "$tmp/out"
}

warnings() { # PAGE: 0 if groff has none
	[ -z "$(groff -ww -man -Tutf8 "$1" 2>&1 >/dev/null)" ]
}

options() { # COMMAND: its options' names
	build/paprika "$1" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p'
}

# systemd's own check, of a unit that starts the program of this build
unit_verify() {
	sed "s|/usr/bin/|$PWD/build/|" packaging/paprika@.service >"$tmp/paprika@test.service"
	systemd-analyze verify --man=no "$tmp/paprika@test.service" 2>"$tmp/verify"
	! grep 'paprika@' "$tmp/verify"
}

make -s install DESTDIR="$tmp/root" PREFIX=/usr || exit 1
for f in bin/paprika share/man/man1/paprika.1 share/man/man5/paprika.conf.5 \
	lib/systemd/system/paprika@.service share/doc/paprika/examples/example.conf; do
	check "$f is installed" test -s "$tmp/root/usr/$f"
done
check "the installed program runs" "$tmp/root/usr/bin/paprika" --version
version=$(build/paprika --version)
for page in man/*.[15]; do
	check "$page has no warnings" warnings "$page"
	check "$page is of $version" grep -q "\"$version\"" "$page"
done
for command in run fdt host; do
	for option in $(options $command); do
		escaped=$(echo "--$option" | sed 's/-/\\\\-/g')
		check "--$option is in man/paprika.1" grep -q -- "$escaped" man/paprika.1
	done
done
for option in $(options run); do
	case $option in config | help) continue ;; esac
	check "$option is in man/paprika.conf.5" grep -qw -- "$option" man/paprika.conf.5
done
sed -e '/^kernel/d; /^initrd/d; /^console/d; /^nvram/d' packaging/example.conf >"$tmp/vm.conf"
check "the example is a configuration" build/paprika fdt --config "$tmp/vm.conf"
make -s install DESTDIR="$tmp/local" || exit 1
check "the unit starts the program of its prefix" \
	grep -q '^ExecStart=/usr/local/bin/paprika ' "$tmp/local/usr/local/lib/systemd/system/paprika@.service"
if command -v systemd-analyze >/dev/null; then
	check "the unit is one that systemd takes" unit_verify
else
	echo "no systemd-analyze here: the unit is not verified"
fi
echo "$count checks of the installation, $bad wrong"
[ "$bad" -eq 0 ]
