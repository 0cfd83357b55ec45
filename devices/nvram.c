/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Non-volatile memory. */
#include "devices/nvram.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "vmm/base/byteorder.h"

struct nvram {
	pthread_mutex_t lock;
	int fd; /* -1: memory alone */
	uint8_t bytes[NVRAM_SIZE];
};

#define PARTITION_FREE  0x7f
#define PARTITION_BLOCK 16

/* One partition of free space over all of it: the state in which a guest makes its own. LoPAR
 * "Non-Volatile Memory", NVRAM partitions. */
static void nvram_format(struct nvram *n)
{
	uint8_t *head = n->bytes;
	unsigned sum = 0;

	head[0] = PARTITION_FREE;
	store_be16(head + 2, NVRAM_SIZE / PARTITION_BLOCK);
	memset(head + 4, 0x77, 12);
	for (unsigned i = 0; i < PARTITION_BLOCK; i++) {
		sum += head[i];
		sum = (sum & 0xff) + (sum >> 8);
	}
	head[1] = (uint8_t)sum;
}

/* Reads the file, or gives a new one its size. */
static int nvram_open_file(struct nvram *n, const char *path)
{
	struct stat st;

	n->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (n->fd < 0 || fstat(n->fd, &st) < 0)
		return -errno;
	if (!st.st_size && S_ISREG(st.st_mode)) {
		if (pwrite(n->fd, n->bytes, NVRAM_SIZE, 0) != NVRAM_SIZE)
			return errno ? -errno : -EIO;
		return 0;
	}
	if (st.st_size != NVRAM_SIZE)
		return -EINVAL;
	if (pread(n->fd, n->bytes, NVRAM_SIZE, 0) != NVRAM_SIZE)
		return -EIO;
	return 0;
}

int nvram_new(const char *path, struct nvram **ret_nvram)
{
	struct nvram *n = calloc(1, sizeof(*n));
	int r = 0;

	if (!n)
		return -ENOMEM;
	n->fd = -1;
	pthread_mutex_init(&n->lock, NULL);
	nvram_format(n);
	if (path)
		r = nvram_open_file(n, path);
	if (r < 0) {
		nvram_free(n);
		return r;
	}
	*ret_nvram = n;
	return 0;
}

void nvram_free(struct nvram *n)
{
	if (!n)
		return;
	if (n->fd >= 0)
		close(n->fd);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

int nvram_fetch(struct nvram *n, uint32_t offset, void *buf, uint32_t len)
{
	if (!check_range_u64(offset, len, NVRAM_SIZE))
		return -EINVAL;
	pthread_mutex_lock(&n->lock);
	memcpy(buf, n->bytes + offset, len);
	pthread_mutex_unlock(&n->lock);
	return 0;
}

int nvram_store(struct nvram *n, uint32_t offset, const void *buf, uint32_t len)
{
	const struct iovec io = {.iov_base = (void *)(uintptr_t)buf, .iov_len = len};
	int r = 0;

	if (!check_range_u64(offset, len, NVRAM_SIZE))
		return -EINVAL;
	pthread_mutex_lock(&n->lock);
	if (n->fd >= 0 && pwritev2(n->fd, &io, 1, offset, RWF_DSYNC) != (ssize_t)len)
		r = -EIO;
	if (r == 0)
		memcpy(n->bytes + offset, buf, len);
	pthread_mutex_unlock(&n->lock);
	return r;
}
