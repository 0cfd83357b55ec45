/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Special-purpose registers, as a guest partition sees them: Power ISA 3.0B Book III 4.4.4.
 *
 * What a partition's supervisor may not reach reads as nothing and ignores writes, as the ISA says of
 * undefined numbers in privileged state; in problem state such a number is privileged if its bit
 * 0x10 is set and illegal otherwise.
 */
#include <string.h>
#include <time.h>

#include "vmm/interp/core.h"
#include "vmm/interp/fpu.h"
#include "vmm/interp/sleep.h"
#include "vmm/interp/smp.h"
#include "vmm/interp/tlb.h"

#define TB_HZ         512000000ULL
#define XER_SO        0x80000000ULL
#define XER_OV        0x40000000ULL
#define XER_CA        0x20000000ULL
#define XER_OV32      0x00080000ULL
#define XER_CA32      0x00040000ULL
#define XER_COUNT     0x7fULL
#define ISA_WITH_XER32 300
#define LPCR_LD       (1ULL << 17)
#define FSCR_DSCR     2
#define FSCR_TAR      8
#define FSCR_EBB      7
#define FSCR_SOFT     0x00ffffffffffffffULL
#define IAMR_KEYS     0x5555555555555555ULL

uint64_t timebase_now(const struct icpu *cpu)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * TB_HZ + (uint64_t)ts.tv_nsec * 64 / 125 + cpu->tb_offset;
}

uint64_t xer_get(const struct icpu *cpu)
{
	uint64_t v = cpu->xer_rest | (cpu->so ? XER_SO : 0) | (cpu->ov ? XER_OV : 0) |
		     (cpu->ca ? XER_CA : 0);

	if (cpu->isa >= ISA_WITH_XER32)
		v |= (cpu->ov32 ? XER_OV32 : 0) | (cpu->ca32 ? XER_CA32 : 0);
	return v;
}

void xer_set(struct icpu *cpu, uint64_t v)
{
	uint64_t so = !!(v & XER_SO);

	cpu->ov = !!(v & XER_OV);
	cpu->ca = !!(v & XER_CA);
	cpu->ov32 = cpu->isa >= ISA_WITH_XER32 && (v & XER_OV32);
	cpu->ca32 = cpu->isa >= ISA_WITH_XER32 && (v & XER_CA32);
	cpu->xer_rest = v & XER_COUNT;
	if (so != cpu->so) {
		cpu->so = so;
		cpu->code_stale = 1;
	}
}

enum {
	UR = 1, /* problem state reads */
	UW = 2,
	SR = 4, /* supervisor reads */
	SW = 8,
	ALL = UR | UW | SR | SW,
	SUP = SR | SW,
};

typedef uint64_t spr_read_fn(struct icpu *cpu);
typedef void spr_write_fn(struct icpu *cpu, uint64_t v);

/* Either a place in struct icpu, of 4 or 8 bytes, or functions. */
struct spr_desc {
	uint16_t number;
	uint8_t access;
	uint8_t size;
	uint16_t offset;
	uint8_t facility; /* FSCR bit and cause for problem state, 0 for none */
	spr_read_fn *read;
	spr_write_fn *write;
};

static uint64_t xer_read(struct icpu *cpu)
{
	return xer_get(cpu);
}

static void xer_write(struct icpu *cpu, uint64_t v)
{
	xer_set(cpu, v);
	if (cpu->code_stale)
		code_flags_update(cpu);
}

static uint64_t tb_read(struct icpu *cpu)
{
	return timebase_now(cpu);
}

/* The processor time that this vCPU's thread has had, in ticks of the timebase. */
static uint64_t purr_read(struct icpu *cpu)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * TB_HZ + (uint64_t)ts.tv_nsec * 64 / 125;
}

static uint64_t tbu_read(struct icpu *cpu)
{
	return timebase_now(cpu) >> 32;
}

static uint64_t dec_read(struct icpu *cpu)
{
	int64_t left = (int64_t)(cpu->dec_expiry - timebase_now(cpu));

	return (cpu->lpcr & LPCR_LD) ? (uint64_t)left : (uint32_t)left;
}

