# SPDX-License-Identifier: GPL-2.0-or-later
# What unit tests share.

FAKE_OBJS := $(patsubst %,$(B)/obj/tests/fake/%.o,vm virtio stream vhost_back $(if $(filter ppc64%,$(ARCH)),kvm))

$(B)/tests/libfake.a: $(FAKE_OBJS)
	@echo "  AR    $@"
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $^

-include $(FAKE_OBJS:.o=.d)
