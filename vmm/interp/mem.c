/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The full path of loads and stores. */
#include "vmm/interp/mem.h"

#include <string.h>

#include "vmm/base/byteorder.h"
#include "vmm/interp/code.h"
#include "vmm/interp/tlb.h"

/* One piece of an access, within a page. */
struct piece {
	struct translation t;
	uint64_t ea;
	unsigned len;
};

static uint64_t mode_ea(const struct icpu *cpu, uint64_t ea)
{
	return (cpu->msr & MSR_SF) ? ea : (uint32_t)ea;
}

static enum insn_result piece_translate(struct icpu *cpu, enum access_kind kind, struct piece *p)
{
	enum insn_result r = mmu_translate(cpu, p->ea, kind, &p->t);

	if (r != INSN_OK) {
		cpu->fault_ea = p->ea;
		cpu->fault_dsisr = p->t.fault;
	}
	return r;
}

static bool piece_is_ram(const struct icpu *cpu, const struct piece *p)
{
	return p->t.gpa < cpu->ram_size && p->len <= cpu->ram_size - p->t.gpa;
}

/* One or two pieces: an access crosses one page boundary at most. */
static enum insn_result pieces_make(struct icpu *cpu, uint64_t ea, unsigned len,
				    enum access_kind kind, struct piece p[2], unsigned *ret_count)
{
	unsigned first;
	enum insn_result r;

	ea = mode_ea(cpu, ea);
	first = 4096 - (ea & 0xfff);
	p[0] = (struct piece){.ea = ea, .len = len < first ? len : first};
	*ret_count = 1;
	r = piece_translate(cpu, kind, &p[0]);
	if (r != INSN_OK || len <= first)
		return r;
	p[1] = (struct piece){.ea = mode_ea(cpu, ea + first), .len = len - first};
	*ret_count = 2;
	return piece_translate(cpu, kind, &p[1]);
}

/* An access outside RAM: out to the VMM, and again with its answer. */
static enum insn_result mmio_access(struct icpu *cpu, const struct piece *p, bool is_store,
				    uint64_t *data)
{
	struct vcpu_exit *e = cpu->exit;

	if (p->len > 8 || (p->len & (p->len - 1))) {
		cpu->fault_ea = p->ea;
		return INSN_MACHINE_CHECK;
	}
	if (cpu->mmio_done) {
		cpu->mmio_done = 0;
		*data = cpu->mmio_data;
		return INSN_OK;
	}
	e->kind = VCPU_EXIT_MMIO;
	e->mmio.gpa = GPA(p->t.gpa);
	e->mmio.len = (uint8_t)p->len;
	e->mmio.is_store = is_store;
	e->mmio.data = is_store ? *data : 0;
	return INSN_EXIT;
}

static enum insn_result mmio_read(struct icpu *cpu, const struct piece *p, uint8_t *buf)
{
	uint64_t data = 0;
	enum insn_result r = mmio_access(cpu, p, false, &data);

	if (r != INSN_OK)
		return r;
	for (unsigned i = 0; i < p->len; i++)
		buf[i] = (uint8_t)(data >> (8 * (p->len - 1 - i)));
	return INSN_OK;
}

static enum insn_result mmio_write(struct icpu *cpu, const struct piece *p, const uint8_t *buf)
{
	uint64_t data = 0;

	for (unsigned i = 0; i < p->len && i < 8; i++)
		data = data << 8 | buf[i];
	return mmio_access(cpu, p, true, &data);
}

/* Makes the next access to the page of @p a hit, where that is allowed. */
static void piece_cache(struct icpu *cpu, const struct piece *p, bool is_store)
{
	bool writable = p->t.writable && !code_is_page(cpu, p->t.gpa);

	tlb_insert_data(cpu, p->ea, &p->t, is_store, writable);
	if (writable)
		cpu->written[p->t.gpa >> 12] = 1;
}

static enum insn_result not_ram(struct icpu *cpu, const struct piece *p)
{
	cpu->fault_ea = p->ea;
	return INSN_MACHINE_CHECK;
}

enum insn_result mem_read(struct icpu *cpu, uint64_t ea, void *buf, unsigned len)
{
	struct piece p[2];
	unsigned count;
	uint8_t *to = buf;
	enum insn_result r = pieces_make(cpu, ea, len, ACCESS_LOAD, p, &count);