static void dec_write(struct icpu *cpu, uint64_t v)
{
	int64_t left = (cpu->lpcr & LPCR_LD) ? (int64_t)(v << 8) >> 8 : (int32_t)v;

	cpu->dec_expiry = timebase_now(cpu) + (uint64_t)left;
	cpu->dec_pending = left < 0;
}

static void pid_write(struct icpu *cpu, uint64_t v)
{
	v &= 0xfffff;
	if (v == cpu->pidr)
		return;
	cpu->pidr = v;
	tlb_pid_changed(cpu);
}

static void amr_write(struct icpu *cpu, uint64_t v)
{
	uint64_t changed = cpu->amr ^ v;

	/* radix trees look at one key alone */
	if (cpu->lpcr & LPCR_HR)
		changed >>= 62;
	cpu->amr = v;
	if (changed)
		tlb_select(cpu);
}

/* From problem state only the keys that UAMOR grants. */
static void amr_user_write(struct icpu *cpu, uint64_t v)
{
	if (cpu->msr & MSR_PR)
		v = (v & cpu->uamor) | (cpu->amr & ~cpu->uamor);
	amr_write(cpu, v);
}

static void iamr_write(struct icpu *cpu, uint64_t v)
{
	v &= IAMR_KEYS;
	if (v == cpu->iamr)
		return;
	cpu->iamr = v;
	if (cpu->lpcr & LPCR_HR)
		tlb_flush_all(cpu);
	else
		tlb_select(cpu);
}

static void fscr_write(struct icpu *cpu, uint64_t v)
{
	cpu->fscr = (cpu->fscr & ~FSCR_SOFT) | (v & FSCR_SOFT);
}

static uint64_t ctrl_read(struct icpu *cpu)
{
	return cpu->ctrl | (cpu->ctrl & 1) << 15;
}

static uint64_t ppr32_read(struct icpu *cpu)
{
	return cpu->ppr >> 32;
}

static void ppr32_write(struct icpu *cpu, uint64_t v)
{
	cpu->ppr = v << 32;
}

/* A bit a thread of the core. */
static uint64_t dpdes_read(struct icpu *cpu)
{
	const struct icpu *thread;
	uint64_t v = 0;

	for (unsigned i = 0; (thread = smp_core_thread(cpu, i)); i++)
		if (atomic_load(&thread->events) & EVENT_DOORBELL)
			v |= 1ULL << i;
	return v;
}

static void dpdes_write(struct icpu *cpu, uint64_t v)
{
	struct icpu *thread;

	for (unsigned i = 0; (thread = smp_core_thread(cpu, i)); i++) {
		if ((v >> i) & 1)
			sleep_doorbell(thread);
		else
			atomic_fetch_and(&thread->events, ~EVENT_DOORBELL);
	}
}

static uint64_t tir_read(struct icpu *cpu)
{
	return cpu->place % cpu->interp->threads;
}

static uint64_t dexcr_user_read(struct icpu *cpu)
{
	return (uint32_t)cpu->dexcr;
}

static uint64_t pir_read(struct icpu *cpu)
{
	return cpu->server;
}

static uint64_t pvr_read(struct icpu *cpu)
{
	return cpu->pvr;
}

#define FIELD(n, acc, member)                                                                      \
	{                                                                                          \
		.number = (n), .access = (acc), .size = sizeof(((struct icpu *)0)->member),        \
		.offset = offsetof(struct icpu, member)                                            \
	}
#define FACILITY(n, member, bit)                                                                   \
	{                                                                                          \
		.number = (n), .access = ALL, .size = sizeof(((struct icpu *)0)->member),          \
		.offset = offsetof(struct icpu, member), .facility = (bit)                         \
	}
#define FIELD_W(n, acc, member, fn)                                                                \
	{                                                                                          \
		.number = (n), .access = (acc), .size = sizeof(((struct icpu *)0)->member),        \
		.offset = offsetof(struct icpu, member), .write = (fn)                             \
	}
