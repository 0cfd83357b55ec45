/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a SCSI disk says of itself. */
#include <string.h>

#include "devices/scsi/disk_impl.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define VENDOR   "PAPRIKA "
#define PRODUCT  "DISK            "
#define REVISION "1   "

#define PERIPHERAL_DISK 0x00
#define PERIPHERAL_NONE 0x7f

#define PAGE_ANSWER 0xff /* longer than any */

/* SPC-4, 6.6.2: standard INQUIRY data. */
static void inquiry_standard(struct scsi_command *c, size_t allocated)
{
	uint8_t data[36] = {0};

	data[0] = c->other_lun ? PERIPHERAL_NONE : PERIPHERAL_DISK;
	data[2] = 6; /* SPC-4 */
	data[3] = 2; /* the format of this answer */
	data[4] = sizeof(data) - 5;
	data[7] = 2; /* command queueing */
	memcpy(data + 8, VENDOR PRODUCT REVISION, 28);
	data_answer(c, data, sizeof(data), allocated);
}

static size_t vpd_device_id(const struct scsi_disk *d, uint8_t *page)
{
	size_t len = 8 + strlen(d->serial);

	page[0] = 2; /* ASCII */
	page[1] = 1; /* T10 vendor identification */
	page[3] = (uint8_t)len;
	memcpy(page + 4, VENDOR, 8);
	memcpy(page + 12, d->serial, strlen(d->serial));
	return 4 + len;
}

/* SBC-3, 6.5.3: block limits. */
static size_t vpd_block_limits(const struct scsi_disk *d, uint8_t *page)
{
	page[0] = 1; /* WSNZ: no WRITE SAME of everything */
	store_be32(page + 4, UINT32_MAX);
	store_be32(page + 8, TRANSFER_BYTES / d->block_size);
	store_be32(page + 16, RANGE_MAX);
	store_be32(page + 20, SCSI_UNMAP_MAX);
	store_be32(page + 24, 1);
	store_be64(page + 32, RANGE_MAX);
	return 60;
}

static size_t vpd_supported(const struct scsi_disk *d, uint8_t *page);

static size_t vpd_serial(const struct scsi_disk *d, uint8_t *page)
{
	memcpy(page, d->serial, strlen(d->serial));
	return strlen(d->serial);
}

/* SBC-3, 6.5.2: no rotation. */
static size_t vpd_characteristics(const struct scsi_disk *d, uint8_t *page)
{
	store_be16(page, 1);
	return 60;
}

/* SBC-3, 6.5.4: UNMAP and WRITE SAME(10, 16) unmap, if it can be written at all. */
static size_t vpd_provisioning(const struct scsi_disk *d, uint8_t *page)
{
	page[1] = blk_readonly(d->blk) ? 0 : 0xe0;
	page[2] = 2; /* thin */
	return 4;
}

static const struct {
	uint8_t page;
	size_t (*fill)(const struct scsi_disk *d, uint8_t *page);
} vpd_pages[] = {
	{0x00, vpd_supported}, {0x80, vpd_serial}, {0x83, vpd_device_id}, {0xb0, vpd_block_limits},
	{0xb1, vpd_characteristics}, {0xb2, vpd_provisioning},
};

static size_t vpd_supported(const struct scsi_disk *d, uint8_t *page)
{
	for (unsigned i = 0; i < ARRAY_SIZE(vpd_pages); i++)
		page[i] = vpd_pages[i].page;
	return ARRAY_SIZE(vpd_pages);
}

enum scsi_sense scsi_inquiry(const struct scsi_disk *d, struct scsi_command *c)
{
	size_t allocated = load_be16(c->cdb + 3);
	uint8_t data[4 + PAGE_ANSWER] = {0};

	if (!(c->cdb[1] & 1)) {
		if (c->cdb[2])
			return SENSE_INVALID_FIELD;
		inquiry_standard(c, allocated);
		return SENSE_NONE;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(vpd_pages); i++)
		if (vpd_pages[i].page == c->cdb[2]) {
			size_t len = vpd_pages[i].fill(d, data + 4);

			data[0] = c->other_lun ? PERIPHERAL_NONE : PERIPHERAL_DISK;
			data[1] = c->cdb[2];
			store_be16(data + 2, (uint16_t)len);
			data_answer(c, data, 4 + len, allocated);
			return SENSE_NONE;
		}
	return SENSE_INVALID_FIELD;
}

/* SBC-3, 6.4.5: a cache that is written back. */
static size_t mode_caching(uint8_t *page)
{
	page[0] = 0x08;
	page[1] = 18;
	page[2] = 4; /* WCE */
	return 20;
}

