/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of a SCSI disk, and what becomes of them in the back end. */
#include "devices/scsi/disk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "devices/scsi/disk_impl.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define FUA         0x08u /* in byte 1 of a CDB */
#define WS_NDOB     0x01u /* of WRITE SAME (16): no data, zeros */
#define WS_UNMAP    0x08u
#define WS_ANCHOR   0x10u
#define UNMAP_HEAD  8u
#define UNMAP_DESC  16u

void scsi_sense_fill(enum scsi_sense sense, uint8_t buf[SCSI_SENSE_LEN])
{
	memset(buf, 0, SCSI_SENSE_LEN);
	buf[0] = 0x70;
	buf[2] = (uint8_t)(sense >> 16);
	buf[7] = SCSI_SENSE_LEN - 8;
	buf[12] = (uint8_t)(sense >> 8);
	buf[13] = (uint8_t)sense;
}

void command_end(struct scsi_command *c, enum scsi_sense sense)
{
	c->sense = sense;
	c->status = sense == SENSE_NONE ? SCSI_GOOD : SCSI_CHECK_CONDITION;
	if (sense != SENSE_NONE)
		c->transferred = 0;
	c->done(c);
}

void data_answer(struct scsi_command *c, const void *buf, size_t len, size_t allocated)
{
	const uint8_t *from = buf;

	if (len > allocated)
		len = allocated;
	for (unsigned i = 0; i < c->in_count && len; i++) {
		size_t part = len < c->in[i].iov_len ? len : c->in[i].iov_len;

		memcpy(c->in[i].iov_base, from, part);
		from += part;
		len -= part;
		c->transferred += part;
	}
}

/* Exactly @len bytes from the initiator. */
static bool data_take(const struct scsi_command *c, void *buf, size_t len)
{
	uint8_t *to = buf;

	for (unsigned i = 0; i < c->out_count && len; i++) {
		size_t part = len < c->out[i].iov_len ? len : c->out[i].iov_len;

		memcpy(to, c->out[i].iov_base, part);
		to += part;
		len -= part;
	}
	return !len;
}

/* The first @len bytes of @iov alone. */
static unsigned iov_cut(struct iovec *iov, unsigned count, uint64_t len)
{
	unsigned i;

	for (i = 0; i < count && len; i++) {
		if (iov[i].iov_len > len)
			iov[i].iov_len = len;
		len -= iov[i].iov_len;
	}
	return i;
}

static enum scsi_sense sense_of(const struct blk_request *r, int error)
{
	if (error == 0)
		return SENSE_NONE;
	if (error == -ENOSPC || error == -EDQUOT)
		return SENSE_NO_SPACE;
	return r->op == BLK_READ ? SENSE_READ_ERROR : SENSE_WRITE_ERROR;
}

static void blk_ended(struct blk_request *r, int result);

static void blk_begin(struct scsi_command *c, enum blk_op op, uint64_t offset, uint64_t len)
{
	c->blk.op = op;
	c->blk.offset = offset;
	c->blk.len = len;
	c->blk.done = blk_ended;
	blk_submit(c->disk->blk, &c->blk);
}

static void flush_begin(struct scsi_command *c)
{
	c->flush_after = false;
	c->blk.iov_count = 0;
	blk_begin(c, BLK_FLUSH, 0, 0);
	blk_kick(c->disk->blk);
}

static void range_begin(struct scsi_command *c)
{
	const struct scsi_range *r = &c->ranges[c->range_next++];

	c->blk.iov_count = 0;
	blk_begin(c, BLK_DISCARD, r->block * c->disk->block_size, r->count * c->disk->block_size);
}

static void blk_ended(struct blk_request *r, int result)
{
	struct scsi_command *c = (struct scsi_command *)((uint8_t *)r - offsetof(struct scsi_command, blk));

	/* a discard is a hint: a file system without holes keeps what it has */
	if (r->op == BLK_DISCARD && result == -EOPNOTSUPP)
		result = 0;
	if (result < 0) {
		command_end(c, sense_of(r, result));
	} else if (c->range_next < c->range_count) {
		range_begin(c);
		blk_kick(c->disk->blk);
	} else if (c->flush_after) {
		flush_begin(c);
	} else {
		command_end(c, SENSE_NONE);
	}
}

