# SPDX-License-Identifier: GPL-2.0-or-later
# make [ARCH=ppc64le|arm64] [CC=clang] [V=1] [SANITIZE=1]; see README.md for the targets.

HOST_ARCH := $(shell uname -m)
ARCH      ?= $(HOST_ARCH)
PREFIX    ?= /usr/local
V         ?= 0
Q         := $(if $(filter 1,$(V)),,@)

VERSION := 0.1.0

ifeq ($(ARCH),$(HOST_ARCH))
B         := build
CROSS     :=
PKGCONFIG := pkg-config
else
B         := build/$(ARCH)
endif
ifeq ($(ARCH),ppc64le)
CROSS     ?= powerpc64le-linux-gnu-
else ifeq ($(ARCH),arm64)
CROSS     ?= aarch64-linux-gnu-
endif
ifeq ($(SANITIZE),1)
B         := $(B)/sanitize
endif
ifeq ($(origin CC),default)
CC        := $(CROSS)gcc
endif
AR        ?= ar

PKGS     := libfdt liburing libsystemd libseccomp libcap-ng liblzma libzstd zlib
# libfdt ships no .pc file in Debian.
PKGS_PC  := $(filter-out libfdt,$(PKGS))
LIBS     := -lfdt -linih $(shell $(PKGCONFIG) --libs $(PKGS_PC) 2>/dev/null)
PKG_CFLAGS := $(shell $(PKGCONFIG) --cflags $(PKGS_PC) 2>/dev/null)

OPT      ?= -O2
CFLAGS   ?= $(OPT) -g
WARN     := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wvla \
	    -Wno-unused-parameter -Wno-missing-field-initializers
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DPAPRIKA_VERSION='"$(VERSION)"' -I. -I$(B)/gen $(WARN) \
	     -fno-strict-aliasing -fstack-protector-strong -pthread $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread -Wl,-z,relro,-z,now $(LDFLAGS)
ifeq ($(SANITIZE),1)
ALL_CFLAGS  += -fsanitize=address,undefined -fno-omit-frame-pointer
ALL_LDFLAGS += -fsanitize=address,undefined
endif

SRC_DIRS := vmm/base vmm/mem vmm/io vmm/bus vmm/cpu vmm/interp vmm/machine \
	    hcalls hcalls/rtas devices devices/xics devices/vio fdt vof seccomp
# KVM runs Power guests on Power hosts only.
ifneq ($(filter ppc64%,$(ARCH)),)
SRC_DIRS   += vmm/kvm
ALL_CFLAGS += -DHAVE_KVM
endif
SRCS     := $(wildcard $(addsuffix /*.c,$(SRC_DIRS)))
OBJS     := $(SRCS:%.c=$(B)/obj/%.o)
MAIN_OBJ := $(B)/obj/vmm/main.o

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all clean
all: $(B)/paprika

# Folders add their own rules and objects here.
-include $(wildcard vof/rules.mk packaging/rules.mk tests/*/rules.mk)

$(B)/paprika: $(MAIN_OBJ) $(B)/libpaprika.a
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(MAIN_OBJ) $(B)/libpaprika.a $(LIBS)

$(B)/libpaprika.a: $(OBJS)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $(OBJS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(CFLAGS_$(subst /,_,$*)) -MMD -MP -c -o $@ $<

# Handlers must stay whole: a shared tail would be a jump more in each.
$(B)/obj/vmm/interp/%.o: CFLAGS += -fno-partial-inlining -fno-ipa-icf

# Unit tests: one program a file, linked with everything but main.
UNIT_SRCS  := $(wildcard tests/unit/*/*.c tests/unit/*/*/*.c)
ifeq ($(filter ppc64%,$(ARCH)),)
UNIT_SRCS  := $(filter-out tests/unit/vmm/kvm/%,$(UNIT_SRCS))
endif
UNIT_TESTS := $(UNIT_SRCS:tests/unit/%.c=$(B)/tests/unit/%)

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(B)/libpaprika.a $(LIBS) -lcmocka

.PHONY: unit
unit: $(UNIT_TESTS)
	$(Q)set -e; for t in $(UNIT_TESTS); do $$t; done

clean:
	rm -rf build

-include $(OBJS:.o=.d) $(MAIN_OBJ:.o=.d) $(UNIT_SRCS:%.c=$(B)/obj/%.d)

# What a newcomer runs: each sets up what it needs, builds and goes.
.PHONY: demo check setup-host setup-guest install
setup-host:
	@sh tests/setup/host.sh
setup-guest: setup-host
	@sh tests/setup/guest.sh

demo: setup-guest
	@$(MAKE) --no-print-directory $(B)/paprika
	@sh tests/demo.sh

check: setup-guest
	@$(MAKE) --no-print-directory all
	@sh tests/check.sh

install: $(B)/paprika
	install -D -m 755 $(B)/paprika $(DESTDIR)$(PREFIX)/bin/paprika

# Figures against QEMU's interpreter, in interleaved runs. PAIRS=N for more of them.
.PHONY: bench
PAIRS ?= 5
CACHE := $(or $(PAPRIKA_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/paprika)
bench: setup-guest
	@sh -c '. ./tests/setup/lib.sh; install_packages qemu-system-ppc'
	@$(MAKE) --no-print-directory all
	@python3 tests/bench/boot.py $(PAIRS) $(CACHE)/vmlinux-6.1 $(CACHE)/initrd.cpio.gz
