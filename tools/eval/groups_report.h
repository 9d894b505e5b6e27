/* SPDX-License-Identifier: MIT
 * What was found out about groups, for people and for programs. */
#ifndef EVAL_GROUPS_REPORT_H
#define EVAL_GROUPS_REPORT_H

#include "groups.h"

/* On the terminal, without what is said of each class and without confusion matrices. */
void groups_print (const groups_result *result);

/* Everything, as a Markdown file. */
bool groups_write_page (const groups_result *result, const char *path, nn_error *error);

/* Everything as a section of an HTML page, with the plot where gnuplot is; the caller's to g_free. NULL: gnuplot failed. And as a page of its own. */
char *groups_html (const groups_result *result, nn_error *error);
bool groups_write_html (const groups_result *result, const char *path, nn_error *error);

/* docs/bias.md names the keys; path "-" is standard output. */
bool groups_write_json (const groups_result *result, const char *path, nn_error *error);

/* Share of each class in what was read, by group, with intervals: a panel for each column. SVG or PNG by path's ending. Without gnuplot a line says
 * so, and nothing is drawn. */
bool groups_plot (const groups_result *result, const char *path, nn_error *error);

/* The same as the text of an SVG, the caller's to g_free; NULL: there is nothing to draw, or no gnuplot. */
bool groups_plot_svg (const groups_result *result, char **svg, nn_error *error);

/* Sentences, NULL at the end, about what such figures cannot say. */
extern const char *const groups_does_not_show[];

#endif
