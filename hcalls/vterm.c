/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_PUT_TERM_CHAR, H_GET_TERM_CHAR (LoPAR 17.5.2.1) and H_VIO_SIGNAL. */
#include "devices/vio/vio.h"
#include "devices/vio/vty.h"
#include "hcalls/handlers.h"
#include "vmm/base/byteorder.h"

int64_t h_put_term_char(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vty *vty = vio_find_vty(ctx->env->vio, in[0]);
	uint8_t buf[VTY_CALL_MAX];

	if (!vty || in[1] > VTY_CALL_MAX)
		return H_PARAMETER;
	store_be64(buf, in[2]);
	store_be64(buf + 8, in[3]);
	return vty_put(vty, buf, in[1]) < 0 ? H_BUSY : H_SUCCESS;
}

int64_t h_get_term_char(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vty *vty = vio_find_vty(ctx->env->vio, in[0]);
	uint8_t buf[VTY_CALL_MAX] = {0};

	if (!vty)
		return H_PARAMETER;
	out[0] = vty_get(vty, buf, sizeof(buf));
	out[1] = load_be64(buf);
	out[2] = load_be64(buf + 8);
	return H_SUCCESS;
}

int64_t h_vio_signal(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vty *vty = vio_find_vty(ctx->env->vio, in[0]);

	if (!vty || in[1] > 1)
		return H_PARAMETER;
	vty_signal(vty, in[1]);
	return H_SUCCESS;
}
