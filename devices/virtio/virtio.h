/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device on PCI: registers, features, queues' life, notifications. Source: Virtual I/O Device
 * (VIRTIO) 1.2, chapters 2 and 4.1; only the modern interface, and only behind TCEs
 * (VIRTIO_F_ACCESS_PLATFORM): a driver that would go around them is refused its features, but for the one class
 * whose drivers all do.
 *
 * Threads: registers are written on vCPU threads under the device's lock. Queues are walked on the device's
 * I/O thread alone. Once enabled, a queue's registers are frozen; a reset, of one or of all, is
 * asked for on any thread and done on the I/O thread, when nothing of the queue is in flight any more.
 */
#ifndef PAPRIKA_VIRTIO_VIRTIO_H
#define PAPRIKA_VIRTIO_VIRTIO_H

#include "devices/pci/pci.h"
#include "devices/virtio/queue.h"
#include "vmm/io/doorbell.h"
#include "vmm/io/iothread.h"

#define VIRTIO_QUEUES_MAX 32
#define VIRTIO_CONFIG_MAX 256
#define VIRTIO_NO_VECTOR  0xffff

/* Where in BAR 0 queue @q is notified. */
#define VIRTIO_NOTIFY_STRIDE 4u
#define VIRTIO_NOTIFY_AT(q)  (0x3000u + (q) * VIRTIO_NOTIFY_STRIDE)

#define VIRTIO_F_INDIRECT_DESC   (1ull << 28)
#define VIRTIO_F_EVENT_IDX       (1ull << 29)
#define VIRTIO_F_VERSION_1       (1ull << 32)
#define VIRTIO_F_ACCESS_PLATFORM (1ull << 33)
#define VIRTIO_F_RING_PACKED     (1ull << 34)
#define VIRTIO_F_RING_RESET      (1ull << 40)

#define VIRTIO_STATUS_FEATURES_OK 0x08
#define VIRTIO_STATUS_DRIVER_OK   0x04
#define VIRTIO_STATUS_NEEDS_RESET 0x40

struct virtio_device;

/* A kind of device. Its functions run on the I/O thread. */
struct virtio_class {
	uint16_t id; /* 2: block ... */
	uint32_t class_code;
	const char *node_name;
	/* No TCEs: addresses are guest-physical, and VIRTIO_F_ACCESS_PLATFORM is not offered. */
	bool direct;
	bool no_config; /* it has no configuration of its own */
	/* Queues, a bit each, for whose bells somebody else waits: queue_ready is not called for them. */
	uint32_t bells_elsewhere;
	/* There may be chains in queue @q, which is enabled; walks it until it is empty or broken. */
	void (*queue_ready)(struct virtio_device *d, unsigned q);
	/* Chains of @q that were popped and not pushed yet; NULL: never any when a function returns. When
	 * the last one is pushed the device calls virtio_drained(). */
	unsigned (*in_flight)(struct virtio_device *d, unsigned q);
	/* The driver began, or a queue was enabled, or a reset was asked for, and waits until no queue has anything in
	 * flight. NULL: all that is seen when a queue is ready. */
	void (*changed)(struct virtio_device *d);
	/* Of its configuration the driver writes @value; and it is to be as at power-on. NULL: nothing of it can be
	 * written. Under the lock. */
	void (*config_write)(struct virtio_device *d, unsigned offset, unsigned len, uint32_t value);
	void (*config_reset)(struct virtio_device *d);
	/* Queue @q, which nobody walks, is as before it was enabled. NULL: nothing is kept of it. Under the lock. */
	void (*queue_cleared)(struct virtio_device *d, unsigned q);
};

struct virtio_queue {
	struct virtq ring;     /* the I/O thread's, while enabled */
	uint16_t max_size;
	uint16_t size;         /* registers */
	_Atomic uint16_t vector;
	uint64_t desc, driver, device;
	atomic_bool enabled;
	bool resetting;
	struct doorbell bell;
	struct iothread_deferred flush;
	struct pci_call call; /* used if somebody else serves it */
	struct virtio_device *owner;
};

