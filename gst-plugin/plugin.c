/* SPDX-License-Identifier: MIT */
/**
 * plugin-feremotion:
 * @title: feremotion
 *
 * Facial expressions in raw video: found faces in, seven probabilities a face out, as metadata, messages, JSON and drawings.
 */
#include <gst/gst.h>

#include "emotionmeta.h"
#include "gstferemotion.h"
#include "gstferemotionjson.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return emotion_meta_register () && GST_ELEMENT_REGISTER (feremotion, plugin) && GST_ELEMENT_REGISTER (feremotionjson, plugin);
}

#define PACKAGE "feremotion"
GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, feremotion, "Facial expressions in raw video", plugin_init, GST_PACKAGE_VERSION, "MIT/X11",
                   PACKAGE, "Unknown package origin")