/* Where the commands of each length keep block and count: SBC-3, 5. */
static void cdb_range(const uint8_t *cdb, uint64_t *ret_block, uint64_t *ret_count)
{
	switch (cdb[0] >> 5) {
	case 0: /* 6 bytes; a count of 0 is 256 */
		*ret_block = load_be32(cdb) & 0x1fffff;
		*ret_count = cdb[4] ? cdb[4] : 256;
		break;
	case 4: /* 16 */
		*ret_block = load_be64(cdb + 2);
		*ret_count = load_be32(cdb + 10);
		break;
	case 5: /* 12 */
		*ret_block = load_be32(cdb + 2);
		*ret_count = load_be32(cdb + 6);
		break;
	default: /* 10 */
		*ret_block = load_be32(cdb + 2);
		*ret_count = load_be16(cdb + 7);
	}
}

static bool is_six(const struct scsi_command *c)
{
	return c->cdb[0] < 0x20;
}

/* The functions below return a sense to end with at once; SENSE_NONE with *ret_begun: the back end has it. */

static enum scsi_sense transfer(struct scsi_disk *d, struct scsi_command *c, bool write, bool *ret_begun)
{
	uint64_t block, count, len;

	cdb_range(c->cdb, &block, &count);
	if (!check_range_u64(block, count, d->blocks))
		return SENSE_LBA_OUT_OF_RANGE;
	if (write && blk_readonly(d->blk))
		return SENSE_WRITE_PROTECTED;
	if (!is_six(c) && (c->cdb[1] & 0xe0))
		return SENSE_INVALID_FIELD; /* protection information, which there is none of */
	len = count * d->block_size;
	if (!len)
		return SENSE_NONE;
	if (len > (write ? c->out_len : c->in_len))
		return SENSE_INVALID_FIELD;
	c->blk.iov = write ? c->out : c->in;
	c->blk.iov_count = iov_cut(c->blk.iov, write ? c->out_count : c->in_count, len);
	c->flush_after = write && !is_six(c) && (c->cdb[1] & FUA);
	c->transferred = len;
	*ret_begun = true;
	blk_begin(c, write ? BLK_WRITE : BLK_READ, block * d->block_size, len);
	return SENSE_NONE;
}

static enum scsi_sense read_blocks(struct scsi_disk *d, struct scsi_command *c, bool *ret_begun)
{
	return transfer(d, c, false, ret_begun);
}

static enum scsi_sense write_blocks(struct scsi_disk *d, struct scsi_command *c, bool *ret_begun)
{
	return transfer(d, c, true, ret_begun);
}

static enum scsi_sense synchronize(struct scsi_disk *d, struct scsi_command *c, bool *ret_begun)
{
	uint64_t block, count;

	cdb_range(c->cdb, &block, &count);
	if (!check_range_u64(block, count, d->blocks))
		return SENSE_LBA_OUT_OF_RANGE;
	*ret_begun = true;
	flush_begin(c);
	return SENSE_NONE;
}

static bool block_is_zero(const struct scsi_disk *d, const struct scsi_command *c)
{
	uint8_t block[4096];

	if (d->block_size > sizeof(block) || !data_take(c, block, d->block_size))
		return false;
	return !block[0] && !memcmp(block, block + 1, d->block_size - 1);
}

/* SBC-3, 5.45 to 5.47: of zeros alone. */
static enum scsi_sense write_same(struct scsi_disk *d, struct scsi_command *c, bool *ret_begun)
{
	bool no_data = c->cdb[0] == 0x93 && (c->cdb[1] & WS_NDOB);
	uint64_t block, count;

	cdb_range(c->cdb, &block, &count);
	if (!check_range_u64(block, count, d->blocks))
		return SENSE_LBA_OUT_OF_RANGE;
	if (blk_readonly(d->blk))
		return SENSE_WRITE_PROTECTED;
	if (!count || count > RANGE_MAX || (c->cdb[1] & (0xe0 | WS_ANCHOR)) || (!no_data && !block_is_zero(d, c)))
		return SENSE_INVALID_FIELD;
	c->blk.iov_count = 0;
	c->blk.may_unmap = c->cdb[1] & WS_UNMAP;
	c->transferred = no_data ? 0 : d->block_size;
	*ret_begun = true;
	blk_begin(c, BLK_WRITE_ZEROES, block * d->block_size, count * d->block_size);
	return SENSE_NONE;
}

static enum scsi_sense unmap_range(const struct scsi_disk *d, struct scsi_command *c, const uint8_t *desc)
{
	struct scsi_range r = {load_be64(desc), load_be32(desc + 8)};

	if (!check_range_u64(r.block, r.count, d->blocks))
		return SENSE_LBA_OUT_OF_RANGE;
	if (r.count > RANGE_MAX)
		return SENSE_INVALID_PARAMETER;
	if (r.count)
		c->ranges[c->range_count++] = r;
	return SENSE_NONE;
}

