/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a VM boots: the files, their places in memory, and the first instruction. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "vmm/base/bits.h"
#include "vmm/base/cleanup.h"
#include "vmm/base/log.h"
#include "vmm/machine/layout.h"
#include "vmm/machine/machine.h"
#include "vof/hypercalls.h"

static int file_map(const char *option, const char *path, struct mapped_file *ret_file)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st) < 0) {
		int r = -errno;

		log_error("--%s=%s: %s", option, path, strerror(-r));
		return r;
	}
	if (!S_ISREG(st.st_mode) || !st.st_size) {
		log_error("--%s=%s: %s", option, path,
			  S_ISREG(st.st_mode) ? "the file is empty" : "not a regular file");
		return -EINVAL;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		log_error("--%s=%s: %s", option, path, strerror(errno));
		return -errno;
	}
	*ret_file = (struct mapped_file){.data = data, .len = (size_t)st.st_size};
	return 0;
}

static void file_unmap(struct mapped_file *f)
{
	if (f->data)
		munmap((void *)(uintptr_t)f->data, f->len);
	*f = (struct mapped_file){0};
}

int boot_load_files(struct machine *m)
{
	const struct vm_config *c = m->config;
	const char *why = NULL;
	int r;

	if (!c->kernel)
		return 0;
	r = file_map("kernel", c->kernel, &m->kernel_file);
	if (r == 0 && c->initrd)
		r = file_map("initrd", c->initrd, &m->initrd_file);
	if (r < 0)
		return r;
	r = kernel_image_open(&m->kernel, m->kernel_file.data, m->kernel_file.len, c->memory, &why);
	if (r == -EINVAL)
		log_error("--kernel=%s: %s", c->kernel, why);
	else if (r == -EFBIG)
		log_error("--kernel=%s: larger than --memory=%lluM", c->kernel,
			  (unsigned long long)(c->memory >> 20));
	else if (r < 0)
		log_error("--kernel=%s: %s", c->kernel, strerror(-r));
	return r;
}

void boot_close_files(struct machine *m)
{
	kernel_image_close(&m->kernel);
	file_unmap(&m->kernel_file);
	file_unmap(&m->initrd_file);
}

static int kernel_place(struct machine *m)
{
	const char *why = NULL;
	int r = kernel_image_place(&m->kernel, m->mem, LAYOUT_KERNEL_BASE, &m->placed, &why);

	if (r == -EINVAL)
		log_error("--kernel=%s: %s", m->config->kernel, why);
	else if (r == -EFBIG)
		log_error("--kernel=%s: it does not fit into --memory=%lluM", m->config->kernel,
			  (unsigned long long)(m->config->memory >> 20));
	else if (r < 0)
		log_error("--kernel=%s: cannot write it to the VM's memory: %s", m->config->kernel, strerror(-r));
	return r;
}

/* Right behind the kernel: it takes what lies above the initrd for its own tables. */
static int initrd_place(struct machine *m)
{
	uint64_t size = m->initrd_file.len, end;
	uint64_t base = align_up(m->placed.end + LAYOUT_KERNEL_ROOM, LAYOUT_INITRD_ALIGN);
	int r;

	if (!size)
		return 0;
	if (!check_add_u64(base + LAYOUT_KERNEL_ROOM, size, &end) || end > m->config->memory) {
		log_error("--initrd=%s: it does not fit into --memory=%lluM beside the kernel",
			  m->config->initrd, (unsigned long long)(m->config->memory >> 20));
		return -EFBIG;
	}
	m->initrd_base = base;
	r = gmem_load(m->mem, GPA(base), m->initrd_file.data, size);
	if (r < 0)
		log_error("--initrd=%s: cannot write it to the VM's memory: %s", m->config->initrd, strerror(-r));
	return r;
}

/* H-calls of the firmware and the kernel as the back end knows them. */
static int hypercalls_fit(struct machine *m)
{
	void *firmware = gmem_span(m->mem, GPA(0), LAYOUT_FIRMWARE_SIZE);
	uint64_t len = m->placed.end - m->placed.base;
	void *kernel = gmem_span(m->mem, GPA(m->placed.base), len);
	size_t count;

	if (!m->caps->fake_sc1)
		return 0;
	if (!firmware || (len && !kernel))
		return -EFAULT;
	hypercalls_replace(firmware, LAYOUT_FIRMWARE_SIZE);
	count = hypercalls_replace(kernel, len);
	log_debug("%zu h-calls in the kernel", count);
	return 0;
}

static int firmware_place(struct machine *m)
{
	struct vcpu *v = vcpus_get(m->vcpus, 0);
	struct cpu_regs regs;
	int r = vof_reset(m->vof);

	if (r == 0)
		r = vof_place(m->vof);
	if (r == 0)
		r = hypercalls_fit(m);
	if (r == 0)
		r = vof_claim_range(m->vof, m->placed.base, m->placed.end - m->placed.base);
	if (r == 0 && m->initrd_file.len)
		r = vof_claim_range(m->vof, m->initrd_base, m->initrd_file.len);
	if (r < 0) {
		log_error("cannot place the firmware: %s", strerror(-r));
		return r;
	}
	v->ops->regs_get(v, &regs);
	regs.gpr[3] = m->initrd_base;
	regs.gpr[4] = m->initrd_file.len;
	regs.gpr[6] = m->placed.entry;
	v->ops->regs_set(v, &regs);
	return vcpu_start(v, vof_entry(), m->initrd_base, MSR_SF | MSR_ME);
}

int boot_place(struct machine *m)
{
	int r = kernel_place(m);

	if (r == 0)
		r = initrd_place(m);
	if (r == 0)
		r = firmware_place(m);
	return r;
}
