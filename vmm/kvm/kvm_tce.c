/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCE tables in the kernel, which then answers their h-calls; devices here read the same entries. Source:
 * Documentation/virt/kvm/api.rst, KVM_CREATE_SPAPR_TCE_64. The kernel makes a page of a table when it is first
 * written or read, and counts the whole as locked memory of the process from its begin.
 *
 * Threads: as struct dma_backing.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

static size_t table_size(const struct dma_window *w)
{
	return w->entries * sizeof(uint64_t);
}

/* The mapping keeps the table: it needs no descriptor of ours. */
static int table_open(struct accel *a, const struct dma_window *w, void **ret_table)
{
	struct kvm_create_spapr_tce_64 args = {
		.liobn = w->liobn,
		.page_shift = w->page_shift,
		.offset = w->base >> w->page_shift,
		.size = w->entries,
	};
	int fd = kvm_call_ptr(a->vm_fd, KVM_CREATE_SPAPR_TCE_64, &args), r = 0;
	void *table = NULL;

	if (fd < 0)
		return fd;
	table = mmap(NULL, table_size(w), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (table == MAP_FAILED)
		r = -errno;
	else
		*ret_table = table;
	close(fd);
	return r;
}

static int tce_open(void *ctx, const struct dma_window *w, _Atomic uint64_t **ret_entries)
{
	struct accel *a = ctx;
	void *table = NULL;
	int r = table_open(a, w, &table);

	if (r == -EBUSY)
		return -EEXIST;
	if (r == 0)
		*ret_entries = table;
	else if (!a->tces_refused)
		log_info("kvm: no TCE table for a window of %llu pages (%s): its h-calls come here",
			 (unsigned long long)w->entries, strerror(-r));
	a->tces_refused |= r < 0;
	return r;
}

static void tce_close(void *ctx, const struct dma_window *w, _Atomic uint64_t *entries)
{
	munmap((void *)entries, table_size(w));
}

void kvm_tce_open(struct accel *a)
{
	if (!kvm_extension(a->vm_fd, KVM_CAP_SPAPR_TCE_64)) {
		log_info("kvm: no TCE tables in the kernel");
		return;
	}
	a->tces = (struct dma_backing){.open = tce_open, .close = tce_close, .ctx = a};
	a->caps.tces = &a->tces;
}
