# SPDX-License-Identifier: GPL-2.0-or-later
# make [ARCH=ppc64le|arm64|ppc64] [CC=clang] [V=1] [SANITIZE=1] [WERROR=1]; see README.md for the targets.

HOST_ARCH := $(patsubst aarch64,arm64,$(shell uname -m))
ARCH      ?= $(HOST_ARCH)
PREFIX    ?= /usr/local
V         ?= 0
Q         := $(if $(filter 1,$(V)),,@)
CACHE     := $(or $(PAPRIKA_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/paprika)

VERSION := 0.1.0

# Cross builds: compiler and libc are this system's packages, the libraries lie in a sysroot in the cache
# folder, which tests/setup/sysroot.sh makes. Programs run under qemu-user.
TRIPLET_ppc64le := powerpc64le-linux-gnu
TRIPLET_ppc64   := powerpc64-linux-gnu
TRIPLET_arm64   := aarch64-linux-gnu
TRIPLET_x86_64  := x86_64-linux-gnu
SYSROOT_ppc64le := $(CACHE)/sysroot-ppc64el
SYSROOT_ppc64   := $(CACHE)/sysroot-ppc64
SYSROOT_arm64   := $(CACHE)/sysroot-arm64
SYSROOT_x86_64  := $(CACHE)/sysroot-amd64
QEMU_USER       := qemu-$(patsubst arm64,aarch64,$(ARCH))

ifeq ($(ARCH),$(HOST_ARCH))
B         := build
PKGCONFIG := pkg-config
else ifeq ($(TRIPLET_$(ARCH)),)
$(error ARCH=$(ARCH): not one this Makefile knows; it takes ppc64le, arm64, x86_64, ppc64)
else
B         := build/$(ARCH)
TRIPLET   := $(TRIPLET_$(ARCH))
SYSROOT   := $(SYSROOT_$(ARCH))
CROSS     := $(TRIPLET)-
PKGCONFIG  = PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(TRIPLET)/pkgconfig pkg-config
endif
ifeq ($(SANITIZE),1)
B         := $(B)/sanitize
OPT       ?= -O1
endif
ifeq ($(origin CC),default)
CC        := $(CROSS)gcc
endif
CC_IS_CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null))

# Debian has no big-endian libraries: there, only what needs none is built, for its unit tests.
LIBRARY_FREE   := $(filter ppc64,$(ARCH))
NEED_LIBRARIES := fdt/writer.c fdt/print.c vof/%.c seccomp/%.c vmm/io/loop.c vmm/io/uring.c vmm/machine/%.c \
		  $(addprefix tests/unit/,vof/% hcalls/% cpu/% seccomp/% io/% machine/% fdt/writer.c fdt/root.c fdt/print.c \
						     devices/vty.c devices/pci.c devices/virtio.c devices/virtio_% \
						     devices/scsi.c)
buildable       = $(filter-out $(if $(LIBRARY_FREE),$(NEED_LIBRARIES)),$(1))

PKGS_PC  := liburing libsystemd libseccomp libcap-ng liblzma libzstd zlib
ifeq ($(SYSROOT),)
PKGS     := $(PKGS_PC)
else ifeq ($(LIBRARY_FREE),)
PKGS     := $(PKGS_PC)
ARCH_CFLAGS  := -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/$(TRIPLET)
ARCH_LDFLAGS := $(foreach d,$(SYSROOT)/usr/lib/$(TRIPLET) $(SYSROOT)/lib/$(TRIPLET),-L$(d) -Wl,-rpath-link,$(d))
RUN      := $(QEMU_USER) -L /usr/$(TRIPLET) \
	    -E LD_LIBRARY_PATH=$(SYSROOT)/usr/lib/$(TRIPLET):$(SYSROOT)/lib/$(TRIPLET)
else
ARCH_CFLAGS  := -isystem $(SYSROOT)/include
ARCH_LDFLAGS := -static -L$(SYSROOT)/lib
RUN      := $(QEMU_USER)
endif
ifneq ($(and $(CC_IS_CLANG),$(TRIPLET)),)
ARCH_CFLAGS  += --target=$(TRIPLET)
ARCH_LDFLAGS += --target=$(TRIPLET)
endif
# libfdt and libinih have no .pc file in Debian. Both are asked for once, and not before the sysroot is there.
LIBS      = $(eval LIBS := $(if $(PKGS),-lfdt -linih $(shell $(PKGCONFIG) --libs $(PKGS))))$(LIBS)
PKG_CFLAGS = $(eval PKG_CFLAGS := $(if $(PKGS),$(shell $(PKGCONFIG) --cflags $(PKGS))))$(PKG_CFLAGS)

OPT      ?= -O2
CFLAGS   ?= $(OPT) -g
WARN     := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wvla \
	    -Wno-unused-parameter -Wno-missing-field-initializers $(if $(filter 1,$(WERROR)),-Werror)
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DPAPRIKA_VERSION='"$(VERSION)"' -I. -I$(B)/gen $(WARN) \
	     -fno-strict-aliasing -fstack-protector-strong -pthread $(ARCH_CFLAGS) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread -Wl,-z,relro,-z,now $(ARCH_LDFLAGS) $(LDFLAGS)
