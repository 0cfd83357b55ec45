#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hostile guests under the sanitizers: rings corrupted, BARs moved under traffic, configuration space and registers
# full of anything, by two vCPUs at once. HOSTILE_CASES: 10000 without it; HOSTILE_SEED: to have a run again.
set -u
cd "$(dirname "$0")/../.." || exit 1
make -s -j2 SANITIZE=1 hostile || exit 1
timeout $((120 + ${HOSTILE_CASES:-10000} / 50)) build/sanitize/tests/hostile/hostile "${HOSTILE_CASES:-10000}" "${HOSTILE_SEED:-$$}"
