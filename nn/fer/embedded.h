/* SPDX-License-Identifier: MIT
 * The model inside the program, if there is one: programs that need it link libfermodel, the others find NULL here. */
#ifndef FER_EMBEDDED_H
#define FER_EMBEDDED_H

#include <stdint.h>

extern const uint8_t fer_embedded_start[] __attribute__ ((weak, visibility ("default")));
extern const uint8_t fer_embedded_end[] __attribute__ ((weak, visibility ("default")));

#endif
