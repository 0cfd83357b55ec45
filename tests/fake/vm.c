/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VM without a CPU back end. */
#include "tests/fake/vm.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fdt/desc.h"
#include "hcalls/cas.h"
#include "tests/fake/must.h"
#include "vmm/base/byteorder.h"
#include "vmm/cpu/model.h"
#include "vmm/io/chr_impl.h"
#include "vmm/machine/machine.h"

/* struct accel is the back end's own: here, the VM. */
static struct fake_vm *vm_of(struct accel *accel)
{
	return (struct fake_vm *)accel;
}

static int back_vcpu_open(struct accel *accel, struct vcpu *v)
{
	v->back = &vm_of(accel)->back[v->index];
	return 0;
}

static void back_vcpu_close(struct vcpu *v)
{
	v->back = NULL;
}

static void back_nothing(struct vcpu *v)
{
}

static void back_run(struct vcpu *v, struct vcpu_exit *e)
{
	e->kind = VCPU_EXIT_KICK;
}

static void back_reset(struct vcpu *v)
{
	*(struct fake_back *)v->back = (struct fake_back){.regs.msr = MSR_SF | MSR_ME};
}

static void back_regs_get(struct vcpu *v, struct cpu_regs *r)
{
	*r = ((struct fake_back *)v->back)->regs;
}

static void back_regs_set(struct vcpu *v, const struct cpu_regs *r)
{
	((struct fake_back *)v->back)->regs = *r;
}

static int back_mode_set(struct vcpu *v, enum accel_mode mode, unsigned value)
{
	struct fake_back *b = v->back;

	if (mode == ACCEL_MODE_AIL && value != 0 && value != 3)
		return -ENOTSUP;
	*(mode == ACCEL_MODE_LE ? &b->le : &b->ail) = value;
	return 0;
}

static int back_proc_table_set(struct vcpu *v, gpa_t base, uint64_t size)
{
	struct fake_back *b = v->back;

	if (size && !check_range_u64(base.v, size, FAKE_RAM_SIZE))
		return -EINVAL;
	b->proc_table = base.v;
	b->proc_table_size = size;
	return 0;
}

static void back_settle(struct vcpu *v, struct vcpu_exit *e)
{
	e->kind = VCPU_EXIT_KICK;
}

static void back_kick(struct vcpu *v)
{
	((struct fake_back *)v->back)->kicks++;
}

static void back_system_reset(struct vcpu *v)
{
	((struct fake_back *)v->back)->system_resets++;
}

static uint64_t back_timebase(struct accel *accel)
{
	return 0x123456789aULL;
}

static int back_spr_get(struct vcpu *v, unsigned spr, uint64_t *ret_value)
{
	*ret_value = spr;
	return 0;
}

static void back_nmi_exits(struct vcpu *v, bool on)
{
	vm_of(v->accel)->nmi_exits = on;
}

static const struct accel_ops back_ops = {
	.name = "fake",
	.vcpu_open = back_vcpu_open,
	.settle = back_settle,
	.vcpu_close = back_vcpu_close,
	.run = back_run,
	.idle = back_nothing,
	.reset = back_reset,
	.regs_get = back_regs_get,
	.regs_set = back_regs_set,
	.spr_get = back_spr_get, /* its number */
	.nmi_exits = back_nmi_exits,
	.mode_set = back_mode_set,
	.proc_table_set = back_proc_table_set,
	.kick = back_kick,
	.system_reset = back_system_reset,
	.timebase = back_timebase,
};

static void power_off(void *ctx)
{
	((struct fake_vm *)ctx)->offs++;
}

static void power_reset(void *ctx)
{
	((struct fake_vm *)ctx)->resets++;
}

static void power_crashed(void *ctx, const char *reason)
{
	struct fake_vm *vm = ctx;

	vm->crashes++;
	snprintf(vm->reason, sizeof(vm->reason), "%s", reason);
}

static const struct power_ops power_ops = {
	.off = power_off, .reset = power_reset, .crashed = power_crashed};

static void deliver(void *ctx, unsigned server, bool level)
{
	struct fake_vm *vm = ctx;

	if (server < FAKE_VCPUS)
		vm->external[server] = level;
}

static void open_vty(struct fake_vm *vm, unsigned index)
{
	struct irq_line line;
	struct vty *vty;
	const char *why;

	must(chr_open(&(struct chr_params){.spec = "null", .name = "fake", .loop = vm->loop},
		      &vm->chrs[index], &why), "console");
	must(xics_source_alloc(vm->xics, false, &line), "interrupt source");
	must(vty_new(VTY_UNIT_BASE + index, vm->chrs[index], &line, &vty), "terminal");
	must(vio_add_vty(&vm->vio, vty), "terminal");
}

static int irq_alloc(void *ctx, bool level_sensitive, struct irq_line *ret_line)
{
	struct fake_vm *vm = ctx;

	return xics_source_alloc(vm->xics, level_sensitive, ret_line);
}

