/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scope-bound release of memory and descriptors through the compiler's cleanup attribute. */
#ifndef PAPRIKA_BASE_CLEANUP_H
#define PAPRIKA_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _cleanup_free_  _cleanup_(cleanup_free)
#define _cleanup_close_ _cleanup_(cleanup_close)

/* Hands the value of @p to the caller and leaves @p empty, so that no cleanup runs on it. */
#define steal_ptr(p)                                                                               \
	({                                                                                         \
		__auto_type stolen_ = (p);                                                         \
		(p) = NULL;                                                                        \
		stolen_;                                                                           \
	})

static inline int steal_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#endif
