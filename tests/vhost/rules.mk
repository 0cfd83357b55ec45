# SPDX-License-Identifier: GPL-2.0-or-later
# A back end of our own, where Debian has none.

$(B)/tests/vhost/tap: $(B)/obj/tests/vhost/tap.o $(B)/tests/libfake.a $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

-include $(B)/obj/tests/vhost/tap.d
