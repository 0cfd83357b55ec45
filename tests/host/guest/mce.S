/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that loads from where the host has nothing (tests/host/nowhere.c) and gets a machine check: to the routine
 * that it registered, with a report of it, and on behind the load after ibm,nmi-interlock. Big-endian, in real mode.
 */
	.machine power8
	.section .text

#define RTAS_BASE 0x200000
#define HOLE_HIGH 0x80 /* upper half of the address */
#define OFFSET    8
#define MC        (8 + 8 + 16 + 48 + 24) /* of the machine check section in the report */

	.globl _start
_start:
	bl	1f
1:	mflr	30
	addi	30, 30, data - 1b
	/* addresses into the argument blocks */
	addi	4, 30, name_open - data
	stw	4, open - data(30)
	addi	4, 30, name_rtas - data
	stw	4, open + 12 - data(30)
	addi	4, 30, name_call - data
	stw	4, call - data(30)
	addi	4, 30, name_instantiate - data
	stw	4, call + 12 - data(30)
	addi	4, 30, check - data
	stw	4, register + 12 - data(30)
	stw	4, register + 16 - data(30)

	addi	4, 30, open - data
	bl	client
	lwz	4, open + 16 - data(30)
	stw	4, call + 16 - data(30)
	addi	4, 30, call - data
	bl	client
	addi	4, 30, register - data
	bl	rtas
	lwz	4, register + 20 - data(30)
	cmpwi	4, 0
	bne	bad

	li	28, 0
	li	9, HOLE_HIGH
	sldi	9, 9, 32
	li	3, 0x77
load:	ld	8, OFFSET(9)
	cmpdi	3, 0x77
	bne	bad
	cmpdi	28, 1
	bne	bad
	li	5, 7
	lis	6, 0x6d63 /* "mce ok" */
	ori	6, 6, 0x6520
	lis	7, 0x6f6b
	ori	7, 7, 0x0a00
	b	say
bad:	li	5, 8
	lis	6, 0x6d63 /* "mce bad" */
	ori	6, 6, 0x6520
	lis	7, 0x6261
	ori	7, 7, 0x640a
say:	sldi	6, 6, 32
	or	6, 6, 7
	lis	4, 0x7100
	li	3, 0x58
	sc	1
	addi	4, 30, off - data
	bl	rtas
	b	.

/* r4: the argument block */
client:	li	3, 0
	ori	3, 3, 0xf005
	sc	1
	blr
rtas:	li	3, 0
	ori	3, 3, 0xf000
	sc	1
	blr

	.balign	8
data:
open:	.long	0, 1, 1, 0, 0
call:	.long	0, 3, 2, 0, 0, RTAS_BASE, 0, 0
register:
	.long	0x2025, 2, 1, 0, 0, -1
interlock:
	.long	0x2026, 0, 1, -1
off:	.long	0x2003, 2, 1, -1, -1, 0
name_open:
	.asciz	"open"
name_rtas:
	.asciz	"/rtas"
name_call:
	.asciz	"call-method"
name_instantiate:
	.asciz	"instantiate-rtas"

	/* r3: the report */
	.balign	8
check:	mfsrr0	26
	mfsrr1	27
	ld	25, 0(3)
	lbz	5, MC + 0x10(3)
	lbz	6, MC + 0x11(3)
	ld	7, MC + 0x18(3)
	cmpwi	5, 8 /* an access */
	bne	bad
	cmpwi	6, 0x90 /* by an instruction, its address given */
	bne	bad
	addi	8, 9, OFFSET
	cmpd	7, 8
	bne	bad
	mfdar	7
	cmpd	7, 8
	bne	bad
	addi	8, 30, load - data
	cmpd	26, 8
	bne	bad
	addi	4, 30, interlock - data
	bl	rtas
	lwz	4, interlock + 12 - data(30)
	cmpwi	4, 0
	bne	bad
	li	28, 1
	mr	3, 25
	addi	26, 26, 4
	mtsrr0	26
	mtsrr1	27
	rfid
