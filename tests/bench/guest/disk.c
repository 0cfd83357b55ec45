/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own asynchronous I/O, with O_DIRECT: what fio's libaio engine does, without fio's
 * own cost. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sys/ioctl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include "tests/bench/guest/guest.h"

#define DEPTH_MAX 32

struct job {
	const char *name;
	unsigned op; /* IOCB_CMD_PREAD, IOCB_CMD_PWRITE */
	size_t block;
	unsigned depth;
	int random;
};

struct disk {
	int fd;
	uint64_t size;
	aio_context_t aio;
	char *buffers; /* DEPTH_MAX of the largest block */
	uint64_t next, seed;
};

static const struct job jobs[] = {
	{"randread", IOCB_CMD_PREAD, 4096, 32, 1},
	{"randwrite", IOCB_CMD_PWRITE, 4096, 32, 1},
	{"read", IOCB_CMD_PREAD, 1 << 20, 4, 0},
	{"write", IOCB_CMD_PWRITE, 1 << 20, 4, 0},
};

/* Marsaglia's xorshift: the same places in each run. */
static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void aim(struct disk *disk, const struct job *job, struct iocb *cb)
{
	uint64_t blocks = disk->size / job->block;
	uint64_t block = (job->random ? random_next(&disk->seed) : disk->next++) % blocks;

	cb->aio_offset = (int64_t)(block * job->block);
}

static void submit(struct disk *disk, struct iocb **cbs, long n)
{
	for (long done = 0; done < n;) {
		long ret = syscall(SYS_io_submit, disk->aio, n - done, cbs + done);

		if (ret <= 0)
			die("io_submit");
		done += ret;
	}
}

/* Waits for one at least; *ret_done are to be used again. */
static long reap(struct disk *disk, const struct job *job, long min, struct iocb **ret_done)
{
	struct io_event events[DEPTH_MAX];
	long n = syscall(SYS_io_getevents, disk->aio, min, (long)job->depth, events, NULL);

	if (n < min)
		die("io_getevents");
	for (long i = 0; i < n; i++) {
		ret_done[i] = (struct iocb *)(uintptr_t)events[i].obj;
		if (events[i].res != (int64_t)job->block) {
			errno = events[i].res < 0 ? (int)-events[i].res : EIO;
			die(job->name);
		}
	}
	return n;
}

static void job_prepare(const struct disk *disk, const struct job *job, struct iocb *cbs,
			struct iocb **ret_ready)
{
	for (unsigned i = 0; i < job->depth; i++) {
		cbs[i].aio_lio_opcode = (uint16_t)job->op;
		cbs[i].aio_fildes = (uint32_t)disk->fd;
		cbs[i].aio_buf = (uintptr_t)(disk->buffers + i * job->block);
		cbs[i].aio_nbytes = job->block;
		ret_ready[i] = &cbs[i];
	}
	printf("bench: begin %s\n", job->name);
}

static void job_run(struct disk *disk, const struct job *job, double seconds)
{
	struct iocb cbs[DEPTH_MAX] = {0}, *ready[DEPTH_MAX];
	double interrupts = interrupts_of("virtio", "virtio");
	double begin = seconds_now(), end = begin + seconds, took;
	long n = job->depth, flying = 0;
	uint64_t done = 0;

	job_prepare(disk, job, cbs, ready);
	while (seconds_now() < end) {
		for (long i = 0; i < n; i++)
			aim(disk, job, ready[i]);
		submit(disk, ready, n);
		flying += n;
		n = reap(disk, job, 1, ready);
		flying -= n;
		done += (uint64_t)n;
	}
	took = seconds_now() - begin;
	while (flying)
		flying -= reap(disk, job, 1, ready);
	printf("bench: %s %.2f %s %llu\n", job->name,
	       (double)done / took * (job->random ? 1 : (double)job->block / 1e6),
	       job->random ? "IOPS" : "MB/s", (unsigned long long)done);
	if (job->random)
		printf("bench: %s-interrupts %.3f each\n", job->name,
		       (interrupts_of("virtio", "virtio") - interrupts) / (double)done);
}

void measure_disk(const char *device, double seconds)
{
	struct disk disk = {.fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC),
			    .seed = 88172645463325252ULL};
	void *buffers;

	if (disk.fd < 0 || ioctl(disk.fd, BLKGETSIZE64, &disk.size))
		die(device);
	if (disk.size < 1 << 20 || posix_memalign(&buffers, 65536, (size_t)DEPTH_MAX << 20)) {
		errno = EINVAL;
		die("a disk and memory of some size");
	}
	disk.buffers = buffers;
	memset(disk.buffers, 0x5a, (size_t)DEPTH_MAX << 20);
	if (syscall(SYS_io_setup, DEPTH_MAX, &disk.aio))
		die("io_setup");
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		job_run(&disk, &jobs[i], seconds);
}
