/* SPDX-License-Identifier: MIT
 * The faces of a table of pictures, found and read as the element does it. */
#ifndef EVAL_GROUPS_READ_H
#define EVAL_GROUPS_READ_H

#include "common/digest.h"
#include "predictions.h"
#include "workers.h"

/* model, finder NULL: those inside the program. frame: every picture is one face, nothing is looked for. */
typedef struct groups_eyes {
  const char *model, *finder;
  nn_precision precision;
  bool frame;
} groups_eyes;

/* Of a picture with several faces the one that overlaps the table's box best, by at least EVAL_IOU; without a box the largest. A face whose quality
 * is below FER_MIN_QUALITY is refused, as the element refuses it. digests: (manifest->n) of the pictures' files. The result does not depend on
 * threads, which workers has so many of. NULL: error names the picture. */
eval_predictions *groups_read (const eval_manifest *manifest, const groups_eyes *eyes, nn_workers *workers, int threads,
                               char (*digests)[TOOL_DIGEST_SIZE], nn_error *error);

#endif
