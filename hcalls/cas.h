/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The negotiation of ibm,client-architecture-support. */
#ifndef PAPRIKA_HCALLS_CAS_H
#define PAPRIKA_HCALLS_CAS_H

#include "hcalls/hcall.h"
#include "vof/vof.h"

/*
 * Reads the guest's PVR list and option vectors at @vectors and answers from what the VM implements.
 * The interrupt mode agreed on is the VM's from then on.
 * -EINVAL: vectors that make no sense, a list that leaves out this CPU, or a demand that the VM cannot
 * meet; the latter two with a warning.
 */
__must_check int cas_negotiate(struct hcall_env *env, gpa_t vectors,
			       struct vof_cas_answer *ret_answer);

#endif
