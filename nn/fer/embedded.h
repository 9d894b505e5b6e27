/* SPDX-License-Identifier: MIT
 * Models inside the program, if there are any: programs that need them link libfermodel and libferfaces, the others find NULL here. */
#ifndef FER_EMBEDDED_H
#define FER_EMBEDDED_H

#include "fer.h"

extern const uint8_t fer_embedded_model_start[] __attribute__ ((weak, visibility ("default")));
extern const uint8_t fer_embedded_model_end[] __attribute__ ((weak, visibility ("default")));
extern const uint8_t fer_embedded_faces_start[] __attribute__ ((weak, visibility ("default")));
extern const uint8_t fer_embedded_faces_end[] __attribute__ ((weak, visibility ("default")));

/* A file's content, or an embedded one. */
typedef struct fer_bytes {
  const void *data;
  size_t size;
  void *owned;
} fer_bytes;

/* path NULL: from start to end, which is what is called for people. Fails when there is nothing. */
bool fer_bytes_read (fer_bytes *bytes, const char *path, const uint8_t *start, const uint8_t *end, const char *what, nn_error *error);
void fer_bytes_clear (fer_bytes *bytes);

#endif
