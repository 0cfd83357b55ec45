/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI host bridge, what is plugged into it, and the threads that do its I/O. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "devices/virtio/rng.h"
#include "seccomp/sandbox.h"
#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

static int irq_alloc(void *ctx, bool level_sensitive, struct irq_line *ret_line)
{
	struct machine *m = ctx;

	return irq_router_alloc(m->irqs, level_sensitive, ret_line);
}

static int doorbell_set(void *ctx, gpa_t gpa, int fd, bool on)
{
	struct machine *m = ctx;

	return m->ops->doorbell_set ? m->ops->doorbell_set(m->accel, gpa, fd, on) : -ENOTSUP;
}

/* Without memory (a description alone) there is nothing for its devices to reach. */
static int open_bridge(struct machine *m)
{
	int r = m->mem ? dma_tables_new(m->mem, &m->dma) : 0;

	if (r == 0 && m->dma)
		dma_tables_back(m->dma, m->caps->tces);
	if (r == 0)
		r = phb_new(&(struct phb_params){.bus = &m->bus, .tables = m->dma,
						 .memory_size = m->config->memory,
						 .irq_alloc = irq_alloc,
						 .doorbell_set = doorbell_set, .ctx = m},
			    &m->phbs.phbs[0]);
	if (r == 0)
		m->phbs.count = 1;
	else
		log_error("cannot set up the PCI host bridge: %s", strerror(-r));
	return r;
}

int pci_plug(struct machine *m, struct virtio_device *d)
{
	return phb_add(m->phbs.phbs[0], &d->pci);
}

static int open_rng(struct machine *m)
{
	int r = virtio_rng_new(m->io, &m->virtio_rng);

	if (r == 0)
		r = pci_plug(m, m->virtio_rng);
	if (r < 0)
		log_error("cannot set up the random number device: %s", strerror(-r));
	return r;
}

static int open_balloon(struct machine *m)
{
	int r = virtio_balloon_new(m->io, &m->ram, m->mem, &m->balloon);

	if (r == 0)
		r = pci_plug(m, virtio_balloon_device(m->balloon));
	if (r < 0)
		log_error("--balloon=on: %s", strerror(-r));
	return r;
}

static int open_virtio_console(struct machine *m)
{
	int r = virtio_console_new(m->io, m->ports, m->port_count, &m->virtio_console);

	if (r == 0)
		r = pci_plug(m, virtio_console_device(m->virtio_console));
	if (r < 0)
		log_error("cannot set up the virtio console: %s", strerror(-r));
	return r;
}

/* Devices that share a thread. */
static int open_small(struct machine *m)
{
	const struct vm_config *c = m->config;
	bool rng = c->rng && !c->no_defaults;
	int r = 0;

	if (rng || c->balloon || m->port_count || c->vsock_cid)
		r = iothread_new("io", &m->io);
	if (r < 0)
		log_error("cannot make an I/O thread: %s", strerror(-r));
	if (r == 0 && rng)
		r = open_rng(m);
	if (r == 0 && c->balloon)
		r = open_balloon(m);
	if (r == 0 && m->port_count)
		r = open_virtio_console(m);
	if (r == 0 && c->vsock_cid)
		r = vsock_attach(m);
	return r;
}

int pci_open(struct machine *m)
{
	const struct vm_config *c = m->config;
	int r;

	if (c->no_defaults && !c->disk_count && !c->net_count && !c->balloon && !c->vsock_cid && !m->port_count)
		return 0;
	r = open_bridge(m);
	if (r == 0)
		r = open_small(m);
	for (unsigned i = 0; i < c->disk_count && r == 0; i++)
		r = disk_attach(m, &c->disks[i]);
	for (unsigned i = 0; i < c->net_count && r == 0; i++)
		r = net_attach(m, i);
	return r;
}

static int io_thread_begins(void *ctx)
{
	struct machine *m = ctx;

	return sandbox_enter_thread(SANDBOX_IO, (enum sandbox_mode)m->config->seccomp);
}

int pci_start(struct machine *m)
{
	int r = m->io ? iothread_start(m->io, io_thread_begins, m) : 0;

	if (r == 0)
		r = disks_start(m, io_thread_begins);
	for (unsigned i = 0; i < m->net_count && r == 0; i++)
		r = iothread_start(m->nets[i].thread, io_thread_begins, m);
	m->io_started = r == 0;
	if (r < 0)
		log_error("cannot start the I/O threads: %s", strerror(-r));
	return r;
}

/* Every device as at power-on, nothing in flight any more. */
static void devices_reset(struct machine *m)
{
	if (m->virtio_rng)
		virtio_reset(m->virtio_rng);
	if (m->balloon)
		virtio_reset(virtio_balloon_device(m->balloon));
	if (m->virtio_console)
		virtio_reset(virtio_console_device(m->virtio_console));
	if (m->vsock)
		virtio_reset(vhost_device_virtio(m->vsock));
	disks_reset(m);
	nets_reset(m);
}

int pci_reset(struct machine *m)
{
	int r = 0;

	devices_reset(m);
	for (unsigned i = 0; i < m->phbs.count && r == 0; i++)
		r = phb_reset(m->phbs.phbs[i]);
	return r;
}

void pci_close(struct machine *m)
{
	if (m->io_started)
		devices_reset(m);
	disks_close(m);
	nets_close(m);
	iothread_free(m->io);
	virtio_rng_free(m->virtio_rng);
	virtio_balloon_free(m->balloon);
	virtio_console_free(m->virtio_console);
	vhost_device_free(m->vsock);
	for (unsigned i = 0; i < m->phbs.count; i++)
		phb_free(m->phbs.phbs[i]);
	dma_tables_free(m->dma);
}
