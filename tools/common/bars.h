/* SPDX-License-Identifier: MIT
 * Bars of text. */
#ifndef TOOL_BARS_H
#define TOOL_BARS_H

#include <stdbool.h>
#include <stdio.h>

/* A bar of share (0-1) of width letters: eighths of blocks where the terminal's letters are Unicode, else '#'. */
void tool_bar (FILE *out, double share, int width);

/* "\x1b[1m" and "\x1b[0m" where out is a terminal, else "". */
const char *tool_bold (FILE *out, bool on);

#endif