/* As the kernel would: no two at one address. */
static int doorbell_set(void *ctx, gpa_t gpa, int fd, bool on)
{
	struct fake_vm *vm = ctx;

	for (unsigned i = 0; i < vm->bell_count; i++)
		if (vm->bells[i].v == gpa.v) {
			if (on)
				return -EEXIST;
			vm->bells[i] = vm->bells[--vm->bell_count];
			return 0;
		}
	if (!on || vm->bell_count == FAKE_BELLS)
		return -ENOENT;
	vm->bells[vm->bell_count++] = gpa;
	return 0;
}

static void open_pci(struct fake_vm *vm)
{
	must(dma_tables_new(vm->mem, &vm->dma), "TCE tables");
	must(phb_new(&(struct phb_params){.bus = &vm->bus, .tables = vm->dma,
					  .memory_size = FAKE_RAM_SIZE, .irq_alloc = irq_alloc,
					  .doorbell_set = doorbell_set,
					  .ctx = vm}, &vm->phbs.phbs[0]), "PCI host bridge");
	vm->phbs.count = 1;
}

static size_t console_write(void *ctx, const uint8_t *buf, size_t len)
{
	struct fake_vm *vm = ctx;

	return vty_put(vm->vio.vtys[0], buf, len) == 0 ? len : 0;
}

static size_t console_read(void *ctx, uint8_t *buf, size_t len)
{
	struct fake_vm *vm = ctx;

	return vty_get(vm->vio.vtys[0], buf, len);
}

static int negotiate(void *ctx, gpa_t vectors, struct vof_cas_answer *ret_answer)
{
	struct fake_vm *vm = ctx;

	return cas_negotiate(&vm->env, vectors, ret_answer);
}

static void open_firmware(struct fake_vm *vm)
{
	struct vm_config config;
	struct tree_store store;
	struct fdt_desc desc;
	void *blob;
	size_t len;

	config_init(&config);
	must(tree_describe(&config, vm->env.caps, &vm->vio, &vm->env, &store, &desc), "device tree");
	must(fdt_build(&desc, &blob, &len), "device tree");
	must(vof_new(&(struct vof_params){
			     .mem = vm->mem, .dtb = blob, .dtb_len = len, .rtas_blob = rtas_blob,
			     .rtas_blob_len = rtas_blob_len, .stdout_path = "/vdevice/vty@71000000",
			     .callbacks = {.console_write = console_write,
					   .console_read = console_read, .cas = negotiate,
					   .exit = power_crashed, .ctx = vm}},
		     &vm->vof), "firmware");
	free(blob);
	config_done(&config);
}

static void hpt_flush(void *ctx, const struct hpte_page *page)
{
	struct fake_vm *vm = ctx;

	vm->flushes++;
	vm->flushed = *page;
}

static void hpt_moved(void *ctx)
{
	((struct fake_vm *)ctx)->moves++;
}

static const struct hpt_ops hpt_ops = {.flush = hpt_flush, .moved = hpt_moved};

/* A POWER9 with either translation and everything else in user space. */
static struct accel_caps caps = {.radix = true, .hash = true, .radix_ap = {0xc}, .radix_ap_count = 1, .join = true, .nmi = true,
				.behaviour = 1ULL << 63};

struct fake_vm *fake_vm_new(void)
{
	static vcpu_exit_fn *const no_handlers[VCPU_EXIT_NR];
	struct fake_vm *vm = calloc(1, sizeof(*vm));

	must(vm ? 0 : -ENOMEM, "memory");
	must(ram_open(&vm->memory, FAKE_RAM_SIZE), "memory");
	vm->ram = vm->memory.hva;
	must(gmem_new(&vm->mem), "memory");
	must(gmem_add(vm->mem, GPA(0), FAKE_RAM_SIZE, vm->ram), "memory");
	must(loop_new(&vm->loop), "loop");
	must(xics_new(FAKE_VCPUS, deliver, vm, &vm->xics), "XICS");
	for (unsigned i = 0; i < FAKE_VTYS; i++)
		open_vty(vm, i);
	open_pci(vm);
	must(nvram_new(NULL, &vm->nvram), "NVRAM");
	must(vcpus_new(&(struct vcpus_params){.ops = &back_ops, .accel = (struct accel *)vm,
					      .count = FAKE_VCPUS,
					      .handlers = no_handlers}, &vm->vcpus), "vCPUs");
	vm->rtas = (struct rtas){.nvram = vm->nvram, .rtc = &vm->rtc,
				 .panel = {.lock = PTHREAD_MUTEX_INITIALIZER}};
	vm->env = (struct hcall_env){
		.mem = vm->mem, .vcpus = vm->vcpus, .caps = &caps,
		.xics = vm->xics, .vio = &vm->vio, .phbs = &vm->phbs,
		.dma = vm->dma, .rtas = &vm->rtas, .power = &power_ops,
		.power_ctx = vm, .rng = true,
	};
	hcall_init();
	must(hpt_new(HPT_SHIFT_MIN, &hpt_ops, vm, &vm->hpt), "hashed page table");
	caps.hpt = vm->hpt;
	caps.model = *cpu_model_find("power9");
	open_firmware(vm);
	vm->env.vof = vm->vof;
	fake_vm_reset(vm);
	return vm;
}

