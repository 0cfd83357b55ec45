/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads and stores, the fast path of little-endian 64-bit mode. */
#define MEM_ORDER_LE
#include "vmm/interp/mem_fast.h"