struct virtio_device {
	const struct virtio_class *class;
	struct pci_function pci;
	struct iothread *thread;
	pthread_mutex_t lock;
	pthread_cond_t reset_done;
	uint64_t offered, accepted; /* features */
	uint32_t feature_select[2]; /* of the device's and of the driver's */
	_Atomic uint16_t config_vector;
	uint16_t queue_select;
	atomic_uint status, isr;
	bool resetting;
	unsigned queue_count;
	struct virtio_queue queues[VIRTIO_QUEUES_MAX];
	uint8_t config[VIRTIO_CONFIG_MAX]; /* device-specific; once it runs by virtio_config_set() alone */
	unsigned config_len;
	uint8_t config_generation;
	unsigned cfg_cap; /* the window into the BAR in configuration space */
	struct doorbell control; /* a reset is due */
};

/*
 * A device with @queues queues of @size entries and @features of its own, its doorbells watched by @thread,
 * which has not begun. The caller then fills config. Negative errno of eventfd(2), iothread_watch().
 */
__must_check int virtio_init(struct virtio_device *d, const struct virtio_class *class,
			     struct iothread *thread, unsigned queues, unsigned size,
			     uint64_t features);
void virtio_done(struct virtio_device *d);

/* The device's configuration changes, and a driver that runs is told. Any thread. */
void virtio_config_set(struct virtio_device *d, unsigned offset, const void *bytes, size_t len);
/* Before the device is on a bridge: each signal of the eventfd @fd tells the driver of used buffers of queue @q, which
 * another process serves. The caller watches @fd, for virtio_called(), and closes it after virtio_done(). */
void virtio_call_add(struct virtio_device *d, unsigned q, int fd);

/* As at power-on, from the loop thread, with the I/O thread running: waits for what is in flight. */
void virtio_reset(struct virtio_device *d);

/* I/O thread. */

/* Whether the driver runs and queue @q may be walked. */
bool virtio_queue_active(struct virtio_device *d, unsigned q);
/* The next chain: true, or false if there is none, for now or for good: then the device needs a reset.
 * Asks for a notification before it says that there is none. */
bool virtio_pop(struct virtio_device *d, unsigned q, struct virtq_chain *ret_chain);
/* As virtq_unpop(). */
void virtio_unpop(struct virtio_device *d, unsigned q, unsigned chains, unsigned descs);
/* The eventfd of virtio_call_add() may have been signalled: tells the driver, if the kernel does not. */
void virtio_called(struct virtio_device *d, unsigned q);
/* Gives a chain back; virtio_flush() tells the driver of all that was, once for what this turn of the I/O thread
 * brought. */
void virtio_push(struct virtio_device *d, unsigned q, struct virtq_handle handle, uint32_t len);
void virtio_flush(struct virtio_device *d, unsigned q);
/* The same without waiting for more: while the driver takes it, the I/O thread has other work to do. */
void virtio_flush_now(struct virtio_device *d, unsigned q);
/* The driver broke a rule from which there is no way back. */
void virtio_broken(struct virtio_device *d, const char *why);
/* The device did: nothing goes on until the driver resets it. */
void virtio_failed(struct virtio_device *d);
/* Nothing of queue @q is in flight any more. */
void virtio_drained(struct virtio_device *d, unsigned q);
/* Whether a reset waits for queue @q: what completes now is not to be told. */
bool virtio_resetting(struct virtio_device *d, unsigned q);

/* Between virtio.c and virtio_pci.c. */
void virtio_status_write(struct virtio_device *d, uint8_t status);
void virtio_queue_enable(struct virtio_device *d);
void virtio_queue_reset(struct virtio_device *d);
void virtio_queue_set_vector(struct virtio_queue *q, uint16_t vector);
int virtio_pci_init(struct virtio_device *d, unsigned vectors);
extern const struct pci_function_ops virtio_pci_ops;

#endif
