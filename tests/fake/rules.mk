# SPDX-License-Identifier: GPL-2.0-or-later
# What unit tests share.

FAKE_OBJS := $(B)/obj/tests/fake/vm.o $(B)/obj/tests/fake/virtio.o $(B)/obj/tests/fake/stream.o

$(B)/tests/libfake.a: $(FAKE_OBJS)
	@echo "  AR    $@"
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $^

-include $(FAKE_OBJS:.o=.d)
