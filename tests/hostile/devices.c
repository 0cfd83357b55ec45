/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting up, and a sane driver's use of what the hostile one leaves behind. */
#include "tests/hostile/devices.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/virtio/balloon.h"
#include "devices/virtio/blk.h"
#include "devices/virtio/console.h"
#include "devices/virtio/net.h"
#include "devices/virtio/rng.h"
#include "devices/virtio/scsi.h"
#include "tests/fake/stream.h"
#include "vmm/base/byteorder.h"

#define DISK_SIZE (256u << 10)
#define HEADER    0x70000u
#define DATA      0x71000u
#define STATUS    0x72000u
#define MARK_SIZE 16u

struct fake_vm *vm;
struct virtio_device *devices[DEVICES];
static struct virtio_balloon *balloon;
static struct ram balloon_ram; /* what it gives back: the rings are in the VM's */
static const uint8_t mark[MARK_SIZE / 2] = {0xfe, 'm', 0xfd, 'a', 0xfc, 'r', 0xfb, 'k'};

_Noreturn void die(const char *what)
{
	fprintf(stderr, "hostile: %s\n", what);
	exit(1);
}

static struct iothread *thread_new(const char *name)
{
	struct iothread *t;

	if (iothread_new(name, &t) < 0)
		die("no I/O thread");
	return t;
}

static struct blk *image_open(struct iothread *t)
{
	char path[] = "/tmp/paprika-hostile-XXXXXX";
	struct blk *blk;
	const char *why;
	int fd = mkstemp(path);

	if (fd < 0 || ftruncate(fd, DISK_SIZE) < 0 ||
	    blk_open(&(struct blk_params){.path = path, .thread = t}, &blk, &why) < 0 ||
	    blk_start(blk, NULL, NULL) < 0)
		die("no image");
	unlink(path);
	close(fd);
	return blk;
}

static void disk_open(void)
{
	struct iothread *t = thread_new("disk");
	struct virtio_blk *device;

	if (virtio_blk_new(image_open(t), t, 2, "hostile", &device) < 0 || iothread_start(t, NULL, NULL) < 0)
		die("no disk");
	devices[DISK] = virtio_blk_device(device);
}

static void scsi_open(void)
{
	struct iothread *t = thread_new("scsi");
	struct blk *blk = image_open(t);
	struct virtio_scsi *host;
	struct scsi_disk *disk;

	if (virtio_scsi_new(t, 2, &host) < 0 || scsi_disk_new(blk, "hostile", &disk) < 0 ||
	    virtio_scsi_add(host, disk, blk) < 0 || iothread_start(t, NULL, NULL) < 0)
		die("no SCSI disk");
	devices[SCSI] = virtio_scsi_device(host);
}

/* Sends back most of the frames it gets, whatever is in them. It does not wait for the device, which may be waiting for
 * it: a frame that finds no room is lost, and one that has gone in part is finished before the next. */
static void frame_return(int fd, const uint8_t *frame, size_t len)
{
	static uint8_t rest[4 + NET_BARE_MAX];
	static size_t at, left;
	ssize_t n;

	if (!left) {
		memcpy(rest, frame, len);
		at = 0;
		left = len;
	}
	n = send(fd, rest + at, left, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN))
		die("the network device has closed its socket");
	if (n > 0) {
		at += (size_t)n;
		left -= (size_t)n;
	} else if (!at) {
		left = 0;
	}
}

/* The other end of the network; slow at times. */
static void *peer_run(void *arg)
{
	static uint8_t stream[4 + NET_BARE_MAX];
	int fd = *(int *)arg;

	for (unsigned n = 0;; n++) {
		uint32_t len;

		if (recv(fd, stream, 4, MSG_WAITALL) != 4)
			die("the network device has closed its socket");
		len = load_be32(stream);
		if (!len || len > NET_BARE_MAX || recv(fd, stream + 4, len, MSG_WAITALL) != (ssize_t)len)
			die("not a frame");
		if (n % 64 == 0)
			usleep(1000);
		if (n % 4 != 3)
			frame_return(fd, stream, 4 + len);
	}
	return NULL;
}

static void net_begin(void)
{
	static const uint8_t mac[6] = {0x52, 1, 2, 3, 4, 5};
	static int peer;
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct iothread *t = thread_new("net");
	struct virtio_net *device;
	pthread_t thread;
	const char *why;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "/tmp/paprika-hostile-%d", getpid());
	unlink(sa.sun_path);
	if (bind(listener, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(listener, 1) < 0 ||
	    virtio_net_new(&(struct net_params){.kind = NET_PASST, .socket = sa.sun_path, .thread = t}, mac, &device,
			   &why) < 0)
		die("no network");
	peer = accept(listener, NULL, NULL);
	unlink(sa.sun_path);
	close(listener);
	devices[NET] = virtio_net_device(device);
	if (iothread_start(t, NULL, NULL) < 0 || pthread_create(&thread, NULL, peer_run, &peer))
		die("no network");
}

