/* SPDX-License-Identifier: MIT
 * Comma-separated lines in memory, read in place: LF or CRLF, a byte-order mark, blanks around fields, "quoted" fields (within a line,
 * without quotes inside), empty lines skipped. Errors say "line L, column C", C counting bytes from 1. */
#ifndef NN_CSV_H
#define NN_CSV_H

#include "../nn.h"

#define NN_CSV_MAX_FIELDS 32 /* of a line */

typedef struct nn_csv_field { /* without blanks and quotes around it */
  const char *begin, *end;
} nn_csv_field;

typedef struct nn_csv {
  const char *next, *end;   /* what is still to read */
  const char *line_begin, *line_end;
  int64_t line;             /* counted from 1 */
  int n_fields;
  nn_csv_field fields[NN_CSV_MAX_FIELDS]; /* of the current line */
} nn_csv;

typedef enum nn_csv_state { NN_CSV_LINE, NN_CSV_END, NN_CSV_ERROR } nn_csv_state;

void nn_csv_init (nn_csv *csv, const char *bytes, size_t size);

/* Goes to the next line that is not empty and cuts it into fields. */
nn_csv_state nn_csv_next (nn_csv *csv, nn_error *error);

/* Reads the first line and finds the columns of that name in it, in any order: columns[i] is where names[i] stands; expected lists them for
 * people. */
bool nn_csv_header (nn_csv *csv, const char *const *names, int n, const char *expected, int *columns, nn_error *error);

bool nn_csv_equal (const nn_csv_field *field, const char *text);

/* Fails with "line L, column C: " and the sentence; at lies in the current line. Returns false. */
__attribute__ ((format (printf, 4, 5)))
bool nn_csv_fail (const nn_csv *csv, const char *at, nn_error *error, const char *format, ...);

/* Up to 20 bytes from begin, what is not printable as '?', for messages. */
typedef struct nn_csv_text {
  char text[24];
} nn_csv_text;
nn_csv_text nn_csv_show (const char *begin, const char *end);

#endif
