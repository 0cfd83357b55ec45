# SPDX-License-Identifier: GPL-2.0-or-later
# A guest of two vCPUs that does to its PCI devices what it can.

HOSTILE_OBJS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/hostile/*.c) tests/fuzz/steps.c)

$(B)/tests/hostile/hostile: $(HOSTILE_OBJS) $(B)/tests/libfake.a $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: hostile
hostile: $(B)/tests/hostile/hostile

-include $(HOSTILE_OBJS:.o=.d)
