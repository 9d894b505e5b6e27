/* SPDX-License-Identifier: MIT
 * A report that is written once and shown as plain text, Markdown or HTML. Whatever text is put in, nothing in it is taken for mark-up or for a
 * terminal's commands. */
#ifndef EVAL_PAGE_H
#define EVAL_PAGE_H

#include <stdbool.h>

typedef enum eval_page_kind { EVAL_PAGE_TEXT, EVAL_PAGE_MARKDOWN, EVAL_PAGE_HTML } eval_page_kind;

typedef struct eval_page eval_page;

eval_page *eval_page_new (eval_page_kind kind);

/* What was written, the caller's to g_free; the page is gone. */
char *eval_page_finish (eval_page *page);

/* level from 1. */
void eval_page_heading (eval_page *page, int level, const char *text);
__attribute__ ((format (printf, 2, 3))) void eval_page_text (eval_page *page, const char *format, ...);
__attribute__ ((format (printf, 2, 3))) void eval_page_item (eval_page *page, const char *format, ...);
void eval_page_code (eval_page *page, const char *text); /* as it stands, line by line */

/* A picture inside an HTML page; elsewhere nothing. says: what it shows, for those who don't see it. */
void eval_page_picture (eval_page *page, const char *svg, const char *says);

/* A table of so many columns: its cells from left to right and from top to bottom, the first row being the header. The first column runs
 * to the left, the others to the right. */
void eval_page_table (eval_page *page, int n_columns);
void eval_page_words (eval_page *page, int n_columns); /* a table of words: all columns run to the left */
__attribute__ ((format (printf, 2, 3))) void eval_page_cell (eval_page *page, const char *format, ...);
void eval_page_table_end (eval_page *page);

/* A file of its own around what was written as HTML, which needs no other; the caller's to g_free. */
char *eval_page_whole (const char *title, const char *body);

#endif
