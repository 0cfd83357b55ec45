#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs whose output is the same on any machine: run in the guest and on the host.
export LC_ALL=C
bash -c 'set -u; a=(); for ((i = 1; i <= 2000; i++)); do a+=($((i * i % 97))); done
	s=0; for x in "${a[@]}"; do ((s += x)); done; echo "userland: bash $s"'
perl -e 'my ($s, %h) = (0); $h{$_ % 1009} .= chr(65 + $_ % 26) for 1 .. 50000;
	$s += length for values %h; printf "userland: perl %d %.12f\n", $s, exp(1) * atan2(1, 1);'
python3 -c '
import hashlib, json, math
d = {str(i): math.sqrt(i) * 2.0 ** (i % 64 - 32) for i in range(5000)}
t = json.dumps(d)
print("userland: python3", hashlib.sha256(t.encode()).hexdigest(), json.loads(t) == d, 3 ** 200 % 1000007)'
dir=$(mktemp -d)
cat >"$dir/t.c" <<'C'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static double v[20000];
	static float f[20000];
	float most = 0;

	srand(1);
	for (int i = 0; i < 20000; i++)
		v[i] = sqrt(rand() % 100000) / 3;
	qsort(v, 20000, sizeof(v[0]), by_value);
	for (int i = 0; i < 20000; i++)
		f[i] = (float)v[i] * 3.5f;
	for (int i = 0; i < 20000; i++)
		most = f[i] > most ? f[i] : most;
	printf("userland: gcc %.12f %.12f %.7f\n", v[10000], v[19999], most);
	return 0;
}
C
for o in -O0 -O2 -O3; do
	gcc $o -o "$dir/t" "$dir/t.c" -lm && "$dir/t"
done
rm -r "$dir"
