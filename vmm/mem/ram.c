/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host memory behind guest RAM. */
#include "vmm/mem/ram.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/base/cleanup.h"

int ram_open(struct ram *ret_ram, uint64_t size)
{
	_cleanup_close_ int fd = memfd_create("paprika-ram", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *hva;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) < 0)
		return -errno;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	hva = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (hva == MAP_FAILED)
		return -errno;
	madvise(hva, size, MADV_HUGEPAGE);
	madvise(hva, size, MADV_DONTDUMP);
	*ret_ram = (struct ram){.fd = steal_fd(&fd), .hva = hva, .size = size};
	return 0;
}

void ram_close(struct ram *ram)
{
	munmap(ram->hva, ram->size);
	close(ram->fd);
	*ram = (struct ram){.fd = -1};
}

int ram_clear(struct ram *ram)
{
	if (fallocate(ram->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)ram->size) < 0)
		return -errno;
	return 0;
}

int ram_discard(struct ram *ram, uint64_t at, uint64_t len)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), end, begin;

	if (!check_add_u64(at, len, &end) || end > ram->size)
		return -EINVAL;
	begin = (at + page - 1) & ~(page - 1);
	end &= ~(page - 1);
	if (begin >= end)
		return 0;
	if (fallocate(ram->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)begin, (off_t)(end - begin)) < 0)
		return -errno;
	return 0;
}
