/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host can run. */
#include "vmm/machine/host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "vmm/cpu/accel.h"

uint64_t host_memory(void)
{
	struct sysinfo si;

	if (sysinfo(&si) < 0)
		return UINT64_MAX;
	return ((uint64_t)si.totalram + si.totalswap) * si.mem_unit;
}

static bool host_is_power(const struct utsname *u)
{
	return !strncmp(u->machine, "ppc64", 5);
}

void host_kvm_state(char *buf, size_t size)
{
	struct utsname u;

	uname(&u);
	if (!host_is_power(&u))
		snprintf(buf, size, "KVM cannot run a Power guest on this %s host", u.machine);
	else if (access("/dev/kvm", F_OK) < 0)
		snprintf(buf, size, "there is no /dev/kvm (try: modprobe kvm_hv)");
	else if (access("/dev/kvm", R_OK | W_OK) < 0)
		snprintf(buf, size, "/dev/kvm: %s (try: usermod -aG kvm $USER)", strerror(errno));
	else
		snprintf(buf, size, "this version does not use /dev/kvm yet");
}

static void report_models(FILE *out, const char *separator, const char *quote)
{
	const struct cpu_model *model;
	unsigned n = 0;

	for (unsigned i = 0; (model = cpu_model_get(i)); i++)
		if (interp_accel_ops.cpu_supported(model))
			fprintf(out, "%s%s%s%s", n++ ? separator : "", quote, model->name, quote);
}

void host_report(FILE *out, bool json)
{
	struct utsname u;
	char kvm[160];

	uname(&u);
	host_kvm_state(kvm, sizeof(kvm));
	if (json) {
		fprintf(out,
			"{\"machine\": \"%s\", \"memory\": %llu, \"accel\": {\"kvm\": {\"usable\": false, "
			"\"why\": \"%s\"}, \"interp\": {\"usable\": true, \"cpus\": [",
			u.machine, (unsigned long long)host_memory(), kvm);
		report_models(out, ", ", "\"");
		fprintf(out, "]}}}\n");
		return;
	}
	fprintf(out, "host         %s, Linux %s\n", u.machine, u.release);
	fprintf(out, "memory       %llu MiB with swap\n", (unsigned long long)(host_memory() >> 20));
	fprintf(out, "kvm          no: %s\n", kvm);
	fprintf(out, "interpreter  yes, CPU models: ");
	report_models(out, ", ", "");
	fprintf(out, "\n");
}
