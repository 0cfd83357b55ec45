/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where things are put in guest-physical memory before it starts. */
#ifndef PAPRIKA_MACHINE_LAYOUT_H
#define PAPRIKA_MACHINE_LAYOUT_H

#define LAYOUT_FIRMWARE_SIZE 0x10000ULL /* from address 0 */
/* A vmlinux is relocatable, in steps of 64 KiB at least. */
#define LAYOUT_KERNEL_BASE (4ULL << 20)
/* What a kernel needs free behind its image, and above the initrd, while it starts. */
#define LAYOUT_KERNEL_ROOM  (16ULL << 20)
#define LAYOUT_INITRD_ALIGN 0x10000ULL

#endif
