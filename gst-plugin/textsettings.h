/* SPDX-License-Identifier: MIT
 * What feremotionjson's properties say. */
#ifndef TEXTSETTINGS_H
#define TEXTSETTINGS_H

#include "enums.h"
#include "fields.h"

enum { TEXT_PROP_FORMAT = 1, TEXT_PROP_WALL_CLOCK, TEXT_PROP_FIELDS, TEXT_PROP_MAX_DURATION };

typedef struct textsettings {
  format_choice format;
  gboolean wall_clock;
  guint max_duration; /* ms */
  fields *fields;     /* never NULL */
} textsettings;

void textsettings_install (GObjectClass *klass);
void textsettings_init (textsettings *settings);
void textsettings_clear (textsettings *settings);
/* FALSE: id is none of theirs. */
gboolean textsettings_set (textsettings *settings, guint id, const GValue *value);
gboolean textsettings_get (const textsettings *settings, guint id, GValue *value);

#endif
