/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks: their helpers, before all else; their devices, with the others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "seccomp/sandbox.h"
#include "vmm/base/log.h"
#include "vmm/io/vhost_kernel.h"
#include "vmm/machine/machine.h"

#define NAME_SERVERS "/etc/resolv.conf"

static int helper_cage(void *ctx)
{
	struct machine *m = ctx;

	return sandbox_enter_helper(NAME_SERVERS, (enum sandbox_mode)m->config->seccomp);
}

int nets_start_helpers(struct machine *m)
{
	char why[160];
	int r = 0;

	for (unsigned i = 0; i < m->config->net_count && r == 0; i++) {
		const struct config_net *c = &m->config->nets[i];

		if (c->kind != NET_USER)
			continue;
		r = net_user_start(&c->user, helper_cage, m, why, &m->nets[i].user);
		if (r < 0)
			log_error("--net=user: %s", why[0] ? why : strerror(-r));
	}
	return r;
}

/* An address of our own making: locally administered, and another one each time. */
static int mac_choose(const struct config_net *c, uint8_t mac[6])
{
	memcpy(mac, c->mac, 6);
	if (c->has_mac)
		return 0;
	if (getrandom(mac, 6, 0) != 6)
		return -EIO;
	mac[0] = 0x52;
	return 0;
}

static int net_error(const struct config_net *c, int r, const char *why)
{
	if (c->kind == NET_VHOST_USER)
		return vhost_error("--net=vhost-user,socket=", c->socket, r, why);
	if (r == -EPERM && c->kind == NET_TAP)
		why = "this user may not use it (try: ip tuntap add NAME mode tap user USER)";
	else if (r == -EBUSY && c->kind == NET_TAP)
		why = "it is in use by another process";
	else if (r == -ECONNREFUSED || (r == -ENOENT && c->kind == NET_PASST))
		why = "nobody listens there (try: passt --socket PATH)";
	else if (r != -EINVAL || !why)
		why = strerror(-r);
	if (c->kind == NET_TAP)
		log_error("--net=tap,ifname=%s: %s", c->ifname, why);
	else if (c->kind == NET_PASST)
		log_error("--net=passt,socket=%s: %s", c->socket, why);
	else
		log_error("--net=user: %s", why);
	return r;
}

/* Another process serves it. */
static int vhost_attach(struct machine *m, const struct config_net *c, struct machine_net *net, const uint8_t mac[6],
			const char **ret_why)
{
	int r = vhost_device_new(&(struct vhost_params){.kind = VHOST_NET, .socket = c->socket, .mac = mac,
							.describe = !m->mem, .thread = net->thread, .ram = &m->ram,
							.mem = m->mem}, &net->vhost, ret_why);

	return r == 0 ? pci_plug(m, vhost_device_virtio(net->vhost)) : r;
}

/* 0: not now, with --verbose it says why; 1: there it is. */
static int tap_attach(struct machine *m, const struct config_net *c, struct machine_net *net, const uint8_t mac[6],
		      const char **ret_why)
{
	static char why[128];
	struct vhost_params p = {.kind = VHOST_TAP, .ifname = c->ifname, .queues = c->queues ? c->queues : 1,
				 .mac = mac, .describe = !m->mem, .thread = net->thread, .ram = &m->ram, .mem = m->mem};
	int r;

	/* where rings are ours, what is in between is no less */
	if (c->vhost == CONFIG_VHOST_OFF || (c->vhost == CONFIG_VHOST_AUTO && (!m->mem || gmem_has_write_hook(m->mem))))
		return 0;
	r = m->mem ? vhost_net_open(p.queues, &p.back, &p.back_features) : 0;
	if (r < 0) {
		vhost_kernel_why("vhost-net", r, why, sizeof(why));
		*ret_why = why;
		if (c->vhost == CONFIG_VHOST_ON)
			return -EINVAL;
		log_info("--net=tap,ifname=%s: %s: its frames go through this process", c->ifname, why);
		return 0;
	}
	r = vhost_device_new(&p, &net->vhost, ret_why);
	if (r == 0)
		r = pci_plug(m, vhost_device_virtio(net->vhost));
	if (r == 0 && m->mem)
		log_info("--net=tap,ifname=%s: vhost-net serves it", c->ifname);
	return r < 0 ? r : 1;
}

static int device_attach(struct machine *m, const struct config_net *c, struct machine_net *net, const uint8_t mac[6],
			 const char **ret_why)
{
	int r = c->kind == NET_TAP ? tap_attach(m, c, net, mac, ret_why) : 0;

	if (r)
		return r < 0 ? r : 0;
	r = virtio_net_new(&(struct net_params){.kind = c->kind, .ifname = c->ifname, .socket = c->socket,
						    .queues = c->queues, .user = net->user, .describe = !m->mem,
						    .thread = net->thread}, mac, &net->device, ret_why);
	return r == 0 ? pci_plug(m, virtio_net_device(net->device)) : r;
}

int net_attach(struct machine *m, unsigned i)
{
	const struct config_net *c = &m->config->nets[i];
	struct machine_net *net = &m->nets[i];
	const char *why = NULL;
	uint8_t mac[6];
	char name[16];
	int r;

	m->net_count = i + 1;
	snprintf(name, sizeof(name), "net%u", i);
	r = iothread_new(name, &net->thread);
	if (r == 0)
		r = mac_choose(c, mac);
	if (r == 0)
		r = c->kind == NET_VHOST_USER ? vhost_attach(m, c, net, mac, &why) :
						device_attach(m, c, net, mac, &why);
	return r < 0 ? net_error(c, r, why) : 0;
}

void nets_reset(struct machine *m)
{
	for (unsigned i = 0; i < m->net_count; i++)
		virtio_reset(m->nets[i].vhost ? vhost_device_virtio(m->nets[i].vhost) :
						virtio_net_device(m->nets[i].device));
}

void nets_close(struct machine *m)
{
	for (unsigned i = 0; i < CONFIG_NETS_MAX; i++) {
		iothread_free(m->nets[i].thread);
		virtio_net_free(m->nets[i].device);
		vhost_device_free(m->nets[i].vhost);
		net_user_end(m->nets[i].user);
	}
}
