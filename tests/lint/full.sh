#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make lint: the cheap checks, warnings as errors with gcc and clang, clang-tidy and cppcheck.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/setup/lib.sh
install_packages gcc clang clang-tidy cppcheck
bad=0
mkdir -p build/lint

step() { # name, command...
	name=$1
	shift
	if "$@" >"build/lint/$name.log" 2>&1; then
		echo "ok    $name: $(tail -n 1 "build/lint/$name.log")"
	else
		bad=$((bad + 1))
		echo "FAIL  $name:"
		grep -E '(error|warning|note|portability|performance):|findings|out of order' "build/lint/$name.log" |
			sort -u | head -n 40
	fi
}

# Guest programs are for another machine.
native_sources() {
	git ls-files -co --exclude-standard '*.c' | grep -vE '^tests/(isa/.*/|guest)|^(tests/unit/)?vmm/kvm/|^tests/fake/kvm|^tests/host/'
}

tidy() {
	native_sources | xargs -P 2 -n 8 sh -c 'clang-tidy -quiet "$@" -- -std=gnu11 -D_GNU_SOURCE \
		-DPAPRIKA_VERSION="\"0\"" -I. -Ibuild/gen' tidy || return 1
	echo "$(native_sources | wc -l) files, 0 findings"
}

check_cpp() {
	# shifts of negative numbers: gcc and clang define them
	native_sources | cppcheck -q -j 2 --enable=warning,portability,performance --inline-suppr \
		--std=c11 -D_GNU_SOURCE -D__x86_64__ -D__OPTIMIZE__ -D__GNUC__=12 -I. -Ibuild/gen \
		--suppress=missingInclude --suppress=missingIncludeSystem --suppress=shiftTooManyBitsSigned \
		--error-exitcode=1 --file-list=- || return 1
	echo "$(native_sources | wc -l) files, 0 findings"
}

step source sh tests/lint/run.sh
step gcc make --no-print-directory -j2 WERROR=1 B=build/lint/gcc CC=gcc all unit
step clang make --no-print-directory -j2 WERROR=1 B=build/lint/clang CC=clang all unit
make -s all || exit 1
step clang-tidy tidy
step cppcheck check_cpp
[ "$bad" -eq 0 ]
