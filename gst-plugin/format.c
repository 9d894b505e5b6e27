/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <string.h>

#include "subtitle.h"

GstBuffer *
format_vtt_header (void)
{
  GstBuffer *buffer = gst_buffer_new_memdup (SUBTITLE_VTT_HEADER, strlen (SUBTITLE_VTT_HEADER));
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  return buffer;
}

/* Who comes later, as to a tcpserversink, gets the header from the caps. */
static void
set_stream_header (GstCaps *caps)
{
  GstBuffer *header = format_vtt_header ();
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;
  gst_value_array_init (&array, 1);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_take_buffer (&value, header);
  gst_value_array_append_and_take_value (&array, &value);
  gst_structure_take_value (gst_caps_get_structure (caps, 0), "streamheader", &array);
}

GstCaps *
format_caps (format_choice format)
{
  switch (format) {
  case FORMAT_VTT: {
    GstCaps *caps = gst_caps_from_string ("application/x-subtitle-vtt; " FORMAT_PLAIN_CAPS);
    set_stream_header (caps);
    return caps;
  }
  case FORMAT_SRT: return gst_caps_from_string ("application/x-subtitle; " FORMAT_PLAIN_CAPS);
  case FORMAT_JSON: break;
  }
  return gst_caps_from_string ("application/x-ndjson; " FORMAT_PLAIN_CAPS);
}