void fake_vm_reset(struct fake_vm *vm)
{
	vcpus_pause(vm->vcpus);
	vcpus_reset(vm->vcpus);
	xics_reset(vm->xics);
	vio_reset(&vm->vio);
	must(phb_reset(vm->phbs.phbs[0]), "PCI host bridge");
	memset(vm->ram, 0, FAKE_RAM_SIZE);
	must(vof_reset(vm->vof), "firmware");
	must(vof_place(vm->vof), "firmware");
	must(vcpu_start(vcpus_get(vm->vcpus, 0), vof_entry(), 0, MSR_SF | MSR_ME), "vCPU 0");
	hpt_reset(vm->hpt);
	atomic_store(&vm->rtc.offset_s, 0);
	vm->flushes = vm->moves = 0;
	vm->env.radix = hcall_radix_at_start(&caps);
	vm->offs = vm->resets = vm->crashes = 0;
	vm->reason[0] = 0;
}

void fake_vm_free(struct fake_vm *vm)
{
	vcpus_free(vm->vcpus);
	vof_free(vm->vof);
	phb_free(vm->phbs.phbs[0]);
	dma_tables_free(vm->dma);
	nvram_free(vm->nvram);
	for (unsigned i = 0; i < FAKE_VTYS; i++) {
		vty_free(vm->vio.vtys[i]);
		chr_close(vm->chrs[i]);
	}
	xics_free(vm->xics);
	loop_free(vm->loop);
	hpt_free(vm->hpt);
	gmem_free(vm->mem);
	ram_close(&vm->memory);
	free(vm);
}

int64_t fake_hcall(struct fake_vm *vm, unsigned cpu, uint64_t nr, const uint64_t *in, uint64_t *out)
{
	struct hcall_ctx ctx = {.env = &vm->env, .vcpu = vcpus_get(vm->vcpus, cpu)};
	struct vcpu_exit e = {.kind = VCPU_EXIT_HCALL, .hcall.nr = nr};

	if (in)
		memcpy(e.hcall.in, in, sizeof(e.hcall.in));
	hcall_dispatch(&ctx, &e);
	if (out)
		memcpy(out, e.hcall.out, sizeof(e.hcall.out));
	return e.hcall.status;
}

static uint32_t rtas_token(const char *name)
{
	const char *n;
	uint32_t token;

	for (unsigned i = 0; (n = rtas_function(i, &token)); i++)
		if (!strcmp(n, name))
			return token;
	return 0;
}

int32_t fake_rtas(struct fake_vm *vm, const char *name, unsigned nargs, const uint32_t *args,
		  unsigned nret, uint32_t *results)
{
	uint8_t *block = vm->ram + FAKE_BLOCK;

	store_be32(block, rtas_token(name));
	store_be32(block + 4, nargs);
	store_be32(block + 8, nret);
	for (unsigned i = 0; i < nargs; i++)
		store_be32(block + 12 + 4 * i, args[i]);
	if (FAKE_HCALL(vm, H_RTAS, FAKE_BLOCK) != H_SUCCESS)
		abort();
	for (unsigned i = 0; results && i < nret; i++)
		results[i] = load_be32(block + 12 + 4 * (nargs + i));
	return (int32_t)load_be32(block + 12 + 4 * nargs);
}

bool fake_client(struct fake_vm *vm, const char *service, unsigned nargs, const uint32_t *args,
		 unsigned nrets, uint32_t *rets)
{
	uint8_t *block = vm->ram + FAKE_BLOCK;

	store_be32(block, fake_string(vm, FAKE_BLOCK + 0x100, service));
	store_be32(block + 4, nargs);
	store_be32(block + 8, nrets);
	for (unsigned i = 0; i < nargs; i++)
		store_be32(block + 12 + 4 * i, args[i]);
	if (FAKE_HCALL(vm, H_VOF_CLIENT, FAKE_BLOCK) != 0)
		return false;
	for (unsigned i = 0; rets && i < nrets; i++)
		rets[i] = load_be32(block + 12 + 4 * (nargs + i));
	return true;
}

uint32_t fake_client_1(struct fake_vm *vm, const char *service, unsigned nargs, const uint32_t *args)
{
	uint32_t ret;

	if (!fake_client(vm, service, nargs, args, 1, &ret)) {
		fprintf(stderr, "fake VM: the service %s fails\n", service);
		abort();
	}
	return ret;
}

uint32_t fake_string(struct fake_vm *vm, uint32_t gpa, const char *text)
{
	strcpy((char *)vm->ram + gpa, text);
	return gpa;
}

size_t fake_type(struct fake_vm *vm, unsigned index, const char *text)
{
	struct chr *c = vm->chrs[index];

	return c->input_fn(c->input_ctx, (const uint8_t *)text, strlen(text));
}
