/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine: the one place that knows every part, in the order in which they come to be.
 * Threads: the loop thread, but for power_ops, whose functions any thread may call.
 */
#ifndef PAPRIKA_MACHINE_MACHINE_H
#define PAPRIKA_MACHINE_MACHINE_H

#include <pthread.h>

#include "devices/nvram.h"
#include "devices/pci/phb.h"
#include "devices/rtc.h"
#include "devices/vio/vio.h"
#include "devices/virtio/balloon.h"
#include "devices/virtio/blk.h"
#include "devices/virtio/console.h"
#include "devices/virtio/net.h"
#include "devices/virtio/scsi.h"
#include "devices/virtio/vhost.h"
#include "devices/xics/xics.h"
#include "devices/xive/xive.h"
#include "fdt/desc.h"
#include "hcalls/hcall.h"
#include "hcalls/rtas/rtas.h"
#include "vmm/bus/bus.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/io/chr.h"
#include "vmm/io/loop.h"
#include "vmm/machine/config.h"
#include "vmm/machine/control.h"
#include "vmm/mem/ram.h"
#include "vof/load.h"
#include "vof/vof.h"

/* How a VM ended: the exit status of the process. */
enum machine_status {
	MACHINE_OFF = 0,
	MACHINE_USAGE = 1, /* could not be started */
	MACHINE_CRASHED = 2,
	MACHINE_FAILED = 3,
};

/* A file that stays mapped, for resets. */
struct mapped_file {
	const void *data;
	size_t len;
};

enum power_request { POWER_NONE, POWER_OFF, POWER_RESET, POWER_CRASHED };

/* Whether the guest runs; halted: it has crashed, and stays as it was. */
enum power_state { POWER_RUNNING, POWER_PAUSED, POWER_HALTED };

/* A disk, from the file to the device: one of its own, or a target of the SCSI host, whose thread it shares. Or a
 * device that another process serves, which alone knows of a file. */
struct machine_disk {
	struct iothread *thread;
	struct blk *blk;
	struct virtio_blk *device;
	struct scsi_disk *scsi;
	struct vhost_device *vhost;
};

struct machine_net {
	struct net_user *user; /* its helper process, if it has one */
	struct iothread *thread;
	struct virtio_net *device;
	struct vhost_device *vhost; /* in its place: another process or the kernel serves it */
};

struct machine {
	const struct vm_config *config;
	const struct accel_ops *ops;
	struct loop *loop;
	struct ram ram;
	struct gmem *mem;
	struct bus bus;
	struct accel *accel;
	const struct accel_caps *caps;
	struct irq_router *irqs;
	struct xics *xics;
	struct xive *xive; /* NULL: not offered */
	struct chr *chrs[CONFIG_CONSOLES_MAX + CONFIG_CHANNELS_MAX];
	unsigned chr_count;
	struct virtio_console_port ports[VIRTIO_CONSOLE_PORTS_MAX]; /* which of them are behind the virtio console */
	unsigned port_count;
	struct vio_bus vio;
	struct dma_tables *dma;
	struct phb_set phbs;
	struct iothread *io; /* of devices that have none of their own */
	bool io_started;
	struct virtio_device *virtio_rng;
	struct virtio_balloon *balloon; /* NULL: none */
	struct vhost_device *vsock; /* NULL: none */
	struct virtio_console *virtio_console; /* NULL: no port */
	struct iothread *scsi_thread;
	struct virtio_scsi *scsi; /* NULL: no disk is behind it */
	struct machine_disk disks[CONFIG_DISKS_MAX];
	unsigned disk_count;
	struct machine_net nets[CONFIG_NETS_MAX];
	unsigned net_count;
	struct nvram *nvram;
	struct rtc rtc;
	struct rtas rtas;
	struct vof *vof;
	uint8_t *rtas_code; /* rtas_blob as this guest's h-calls go */
	/* what a negotiation brings into the device tree: by mode, and by architecture level */
	void *intc_trees[IRQ_MODE_NONE], *level_trees[HCALL_LEVELS];
	struct vcpus *vcpus;
	struct hcall_env env;