/* Reads all, slowly at times; sends back a mark with the eight bytes behind it, and something of its own now and
 * then, of which it does not mind what becomes. */
static void *reader_run(void *arg)
{
	static uint8_t junk[512];
	uint8_t last[MARK_SIZE] = {0}, buf[4096];
	int fd = *(int *)arg;

	for (unsigned n = 0;; n++) {
		ssize_t len = read(fd, buf, sizeof(buf));

		if (len <= 0)
			die("the console has closed its socket");
		for (ssize_t i = 0; i < len; i++) {
			memmove(last, last + 1, MARK_SIZE - 1);
			last[MARK_SIZE - 1] = buf[i];
			if (!memcmp(last, mark, sizeof(mark)) && send(fd, last, MARK_SIZE, MSG_NOSIGNAL) != MARK_SIZE)
				die("the console has closed its socket");
		}
		if (n % 64 == 0)
			usleep(1000);
		if (n % 4 == 0 && send(fd, junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT) == 0)
			die("nothing was sent");
	}
	return NULL;
}

/* Comes, says something, takes or does not take what there is, and goes. */
static void *clients_run(void *arg)
{
	uint8_t buf[8192];

	for (unsigned n = 0;; n++) {
		int fd = fake_stream_connect(arg);

		if (n % 3 && send(fd, buf, n % sizeof(buf) + 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 0)
			die("nothing was sent");
		usleep(n % 7 * 300);
		if (n % 2 && recv(fd, buf, sizeof(buf), MSG_DONTWAIT) == 0)
			die("the console has closed its socket");
		close(fd);
	}
	return NULL;
}

static void console_open(struct iothread *t)
{
	static struct fake_stream terminal, channel;
	static struct fake_loop loop;
	static int reader;
	struct virtio_console *console;
	pthread_t threads[2];

	fake_loop_open(&loop);
	fake_stream_open(&loop, "terminal", &terminal);
	fake_stream_open(&loop, "channel", &channel);
	if (virtio_console_new(t, (struct virtio_console_port[]){{.chr = terminal.chr, .terminal = true},
								 {.chr = channel.chr, .name = "channel"}},
			       2, &console) < 0)
		die("no console");
	devices[CONSOLE] = virtio_console_device(console);
	fake_loop_begin(&loop);
	reader = fake_stream_connect(&terminal);
	if (pthread_create(&threads[0], NULL, reader_run, &reader) ||
	    pthread_create(&threads[1], NULL, clients_run, &channel))
		die("no readers");
}

static void balloon_open(struct iothread *t)
{
	if (ram_open(&balloon_ram, FAKE_RAM_SIZE) < 0 ||
	    virtio_balloon_new(t, &balloon_ram, vm->mem, &balloon) < 0)
		die("no balloon");
	devices[BALLOON] = virtio_balloon_device(balloon);
}

void balloon_target(uint32_t mib)
{
	virtio_balloon_set_target(balloon, (uint64_t)mib << 20);
}

void devices_open(void)
{
	struct iothread *t = thread_new("io");

	vm = fake_vm_new();
	console_open(t);
	balloon_open(t);
	disk_open();
	net_begin();
	scsi_open();
	if (virtio_rng_new(t, &devices[RNG]) < 0 || iothread_start(t, NULL, NULL) < 0)
		die("no random numbers");
	for (unsigned i = 0; i < DEVICES; i++)
		if (phb_add(vm->phbs.phbs[0], &devices[i]->pci) < 0)
			die("no slot");
}

static bool begin(struct fake_driver *drv, unsigned device, unsigned queue)
{
	*drv = (struct fake_driver){.vm = vm, .d = devices[device], .queue = queue, .patience = 50000};
	drv_attach(drv);
	return drv_begin(drv, VIRTIO_F_VERSION_1 | (drv->d->offered & VIRTIO_F_ACCESS_PLATFORM));
}

static bool done(struct fake_driver *drv)
{
	uint32_t head, len;

	drv_give(drv, 0);
	return drv_take(drv, &head, &len) && head == 0;
}

static bool disk_request(struct fake_driver *drv, unsigned type, uint64_t sector)
{
	store_le32(vm->ram + HEADER, type);
	store_le64(vm->ram + HEADER + 8, sector);
	vm->ram[STATUS] = 0xff;
	drv_desc(drv, 0, HEADER, 16, 1, 1);
	drv_desc(drv, 1, DATA, 4096, type ? 1 : 3, 2);
	drv_desc(drv, 2, STATUS, 1, 2, 0);
	return done(drv) && vm->ram[STATUS] == 0;
}

static const char *disk_works(unsigned round)
{
	uint64_t sector = round % (DISK_SIZE / 512 - 8);
	struct fake_driver drv;

	if (!begin(&drv, DISK, 0))
		return "the disk does not begin";
	memset(vm->ram + DATA, (int)(round & 0xff), 4096);
	if (!disk_request(&drv, 1, sector))
		return "the disk does not write";
	memset(vm->ram + DATA, 0x5a, 4096);
	if (!disk_request(&drv, 0, sector))
		return "the disk does not read";
	for (unsigned i = 0; i < 4096; i++)
		if (vm->ram[DATA + i] != (round & 0xff))
			return "the disk does not read what was written";
	return NULL;
}

/* READ CAPACITY (10), with the sizes of a request that are there after a reset. */
static const char *scsi_works(void)
{
	struct fake_driver drv;

	if (!begin(&drv, SCSI, 2))
		return "the SCSI host does not begin";
	memset(vm->ram + HEADER, 0, 51);
	vm->ram[HEADER] = 1;
	vm->ram[HEADER + 2] = 0x40;
	vm->ram[HEADER + 19] = 0x25;
	drv_desc(&drv, 0, HEADER, 51, 1, 1);
	drv_desc(&drv, 1, STATUS, 108, 3, 2);
	drv_desc(&drv, 2, DATA, 8, 2, 0);
	return done(&drv) && load_be32(vm->ram + DATA) == DISK_SIZE / 512 - 1 ? NULL : "the SCSI disk has no capacity";
}

/* What comes in, up to a mark with @round behind it: false if nothing comes. */
static bool mark_comes(struct fake_driver *in, const uint8_t want[MARK_SIZE])
{
	uint8_t last[MARK_SIZE] = {0};
	uint32_t head, len;

	for (;;) {
		drv_desc(in, 0, DATA, 4096, 2, 0);
		drv_give(in, 0);
		if (!drv_take(in, &head, &len) || len > 4096)
			return false;
		for (uint32_t i = 0; i < len; i++) {
			memmove(last, last + 1, MARK_SIZE - 1);
			last[MARK_SIZE - 1] = vm->ram[DATA + i];
			if (!memcmp(last, want, MARK_SIZE))
				return true;
		}
	}
}

/* As a terminal without control messages: what goes out comes back. */
static const char *console_works(unsigned round)
{
	struct fake_driver out, in = {.vm = vm, .d = devices[CONSOLE], .queue = 0, .ring = 0x4000, .patience = 50000};
	uint8_t bytes[MARK_SIZE];

	if (!begin(&out, CONSOLE, 1))
		return "the console does not begin";
	drv_queue(&in);
	memcpy(bytes, mark, sizeof(mark));
	store_le64(bytes + sizeof(mark), round);
	memcpy(vm->ram + HEADER, bytes, MARK_SIZE);
	drv_desc(&out, 0, HEADER, MARK_SIZE, 0, 0);
	if (!done(&out))
		return "the console does not write";
	return mark_comes(&in, bytes) ? NULL : "the console does not read";
}

static const char *balloon_works(void)
{
	uint8_t *page = balloon_ram.hva + 0x10000;
	struct fake_driver drv;

	if (!begin(&drv, BALLOON, 0))
		return "the balloon does not begin";
	memset(page, 1, 0x10000);
	for (uint32_t i = 0; i < 16; i++)
		store_le32(vm->ram + DATA + 4 * i, 16 + i);
	drv_desc(&drv, 0, DATA, 64, 0, 0);
	if (!done(&drv))
		return "the balloon takes nothing";
	for (unsigned i = 0; i < 0x10000; i++)
		if (page[i])
			return "the balloon does not give pages back";
	return NULL;
}

const char *devices_work(unsigned round)
{
	const char *wrong = disk_works(round);
	struct fake_driver drv;

	if (!wrong)
		wrong = scsi_works();
	if (!wrong)
		wrong = console_works(round);
	if (!wrong)
		wrong = balloon_works();
	if (wrong)
		return wrong;
	if (!begin(&drv, NET, 1) || drv_read(&drv, DEV_CONFIG + 6, 2) != 1)
		return "the network does not begin";
	drv_desc(&drv, 0, DATA, 100, 0, 0);
	if (!done(&drv))
		return "the network does not send";
	if (!begin(&drv, RNG, 0))
		return "random numbers do not begin";
	drv_desc(&drv, 0, DATA, 64, 2, 0);
	return done(&drv) ? NULL : "there are no random numbers";
}
