/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locking down the process: privileges, paths, capabilities. */
#include "seccomp/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp/policy.h"
#include "vmm/base/bits.h"
#include "vmm/base/cleanup.h"
#include "vmm/base/log.h"

/* struct landlock_ruleset_attr as it has grown; headers may be older than the kernel. */
struct ruleset {
	uint64_t fs, net, scoped;
};

#define FS_REFER     (1ULL << 13)
#define FS_TRUNCATE  (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_ALL      3 /* bind and connect, TCP */
#define SCOPED_ALL   3 /* abstract unix sockets and signals of others */

/* Everything that this version of Landlock can deny, but perhaps networks; the size of the structure it knows. */
static size_t ruleset_fill(int abi, bool networks, struct ruleset *ret_rules)
{
	ret_rules->fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
	ret_rules->fs |= (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0) |
			 (abi >= 5 ? FS_IOCTL_DEV : 0);
	ret_rules->net = abi >= 4 && !networks ? NET_ALL : 0;
	ret_rules->scoped = abi >= 6 ? SCOPED_ALL : 0;
	return abi >= 6 ? sizeof(*ret_rules) : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

/* Negative errno: -ENOSYS, -EOPNOTSUPP: this kernel has no Landlock. */
static int deny_paths_landlock(bool networks)
{
	struct ruleset rules = {0};
	_cleanup_close_ int fd = -1;
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 0)
		return -errno;
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, ruleset_fill(abi, networks, &rules), 0);
	if (fd < 0)
		return -errno;
	return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? -errno : 0;
}

static void id_map_write(const char *path, unsigned id)
{
	char text[32];
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);
	int len = snprintf(text, sizeof(text), "%u %u 1", id, id);

	/* unmapped, the mount below may fail, and says so */
	if (fd >= 0 && write(fd, text, (size_t)len) < 0)
		log_debug("%s: %s", path, strerror(errno));
}

/* A mount namespace, in a user namespace where privileges do not suffice. */
static int namespace_enter(void)
{
	unsigned uid = geteuid(), gid = getegid();
	_cleanup_close_ int fd = -1;

	if (unshare(CLONE_NEWNS) == 0)
		return 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "deny", 4) < 0)
		log_debug("/proc/self/setgroups: %s", strerror(errno));
	id_map_write("/proc/self/uid_map", uid);
	id_map_write("/proc/self/gid_map", gid);
	return 0;
}

/* On any folder that there is: nobody but us sees the mount. */
static int empty_mount(void)
{
	static const char *const places[] = {"/tmp", "/proc", "/dev", "/sys"};

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (mount("none", places[i], "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
			  "size=4k,nr_inodes=2,mode=0") == 0)
			return chdir(places[i]) < 0 ? -errno : 0;
	return -errno;
}

/* The process's root is an empty folder that nothing can be put into. */
static int deny_paths_empty_root(void)
{
	int r = namespace_enter();

	if (r == 0)
		r = empty_mount();
	if (r < 0)
		return r;
	/* an initramfs cannot be pivoted away from */
	if (syscall(SYS_pivot_root, ".", ".") == 0)
		return umount2(".", MNT_DETACH) < 0 || chdir("/") < 0 ? -errno : 0;
	return chroot(".") < 0 || chdir("/") < 0 ? -errno : 0;
}

/* No path can be opened any more. */
static void deny_paths(bool networks)
{
	int r = deny_paths_landlock(networks);

	if (r == 0)
		return;
	r = deny_paths_empty_root();
	if (r < 0)
		log_info("sandbox: neither Landlock nor namespaces here (%s): the system call filter "
			 "alone denies paths", strerror(-r));
}

/* No capability in any set of this thread, which the threads made from now on inherit. */
static int drop_capabilities(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_AMBIENT) < 0)
		log_debug("no ambient capabilities on this kernel");
	/* without CAP_SETPCAP it stays, and means nothing: nothing is executed any more */
	if (capng_apply(CAPNG_SELECT_BOUNDS) < 0)
		log_debug("the capability bounding set is left as it is");
	return capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
}

static int process_lock(enum sandbox_mode mode, bool networks)
{
	if (mode != SANDBOX_ON)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	deny_paths(networks);
	return drop_capabilities();
}

int sandbox_enter_process(enum sandbox_mode mode)
{
	return process_lock(mode, false);
}

int sandbox_enter_helper(const char *path, enum sandbox_mode mode)
{
	int r;

	if (path && mode == SANDBOX_ON)
		sandbox_serve_file(path, open(path, O_RDONLY | O_CLOEXEC));
	r = process_lock(mode, true);
	return r == 0 ? sandbox_enter_thread(SANDBOX_NET, mode) : r;
}