/* SBC-3, 5.28. All ranges are sound before the first is gone. */
static enum scsi_sense unmap(struct scsi_disk *d, struct scsi_command *c, bool *ret_begun)
{
	uint8_t list[UNMAP_HEAD + SCSI_UNMAP_MAX * UNMAP_DESC];
	size_t len = load_be16(c->cdb + 7), descs;
	enum scsi_sense sense = SENSE_NONE;

	if (c->cdb[1] & 1)
		return SENSE_INVALID_FIELD;
	if (blk_readonly(d->blk))
		return SENSE_WRITE_PROTECTED;
	if (!len)
		return SENSE_NONE;
	if (len < UNMAP_HEAD || !data_take(c, list, UNMAP_HEAD))
		return SENSE_PARAMETER_LENGTH;
	descs = load_be16(list + 2) / UNMAP_DESC;
	if (descs > SCSI_UNMAP_MAX)
		return SENSE_INVALID_PARAMETER;
	if (UNMAP_HEAD + descs * UNMAP_DESC > len || !data_take(c, list, UNMAP_HEAD + descs * UNMAP_DESC))
		return SENSE_PARAMETER_LENGTH;
	for (size_t i = 0; i < descs && sense == SENSE_NONE; i++)
		sense = unmap_range(d, c, list + UNMAP_HEAD + i * UNMAP_DESC);
	if (sense != SENSE_NONE || !c->range_count)
		return sense;
	c->transferred = UNMAP_HEAD + descs * UNMAP_DESC;
	*ret_begun = true;
	range_begin(c);
	return SENSE_NONE;
}

static enum scsi_sense test_unit_ready(const struct scsi_disk *d, struct scsi_command *c)
{
	return SENSE_NONE;
}

/* Commands by their operation codes; what any logical unit answers, also one that is not there. */
static const struct {
	enum scsi_sense (*answer)(const struct scsi_disk *d, struct scsi_command *c);
	enum scsi_sense (*begin)(struct scsi_disk *d, struct scsi_command *c, bool *ret_begun);
	bool any_lun;
} commands[256] = {
	[0x00] = {.answer = test_unit_ready},
	[0x03] = {.answer = scsi_request_sense, .any_lun = true},
	[0x08] = {.begin = read_blocks},
	[0x0a] = {.begin = write_blocks},
	[0x12] = {.answer = scsi_inquiry, .any_lun = true},
	[0x1a] = {.answer = scsi_mode_sense},
	[0x25] = {.answer = scsi_read_capacity_10},
	[0x28] = {.begin = read_blocks},
	[0x2a] = {.begin = write_blocks},
	[0x35] = {.begin = synchronize},
	[0x41] = {.begin = write_same},
	[0x42] = {.begin = unmap},
	[0x5a] = {.answer = scsi_mode_sense},
	[0x88] = {.begin = read_blocks},
	[0x8a] = {.begin = write_blocks},
	[0x91] = {.begin = synchronize},
	[0x93] = {.begin = write_same},
	[0x9e] = {.answer = scsi_service_action_in},
	[0xa0] = {.answer = scsi_report_luns, .any_lun = true},
	[0xa8] = {.begin = read_blocks},
	[0xaa] = {.begin = write_blocks},
};

void scsi_submit(struct scsi_disk *d, struct scsi_command *c)
{
	uint8_t op = c->cdb[0];
	enum scsi_sense sense = SENSE_INVALID_OPCODE;
	bool begun = false;

	c->disk = d;
	c->transferred = 0;
	c->flush_after = false;
	c->range_next = c->range_count = 0;
	c->blk.may_unmap = false;
	if (c->other_lun && !commands[op].any_lun)
		sense = SENSE_INVALID_LUN;
	else if (commands[op].answer)
		sense = commands[op].answer(d, c);
	else if (commands[op].begin)
		sense = commands[op].begin(d, c, &begun);
	if (!begun)
		command_end(c, sense);
}

int scsi_disk_new(struct blk *blk, const char *serial, struct scsi_disk **ret_disk)
{
	struct scsi_disk *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->blk = blk;
	d->block_size = blk_block_size(blk);
	d->blocks = blk_size(blk) / d->block_size;
	if (serial)
		strncpy(d->serial, serial, SERIAL_MAX);
	*ret_disk = d;
	return 0;
}

void scsi_disk_free(struct scsi_disk *d)
{
	free(d);
}
