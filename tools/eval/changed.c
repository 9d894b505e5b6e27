/* SPDX-License-Identifier: MIT */
#include "changed.h"

#include <glib.h>
#include <string.h>

static void
read_row (const fer_image *image, int y, float *luma)
{
  memcpy (luma, (const float *) image->user + (ptrdiff_t) y * image->width, (size_t) image->width * sizeof *luma);
}

static bool
open_changed (const void *user, int i, const fer_crop *crop, fer_finder *finder, eval_shot *shot, nn_error *error)
{
  (void) crop, (void) finder;
  const eval_changed *c = user;
  const int size = c->seen->size;
  const size_t plane = (size_t) size * (size_t) size;
  *shot = (eval_shot) { .found = c->seen->found[i] };
  if (!shot->found)
    return true;
  shot->pixels = g_new (float, plane);
  if (!c->change (c->user, c->seen->pixels + (size_t) i * plane, size, shot->pixels, error))
    return false;
  shot->image = (fer_image) { .width = size, .height = size, .read_row = read_row, .user = shot->pixels };
  shot->square = fer_frame_square (size, size);
  return true;
}

eval_source
eval_changed_source (const eval_changed *changed)
{
  return (eval_source) { changed->seen->n, open_changed, changed };
}
