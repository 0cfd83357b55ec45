# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets: everything but main.c once more, by clang, with libFuzzer's coverage and the sanitizers.

FUZZ_CC      ?= clang
FUZZ_B       := $(B)/fuzz
FUZZ_TARGETS := $(patsubst tests/fuzz/target_%.c,%,$(wildcard tests/fuzz/target_*.c))
FUZZ_OBJS    := $(SRCS:%.c=$(FUZZ_B)/obj/%.o) $(addprefix $(FUZZ_B)/obj/tests/,fake/vm.o fake/virtio.o fake/stream.o \
		fake/vhost_back.o fuzz/steps.o)
FUZZ_FLAGS   := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined \
		-DINTERP_DISPATCH_LOOP

$(FUZZ_B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  FUZZ  $<"
	$(Q)$(FUZZ_CC) -std=gnu11 -D_GNU_SOURCE -DPAPRIKA_VERSION='"$(VERSION)"' -I. -I$(B)/gen \
		-fno-strict-aliasing -pthread $(PKG_CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link \
		-MMD -MP -c -o $@ $<

$(FUZZ_B)/obj/vof/vof.o: $(B)/gen/vof/blob.h

$(FUZZ_B)/libfuzz.a: $(FUZZ_OBJS)
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

$(FUZZ_B)/%: $(FUZZ_B)/obj/tests/fuzz/target_%.o $(FUZZ_B)/libfuzz.a
	@echo "  LD    $@"
	$(Q)$(FUZZ_CC) -pthread $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ_TARGETS:%=$(FUZZ_B)/%)

# Names that the fuzzer would not guess, from the tables.
$(FUZZ_B)/dict: $(B)/tests/fuzz/dict
	@mkdir -p $(@D)
	$(Q)$< > $@.new && mv $@.new $@

$(B)/tests/fuzz/dict: $(B)/obj/tests/fuzz/dict.o
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $<

-include $(FUZZ_OBJS:.o=.d) $(FUZZ_TARGETS:%=$(FUZZ_B)/obj/tests/fuzz/target_%.d)
