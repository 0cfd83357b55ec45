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

/* Before a store, and to make the next one a hit, where that is allowed. */
static void piece_store_begins(struct icpu *cpu, const struct piece *p)
{
	bool may_hit = code_store_begins(cpu, p->t.gpa, p->len);

	tlb_insert_data(cpu, p->ea, &p->t, true, may_hit && p->t.writable);
}

/* After a load: the next one is a hit, and so is a store where one is allowed. */
static void piece_loaded(struct icpu *cpu, const struct piece *p)
{
	tlb_insert_data(cpu, p->ea, &p->t, false, p->t.writable && code_write_begins(cpu, p->t.gpa));
}

/* RAM is read and written in as few accesses as the architecture demands, and never twice. */
#define IS_ALIGNED(hva, len, T) ((len) == sizeof(T) && !((uintptr_t)(hva) & (sizeof(T) - 1)))
#define RAM_LOAD(T)                                                                                	do {                                                                                       		T v_ = __atomic_load_n((const T *)hva, __ATOMIC_RELAXED);                          		memcpy(buf, &v_, sizeof(v_));                                                      	} while (0)
#define RAM_STORE(T)                                                                               	do {                                                                                       		T v_;                                                                              		memcpy(&v_, buf, sizeof(v_));                                                      		__atomic_store_n((T *)hva, v_, __ATOMIC_RELAXED);                                  	} while (0)

static void ram_load(void *buf, const void *hva, unsigned len)
{
	if (IS_ALIGNED(hva, len, uint64_t))
		RAM_LOAD(uint64_t);
	else if (IS_ALIGNED(hva, len, uint32_t))
		RAM_LOAD(uint32_t);
	else if (IS_ALIGNED(hva, len, uint16_t))
		RAM_LOAD(uint16_t);
	else
		memcpy(buf, hva, len);
}

/* As long as it is not a number of a register: pieces of those, quadwords, blocks of zeros. */
static void ram_store_bytes(uint8_t *hva, const uint8_t *buf, unsigned len)
{
	for (; len && ((uintptr_t)hva & 7); len--)
		*(volatile uint8_t *)hva++ = *buf++;
	for (; len >= 8; len -= 8, hva += 8, buf += 8)
		RAM_STORE(uint64_t);
	for (; len; len--)
		*(volatile uint8_t *)hva++ = *buf++;
}

static void ram_store(uint8_t *hva, const uint8_t *buf, unsigned len)
{
	if (IS_ALIGNED(hva, len, uint32_t))
		RAM_STORE(uint32_t);
	else if (IS_ALIGNED(hva, len, uint16_t))
		RAM_STORE(uint16_t);
	else
		ram_store_bytes(hva, buf, len);
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
		ram_load(to, cpu->ram + p[i].t.gpa, p[i].len);
		to += p[i].len;
		piece_loaded(cpu, &p[i]);
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
		piece_store_begins(cpu, &p[i]);
		ram_store(cpu->ram + p[i].t.gpa, from, p[i].len);
		from += p[i].len;
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
		piece_store_begins(cpu, &p);
	else
		piece_loaded(cpu, &p);
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