#define CALLS(n, acc, r, w)                                                                        \
	{                                                                                          \
		.number = (n), .access = (acc), .read = (r), .write = (w)                          \
	}

static const struct spr_desc sprs[] = {
	CALLS(SPR_XER, ALL, xer_read, xer_write),
	FIELD(SPR_LR, ALL, lr),
	FIELD(SPR_CTR, ALL, ctr),
	FACILITY(SPR_DSCR_U, dscr, FSCR_DSCR),
	FIELD_W(SPR_AMR_U, ALL, amr, amr_user_write),
	FIELD(SPR_DSCR, SUP, dscr),
	FIELD(SPR_DSISR, SUP, dsisr),
	FIELD(SPR_DAR, SUP, dar),
	CALLS(SPR_DEC, SUP, dec_read, dec_write),
	FIELD(SPR_SRR0, SUP, srr0),
	FIELD(SPR_SRR1, SUP, srr1),
	FIELD(SPR_CFAR, SUP, cfar),
	FIELD_W(SPR_AMR, SUP, amr, amr_write),
	FIELD_W(SPR_PIDR, SUP, pidr, pid_write),
	FIELD_W(SPR_IAMR, SUP, iamr, iamr_write),
	CALLS(SPR_CTRL_R, UR | SR, ctrl_read, NULL),
	FIELD(SPR_CTRL_W, SW, ctrl),
	FIELD(SPR_TIDR, SUP, tidr),
	FIELD_W(SPR_FSCR, SUP, fscr, fscr_write),
	FIELD(SPR_UAMOR, SUP, uamor),
	FIELD(SPR_PSPB, SUP, pspb),
	CALLS(SPR_DPDES, SUP, dpdes_read, dpdes_write),
	FIELD(SPR_VRSAVE, ALL, vrsave),
	FIELD(SPR_SPRG3_U, UR | SR, sprg[3]),
	CALLS(SPR_TB, UR | SR, tb_read, NULL),
	CALLS(SPR_TBU, UR | SR, tbu_read, NULL),
	FIELD(SPR_SPRG0, SUP, sprg[0]),
	FIELD(SPR_SPRG1, SUP, sprg[1]),
	FIELD(SPR_SPRG2, SUP, sprg[2]),
	FIELD(SPR_SPRG3, SUP, sprg[3]),
	CALLS(SPR_PVR, SR, pvr_read, NULL),
	CALLS(SPR_SPURR, SR, purr_read, NULL),
	CALLS(SPR_PURR, SR, purr_read, NULL),
	FIELD(769, UR | SR, mmcr[2]),
	FIELD(770, UR | SR, mmcr[1]),
	FIELD(771, ALL, pmc[0]),
	FIELD(772, ALL, pmc[1]),
	FIELD(773, ALL, pmc[2]),
	FIELD(774, ALL, pmc[3]),
	FIELD(775, ALL, pmc[4]),
	FIELD(776, ALL, pmc[5]),
	FIELD(779, ALL, mmcr[0]),
	FIELD(780, UR | SR, siar),
	FIELD(781, UR | SR, sdar),
	FIELD(784, SUP, sier),
	FIELD(785, SUP, mmcr[2]),
	FIELD(786, SUP, mmcr[3]),
	FIELD(787, SUP, pmc[0]),
	FIELD(788, SUP, pmc[1]),
	FIELD(789, SUP, pmc[2]),
	FIELD(790, SUP, pmc[3]),
	FIELD(791, SUP, pmc[4]),
	FIELD(792, SUP, pmc[5]),
	FIELD(SPR_MMCR0, SUP, mmcr[0]),
	FIELD(796, SUP, siar),
	FIELD(797, SUP, sdar),
	FIELD(798, SUP, mmcr[1]),
	FACILITY(804, ebbhr, FSCR_EBB),
	FACILITY(805, ebbrr, FSCR_EBB),
	FACILITY(806, bescr, FSCR_EBB),
	FACILITY(SPR_TAR, tar, FSCR_TAR),
	CALLS(SPR_DEXCR_U, UR | SR, dexcr_user_read, NULL),
	FIELD(SPR_DEXCR, SUP, dexcr),
	FIELD(SPR_HASHKEY, SUP, hash_key),
	FIELD(SPR_HASHKEYP, SUP, hash_key_priv),
	FIELD(816, SUP, asdr),
	FIELD(823, SUP, psscr),
	FIELD(895, SUP, wort),
	FIELD(SPR_PPR, ALL, ppr),
	CALLS(SPR_PPR32, ALL, ppr32_read, ppr32_write),
	CALLS(SPR_PIR, SR, pir_read, NULL),
	CALLS(SPR_TIR, SR, tir_read, NULL),
};

