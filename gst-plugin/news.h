/* SPDX-License-Identifier: MIT
 * What differs from the frame before: who appeared, who left, whose label is another one. */
#ifndef NEWS_H
#define NEWS_H

#include <glib.h>

#include "fer/fer.h"

/* A face of the frame before. Those without an id are told apart by their order. */
typedef struct news_face {
  guint64 id;
  int label;
  guint64 appeared, labelled; /* running times */
} news_face;

typedef struct news {
  gboolean known; /* there was a frame before */
  int n;
  news_face faces[FER_MAX_FACES];
} news;

void news_forget (news *news);

/* Fills result's changes, and remembers it. The first frame is news, even without a face. */
gboolean news_in (news *news, fer_result *result);

#endif
