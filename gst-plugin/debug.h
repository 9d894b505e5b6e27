/* SPDX-License-Identifier: MIT */
#ifndef DEBUG_H
#define DEBUG_H

#include <gst/gst.h>

GST_DEBUG_CATEGORY_EXTERN (feremotion_debug);
#define GST_CAT_DEFAULT feremotion_debug

#endif
