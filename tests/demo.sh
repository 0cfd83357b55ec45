#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh: Debian's stock kernel to a shell; without a terminal, to its uname and off again.
set -eu
cd "$(dirname "$0")/.."
. tests/setup/lib.sh
initrd=$(initrd)
if [ -t 0 ]; then do=shell; else do=auto; fi
exec build/paprika run --name demo --cpu power9 --memory 1G --kernel "$CACHE/vmlinux-6.1" \
	--initrd "$initrd" --cmdline "console=hvc0 quiet paprika.do=$do"
