/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Non-maskable interrupts with the firmware's help. */
#include "hcalls/rtas/nmi.h"

#include <string.h>

#include "hcalls/rtas/handlers.h"
#include "hcalls/rtas/log.h"
#include "vmm/base/byteorder.h"
#include "vof/vof.h"

#define ROUTINES_END (32ULL << 20) /* they are in the first 32 MB */

/* In the byte of a cause: the effective address is there. */
#define UE_EA_PROVIDED 0x40
#define EA_PROVIDED    0x80

/* in: system reset routine, machine check routine */
int32_t rtas_ibm_nmi_register(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct rtas_nmi *nmi = &ctx->env->rtas->nmi;

	for (unsigned i = 0; i < 2; i++)
		if (!args[i] || args[i] >= ROUTINES_END || (args[i] & 3))
			return RTAS_PARAMETER;
	atomic_store(&nmi->reset_gpa, args[0]);
	atomic_store(&nmi->check_gpa, args[1]);
	ctx->vcpu->ops->nmi_exits(ctx->vcpu, true);
	return RTAS_SUCCESS;
}

/* The report has been read. */
int32_t rtas_ibm_nmi_interlock(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	bool *reported = &ctx->env->rtas->nmi.reported[ctx->vcpu->index];

	if (!*reported)
		return RTAS_HARDWARE;
	*reported = false;
	return RTAS_SUCCESS;
}

/* The byte whose bits mean other things with each kind of error. */
static uint8_t cause_byte(const struct vcpu_exit *e)
{
	switch (e->nmi.error) {
	case MC_UE:
		return (uint8_t)(e->nmi.cause | (e->nmi.has_ea ? UE_EA_PROVIDED : 0));
	case MC_CONTROL:
		return (uint8_t)(e->nmi.cause << 4 | (e->nmi.has_ea ? EA_PROVIDED : 0));
	default:
		return (uint8_t)(e->nmi.cause | (e->nmi.has_ea ? EA_PROVIDED : 0));
	}
}

static unsigned write_log(struct hcall_env *env, const struct vcpu *v, const struct vcpu_exit *e,
			  uint8_t buf[LOG_MAX])
{
	const struct rtas_log log = {.severity = LOG_ERROR_SYNC,
				     .recovery = e->nmi.recovered ? LOG_FULLY_RECOVERED
								  : LOG_NOT_RECOVERED,
				     .type = LOG_ECC_UNCORRECTED, .subsystem = 0x20,
				     .error_severity = 0x40, .id = "MC", .version = 1,
				     .section_len = LOG_SECTION_MAX,
				     .number = rtas_log_number(env->rtas)};
	unsigned len = rtas_log_write(&log, env->rtas->rtc, buf);
	uint8_t *mc = buf + LOG_SECTION;

	store_be32(mc + 0xc, v->server);
	mc[0x10] = e->nmi.error;
	mc[0x11] = cause_byte(e);
	store_be64(mc + 0x18, e->nmi.has_ea ? e->nmi.ea : 0);
	return len;
}

void rtas_nmi_taken(struct hcall_env *env, struct vcpu *v, const struct vcpu_exit *e)
{
	struct rtas_nmi *nmi = &env->rtas->nmi;
	uint64_t base = vof_rtas_base(env->vof);
	uint64_t area = base + RTAS_NMI_OFFSET + (uint64_t)v->index * RTAS_NMI_SIZE;
	uint64_t routine = atomic_load(e->nmi.is_machine_check ? &nmi->check_gpa : &nmi->reset_gpa);
	uint8_t report[8 + LOG_MAX];
	unsigned len = 16;
	struct cpu_regs regs;

	if (!routine || !base)
		return;
	if (e->nmi.is_machine_check && nmi->reported[v->index]) {
		env->power->crashed(env->power_ctx, "a machine check in the handler of another one");
		vcpu_stop_self(v);
		return;
	}
	v->ops->regs_get(v, &regs);
	memset(report, 0, sizeof(report));
	store_be64(report, regs.gpr[3]);
	if (e->nmi.is_machine_check)
		len = 8 + write_log(env, v, e, report + 8);
	if (gmem_write(env->mem, GPA(area), report, len) < 0)
		return; /* the guest has put RTAS where there is no room: its vector has it */
	nmi->reported[v->index] |= e->nmi.is_machine_check;
	regs.gpr[3] = area;
	regs.pc = routine;
	v->ops->regs_set(v, &regs);
}

void rtas_nmi_reset(struct hcall_env *env)
{
	struct rtas_nmi *nmi = &env->rtas->nmi;
	struct vcpu *v = vcpus_get(env->vcpus, 0);

	atomic_store(&nmi->reset_gpa, 0);
	atomic_store(&nmi->check_gpa, 0);
	memset(nmi->reported, 0, sizeof(nmi->reported));
	if (v->ops->nmi_exits)
		v->ops->nmi_exits(v, false);
}
