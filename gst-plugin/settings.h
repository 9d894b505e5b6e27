/* SPDX-License-Identifier: MIT
 * What feremotion's plain properties say: a value that the element copies at the start of each frame. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "enums.h"
#include "fer/fer.h"
#include "nn_grad.h"

enum {
  PROP_0,
  PROP_MODEL, /* models.h's, to PROP_PRECISION */
  PROP_FINDER_MODEL,
  PROP_MODEL_INFO,
  PROP_PRECISION,
  PROP_FACES,
  PROP_ROI_TYPE,
  PROP_ROI_SCALE,
  PROP_ROI_DX,
  PROP_ROI_DY,
  PROP_OVERLAY,
  PROP_THRESHOLD,
  PROP_UPDATES,
  PROP_META_FORMAT,
  PROP_FINDER_SIZE,
  PROP_DETECT_INTERVAL,
  PROP_INTERVAL,
  PROP_MAX_FACES,
  PROP_MAX_FACES_PER_FRAME,
  PROP_SMOOTHING,
  PROP_MARGIN,
  PROP_DOMINANT_WINDOW,
  PROP_MIN_QUALITY,
  PROP_MAX_LATENCY,
  PROP_ASYNC,
  PROP_ANONYMIZE,
  PROP_HEATMAP_CLASS,
  PROP_HEATMAP_METHOD,
  PROP_HEATMAP_LAYER,
  PROP_HEATMAP_OPACITY,
  PROP_HEATMAP_INTERVAL,
  PROP_HEATMAP_LEGEND,
  PROP_STATS /* the element's own */
};

typedef struct settings {
  faces_choice faces;
  const char *roi_type; /* interned; NULL as "" */
  double roi_scale, roi_dx, roi_dy;
  overlay_choice overlay;
  const char *heatmap_class, *heatmap_layer;        /* interned; NULL as the usual ones */
  nn_cam_method heatmap_method;
  double heatmap_opacity;
  guint heatmap_interval;                           /* ms */
  gboolean heatmap_legend;
  double threshold, margin;
  updates_choice updates;
  meta_formats formats;
  anonymize_choice anonymize;
  int finder_size;                                             /* pixels, 0: by the frame */
  guint detect_interval, interval, smoothing, dominant_window; /* ms */
  int max_faces, max_faces_per_frame;                          /* per frame: 0: no limit */
  guint max_latency;                                           /* ms, 0: no limit */
  gboolean async;
  double min_quality; /* negative: by who found the face */
} settings;

void settings_init (settings *settings);
void settings_install (GObjectClass *klass);
/* FALSE: id is none of theirs. */
gboolean settings_set (settings *settings, guint id, const GValue *value);
gboolean settings_get (const settings *settings, guint id, GValue *value);

/* The map that roi-scale, roi-dx and roi-dy describe; FALSE when they leave it to the element. */
gboolean settings_box_map (const settings *settings, fer_box_map *map);

fer_limits settings_limits (const settings *settings);

/* The quality that a face from there must have to be read. */
float settings_least_quality (const settings *settings, fer_source source);

#endif
