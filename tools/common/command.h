/* SPDX-License-Identifier: MIT
 * What all tools have in common on a command line: GOption's --help, one sentence on stderr when something is wrong, and the exit status. */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include "nn.h"

#include <glib.h>

enum { TOOL_GOOD = 0, TOOL_ERROR = 1, TOOL_USAGE = 2 };

/* Reads the options; argv keeps the program and the arguments that are none. --help prints and exits. False: the error is a usage error. */
bool tool_read_options (const GOptionEntry *entries, const char *arguments, const char *description, int *argc, char ***argv, nn_error *error);

/* The command as it could be typed again, without the program's folder, before tool_read_options takes it apart; the caller's to g_free. Without folders
 * it names files alone: what is published need not say where they lie on somebody's disk. */
char *tool_command_line (int argc, char **argv, bool folders);

/* "fer-x: sentence" on stderr, with a hint at --help when status is TOOL_USAGE; returns status. */
int tool_end (const char *program, int status, const nn_error *error);

/* stdout reached its reader: a full disk or a closed pipe is an error like any other. */
bool tool_flush (nn_error *error);

/* Options --precision: NULL is full. */
bool tool_read_precision (const char *name, nn_precision *precision, nn_error *error);

#endif