/* SPC-4, 7.5.8: nothing beyond the defaults. */
static size_t mode_control(uint8_t *page)
{
	page[0] = 0x0a;
	page[1] = 10;
	return 12;
}

static size_t mode_pages(unsigned code, bool changeable, uint8_t *buf)
{
	size_t len = 0;

	if (code == 0x08 || code == 0x3f)
		len += mode_caching(buf + len);
	if (code == 0x0a || code == 0x3f)
		len += mode_control(buf + len);
	/* nothing can be changed: all else in a page is zero */
	for (size_t at = 0; changeable && at < len; at += 2u + buf[at + 1])
		memset(buf + at + 2, 0, buf[at + 1]);
	return len;
}

/* SPC-4, 6.11 and 6.12, with SBC-3's block descriptor and device-specific parameter. */
enum scsi_sense scsi_mode_sense(const struct scsi_disk *d, struct scsi_command *c)
{
	bool ten = c->cdb[0] == 0x5a, changeable = (c->cdb[2] >> 6) == 1;
	size_t header = ten ? 8 : 4, descriptor = c->cdb[1] & 8 ? 0 : 8, len;
	uint8_t data[64] = {0}, parameter = (blk_readonly(d->blk) ? 0x80 : 0) | 0x10; /* DPOFUA */

	if ((c->cdb[2] >> 6) == 3 || (c->cdb[3] && c->cdb[3] != 0xff))
		return SENSE_INVALID_FIELD; /* saved ones, subpages */
	len = mode_pages(c->cdb[2] & 0x3f, changeable, data + header + descriptor);
	if (!len)
		return SENSE_INVALID_FIELD;
	len += header + descriptor;
	if (ten) {
		store_be16(data, (uint16_t)(len - 2));
		data[3] = parameter;
		data[7] = (uint8_t)descriptor;
	} else {
		data[0] = (uint8_t)(len - 1);
		data[2] = parameter;
		data[3] = (uint8_t)descriptor;
	}
	if (descriptor) {
		store_be32(data + header, d->blocks > 0xffffffff ? 0xffffffff : (uint32_t)d->blocks);
		store_be32(data + header + 4, d->block_size); /* its upper byte is reserved, and zero */
	}
	data_answer(c, data, len, ten ? load_be16(c->cdb + 7) : c->cdb[4]);
	return SENSE_NONE;
}

enum scsi_sense scsi_read_capacity_10(const struct scsi_disk *d, struct scsi_command *c)
{
	uint8_t data[8];

	store_be32(data, d->blocks > 0xffffffff ? 0xffffffff : (uint32_t)(d->blocks - 1));
	store_be32(data + 4, d->block_size);
	data_answer(c, data, sizeof(data), sizeof(data));
	return SENSE_NONE;
}

/* SBC-3, 5.16: READ CAPACITY (16). */
enum scsi_sense scsi_service_action_in(const struct scsi_disk *d, struct scsi_command *c)
{
	uint8_t data[32] = {0};

	if ((c->cdb[1] & 0x1f) != 0x10)
		return SENSE_INVALID_FIELD;
	store_be64(data, d->blocks - 1);
	store_be32(data + 8, d->block_size);
	data[14] = blk_readonly(d->blk) ? 0 : 0x80; /* LBPME; what reads after an unmap is zero, but not LBPRZ */
	data_answer(c, data, sizeof(data), load_be32(c->cdb + 10));
	return SENSE_NONE;
}

/* SPC-4, 6.33: LUN 0 alone. */
enum scsi_sense scsi_report_luns(const struct scsi_disk *d, struct scsi_command *c)
{
	uint8_t data[16] = {0, 0, 0, 8};
	size_t len = sizeof(data);

	if (c->cdb[2] > 2)
		return SENSE_INVALID_FIELD;
	if (c->cdb[2] == 1) { /* well-known ones: none */
		data[3] = 0;
		len = 8;
	}
	data_answer(c, data, len, load_be32(c->cdb + 6));
	return SENSE_NONE;
}

/* What there was to say went with the status. */
enum scsi_sense scsi_request_sense(const struct scsi_disk *d, struct scsi_command *c)
{
	uint8_t data[SCSI_SENSE_LEN];

	if (c->cdb[1] & 1)
		return SENSE_INVALID_FIELD;
	scsi_sense_fill(c->other_lun ? SENSE_INVALID_LUN : SENSE_NONE, data);
	data_answer(c, data, sizeof(data), c->cdb[4]);
	return SENSE_NONE;
}
