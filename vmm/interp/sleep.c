/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's sleep: on a futex, its word of events. */
#include "vmm/interp/sleep.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "vmm/cpu/vcpu.h"
#include "vmm/interp/core.h"
#include "vmm/interp/smp.h"

/* What a vCPU that waits for another one leaves it, unless there is something to do. */
#define YIELD_NS 50000

/* Virtual processor area: even while the vCPU is dispatched, odd while it is not. */
#define VPA_DISPATCHES 0x100

static void vpa_count(struct icpu *cpu, bool dispatched)
{
	uint64_t vpa = __atomic_load_n(&cpu->vcpu->vpa_gpa, __ATOMIC_RELAXED);
	gpa_t at = GPA(vpa + VPA_DISPATCHES);
	uint32_t n;

	if (!vpa || gmem_read_be32(cpu->interp->mem, at, &n) < 0)
		return;
	n = dispatched ? (n | 1) + 1 : (n + 1) | 1;
	/* it was all in memory when it was registered, and memory does not go away */
	if (gmem_write_be32(cpu->interp->mem, at, n) < 0)
		return;
}

/* True if there is a reason to execute: an interrupt that would be taken, or to come out of the guest. */
static bool is_wanted(const struct icpu *cpu, uint32_t events)
{
	uint32_t mask = EVENT_KICK | EVENT_SYSTEM_RESET;

	if (cpu->msr & MSR_EE)
		mask |= EVENT_EXTERNAL | EVENT_DOORBELL;
	return (events & mask) || atomic_load(&cpu->vcpu->prodded);
}

static void futex_wait(struct icpu *cpu, uint32_t events, uint64_t ns)
{
	const struct timespec ts = {.tv_sec = (time_t)(ns / 1000000000),
				    .tv_nsec = (long)(ns % 1000000000)};

	syscall(SYS_futex, &cpu->events, FUTEX_WAIT_PRIVATE, events, &ts, NULL, 0);
}

/* Until the decrementer's interrupt; a second at the most where that is not to be taken. */
static bool time_left(const struct icpu *cpu, uint64_t *ret_ns)
{
	int64_t ticks = (int64_t)(cpu->dec_expiry - timebase_now(cpu));

	*ret_ns = 1000000000;
	if (!(cpu->msr & MSR_EE))
		return true;
	if (ticks <= 0)
		return false;
	*ret_ns = (uint64_t)ticks / 64 * 125 + 125;
	return true;
}

void sleep_idle(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;
	uint64_t ns;

	vpa_count(cpu, false);
	for (;;) {
		uint32_t events = atomic_load(&cpu->events);

		if (is_wanted(cpu, events) || !time_left(cpu, &ns))
			break;
		futex_wait(cpu, events, ns);
	}
	atomic_fetch_and(&cpu->events, ~EVENT_KICK);
	vpa_count(cpu, true);
}

void sleep_yield(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;
	uint32_t events = atomic_load(&cpu->events);

	if (is_wanted(cpu, events))
		return;
	vpa_count(cpu, false);
	futex_wait(cpu, events, YIELD_NS);
	vpa_count(cpu, true);
}

static void event(struct icpu *cpu, uint32_t bit)
{
	if (!(atomic_fetch_or(&cpu->events, bit) & bit))
		syscall(SYS_futex, &cpu->events, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void sleep_kick(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;

	event(cpu, EVENT_KICK);
}

void sleep_external_irq(struct vcpu *vcpu, bool level)
{
	struct icpu *cpu = vcpu->back;

	if (level)
		event(cpu, EVENT_EXTERNAL);
	else
		atomic_fetch_and(&cpu->events, ~EVENT_EXTERNAL);
}

void sleep_system_reset(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;

	event(cpu, EVENT_SYSTEM_RESET);
}

void sleep_doorbell(struct icpu *cpu)
{
	event(cpu, EVENT_DOORBELL);
}
