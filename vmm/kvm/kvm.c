/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KVM as a back end: the VM, and what its host gives a guest. */
#include "vmm/kvm/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/base/log.h"

int kvm_call(int fd, unsigned long request, unsigned long arg)
{
	int r = ioctl(fd, request, arg);

	return r < 0 ? -errno : r;
}

int kvm_call_ptr(int fd, unsigned long request, const void *arg)
{
	return kvm_call(fd, request, (unsigned long)arg);
}

int kvm_extension(int fd, unsigned cap)
{
	int r = kvm_call(fd, KVM_CHECK_EXTENSION, cap);

	return r < 0 ? 0 : r;
}

int kvm_enable(int fd, unsigned cap, uint64_t arg0, uint64_t arg1)
{
	struct kvm_enable_cap enable = {.cap = cap, .args = {arg0, arg1}};

	return kvm_call_ptr(fd, KVM_ENABLE_CAP, &enable);
}

int kvm_device_open(char *why, size_t size)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), r;

	if (fd < 0) {
		r = -errno;
		if (r == -ENOENT)
			snprintf(why, size, "there is no /dev/kvm (try: modprobe kvm_hv)");
		else
			snprintf(why, size, "/dev/kvm: %s%s", strerror(-r),
				 r == -EACCES ? " (try: usermod -aG kvm $USER)" : "");
		return r;
	}
	r = kvm_call(fd, KVM_GET_API_VERSION, 0);
	if (r == KVM_API_VERSION)
		return fd;
	close(fd);
	snprintf(why, size, "/dev/kvm speaks version %d of its interface, not %d", r,
		 KVM_API_VERSION);
	return -ENOTSUP;
}

static const char *const type_names[] = {
	[ACCEL_KVM_AUTO] = "auto", [ACCEL_KVM_HV] = "hv", [ACCEL_KVM_PR] = "pr",
};

static int vm_create(struct accel *a, char *why, size_t size)
{
	static const unsigned long types[] = {[ACCEL_KVM_HV] = KVM_VM_TYPE_HV,
					      [ACCEL_KVM_PR] = KVM_VM_TYPE_PR};
	int r = -EINVAL;

	for (unsigned t = ACCEL_KVM_HV; t <= ACCEL_KVM_PR; t++) {
		if (a->params.kvm_type != ACCEL_KVM_AUTO && a->params.kvm_type != t)
			continue;
		r = a->vm_fd = kvm_call(a->dev_fd, KVM_CREATE_VM, types[t]);
		if (r >= 0) {
			a->type = t;
			return 0;
		}
	}
	if (r == -EINVAL && a->params.kvm_type != ACCEL_KVM_AUTO)
		snprintf(why, size, "--kvm-type=%s: this host's KVM has no such VMs",
			 type_names[a->params.kvm_type]);
	else if (r == -EINVAL)
		snprintf(why, size, "/dev/kvm makes no VMs (try: modprobe kvm_hv)");
	else
		snprintf(why, size, "KVM cannot create a VM: %s", strerror(-r));
	return r;
}

