# SPDX-License-Identifier: GPL-2.0-or-later
# Test programs that are not unit tests.

$(B)/tests/isa/run_elf: $(B)/obj/tests/isa/run_elf.o $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# The same with the interpreter's other dispatch, which checks the first one.
LOOP_OBJS := $(patsubst %.c,$(B)/loop/obj/%.o,$(wildcard vmm/interp/*.c))

$(B)/loop/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $< (loop)"
	$(Q)$(CC) $(ALL_CFLAGS) -DINTERP_DISPATCH_LOOP -MMD -MP -c -o $@ $<

$(B)/tests/isa/run_elf_loop: $(B)/obj/tests/isa/run_elf.o $(LOOP_OBJS) $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

-include $(LOOP_OBJS:.o=.d) $(B)/obj/tests/isa/run_elf.d
