/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of block devices: VIRTIO 1.2, 5.2.3. */
#ifndef PAPRIKA_VIRTIO_BLK_IMPL_H
#define PAPRIKA_VIRTIO_BLK_IMPL_H

#define F_SIZE_MAX     (1ull << 1)
#define F_SEG_MAX      (1ull << 2)
#define F_GEOMETRY     (1ull << 4)
#define F_RO           (1ull << 5)
#define F_BLK_SIZE     (1ull << 6)
#define F_FLUSH        (1ull << 9)
#define F_TOPOLOGY     (1ull << 10)
#define F_CONFIG_WCE   (1ull << 11)
#define F_MQ           (1ull << 12)
#define F_DISCARD      (1ull << 13)
#define F_WRITE_ZEROES (1ull << 14)

#endif