static int capabilities_check(struct accel *a, char *why, size_t size)
{
	static const struct {
		unsigned cap;
		const char *name;
	} needed[] = {
		{KVM_CAP_PPC_PAPR, "PAPR guests"},
		{KVM_CAP_ONE_REG, "access to single registers"},
		{KVM_CAP_IMMEDIATE_EXIT, "immediate exits"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(needed); i++)
		if (!kvm_extension(a->vm_fd, needed[i].cap)) {
			snprintf(why, size, "this host's KVM is without %s", needed[i].name);
			return -ENOTSUP;
		}
	a->hwrng = kvm_extension(a->vm_fd, KVM_CAP_PPC_HWRNG);
	a->caps.kvm = true;
	a->caps.nmi = kvm_extension(a->vm_fd, KVM_CAP_PPC_FWNMI);
	a->ail3 = kvm_extension(a->vm_fd, KVM_CAP_PPC_AIL_MODE_3);
	a->irqfds = kvm_extension(a->vm_fd, KVM_CAP_IRQFD);
	a->doorbells = kvm_extension(a->vm_fd, KVM_CAP_IOEVENTFD) &&
		       kvm_extension(a->vm_fd, KVM_CAP_IOEVENTFD_ANY_LENGTH);
	return 0;
}

/* --compat: an older level than the host's. */
static int level_check(struct accel *a, const struct cpu_model *host, char *why, size_t size)
{
	const struct cpu_level *compat = a->params.compat;

	if (!compat)
		return 0;
	if (compat->isa > host->isa) {
		snprintf(why, size, "--compat=%s: the host's processor, a %s, is older; --compat=none works",
			 compat->name, host->name);
		return -ENOTSUP;
	}
	a->caps.compat_pvr = compat->logical_pvr;
	return 0;
}

/* The processor's level that the kernel works with, which may be lower than the processor's own. */
static int model_find(struct accel *a, char *why, size_t size)
{
	const char *level = (const char *)getauxval(AT_PLATFORM);
	const char *base = (const char *)getauxval(AT_BASE_PLATFORM);
	const struct cpu_model *host = level ? cpu_model_find(level) : NULL;
	uint32_t pvr;

	if (!host) {
		snprintf(why, size, "this version knows no guest CPU for a %s host", level ? level : "?");
		return -ENOTSUP;
	}
	if (a->params.model && a->params.model != host) {
		snprintf(why, size, "--cpu=%s: KVM runs guests on the host's own processor, a %s",
			 a->params.model->name, host->name);
		return -ENOTSUP;
	}
	__asm__("mfspr %0, 287" : "=r"(pvr));
	a->caps.model = *host;
	a->caps.model.pvr = pvr;
	if (base && strncmp(base, level, strlen(level)))
		a->caps.compat_pvr = host->logical_pvr;
	return level_check(a, host, why, size);
}

/* Frequencies from /proc/cpuinfo: "clock : 3800.000000MHz", "timebase : 512000000". */
static void clocks_find(struct accel *a)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];
	double mhz;
	unsigned hz;

	a->caps.timebase_hz = TIMEBASE_HZ;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "timebase : %u", &hz) == 1)
			a->caps.timebase_hz = hz;
		else if (sscanf(line, "clock : %lfMHz", &mhz) == 1 && mhz > 0 && mhz < 1e6)
			a->caps.model.clock_hz = (uint64_t)(mhz * 1e6);
	}
	if (f)
		fclose(f);
}

/* The width of the host's decrementer, which its firmware tells. */
static void decrementer_find(struct accel *a)
{
	glob_t found = {0};
	uint8_t cells[4];
	FILE *f = NULL;

	if (a->type == ACCEL_KVM_HV &&
	    glob("/proc/device-tree/cpus/*/ibm,dec-bits", GLOB_NOSORT, NULL, &found) == 0)
		f = fopen(found.gl_pathv[0], "re");
	if (f && fread(cells, 1, sizeof(cells), f) == sizeof(cells) && load_be32(cells) > 32 &&
	    load_be32(cells) <= 64)
		a->caps.dec_bits = load_be32(cells);
	if (f)
		fclose(f);
	globfree(&found);
}

/* What the kernel does not know, the guest is told to guard itself against. */
static void characteristics_find(struct accel *a)
{
	struct kvm_ppc_cpu_char c = {0};

	if (kvm_call_ptr(a->vm_fd, KVM_PPC_GET_CPU_CHAR, &c) < 0 || !c.behaviour_mask) {
		a->caps.behaviour = KVM_PPC_CPU_BEHAV_FAVOUR_SECURITY |
				    KVM_PPC_CPU_BEHAV_L1D_FLUSH_PR |
				    KVM_PPC_CPU_BEHAV_BNDS_CHK_SPEC_BAR;
		return;
	}
	a->caps.characteristics = c.character & c.character_mask;
	a->caps.behaviour = c.behaviour & c.behaviour_mask;
}

/* Cores of several threads: before the first vCPU. */
static int threads_set(struct accel *a, char *why, size_t size)
{
	unsigned threads = a->params.threads;
	int r = threads > 1 ? kvm_enable(a->vm_fd, KVM_CAP_PPC_SMT, threads, 0) : 0;

	if (r < 0)
		snprintf(why, size, "KVM has no cores of %u threads here; threads=1 works", threads);
	return r;
}

/* Only its arrival counts: it ends KVM_RUN. */
static void kick_arrived(int signo)
{
}

