/* SPDX-License-Identifier: MIT
 * Drawn faces: what FER-2013's tests use where it is not there. An ellipse with brows, eyes, nose and mouth set by the expression, in random
 * pose, build, light and noise. */
#ifndef TEST_FACES_H
#define TEST_FACES_H

#include "nn_train.h"

/* label as FER-2013's: angry disgust fear happy sad surprise neutral. pixels: (size, size) grey. */
void test_draw_face (uint8_t *pixels, int size, int label, nn_random *random);

/* 48x48 faces, labels in turn, every row a function of seed and its number. Never NULL: exits when out of memory. */
nn_dataset *test_faces (int n_train, int n_public, int n_private, uint64_t seed);

/* Path of FER-2013: environment FER2013_CSV, else ../shared/data/fer2013.csv.xz beside the source folder. NULL: not there; skip (TEST_NO_FER2013). */
const char *test_fer2013 (void);
#define TEST_NO_FER2013 "FER-2013 is not there: set FER2013_CSV to its path"

/* Path of NAME in the folder FER_DATA, else in ../shared/data beside the source folder, into path. False: not there; skip (TEST_NO_DATA). */
bool test_data (const char *name, char *path, size_t size);
#define TEST_NO_DATA "the data are not there: set FER_DATA to the folder that holds them"

#endif
