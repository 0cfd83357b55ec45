/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest guest: CALLS h-calls that nobody knows, each an exit to user space and back, then RTAS
 * power-off (or reboot, with REBOOT). Big-endian, as the firmware starts it; position-independent.
 */
	.machine power8
	.section .text
	.globl _start
_start:
	lis	31, CALLS@h
	ori	31, 31, CALLS@l
	cmpdi	31, 0
	beq	2f
	/* r31, since an h-call may leave anything in CTR */
1:	li	3, 0x4fc
	sc	1
	addi	31, 31, -1
	cmpdi	31, 0
	bne	1b
2:	bl	3f
3:	mflr	4
	addi	4, 4, args - 3b
	lis	3, 0
	ori	3, 3, 0xf000
	sc	1
	b	.
	.balign	8
args:
#ifdef REBOOT
	.long	0x2004, 0, 1, 0
#else
	.long	0x2003, 2, 1, -1, -1, 0
#endif
