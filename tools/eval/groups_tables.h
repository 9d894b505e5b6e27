/* SPDX-License-Identifier: MIT
 * What was found out about the groups of a column, or of several together, as tables. */
#ifndef EVAL_GROUPS_TABLES_H
#define EVAL_GROUPS_TABLES_H

#include "groups_report.h"
#include "page.h"

/* Of the lowest to the highest: the "four-fifths rule" of the United States' Uniform Guidelines on Employee Selection Procedures, 1978. */
#define GROUPS_RATIO 0.8

/* Below it a corrected p tells a gap from chance. */
#define GROUPS_LEVEL 0.05

/* details: what is said of each class, and the confusion matrices, too. */
void groups_add_part (const groups_result *result, const groups_part *part, bool details, eval_page *page);

#endif
