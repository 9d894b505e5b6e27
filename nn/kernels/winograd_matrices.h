/* SPDX-License-Identifier: MIT
 * The matrices of winograd.h: Cook-Toom with the points named, 0 and infinity among them. PAIRS has bit p where rows p and p + 1 belong to the
 * points a and -a: they share their sums over even and over odd powers. F is an algorithm for stride 1, S for stride 2; the odd inputs of an S
 * come last, one plain product each. */
#ifndef NN_KERNELS_WINOGRAD_MATRICES_H
#define NN_KERNELS_WINOGRAD_MATRICES_H

#include "winograd.h"

/* 0, 1, -1, infinity */
#define PAIRS_F2 0x02
static const nn_real b_F2[4][4] = { { -1, 0, 1, 0 }, { 0, 1, 1, 0 }, { 0, -1, 1, 0 }, { 0, -1, 0, 1 } };
static const nn_real g_F2[4][3] = { { -1, 0, 0 }, { .5, .5, .5 }, { .5, -.5, .5 }, { 0, 0, 1 } };
static const nn_real a_F2[2][4] = { { 1, 1, 1, 0 }, { 0, 1, -1, 1 } };

/* 0, 1, -1, 2, infinity */
#define PAIRS_F3 0x02
static const nn_real b_F3[5][5] = { { 2, -1, -2, 1, 0 }, { 0, -2, -1, 1, 0 }, { 0, 2, -3, 1, 0 }, { 0, -1, 0, 1, 0 }, { 0, 2, -1, -2, 1 } };
static const nn_real g_F3[5][3]
    = { { .5, 0, 0 }, { -.5, -.5, -.5 }, { -1. / 6, 1. / 6, -1. / 6 }, { 1. / 6, 1. / 3, 2. / 3 }, { 0, 0, 1 } };
static const nn_real a_F3[3][5] = { { 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, 0 }, { 0, 1, 1, 4, 1 } };

/* 0, 1, -1, 2, -2, infinity */
#define PAIRS_F4 0x0a
static const nn_real b_F4[6][6] = { { 4, 0, -5, 0, 1, 0 },  { 0, -4, -4, 1, 1, 0 }, { 0, 4, -4, -1, 1, 0 },
                                    { 0, -2, -1, 2, 1, 0 }, { 0, 2, -1, -2, 1, 0 }, { 0, 4, 0, -5, 0, 1 } };
static const nn_real g_F4[6][3] = { { .25, 0, 0 },
                                    { -1. / 6, -1. / 6, -1. / 6 },
                                    { -1. / 6, 1. / 6, -1. / 6 },
                                    { 1. / 24, 1. / 12, 1. / 6 },
                                    { 1. / 24, -1. / 12, 1. / 6 },
                                    { 0, 0, 1 } };
static const nn_real a_F4[4][6] = { { 1, 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, -2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, -1, 8, -8, 1 } };

/* 0, 1, -1, 2, -2, 1/2, -1/2, infinity */
#define PAIRS_F6 0x2a
static const nn_real b_F6[8][8] = { { -1, 0, 5.25, 0, -5.25, 0, 1, 0 },     { 0, 1, 1, -4.25, -4.25, 1, 1, 0 },
                                    { 0, -1, 1, 4.25, -4.25, -1, 1, 0 },    { 0, .5, .25, -2.5, -1.25, 2, 1, 0 },
                                    { 0, -.5, .25, 2.5, -1.25, -2, 1, 0 },  { 0, 2, 4, -2.5, -5, .5, 1, 0 },
                                    { 0, -2, 4, 2.5, -5, -.5, 1, 0 },       { 0, -1, 0, 5.25, 0, -5.25, 0, 1 } };
