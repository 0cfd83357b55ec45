# SPDX-License-Identifier: GPL-2.0-or-later
# Test programs that are not unit tests.

$(B)/tests/isa/run_elf: $(B)/obj/tests/isa/run_elf.o $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
