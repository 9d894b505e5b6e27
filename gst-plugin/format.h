/* SPDX-License-Identifier: MIT
 * What feremotionjson writes, as caps. */
#ifndef FORMAT_H
#define FORMAT_H

#include <gst/gst.h>

#include "enums.h"

#define FORMAT_PLAIN_CAPS "text/x-raw, format = utf8" /* what muxers take */
#define FORMAT_ALL_CAPS "application/x-ndjson; application/x-subtitle-vtt; application/x-subtitle; " FORMAT_PLAIN_CAPS

/* A file's, then muxers'. */
GstCaps *format_caps (format_choice format);

/* The first buffer of a WebVTT file. */
GstBuffer *format_vtt_header (void);

#endif
