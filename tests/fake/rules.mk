# SPDX-License-Identifier: GPL-2.0-or-later
# What unit tests share.

FAKE_OBJS := $(patsubst %,$(B)/obj/tests/fake/%.o,vm virtio stream vhost_back $(if $(filter ppc64%,$(ARCH)),kvm))

$(B)/tests/libfake.a: $(FAKE_OBJS)
	@echo "  AR    $@"
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $^

# It has open() and ioctl() of its own, which no other program is to find.
$(addprefix $(B)/tests/unit/,devices/virtio_vhost_kernel io/vhost_kernel): $(B)/obj/tests/fake/vhost_kernel.o

-include $(FAKE_OBJS:.o=.d) $(B)/obj/tests/fake/vhost_kernel.d
