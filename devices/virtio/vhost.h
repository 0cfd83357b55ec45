/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device whose queues somebody else serves, out of the guest's memory (vmm/io/vhost_back.h): another process,
 * or the host's kernel; its registers are ours. Source: "Vhost-user Protocol" in QEMU's documentation; VIRTIO 1.2, 5.1
 * "Network Device", 5.2 "Block Device" and 5.10 "Socket Device".
 *
 * Addresses are guest-physical: who serves has the memory, but no TCEs, so that VIRTIO_F_ACCESS_PLATFORM is not
 * offered. The rings that it sees are the guest's own, and its bells, where RAM is only memory (KVM). Where each
 * write must be told (gmem_has_write_hook(): the interpreter's predecoded code), it gets rings of ours, and the I/O thread
 * takes what is available there and brings back what is used.
 *
 * A back end that is gone, stuck or wrong is given up, with one message. Where the rings are ours, each request of a disk,
 * those in flight too, is then answered with an I/O error, and each frame to a network is lost; else the device needs a
 * reset, and refuses its features after that. A network's link is down. The VM goes on.
 *
 * Threads: as virtio.h.
 */
#ifndef PAPRIKA_VIRTIO_VHOST_H
#define PAPRIKA_VIRTIO_VHOST_H

#include "devices/virtio/virtio.h"
#include "vmm/io/vhost_back.h"
#include "vmm/mem/ram.h"

/* The first two at a socket, the others in the kernel. */
enum vhost_kind_id { VHOST_BLK, VHOST_NET, VHOST_TAP, VHOST_VSOCK, VHOST_KINDS };

struct vhost_device;

struct vhost_params {
	enum vhost_kind_id kind;
	const char *socket; /* where the back end listens */
	/* in the kernel: of vmm/io/vhost_kernel.h, the device's from here on, if this fails, too */
	struct vhost_back *back;
	uint64_t back_features;  /* that it has */
	unsigned queues;    /* VHOST_BLK: of requests, at the most; VHOST_TAP: pairs */
	const char *ifname; /* VHOST_TAP: the interface */
	const uint8_t *mac; /* networks: six bytes */
	uint64_t cid;       /* VHOST_VSOCK: the guest's address */
	bool describe;      /* nothing is opened */
	struct iothread *thread;
	const struct ram *ram; /* whose first byte is at guest-physical 0 of @mem; both are kept by the caller */
	struct gmem *mem;
};

/*
 * Connected, and the back end has the memory. -EINVAL: *ret_why says what it lacks; -ENOMEM; others of vhost_user_open(),
 * net_open(), ram_open(), virtio_init().
 */
__must_check int vhost_device_new(const struct vhost_params *params, struct vhost_device **ret_device,
				  const char **ret_why);
void vhost_device_free(struct vhost_device *v);
struct virtio_device *vhost_device_virtio(struct vhost_device *v);

#endif
