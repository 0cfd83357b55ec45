/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of a Power thread that the VMM itself reads or writes, and the numbers of its SPRs. */
#ifndef PAPRIKA_CPU_REGS_H
#define PAPRIKA_CPU_REGS_H

#include <stdint.h>

#include "vmm/base/bits.h"

/* Machine State Register, Power ISA 3.0B Book III 4.2.1. */
#define MSR_SF  PPC_BIT(0)
#define MSR_HV  PPC_BIT(3)
#define MSR_VEC PPC_BIT(38)
#define MSR_VSX PPC_BIT(40)
#define MSR_EE  PPC_BIT(48)
#define MSR_PR  PPC_BIT(49)
#define MSR_FP  PPC_BIT(50)
#define MSR_ME  PPC_BIT(51)
#define MSR_FE0 PPC_BIT(52)
#define MSR_SE  PPC_BIT(53)
#define MSR_BE  PPC_BIT(54)
#define MSR_FE1 PPC_BIT(55)
#define MSR_IR  PPC_BIT(58)
#define MSR_DR  PPC_BIT(59)
#define MSR_PMM PPC_BIT(61)
#define MSR_RI  PPC_BIT(62)
#define MSR_LE  PPC_BIT(63)

#define SPR_XER      1
#define SPR_DSCR_U   3
#define SPR_LR       8
#define SPR_CTR      9
#define SPR_AMR_U    13
#define SPR_DSCR     17
#define SPR_DSISR    18
#define SPR_DAR      19
#define SPR_DEC      22
#define SPR_SRR0     26
#define SPR_SRR1     27
#define SPR_CFAR     28
#define SPR_AMR      29
#define SPR_PIDR     48
#define SPR_IAMR     61
#define SPR_TFHAR    128
#define SPR_TFIAR    129
#define SPR_TEXASR   130
#define SPR_TEXASRU  131
#define SPR_CTRL_R   136
#define SPR_CTRL_W   152
#define SPR_FSCR     153
#define SPR_UAMOR    157
#define SPR_PSPB     159
#define SPR_DPDES    176
#define SPR_DAWR0    180
#define SPR_DAWRX0   188
#define SPR_CIABR    187
#define SPR_VRSAVE   256
#define SPR_SPRG3_U  259
#define SPR_TB       268
#define SPR_TBU      269
#define SPR_SPRG0    272
#define SPR_SPRG1    273
#define SPR_SPRG2    274
#define SPR_SPRG3    275
#define SPR_PVR      287
#define SPR_SPURR    308
#define SPR_PURR     309
#define SPR_LPCR     318
#define SPR_TIR      446
#define SPR_MMCR0    795
#define SPR_HASHKEY  468
#define SPR_HASHKEYP 469
#define SPR_DEXCR_U  812
#define SPR_DEXCR    828
#define SPR_PPR      896
#define SPR_PPR32    898
#define SPR_TAR      815
#define SPR_TIDR     144
#define SPR_PIR      1023

/* CR is packed as the ISA packs it: CR0 in the most significant nibble. */
struct cpu_regs {
	uint64_t gpr[32];
	uint64_t pc;
	uint64_t msr;
	uint64_t lr;
	uint64_t ctr;
	uint64_t xer;
	uint64_t srr0;
	uint64_t srr1;
	uint64_t dar;
	uint32_t dsisr;
	uint32_t cr;
};

#endif
