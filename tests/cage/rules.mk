# SPDX-License-Identifier: GPL-2.0-or-later
# A program that tries, from within a running VM, what the cage is to refuse.

CAGE_OBJS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/cage/*.c))

$(B)/tests/cage/cage: $(CAGE_OBJS) $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

-include $(CAGE_OBJS:.o=.d)
