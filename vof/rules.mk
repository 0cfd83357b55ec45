# SPDX-License-Identifier: GPL-2.0-or-later
# The guest's firmware: assembled for big-endian ppc64 on any host, embedded as a C array.

VOF_CROSS ?= powerpc64-linux-gnu-

build/vof/vof.o: vof/guest/vof.S
	@mkdir -p $(@D)
	@echo "  AS    $<"
	$(Q)$(VOF_CROSS)gcc -m64 -mbig-endian -mabi=elfv1 -c -o $@ $<

build/vof/vof.elf: build/vof/vof.o vof/guest/vof.lds
	@echo "  LD    $@"
	$(Q)$(VOF_CROSS)ld -EB -T vof/guest/vof.lds -o $@ build/vof/vof.o

build/vof/vof.bin: build/vof/vof.elf
	$(Q)$(VOF_CROSS)objcopy -O binary $< $@

$(B)/gen/vof/blob.h: build/vof/vof.bin
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)od -An -v -t x1 $< | sed -e 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g' > $@

$(B)/obj/vof/vof.o: $(B)/gen/vof/blob.h