/* The first level of the ISA that has it, where that is not 2.06. */
static const struct {
	uint16_t number, isa;
} spr_levels[] = {
	{SPR_DSCR_U, 207}, {SPR_FSCR, 207},   {SPR_IAMR, 207},	  {SPR_DPDES, 207},    {SPR_PSPB, 207},
	{SPR_TAR, 207},	   {769, 207},	      {784, 207},	  {785, 207},	       {804, 207},
	{805, 207},	   {806, 207},	      {895, 207},	  {SPR_PIDR, 300},     {SPR_TIDR, 300},
	{816, 300},	   {823, 300},	      {786, 310},	  {SPR_HASHKEY, 310},  {SPR_HASHKEYP, 310},
	{SPR_DEXCR, 310},  {SPR_DEXCR_U, 310},
};

static uint8_t spr_index[1024]; /* 1 + place in sprs[], 0 for none */
static uint16_t spr_isa[1024];

void spr_init(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(sprs); i++)
		spr_index[sprs[i].number] = (uint8_t)(i + 1);
	for (unsigned i = 0; i < ARRAY_SIZE(spr_levels); i++)
		spr_isa[spr_levels[i].number] = spr_levels[i].isa;
}

/* What an SPR that is not there for this state does. */
static enum insn_result spr_absent(const struct icpu *cpu, unsigned spr)
{
	if (cpu->msr & MSR_PR)
		return (spr & 0x10) ? INSN_PRIVILEGED : INSN_ILLEGAL;
	return spr == 0 || (spr >= 4 && spr <= 6) ? INSN_ILLEGAL : INSN_OK;
}

static const struct spr_desc *spr_find(struct icpu *cpu, unsigned spr, unsigned user, unsigned sup,
				       enum insn_result *ret)
{
	const struct spr_desc *d = spr_index[spr] ? &sprs[spr_index[spr] - 1] : NULL;
	bool pr = cpu->msr & MSR_PR;

	*ret = INSN_OK;
	if (!d || !(d->access & (pr ? user : sup)) || cpu->isa < spr_isa[spr]) {
		*ret = spr_absent(cpu, spr);
		return NULL;
	}
	if (pr && d->facility && !((cpu->fscr >> d->facility) & 1)) {
		cpu->facility = d->facility;
		*ret = INSN_FAC_UNAVAIL;
		return NULL;
	}
	return d;
}

enum insn_result spr_read(struct icpu *cpu, unsigned spr, uint64_t *ret)
{
	enum insn_result r;
	const struct spr_desc *d = spr_find(cpu, spr, UR, SR, &r);
	const char *p;

	if (!d)
		return r;
	p = (const char *)cpu + d->offset;
	if (d->read)
		*ret = d->read(cpu);
	else
		*ret = d->size == 4 ? *(const uint32_t *)(const void *)p :
				      *(const uint64_t *)(const void *)p;
	return INSN_OK;
}

enum insn_result spr_write(struct icpu *cpu, unsigned spr, uint64_t value)
{
	enum insn_result r;
	const struct spr_desc *d = spr_find(cpu, spr, UW, SW, &r);
	char *p;

	if (!d)
		return r;
	p = (char *)cpu + d->offset;
	if (d->write)
		d->write(cpu, value);
	else if (d->size == 4)
		*(uint32_t *)(void *)p = (uint32_t)value;
	else
		*(uint64_t *)(void *)p = value;
	return INSN_OK;
}
