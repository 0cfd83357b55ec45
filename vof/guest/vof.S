/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware in the guest: big-endian 64-bit code at address 0.
 *
 * It holds no logic: it enters the client program as IEEE 1275 wants it, and turns calls of the client
 * interface into h-calls to the VMM. The client may call in 32-bit or 64-bit mode.
 */
#define H_VOF_CLIENT 0xf005

/* Between the blob and the end of the 64 KiB that are the firmware's. */
#define STACK_TOP    0xff00

	.machine power8
	.section .text
	.globl	_start
	.org	0

/* An interrupt here means that the client program went wrong before it had vectors of its own. */
	.macro	vector at
	.org	\at
	li	3, \at
	b	fault
	.endm

	vector	0x200
	vector	0x300
	vector	0x380
	vector	0x400
	vector	0x480
	vector	0x500
	vector	0x600
	vector	0x700
	vector	0x800
	vector	0x900
	vector	0xc00
	vector	0xd00
	vector	0xe40
	vector	0xf20
	vector	0xf40
	vector	0xf60

	.org	0x1000
/*
 * Entry, 64-bit mode. The VMM has set r3, r4 (initrd: start and size), r6 (the client's entry).
 * The client gets r3, r4, r5 = client interface, r1 = a stack, and nothing else.
 */
_start:
	bl	1f
1:	mflr	7
	addi	5, 7, client - 1b
	lis	1, STACK_TOP@h
	ori	1, 1, STACK_TOP@l
	li	0, 0
	std	0, 0(1)
	mtctr	6
	li	6, 0
	li	7, 0
	bctr

/* Client interface: r3 = the argument array; returns 0 or -1 in r3. */
client:
	mr	4, 3
	lis	3, H_VOF_CLIENT@h
	ori	3, 3, H_VOF_CLIENT@l
	sc	1
	blr

/* r3 = the vector: reported as a call with no argument array. The VMM does not come back. */
fault:
	mr	5, 3
	li	4, -1
	mfspr	6, 26
	mfspr	7, 27
	lis	3, H_VOF_CLIENT@h
	ori	3, 3, H_VOF_CLIENT@l
	sc	1
	b	.
