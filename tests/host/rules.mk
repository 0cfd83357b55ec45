# SPDX-License-Identifier: GPL-2.0-or-later
# What one exit to user space costs: run by tests/host under qemu-user.
$(B)/tests/host/exit_cost: $(B)/obj/tests/host/exit_cost.o $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(B)/libpaprika.a $(LIBS)