static const nn_real g_F6[8][3] = { { -1, 0, 0 },
                                    { -2. / 9, -2. / 9, -2. / 9 },
                                    { -2. / 9, 2. / 9, -2. / 9 },
                                    { 1. / 90, 1. / 45, 2. / 45 },
                                    { 1. / 90, -1. / 45, 2. / 45 },
                                    { 32. / 45, 16. / 45, 8. / 45 },
                                    { 32. / 45, -16. / 45, 8. / 45 },
                                    { 0, 0, 1 } };
static const nn_real a_F6[6][8] = { { 1, 1, 1, 1, 1, 1, 1, 0 },           { 0, 1, -1, 2, -2, .5, -.5, 0 },
                                    { 0, 1, 1, 4, 4, .25, .25, 0 },       { 0, 1, -1, 8, -8, .125, -.125, 0 },
                                    { 0, 1, 1, 16, 16, .0625, .0625, 0 }, { 0, 1, -1, 32, -32, .03125, -.03125, 1 } };

/* Even inputs: 0, 1, infinity */
#define PAIRS_S2 0
static const nn_real b_S2[5][5] = { { -1, 0, 1, 0, 0 }, { 0, 0, 1, 0, 0 }, { 0, 0, -1, 0, 1 }, { 0, 1, 0, 0, 0 }, { 0, 0, 0, 1, 0 } };
static const nn_real g_S2[4][3] = { { -1, 0, 0 }, { 1, 0, 1 }, { 0, 0, 1 }, { 0, 1, 0 } };
static const nn_real a_S2[2][5] = { { 1, 1, 0, 1, 0 }, { 0, 1, 1, 0, 1 } };

/* Even inputs: 0, 1, -1, infinity */
#define PAIRS_S3 0x02
static const nn_real b_S3[7][7] = { { -1, 0, 0, 0, 1, 0, 0 }, { 0, 0, 1, 0, 1, 0, 0 }, { 0, 0, -1, 0, 1, 0, 0 }, { 0, 0, -1, 0, 0, 0, 1 },
                                    { 0, 1, 0, 0, 0, 0, 0 },  { 0, 0, 0, 1, 0, 0, 0 }, { 0, 0, 0, 0, 0, 1, 0 } };
static const nn_real g_S3[5][3] = { { -1, 0, 0 }, { .5, 0, .5 }, { .5, 0, -.5 }, { 0, 0, 1 }, { 0, 1, 0 } };
static const nn_real a_S3[3][7] = { { 1, 1, 1, 0, 1, 0, 0 }, { 0, 1, -1, 0, 0, 1, 0 }, { 0, 1, 1, 1, 0, 0, 1 } };

/* Even inputs: 0, 1, -1, 2, infinity */
#define PAIRS_S4 0x02
static const nn_real b_S4[9][9]
    = { { 2, 0, -1, 0, -2, 0, 1, 0, 0 }, { 0, 0, -2, 0, -1, 0, 1, 0, 0 }, { 0, 0, 2, 0, -3, 0, 1, 0, 0 },
        { 0, 0, -1, 0, 0, 0, 1, 0, 0 },  { 0, 0, 2, 0, -1, 0, -2, 0, 1 }, { 0, 1, 0, 0, 0, 0, 0, 0, 0 },
        { 0, 0, 0, 1, 0, 0, 0, 0, 0 },   { 0, 0, 0, 0, 0, 1, 0, 0, 0 },   { 0, 0, 0, 0, 0, 0, 0, 1, 0 } };
static const nn_real g_S4[6][3] = { { .5, 0, 0 }, { -.5, 0, -.5 }, { -1. / 6, 0, 1. / 6 }, { 1. / 6, 0, 1. / 3 }, { 0, 0, 1 }, { 0, 1, 0 } };
static const nn_real a_S4[4][9]
    = { { 1, 1, 1, 1, 0, 1, 0, 0, 0 }, { 0, 1, -1, 2, 0, 0, 1, 0, 0 }, { 0, 1, 1, 4, 0, 0, 0, 1, 0 }, { 0, 1, -1, 8, 1, 0, 0, 0, 1 } };

#endif
