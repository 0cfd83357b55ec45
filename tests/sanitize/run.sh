#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit tests under the address and the undefined-behaviour sanitizers.
set -u
cd "$(dirname "$0")/../.." || exit 1
make -s -j2 SANITIZE=1 unit
