/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A SCSI disk over a block back end: the target's side of commands, whoever brings them. Sources: SCSI Primary
 * Commands 4 (SPC-4), SCSI Block Commands 3 (SBC-3).
 *
 * Threads: scsi_disk_new() and _free() on the main thread; commands on the back end's I/O thread. Each is done
 * exactly once, there, perhaps within scsi_submit(); it and the memory behind its iov stay until then.
 */
#ifndef PAPRIKA_SCSI_DISK_H
#define PAPRIKA_SCSI_DISK_H

#include "vmm/io/blk.h"

#define SCSI_CDB_MAX   32u
#define SCSI_SENSE_LEN 18u
#define SCSI_UNMAP_MAX 16u /* descriptors of one UNMAP */

enum scsi_status { SCSI_GOOD = 0x00, SCSI_CHECK_CONDITION = 0x02 };

/* What is wrong: sense key, additional sense code and its qualifier. */
enum scsi_sense {
	SENSE_NONE = 0,
	SENSE_READ_ERROR = 0x031100,
	SENSE_WRITE_ERROR = 0x030c00,
	SENSE_NO_SPACE = 0x072707,      /* space allocation failed write protect */
	SENSE_WRITE_PROTECTED = 0x072700,
	SENSE_PARAMETER_LENGTH = 0x051a00,
	SENSE_INVALID_OPCODE = 0x052000,
	SENSE_LBA_OUT_OF_RANGE = 0x052100,
	SENSE_INVALID_FIELD = 0x052400, /* in CDB */
	SENSE_INVALID_LUN = 0x052500,
	SENSE_INVALID_PARAMETER = 0x052600,
};

struct scsi_disk;

struct scsi_range {
	uint64_t block, count;
};

struct scsi_command {
	uint8_t cdb[SCSI_CDB_MAX];
	bool other_lun; /* not a logical unit of this target */
	/* Host memory of the data: from the initiator, or to it; of a command that has both, @in goes unused. */
	struct iovec *out, *in;
	unsigned out_count, in_count;
	uint64_t out_len, in_len;
	void (*done)(struct scsi_command *c);

	enum scsi_status status;
	enum scsi_sense sense;
	uint64_t transferred; /* bytes of the data, either way */

	/* The target's. */
	struct scsi_disk *disk;
	struct blk_request blk;
	bool flush_after;
	struct scsi_range ranges[SCSI_UNMAP_MAX];
	unsigned range_next, range_count;
};

/* @serial may be NULL. -ENOMEM. The back end stays the caller's. */
__must_check int scsi_disk_new(struct blk *blk, const char *serial, struct scsi_disk **ret_disk);
void scsi_disk_free(struct scsi_disk *disk);

void scsi_submit(struct scsi_disk *disk, struct scsi_command *c);
/* Fixed-format sense data. */
void scsi_sense_fill(enum scsi_sense sense, uint8_t buf[SCSI_SENSE_LEN]);

#endif