	struct mapped_file kernel_file, initrd_file;
	struct kernel_image kernel;
	struct kernel_placed placed;
	uint64_t initrd_base;

	struct control *control; /* NULL: the VM has no name */
	struct loop_watch *violation_watch;
	struct loop_watch *power_watch;
	enum power_state power_state;
	pthread_mutex_t power_lock; /* of the next two */
	enum power_request power_request;
	char crash_reason[160];
};

/*
 * Everything up to, and without, the first guest instruction. On failure one line has been logged and
 * nothing is left behind.
 */
__must_check int machine_open(struct machine *m, const struct vm_config *config);
/* The devices alone, for their description. */
__must_check int machine_open_devices(struct machine *m, const struct vm_config *config);
/* Runs it to its end: an enum machine_status. */
int machine_run(struct machine *m);
void machine_close(struct machine *m);

/* The device tree that a VM of this configuration gets, malloc'd; no VM is made. */
__must_check int machine_fdt(const struct vm_config *config, void **ret_blob, size_t *ret_len);

/* accel.c */
int machine_open_accel(struct machine *m);

/* boot.c */
int boot_load_files(struct machine *m);
void boot_close_files(struct machine *m);
/* Images into memory, the first vCPU at its entry; all vCPUs paused. */
int boot_place(struct machine *m);

/* power.c */
extern const struct power_ops machine_power_ops;
/* What the VM's user asks for; loop thread. Resume: -EINVAL if the guest has crashed. */
void power_pause(struct machine *m);
int power_resume(struct machine *m);
void power_reset_asked(void *machine);
void power_stop_asked(void *machine);
int power_init(struct machine *m);
void power_done(struct machine *m);

/* console.c: consoles and channels, without the virtio console that is before some; with what is before others. */
int consoles_open(struct machine *m);
void consoles_close(struct machine *m);

/* pci.c: the bridge and its devices; their threads, once in the cage; as at power-on, no vCPU running. */
int pci_open(struct machine *m);
int pci_start(struct machine *m);
int pci_reset(struct machine *m);
void pci_close(struct machine *m);
int pci_plug(struct machine *m, struct virtio_device *d);

/* vhost.c: why another process cannot serve the device of @option, logged; @r. */
int vhost_error(const char *option, const char *socket, int r, const char *why);
/* Why the kernel does not: @name is vhost-net or vhost-vsock, @r an error of vmm/io/vhost_kernel.h. */
void vhost_kernel_why(const char *name, int r, char *buf, size_t size);
int vsock_attach(struct machine *m);

/* disk.c: the next disk; their threads, each beginning with @init; all as at power-on. */
int disk_attach(struct machine *m, const struct config_disk *c);
int disks_start(struct machine *m, int (*init)(void *ctx));
void disks_reset(struct machine *m);
void disks_close(struct machine *m);

/* net.c: the processes behind networks, while there is nothing else; network @i of the configuration. */
int nets_start_helpers(struct machine *m);
int net_attach(struct machine *m, unsigned i);
void nets_reset(struct machine *m);
void nets_close(struct machine *m);

/* exits.c: the handlers for vcpus_params. */
extern vcpu_exit_fn *const machine_exit_handlers[VCPU_EXIT_NR];

/* irqs.c: the interrupt controllers that --ic-mode asks for, and the router before them. */
int irqs_open(struct machine *m);
void irqs_close(struct machine *m);
/* With m->env's other members set: its own, and the trees that CAS answers with. */
int irqs_describe(struct machine *m);
/* As at power-on. Negative errno of the host. */
int irqs_reset(struct machine *m);

/* levels.c: with m->env's other members set, the trees that CAS answers with, by architecture level. */
int levels_describe(struct machine *m);
void levels_close(struct machine *m);

/* tree.c: the device tree's description; the strings and tables in it belong to @store. */
struct tree_store {
	struct fdt_cpu_desc cpu;
	struct fdt_rtas_call calls[64];
	char hypertas[512];
	char stdout_path[32];
};
int tree_describe(const struct vm_config *config, const struct accel_caps *caps,
		  const struct vio_bus *vio, const struct hcall_env *env, struct tree_store *store, struct fdt_desc *desc);

#endif
