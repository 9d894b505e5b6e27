/* SPDX-License-Identifier: MIT
 * What differs from the frame before: for updates=on-change. */
#ifndef NEWS_H
#define NEWS_H

#include <glib.h>

#include "fer/fer.h"

typedef struct news {
  gboolean known; /* there was a frame before */
  int n_faces, labels[FER_MAX_FACES];
} news;

void news_forget (news *news);
/* Another number of faces, or another label of one? Remembers result. */
gboolean news_in (news *news, const fer_result *result);

#endif
