/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To be preloaded: gives the guest, beside its RAM, a page of which the host's own hardware has nothing, so that a
 * load from it is a machine check. In an emulated host alone, where nothing can break.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLOT 20
#define GPA  0x8000000000ULL
#define REAL 0x100000000000LL /* between the memory of a POWER9 chip and its devices */
#define SIZE 0x10000ULL

int ioctl(int fd, unsigned long request, ...);

static void nowhere_add(int vm_fd)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	void *hva = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, REAL);
	struct kvm_userspace_memory_region region = {
		.slot = SLOT, .guest_phys_addr = GPA, .memory_size = SIZE,
		.userspace_addr = (uintptr_t)hva,
	};

	close(fd);
	if (hva == MAP_FAILED || syscall(SYS_ioctl, vm_fd, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		_exit(99);
}

/* The C library's. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;
	long r;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	r = syscall(SYS_ioctl, fd, request, arg);
	if (r == 0 && request == KVM_SET_USER_MEMORY_REGION &&
	    ((const struct kvm_userspace_memory_region *)arg)->slot == 0)
		nowhere_add(fd);
	return (int)r;
}