	if (r != INSN_OK)
		return r;
	if (count == 1 && !piece_is_ram(cpu, &p[0]))
		return mmio_read(cpu, &p[0], to);
	for (unsigned i = 0; i < count; i++)
		if (!piece_is_ram(cpu, &p[i]))
			return not_ram(cpu, &p[i]);
	for (unsigned i = 0; i < count; i++) {
		memcpy(to, cpu->ram + p[i].t.gpa, p[i].len);
		to += p[i].len;
		piece_cache(cpu, &p[i], false);
	}
	return INSN_OK;
}

enum insn_result mem_write(struct icpu *cpu, uint64_t ea, const void *buf, unsigned len)
{
	struct piece p[2];
	unsigned count;
	const uint8_t *from = buf;
	enum insn_result r = pieces_make(cpu, ea, len, ACCESS_STORE, p, &count);

	if (r != INSN_OK)
		return r;
	if (count == 1 && !piece_is_ram(cpu, &p[0]))
		return mmio_write(cpu, &p[0], from);
	for (unsigned i = 0; i < count; i++)
		if (!piece_is_ram(cpu, &p[i]))
			return not_ram(cpu, &p[i]);
	for (unsigned i = 0; i < count; i++) {
		code_written(cpu, p[i].t.gpa, p[i].len);
		memcpy(cpu->ram + p[i].t.gpa, from, p[i].len);
		from += p[i].len;
		piece_cache(cpu, &p[i], true);
	}
	return INSN_OK;
}

enum insn_result mem_zero(struct icpu *cpu, uint64_t ea, unsigned len)
{
	static const uint8_t zeros[128];
	struct piece p = {.ea = mode_ea(cpu, ea), .len = len};
	enum insn_result r = piece_translate(cpu, ACCESS_STORE, &p);

	if (r != INSN_OK)
		return r;
	if (!piece_is_ram(cpu, &p)) {
		cpu->fault_ea = p.ea;
		return INSN_ALIGNMENT;
	}
	return mem_write(cpu, ea, zeros, len);
}

enum insn_result mem_load(struct icpu *cpu, uint64_t ea, unsigned len, uint64_t *ret)
{
	uint64_t v = 0;
	enum insn_result r = mem_read(cpu, ea, (uint8_t *)&v + HOST_LOW_BYTES(len), len);

	if (r == INSN_OK)
		*ret = mem_order(cpu, v, len);
	return r;
}

enum insn_result mem_store(struct icpu *cpu, uint64_t ea, unsigned len, uint64_t value)
{
	uint64_t v = mem_order(cpu, value, len);

	return mem_write(cpu, ea, (uint8_t *)&v + HOST_LOW_BYTES(len), len);
}

static void quad_order(const struct icpu *cpu, vsr_t *v)
{
	/* what was read. NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
	uint64_t d0 = VD(*v, 0);

	if (mem_order(cpu, 1, 8) == 1)
		return;
	VD(*v, 0) = __builtin_bswap64(VD(*v, 1));
	VD(*v, 1) = __builtin_bswap64(d0);
}

enum insn_result mem_load_q(struct icpu *cpu, uint64_t ea, vsr_t *ret)
{
	vsr_t v;
	enum insn_result r = mem_read(cpu, ea, &v, sizeof(v));

	if (r == INSN_OK) {
		quad_order(cpu, &v);
		*ret = v;
	}
	return r;
}

enum insn_result mem_store_q(struct icpu *cpu, uint64_t ea, const vsr_t *value)
{
	vsr_t v = *value;

	quad_order(cpu, &v);
	return mem_write(cpu, ea, &v, sizeof(v));
}

static enum insn_result atomic_at(struct icpu *cpu, uint64_t ea, unsigned len,
				  enum access_kind kind, void **ret_hva)
{
	struct piece p = {.ea = mode_ea(cpu, ea), .len = len};
	enum insn_result r;

	if (p.ea & (len - 1)) {
		cpu->fault_ea = p.ea;
		return INSN_ALIGNMENT;
	}
	r = piece_translate(cpu, kind, &p);
	if (r != INSN_OK)
		return r;
	if (!piece_is_ram(cpu, &p))
		return not_ram(cpu, &p);
	if (kind == ACCESS_STORE)
		code_written(cpu, p.t.gpa, len);
	piece_cache(cpu, &p, kind == ACCESS_STORE);
	*ret_hva = cpu->ram + p.t.gpa;
	return INSN_OK;
}

enum insn_result mem_atomic_rd(struct icpu *cpu, uint64_t ea, unsigned len, void **ret_hva)
{
	return atomic_at(cpu, ea, len, ACCESS_LOAD, ret_hva);
}

enum insn_result mem_atomic_wr(struct icpu *cpu, uint64_t ea, unsigned len, void **ret_hva)
{
	return atomic_at(cpu, ea, len, ACCESS_STORE, ret_hva);
}