static int vm_open(struct accel *a, char *why, size_t size)
{
	struct sigaction sa = {.sa_handler = kick_arrived};
	int r = a->dev_fd = kvm_device_open(why, size);

	if (r >= 0)
		r = vm_create(a, why, size);
	if (r == 0)
		r = capabilities_check(a, why, size);
	if (r == 0)
		r = threads_set(a, why, size);
	if (r == 0)
		r = model_find(a, why, size);
	if (r == 0)
		r = kvm_mmu_open(a, why, size);
	if (r < 0)
		return r;
	clocks_find(a);
	decrementer_find(a);
	characteristics_find(a);
	kvm_irqchip_open(a);
	kvm_tce_open(a);
	r = kvm_call(a->dev_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	a->run_size = r < 0 ? 0 : (size_t)r;
	sigaction(VCPU_KICK_SIGNAL, &sa, NULL);
	if (a->run_size >= sizeof(struct kvm_run))
		r = kvm_mem_open(a);
	if (r < 0)
		snprintf(why, size, "KVM does not take the guest's memory: %s", strerror(-r));
	return r;
}

static void kvm_close(struct accel *a)
{
	kvm_irqchip_close(a);
	if (a->vm_fd >= 0)
		close(a->vm_fd);
	if (a->dev_fd >= 0)
		close(a->dev_fd);
	hpt_free(a->caps.hpt);
	free(a->vcpus);
	free(a);
}

static int kvm_vm_reset(struct accel *a)
{
	int r = kvm_mmu_reset(a);

	/* the kernel keeps multiples of 2^24; a guest of kvm_pr has the host's own */
	a->tb_offset = a->type == ACCEL_KVM_PR ? 0 : align_up(0 - __builtin_ppc_get_timebase(), 1ULL << 24);
	return r;
}

static int kvm_open(const struct accel_params *params, struct accel **ret_accel, char *why,
		    size_t why_size)
{
	struct accel *a = calloc(1, sizeof(*a));
	int r;

	if (!a) {
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	a->params = *params;
	a->dev_fd = a->vm_fd = a->xics_fd = a->xive_fd = -1;
	a->vcpus = calloc(params->max_vcpus, sizeof(a->vcpus[0]));
	if (!a->vcpus) {
		free(a);
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	r = vm_open(a, why, why_size);
	if (r == 0) {
		r = kvm_vm_reset(a);
		if (r < 0)
			snprintf(why, why_size, "KVM does not set up translation: %s", strerror(-r));
	}
	if (r < 0) {
		kvm_close(a);
		return r;
	}
	log_info("kvm: type %s, %s, %s, %s", type_names[a->type], a->caps.model.name,
		 a->caps.radix ? "radix" : "hash",
		 !a->caps.xive.ops ? a->caps.xics.ops ? "XICS in the kernel" : "interrupts in user space" :
		 a->caps.xics.ops  ? "XICS and XIVE in the kernel" : "XIVE in the kernel");
	*ret_accel = a;
	return 0;
}

static const struct accel_caps *kvm_caps(const struct accel *a)
{
	return &a->caps;
}

static bool kvm_cpu_supported(const struct cpu_model *model)
{
	const char *level = (const char *)getauxval(AT_PLATFORM);

	return level && !strcmp(level, model->name);
}

static uint64_t kvm_timebase(struct accel *a)
{
	return __builtin_ppc_get_timebase() + a->tb_offset;
}

const struct accel_ops kvm_accel_ops = {
	.name = "kvm",
	.cpu_supported = kvm_cpu_supported,
	.open = kvm_open,
	.close = kvm_close,
	.caps = kvm_caps,
	.vcpu_open = kvm_vcpu_open,
	.vcpu_close = kvm_vcpu_close,
	.hcall_offload = kvm_hcall_offload,
	.rtas_offload = kvm_rtas_offload,
	.vm_reset = kvm_vm_reset,
	.run = kvm_vcpu_run,
	.settle = kvm_vcpu_settle,
	.idle = kvm_vcpu_idle,
	.reset = kvm_vcpu_reset,
	.regs_get = kvm_regs_get,
	.regs_set = kvm_regs_set,
	.spr_get = kvm_spr_get,
	.spr_set = kvm_spr_set,
	.mode_set = kvm_mode_set,
	.proc_table_set = kvm_proc_table_set,
	.doorbell_set = kvm_doorbell_set,
	.kick = kvm_vcpu_kick,
	.nmi_exits = kvm_nmi_exits,
	.system_reset = kvm_system_reset,
	.external_irq = kvm_external_irq,
	.timebase = kvm_timebase,
};
