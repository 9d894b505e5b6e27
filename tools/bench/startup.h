/* SPDX-License-Identifier: MIT
 * From main to the first face read with the embedded model. */
#ifndef BENCH_STARTUP_H
#define BENCH_STARTUP_H

#include "common/json.h"

/* This process itself: begin is the time of main's first line. Prints one line of milliseconds, a number per stage. */
bool bench_startup_once (double begin, nn_error *error);

/* The median over so many fresh processes of program --startup-once, by stage. */
bool bench_startup (const char *program, int processes, bool quiet, JsonBuilder *json, nn_error *error);

#endif
