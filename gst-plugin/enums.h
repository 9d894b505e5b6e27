/* SPDX-License-Identifier: MIT
 * The choices of feremotion's properties. */
#ifndef ENUMS_H
#define ENUMS_H

#include <glib-object.h>

typedef enum { FACES_AUTO, FACES_UPSTREAM, FACES_FINDER, FACES_FRAME } faces_choice;

typedef enum { OVERLAY_NONE = 0, OVERLAY_LABELS = 1, OVERLAY_HEATMAP = 2, OVERLAY_BOTH = OVERLAY_LABELS | OVERLAY_HEATMAP } overlay_choice;

typedef enum { UPDATES_NONE, UPDATES_ON_CHANGE, UPDATES_ON_FACE, UPDATES_EVERY_FRAME } updates_choice;

typedef enum { META_AUTO = 1, META_ROI = 2, META_CUSTOM = 4, META_ANALYTICS = 8, META_JSON = 16 } meta_formats;

typedef enum { ANONYMIZE_NONE, ANONYMIZE_BLUR, ANONYMIZE_PIXELATE } anonymize_choice;

typedef enum { FORMAT_JSON, FORMAT_VTT, FORMAT_SRT } format_choice;

GType precision_choice_type (void);
GType faces_choice_type (void);
GType overlay_choice_type (void);
GType heatmap_method_type (void);
GType updates_choice_type (void);
GType meta_formats_type (void);
GType anonymize_choice_type (void);
GType format_choice_type (void);

#endif
