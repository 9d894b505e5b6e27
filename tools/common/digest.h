/* SPDX-License-Identifier: MIT
 * What exactly was read: SHA-256 in hexadecimal digits, as sha256sum prints it. */
#ifndef TOOL_DIGEST_H
#define TOOL_DIGEST_H

#include "nn.h"

#define TOOL_DIGEST_SIZE 65 /* with the final zero */

/* Of a file's bytes; path NULL: of the expression model inside the program. */
bool tool_digest (const char *path, char digest[TOOL_DIGEST_SIZE], nn_error *error);

#endif
