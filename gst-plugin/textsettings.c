/* SPDX-License-Identifier: MIT */
#include "textsettings.h"

#define DEFAULT_MAX_DURATION 1000 /* ms: as long as GStreamer's queues hold what waits */

static void
install_subtitles (GObjectClass *klass, GParamFlags flags)
{
  g_object_class_install_property (
      klass, TEXT_PROP_MAX_DURATION,
      g_param_spec_uint ("max-duration", "Max duration",
                         "Milliseconds after which a cue for a muxer is cut, and goes on as another one: a muxer waits for the end of a cue, and all "
                         "other streams wait with it in their queues. Files of subtitles are not cut. 0: no limit",
                         0, G_MAXINT, DEFAULT_MAX_DURATION, flags | GST_PARAM_MUTABLE_PLAYING));
}

void
textsettings_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  g_object_class_install_property (
      klass, TEXT_PROP_FORMAT,
      g_param_spec_enum ("format", "Format",
                         "What is written: a line of JSON a frame (\"json\"), or subtitles that name each face's label, one cue for as long as no "
                         "label changes (\"vtt\": WebVTT, \"srt\": SubRip). Muxers get bare text with timestamps and durations in all three",
                         format_choice_type (), FORMAT_JSON, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (
      klass, TEXT_PROP_WALL_CLOCK,
      g_param_spec_boolean ("wall-clock", "Wall clock",
                            "Also write the calendar's time: in JSON as \"written\", when the line was written, beside \"time\", when the frame was "
                            "taken where that is known; in subtitles as first line of a cue, when its first frame was taken, or else arrived here",
                            FALSE, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, TEXT_PROP_FIELDS,
      g_param_spec_boxed ("fields", "Fields",
                          "Fields to add to every line of JSON, such as fields=\"fields, camera=3, room=(string)hall\"; those with the name of a "
                          "key of the line itself are left out",
                          GST_TYPE_STRUCTURE, flags | GST_PARAM_MUTABLE_PLAYING));
  install_subtitles (klass, flags);
}

void
textsettings_init (textsettings *s)
{
  *s = (textsettings) { .format = FORMAT_JSON, .max_duration = DEFAULT_MAX_DURATION, .fields = fields_new (NULL) };
}

void
textsettings_clear (textsettings *s)
{
  fields_free (s->fields);
}

gboolean
textsettings_set (textsettings *s, guint id, const GValue *value)
{
  switch (id) {
  case TEXT_PROP_FORMAT: s->format = (format_choice) g_value_get_enum (value); return TRUE;
  case TEXT_PROP_WALL_CLOCK: s->wall_clock = g_value_get_boolean (value); return TRUE;
  case TEXT_PROP_MAX_DURATION: s->max_duration = g_value_get_uint (value); return TRUE;
  case TEXT_PROP_FIELDS:
    fields_free (s->fields);
    s->fields = fields_new (gst_value_get_structure (value));
    return TRUE;
  default: return FALSE;
  }
}

gboolean
textsettings_get (const textsettings *s, guint id, GValue *value)
{
  switch (id) {
  case TEXT_PROP_FORMAT: g_value_set_enum (value, s->format); return TRUE;
  case TEXT_PROP_WALL_CLOCK: g_value_set_boolean (value, s->wall_clock); return TRUE;
  case TEXT_PROP_MAX_DURATION: g_value_set_uint (value, s->max_duration); return TRUE;
  case TEXT_PROP_FIELDS: gst_value_set_structure (value, s->fields->structure); return TRUE;
  default: return FALSE;
  }
}
