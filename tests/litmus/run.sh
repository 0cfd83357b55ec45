#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A bare guest with four vCPUs: orders of accesses, atomicity, modified code, translations, calls among
# vCPUs. A tenth of the rounds unless CI=true.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=build/tests/litmus
iterations=1
[ "${CI:-}" = true ] && iterations=10
mkdir -p "$B"
# shellcheck disable=SC2046
powerpc64le-linux-gnu-gcc -O2 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-array-bounds -ffreestanding -fno-pic -mcpu=power9 \
	-mno-vsx -mno-altivec -msoft-float -fno-builtin -fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib -static \
	-DITERATIONS=$iterations -Itests/litmus/guest -Wl,-Ttext-segment=0x1000000,--build-id=none,-N,--no-warn-rwx-segments \
	-o "$B/litmus" tests/litmus/guest/start.S tests/litmus/guest/*.c || exit 1

bad=0
ok=0
lines=0
for options in "--cpus 4" "--cpus 4,threads=4"; do
	# shellcheck disable=SC2086
	timeout 300 build/paprika run --accel interp $options --memory 256M --kernel "$B/litmus" </dev/null \
		>"$B/out" 2>&1
	status=$?
	lines=$((lines + $(grep -c '^ok ' "$B/out")))
	if [ "$status" -ne 0 ] || grep -q '^WRONG' "$B/out" || ! grep -q 'litmus: passed' "$B/out"; then
		bad=$((bad + 1))
		echo "$options: status $status"
		tail -n 60 "$B/out"
	else
		ok=$((ok + 1))
	fi
done
sed -n 's/^ok *\(.*may be seen.*\)/seen: \1/p' "$B/out"
echo "$lines results of $((ok + bad)) runs, $bad wrong"
[ "$bad" -eq 0 ]
