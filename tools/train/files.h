/* SPDX-License-Identifier: MIT
 * The files that a training writes, before its first hour. */
#ifndef TRAIN_FILES_H
#define TRAIN_FILES_H

#include "options.h"

/* Fails where one of them can't be written, since its folder is not there, or would be written over one that is read or over another one of them. */
bool train_check_files (const train_options *options, nn_error *error);

#endif
