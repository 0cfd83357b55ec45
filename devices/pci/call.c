/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls: eventfds that raise a function's MSI-X vectors. */
#include <stddef.h>

#include "devices/pci/pci.h"
#include "vmm/io/doorbell.h"

static void unbind(struct pci_call *c)
{
	if (c->bound)
		irq_line_fd_bind(&c->line, c->fd, false);
	c->bound = false;
}

static void update(struct pci_call *c)
{
	const struct pci_msix *m = &c->f->msix;
	const struct irq_line *line = pci_msix_raises(c->f, c->vector) ? &m->lines[c->vector] : NULL;

	if (c->bound && (!line || line->source != c->line.source))
		unbind(c);
	if (!line || c->bound)
		return;
	c->line = *line;
	c->bound = irq_line_fd_bind(line, c->fd, true) == 0;
}

void pci_calls_update(struct pci_function *f)
{
	for (struct pci_call *c = f->calls; c; c = c->next)
		update(c);
}

void pci_call_add(struct pci_function *f, struct pci_call *c, int fd)
{
	*c = (struct pci_call){.f = f, .next = f->calls, .fd = fd, .vector = PCI_MSIX_MAX};
	f->calls = c;
}

void pci_call_remove(struct pci_call *c)
{
	struct pci_call **at;

	if (!c->f)
		return;
	pthread_mutex_lock(&c->f->msix.lock);
	unbind(c);
	for (at = &c->f->calls; *at != c; at = &(*at)->next)
		;
	*at = c->next;
	pthread_mutex_unlock(&c->f->msix.lock);
	c->f = NULL;
}

void pci_call_set_vector(struct pci_call *c, unsigned vector)
{
	pthread_mutex_lock(&c->f->msix.lock);
	c->vector = vector;
	update(c);
	pthread_mutex_unlock(&c->f->msix.lock);
}

/* What there is while the kernel has it: older kernels leave the count that they have acted on. */
bool pci_call_take(struct pci_call *c)
{
	struct doorbell bell = {.fd = c->fd};
	bool rang;

	pthread_mutex_lock(&c->f->msix.lock);
	rang = doorbell_take(&bell) && !c->bound;
	pthread_mutex_unlock(&c->f->msix.lock);
	return rang;
}
