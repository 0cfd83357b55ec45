# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of tests/host: what one exit to user space costs, run under qemu-user; how interrupts come to the kernel's
# controllers, run in a host.
$(B)/tests/host/%: $(B)/obj/tests/host/%.o $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(B)/libpaprika.a $(LIBS)
