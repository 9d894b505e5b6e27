/* SPDX-License-Identifier: MIT
 * Files as they come from the net: plain, compressed (gzip, bzip2, xz, zstd), or a member of a zip or tar. */
#ifndef TOOL_UNPACK_H
#define TOOL_UNPACK_H

#include "nn.h"

/* Whole contents of path into *bytes (malloc'ed), at most limit. Of a zip or tar: the first member whose file name is one of names (NULL at the
 * end; folders before it do not matter). Errors name the path. */
bool tool_unpack (const char *path, const char *const *names, size_t limit, char **bytes, size_t *size, nn_error *error);

#endif
