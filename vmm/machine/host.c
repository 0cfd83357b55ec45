/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host can run. */
#include "vmm/machine/host.h"

#include <errno.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "vmm/cpu/accel.h"
#ifdef HAVE_KVM
#include "vmm/kvm/host.h"
#endif

uint64_t host_memory(void)
{
	struct sysinfo si;

	if (sysinfo(&si) < 0)
		return UINT64_MAX;
	return ((uint64_t)si.totalram + si.totalswap) * si.mem_unit;
}

static void report_models(FILE *out, const char *separator, const char *quote)
{
	const struct cpu_model *model;
	unsigned n = 0;

	for (unsigned i = 0; (model = cpu_model_get(i)); i++)
		if (interp_accel_ops.cpu_supported(model))
			fprintf(out, "%s%s%s%s", n++ ? separator : "", quote, model->name, quote);
}

#ifdef HAVE_KVM
static const char *truth(bool v)
{
	return v ? "true" : "false";
}

static void json_pages(FILE *out, const uint8_t *shift, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "%s%llu", i ? ", " : "", 1ULL << shift[i]);
}

static void json_type(FILE *out, const char *name, const struct kvm_host_type *t)
{
	fprintf(out, "\"%s\": {\"there\": %s", name, truth(t->there));
	if (t->there) {
		fprintf(out, ", \"radix\": %s, \"radix_pages\": [", truth(t->radix));
		json_pages(out, t->radix_shift, t->radix_pages);
		fprintf(out, "], \"hash\": %s, \"hash_pages\": [", truth(t->hash));
		json_pages(out, t->hash_shift, t->hash_pages);
		fprintf(out, "], \"kernel_xics\": %s, \"kernel_xive\": %s, \"nested_guests\": %s, "
			"\"secure_guests\": %s, \"htm\": %s, \"hwrng\": %s, \"ail3\": %s, \"vcpus\": %u",
			truth(t->xics), truth(t->xive), truth(t->nested), truth(t->secure),
			truth(t->htm), truth(t->hwrng), truth(t->ail3), t->vcpus);
	}
	fprintf(out, "}");
}

static void json_kvm(FILE *out)
{
	struct kvm_host h;

	kvm_host_probe(&h);
	fprintf(out, "\"kvm\": {\"usable\": %s, \"why\": \"%s\", \"lpar\": %s, \"cpus\": [",
		truth(!h.why[0]), h.why, truth(h.lpar));
	if (!h.why[0] && h.cpu)
		fprintf(out, "\"%s\"", h.cpu);
	fprintf(out, "], \"compat\": %s, \"types\": {", truth(h.compat));
	json_type(out, "hv", &h.hv);
	fprintf(out, ", ");
	json_type(out, "pr", &h.pr);
	fprintf(out, "}}");
}

static void text_pages(FILE *out, const char *name, bool there, const uint8_t *shift,
		       unsigned count)
{
	fprintf(out, "  %-10s %s", name, there ? "yes, pages of" : "no");
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "%s%llu%c", i ? ", " : " ",
			shift[i] >= 30 ? 1ULL << (shift[i] - 30) :
			shift[i] >= 20 ? 1ULL << (shift[i] - 20) : 1ULL << (shift[i] - 10),
			shift[i] >= 30 ? 'G' : shift[i] >= 20 ? 'M' : 'K');
	fprintf(out, "\n");
}

static void text_type(FILE *out, const char *name, const char *module,
		      const struct kvm_host_type *t)
{
	if (!t->there) {
		fprintf(out, "kvm %s       no such VMs (module %s)\n", name, module);
		return;
	}
	fprintf(out, "kvm %s       yes, up to %u vCPUs\n", name, t->vcpus);
	text_pages(out, "radix", t->radix, t->radix_shift, t->radix_pages);
	text_pages(out, "hash", t->hash, t->hash_shift, t->hash_pages);
	fprintf(out, "  in kernel  XICS %s, XIVE %s\n", t->xics ? "yes" : "no", t->xive ? "yes" : "no");
	fprintf(out, "  guests     hypervisors %s, secure (PEF) %s, transactional memory %s\n",
		t->nested ? "yes" : "no", t->secure ? "yes" : "no", t->htm ? "yes" : "no");
}

/* Which of the combinations of host, translation and KVM type there can be at all; this host's are marked. */
static void text_matrix(FILE *out, const struct kvm_host *h)
{
	static const struct {
		const char *host;
		bool lpar, radix, pr;
	} rows[] = {
		{"bare metal", false, true, false}, {"bare metal", false, false, false},
		{"bare metal", false, false, true}, {"LPAR", true, true, false},
		{"LPAR", true, false, true},
	};

	fprintf(out, "combinations\n");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kvm_host_type *t = rows[i].pr ? &h->pr : &h->hv;
		bool here = rows[i].lpar == h->lpar && t->there &&
			    (rows[i].radix ? t->radix : t->hash);

		fprintf(out, "  %-11s%-6s guests, %s  %s\n", rows[i].host,
			rows[i].radix ? "radix" : "hash", rows[i].pr ? "PR" : "HV",
			here ? "this host" : "-");
	}
}

static void text_kvm(FILE *out)
{
	struct kvm_host h;

	kvm_host_probe(&h);
	fprintf(out, "kvm          %s%s\n", h.why[0] ? "no: " : "yes", h.why);
	fprintf(out, "  host       %s, its kernel at level %s%s\n", h.lpar ? "LPAR" : "bare metal",
		h.cpu ? h.cpu : "?", h.compat ? " (compatibility mode)" : "");
	text_type(out, "hv", "kvm_hv", &h.hv);
	text_type(out, "pr", "kvm_pr", &h.pr);
	text_matrix(out, &h);
}
#else
void host_kvm_state(char *buf, size_t size)
{
	struct utsname u;

	uname(&u);
	snprintf(buf, size, "KVM cannot run a Power guest on this %s host", u.machine);
}

static void json_kvm(FILE *out)
{
	char why[160];

	host_kvm_state(why, sizeof(why));
	fprintf(out, "\"kvm\": {\"usable\": false, \"why\": \"%s\"}", why);
}

static void text_kvm(FILE *out)
{
	char why[160];

	host_kvm_state(why, sizeof(why));
	fprintf(out, "kvm          no: %s\n", why);
}
#endif

void host_report(FILE *out, bool json)
{
	struct utsname u;

	uname(&u);
	if (json) {
		fprintf(out, "{\"machine\": \"%s\", \"memory\": %llu, \"accel\": {", u.machine,
			(unsigned long long)host_memory());
		json_kvm(out);
		fprintf(out, ", \"interp\": {\"usable\": true, \"cpus\": [");
		report_models(out, ", ", "\"");
		fprintf(out, "]}}}\n");
		return;
	}
	fprintf(out, "host         %s, Linux %s\n", u.machine, u.release);
	fprintf(out, "memory       %llu MiB with swap\n", (unsigned long long)(host_memory() >> 20));
	text_kvm(out);
	fprintf(out, "interpreter  yes, CPU models: ");
	report_models(out, ", ", "");
	fprintf(out, "\n");
}
