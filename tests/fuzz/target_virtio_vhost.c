/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk that another process serves as a hostile driver has it (steps.h); the other process does whatever it is asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/virtio/vhost.h"
#include "tests/fake/vhost_back.h"
#include "tests/fuzz/steps.h"

#define STEPS_MAX 256

static struct fake_driver drv;
static struct back back;

/* So that its rings are not the driver's. */
static void written(void *ctx, gpa_t gpa, uint64_t len)
{
	must(gmem_span(drv.vm->mem, gpa, len), "what was written is memory");
}

static bool chain(struct back *b, unsigned q, struct back_chain *c, uint32_t *ret_len)
{
	for (unsigned i = c->readable; i < c->readable + c->writable; i++) {
		size_t len = c->iov[i].iov_len < 512 ? c->iov[i].iov_len : 512;

		memset(c->iov[i].iov_base, 0, len);
		*ret_len += (uint32_t)len;
	}
	return true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct iothread *thread;
	struct vhost_device *device;
	const char *why;

	drv.vm = fake_vm_new();
	drv.patience = 5;
	gmem_set_write_hook(drv.vm->mem, written, NULL);
	back.features = VIRTIO_F_VERSION_1 | VHOST_F_PROTOCOL_FEATURES | VIRTIO_F_INDIRECT_DESC;
	back.protocol = VHOST_PROTOCOL_REPLY_ACK | VHOST_PROTOCOL_CONFIG;
	back.config_len = 60;
	back.chain = chain;
	back_start(&back);
	must(iothread_new("vhost", &thread) == 0, "I/O thread");
	must(vhost_device_new(&(struct vhost_params){.kind = VHOST_BLK, .socket = back.path, .queues = 1, .thread = thread,
						     .ram = &drv.vm->memory, .mem = drv.vm->mem}, &device, &why) == 0,
	     "device");
	unlink(back.path);
	drv.d = vhost_device_virtio(device);
	must(phb_add(drv.vm->phbs.phbs[0], &drv.d->pci) == 0, "slot");
	must(iothread_start(thread, NULL, NULL) == 0, "thread");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STEPS_STRINGS;

	virtio_reset(drv.d);
	fake_vm_reset(drv.vm);
	drv_attach(&drv);
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		if (!steps_take(&drv, &in, &strings))
			input_u8(&in);
	virtio_reset(drv.d);
	must(back.fd >= 0, "the back end is not given up, whatever the driver does");
	return 0;
}
