/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of a SCSI disk: what it says of itself, and what it does. */
#ifndef PAPRIKA_SCSI_DISK_IMPL_H
#define PAPRIKA_SCSI_DISK_IMPL_H

#include <stddef.h>

#include "devices/scsi/disk.h"

#define SERIAL_MAX     20
#define RANGE_MAX      (1u << 22) /* blocks of one WRITE SAME, or of one UNMAP */
#define TRANSFER_BYTES (1u << 20) /* what a command is best kept below */

struct scsi_disk {
	struct blk *blk;
	uint32_t block_size;
	uint64_t blocks;
	char serial[SERIAL_MAX + 1];
};

/* @len bytes to the initiator, of which it takes what it allowed for in @allocated. */
void data_answer(struct scsi_command *c, const void *buf, size_t len, size_t allocated);
void command_end(struct scsi_command *c, enum scsi_sense sense);

/* inquiry.c: commands that are answered at once. SENSE_NONE: the answer is there. */
enum scsi_sense scsi_inquiry(const struct scsi_disk *d, struct scsi_command *c);
enum scsi_sense scsi_mode_sense(const struct scsi_disk *d, struct scsi_command *c);
enum scsi_sense scsi_read_capacity_10(const struct scsi_disk *d, struct scsi_command *c);
enum scsi_sense scsi_service_action_in(const struct scsi_disk *d, struct scsi_command *c);
enum scsi_sense scsi_report_luns(const struct scsi_disk *d, struct scsi_command *c);
enum scsi_sense scsi_request_sense(const struct scsi_disk *d, struct scsi_command *c);

#endif
