/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user asked for: filled in by options.c, read by the machine. */
#ifndef PAPRIKA_MACHINE_CONFIG_H
#define PAPRIKA_MACHINE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/cpu/model.h"
#include "vmm/io/net.h"
#include "vmm/io/net_user.h"

#define CONFIG_CONSOLES_MAX 8
#define CONFIG_CHANNELS_MAX 7 /* with so many consoles what fits a virtio console */
#define CONFIG_CPUS_MAX     256
#define CONFIG_THREADS_MAX  8
#define CONFIG_DISKS_MAX    24
#define CONFIG_NETS_MAX     4

enum config_accel { CONFIG_ACCEL_AUTO, CONFIG_ACCEL_KVM, CONFIG_ACCEL_INTERP };
enum config_irqchip { CONFIG_IRQCHIP_AUTO, CONFIG_IRQCHIP_KERNEL, CONFIG_IRQCHIP_USER };
enum config_on_reboot { CONFIG_REBOOT_RESET, CONFIG_REBOOT_EXIT };
enum config_on_panic { CONFIG_PANIC_EXIT, CONFIG_PANIC_RESET, CONFIG_PANIC_PAUSE };
enum config_ic_mode { CONFIG_IC_DUAL, CONFIG_IC_XICS, CONFIG_IC_XIVE };
enum config_vhost { CONFIG_VHOST_AUTO, CONFIG_VHOST_ON, CONFIG_VHOST_OFF };
enum config_seccomp { CONFIG_SECCOMP_ON, CONFIG_SECCOMP_LOG, CONFIG_SECCOMP_OFF };

/* Strings belong to the configuration; NULL where they were not given. */
struct config_disk {
	char *path, *serial, *id;
	char *vhost_user; /* where its back end listens, in place of a path */
	unsigned keys; /* that were given, as disk_options.c counts them */
	bool readonly, direct;
	bool scsi; /* behind virtio-scsi */
};

struct config_net {
	enum net_kind kind;
	char *ifname, *socket, *id;
	struct net_user_params user;
	unsigned queues; /* 0 where it was not said: one */
	unsigned vhost; /* of a tap: whether the kernel serves it */
	unsigned keys; /* that were given, as net_options.c counts them */
	bool has_mac;
	uint8_t mac[6];
};

struct config_console {
	char *spec; /* of chr.h */
	bool virtio; /* a port of the virtio console */
};

struct config_channel {
	char *name, *path;
};

/* Strings belong to the configuration. */
struct vm_config {
	char *name;
	unsigned accel, kvm_type, irqchip;
	const struct cpu_model *cpu; /* NULL: the default of what runs the guest */
	const struct cpu_level *compat; /* NULL: none */
	unsigned cpus, threads; /* vCPUs in all; of a core */
	uint64_t memory; /* bytes */
	char *kernel, *initrd, *cmdline;
	struct config_console consoles[CONFIG_CONSOLES_MAX];
	unsigned console_count;
	struct config_channel channels[CONFIG_CHANNELS_MAX];
	unsigned channel_count;
	struct config_disk disks[CONFIG_DISKS_MAX];
	unsigned disk_count;
	struct config_net nets[CONFIG_NETS_MAX];
	unsigned net_count;
	char *nvram;
	bool rng, balloon;
	uint32_t vsock_cid; /* 0: none */
	bool no_defaults;
	unsigned ic_mode;
	unsigned on_reboot, on_panic, seccomp;
	unsigned verbose;
	bool quiet;
	char *trace;
	char *output; /* of the fdt command */
	char *setting; /* of the set command: KEY=VALUE */
	unsigned wait_s; /* of the powerdown command: 0, not at all */
	bool json;    /* of the host command */
	bool help;
};

void config_init(struct vm_config *config);
void config_done(struct vm_config *config);

#endif
