/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locking down: privileges, capabilities, paths. */
#include "seccomp/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/base/cleanup.h"
#include "vmm/base/log.h"

/* Every right over files that the kernel knows of, by the version of its Landlock. */
static uint64_t landlock_rights(int abi)
{
	uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		rights |= 1ULL << 13; /* refer */
	if (abi >= 3)
		rights |= 1ULL << 14; /* truncate */
	if (abi >= 5)
		rights |= 1ULL << 15; /* device ioctl */
	return rights;
}

/* No path can be opened any more. 0; -ENOSYS or -EOPNOTSUPP: this kernel has no Landlock. */
static int deny_paths(void)
{
	struct landlock_ruleset_attr attr = {0};
	_cleanup_close_ int fd = -1;
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 0)
		return -errno;
	attr.handled_access_fs = landlock_rights(abi);
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return -errno;
	return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? -errno : 0;
}

/* No capability in any set of this thread, which the threads made from now on inherit. */
static int drop_capabilities(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_AMBIENT) < 0)
		log_debug("no ambient capabilities on this kernel");
	/* the bounding set cannot be changed without CAP_SETPCAP, which then is not there to be used */
	if (capng_apply(CAPNG_SELECT_BOUNDS) < 0)
		log_debug("the capability bounding set is left as it is");
	return capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
}

int sandbox_enter_process(enum sandbox_mode mode)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = deny_paths();
	if (r < 0)
		log_info("sandbox: no Landlock on this kernel: the system call filter alone denies paths");
	return drop_capabilities();
}
