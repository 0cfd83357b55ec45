/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RTAS display-character: the operator panel (LoPAR, RTAS call of that name). What the guest shows there
 * is a message of its progress, for the log and not for its console.
 */
#include "hcalls/rtas/handlers.h"
#include "vmm/base/log.h"

/* Lock held. */
static void panel_line_end(struct rtas_panel *p)
{
	if (p->len && log_ratelimit_pass(&p->limit))
		log_info("operator panel: %.*s", (int)p->len, p->line);
	p->len = 0;
}

/* Lines begin with a new one as often as they end with it. */
static void panel_put(struct rtas_panel *p, uint8_t c)
{
	if (c == '\n' || c == '\r' || c == '\f') {
		panel_line_end(p);
		return;
	}
	p->line[p->len++] = c < ' ' || c > '~' ? '?' : (char)c;
	if (p->len == sizeof(p->line))
		panel_line_end(p);
}

int32_t rtas_display_character(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct rtas_panel *p = &ctx->env->rtas->panel;

	pthread_mutex_lock(&p->lock);
	panel_put(p, (uint8_t)args[0]);
	pthread_mutex_unlock(&p->lock);
	return RTAS_SUCCESS;
}

void rtas_panel_flush(struct rtas_panel *p)
{
	pthread_mutex_lock(&p->lock);
	panel_line_end(p);
	pthread_mutex_unlock(&p->lock);
}