ifeq ($(SANITIZE),1)
SANITIZERS  := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ALL_CFLAGS  += $(SANITIZERS) -DINTERP_DISPATCH_LOOP
ALL_LDFLAGS += $(SANITIZERS)
endif
# Handlers must stay whole: a shared tail would be a jump more in each.
INTERP_CFLAGS := $(if $(CC_IS_CLANG),,-fno-partial-inlining -fno-ipa-icf)

SRC_DIRS := vmm/base vmm/mem vmm/io vmm/bus vmm/cpu vmm/interp vmm/machine \
	    hcalls hcalls/rtas devices devices/xics devices/xive devices/vio devices/pci devices/virtio devices/scsi fdt vof seccomp
# KVM runs Power guests on Power hosts only.
ifneq ($(filter ppc64%,$(ARCH)),)
SRC_DIRS   += vmm/kvm
ALL_CFLAGS += -DHAVE_KVM
endif
SRCS     := $(wildcard $(addsuffix /*.c,$(SRC_DIRS)))
OBJS     := $(patsubst %.c,$(B)/obj/%.o,$(call buildable,$(SRCS)))
MAIN_OBJ := $(B)/obj/vmm/main.o

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all clean FORCE
all: $(if $(LIBRARY_FREE),$(B)/libpaprika.a,$(B)/paprika)

# Folders add their own rules and objects here.
-include $(wildcard vof/rules.mk packaging/rules.mk tests/*/rules.mk)

$(B)/paprika: $(MAIN_OBJ) $(B)/libpaprika.a
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(MAIN_OBJ) $(B)/libpaprika.a $(LIBS)

$(B)/libpaprika.a: $(OBJS)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $(OBJS)

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(FOLDER_CFLAGS) $(CFLAGS_$(subst /,_,$*)) -MMD -MP -c -o $@ $<

$(B)/obj/vmm/interp/%.o: FOLDER_CFLAGS := $(INTERP_CFLAGS)

# Changes with the compiler, its flags and the list of sources, and so rebuilds what they went into.
$(B)/flags: FORCE | sysroot
	@$(if $(PKGS),$(PKGCONFIG) --exists $(PKGS) || \
		{ echo "development packages are missing; as root or with sudo: make setup-host" >&2; exit 1; })
	$(shell mkdir -p $(@D))$(file >$@.new,$(CC) $(ALL_CFLAGS) $(INTERP_CFLAGS) \
		$(foreach v,$(filter CFLAGS_%,$(.VARIABLES)),$($v)) $(ALL_LDFLAGS) $(LIBS) $(SRCS))
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

.PHONY: sysroot
sysroot:
ifneq ($(SYSROOT),)
	@sh tests/setup/sysroot.sh $(ARCH)
endif

# Unit tests: one program a file, linked with the fakes and everything but main.
UNIT_SRCS  := $(call buildable,$(wildcard tests/unit/*/*.c tests/unit/*/*/*.c))
ifeq ($(filter ppc64%,$(ARCH)),)
UNIT_SRCS  := $(filter-out tests/unit/vmm/kvm/%,$(UNIT_SRCS))
endif
UNIT_TESTS := $(UNIT_SRCS:tests/unit/%.c=$(B)/tests/unit/%)

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(B)/tests/libfake.a $(B)/libpaprika.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

.PHONY: unit
unit: $(UNIT_TESTS)
	@RUN="$(RUN)" sh tests/unit/programs.sh $(UNIT_TESTS)

# print-NAME: what a variable is, for scripts.
print-%:
	@echo '$($*)'

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

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

# What reads the source and the compilers' warnings; make check has the cheap part of it.
.PHONY: lint format
lint:
	@sh tests/lint/full.sh

format:
	@sh -c '. ./tests/setup/lib.sh; install_packages clang-format'
	@git ls-files '*.[ch]' '*.inc' | xargs clang-format -i

# DESTDIR goes before all paths; units belong to systemd's folder of PREFIX.
install: $(B)/paprika
	install -D -m 755 $(B)/paprika $(DESTDIR)$(PREFIX)/bin/paprika
	install -D -m 644 man/paprika.1 $(DESTDIR)$(PREFIX)/share/man/man1/paprika.1
	install -D -m 644 man/paprika.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/paprika.conf.5
	install -D -m 644 packaging/example.conf $(DESTDIR)$(PREFIX)/share/doc/paprika/examples/example.conf
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/bin/|$(PREFIX)/bin/|' packaging/paprika@.service \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/paprika@.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/paprika@.service

# Figures against QEMU's interpreter, in interleaved runs. BENCH=boot, ipi, disk, fio (Debian's, in a
# larger initrd) or all, which is the first three; PAIRS=N of them.
.PHONY: bench
BENCH ?= boot
PAIRS ?= 5
bench: setup-guest
	@sh -c '. ./tests/setup/lib.sh; install_packages qemu-system-ppc'
	@$(MAKE) --no-print-directory all
	@sh tests/bench/initrd.sh $(B)/bench/initrd $(BENCH)
	@sh -c '. ./tests/setup/lib.sh; exec python3 tests/bench/bench.py $(BENCH) $(PAIRS) "$$CACHE/vmlinux-6.1" \
		"$$(initrd)" $(B)/bench/initrd $(B)/bench'
