/* SPDX-License-Identifier: MIT
 * Parts of a report that pages share: the HTML report and the model card. What was not asked for writes nothing. */
#ifndef EVAL_REPORT_PAGE_H
#define EVAL_REPORT_PAGE_H

#include "page.h"
#include "result.h"

void eval_page_accuracy (eval_page *page, const eval_result *result);
void eval_page_seeds (eval_page *page, const eval_result *result);
void eval_page_classes (eval_page *page, const eval_result *result);
void eval_page_confusion (eval_page *page, const eval_result *result);
void eval_page_calibration (eval_page *page, const eval_result *result);
void eval_page_compared (eval_page *page, const eval_result *result);
void eval_page_robustness (eval_page *page, const eval_result *result);

#endif
