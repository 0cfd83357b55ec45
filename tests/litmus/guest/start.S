/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of the first vCPU and of the others, which come in big-endian mode, and calls of the hypervisor.
 * Position-independent: the VMM loads it where it likes.
 */
#include "guest.h"

	.machine power9
	.section .text.start, "ax"

/* Goes on in little-endian mode. In the mode that it changes to, each word reads as a harmless one. */
	.macro	little_endian
	tdi	0, 0, 0x48	/* little-endian: skipped; big-endian: b . + 8 */
	b	3f
	.long	0x05009f42	/* bcl 20,31,$+4 */
	.long	0xa602487d	/* mflr r10 */
	.long	0x1c004a39	/* addi r10,r10,28 */
	.long	0xa600607d	/* mfmsr r11 */
	.long	0x01006b69	/* xori r11,r11,1 */
	.long	0xa6035a7d	/* mtsrr0 r10 */
	.long	0xa6037b7d	/* mtsrr1 r11 */
	.long	0x2400004c	/* rfid */
3:
	.endm

	.macro	environment
	bcl	20, 31, 4f
4:	mflr	10
	addis	2, 10, (.TOC. - 4b)@ha
	addi	2, 2, (.TOC. - 4b)@l
	addis	1, 2, stacks@toc@ha
	addi	1, 1, stacks@toc@l
	addi	11, 3, 1
	mulli	11, 11, STACK_SIZE
	add	1, 1, 11
	addi	1, 1, -256
	.endm

	.globl	_start
_start:
	little_endian
	li	3, 0
	environment
	bl	main
	nop
	b	.

/* r3 = the vCPU's number. */
	.globl	others_start
others_start:
	little_endian
	environment
	bl	other
	nop
	b	.

	.text
/* r3 = number, r4 to r7 = arguments; the status. */
	.globl	hcall
hcall:
	sc	1
	blr

	.section .bss
	.balign	65536
	.globl	stacks
stacks:
	.space	STACK_SIZE * CPUS
