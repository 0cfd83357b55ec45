/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segment look-aside buffer. Power ISA 3.0B Book III 5.7.8 and 5.9.3.2. */
#ifndef PAPRIKA_INTERP_SLB_H
#define PAPRIKA_INTERP_SLB_H

#include "vmm/interp/cpu.h"

/* All entries invalid, as at power-on. */
void slb_clear(struct icpu *cpu);

/* The entry that translates @ea; NULL: none does. */
const struct slbe *slb_find(const struct icpu *cpu, uint64_t ea);

/* Operands as those of slbmte, slbie and slbia (IH). What is not an entry is left alone. */
void slb_insert(struct icpu *cpu, uint64_t rb, uint64_t rs);
void slb_remove(struct icpu *cpu, uint64_t rb);
void slb_remove_all(struct icpu *cpu, unsigned ih);

#endif
