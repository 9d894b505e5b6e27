/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include <stdio.h>
#include <string.h>

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

void
nn_csv_init (nn_csv *csv, const char *bytes, size_t size)
{
  *csv = (nn_csv) { .next = bytes, .end = bytes + size, .line_begin = bytes, .line_end = bytes };
  if (size >= 3 && !memcmp (bytes, "\xef\xbb\xbf", 3))
    csv->next += 3;
}

bool
nn_csv_fail (const nn_csv *csv, const char *at, nn_error *error, const char *format, ...)
{
  char text[sizeof error->text];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  nn_fail (error, "%s", text);
  char place[64];
  snprintf (place, sizeof place, "line %lld, column %lld", (long long) csv->line, (long long) (at - csv->line_begin + 1));
  return nn_fail_prefix (error, place);
}

nn_csv_text
nn_csv_show (const char *begin, const char *end)
{
  nn_csv_text shown;
  size_t length = (size_t) (end - begin), limit = 20;
  for (size_t i = 0; i < length && i < limit; i++)
    shown.text[i] = begin[i] >= 32 && begin[i] < 127 ? begin[i] : '?';
  strcpy (shown.text + (length < limit ? length : limit), length > limit ? "..." : "");
  return shown;
}

bool
nn_csv_equal (const nn_csv_field *field, const char *text)
{
  size_t length = strlen (text);
  return (size_t) (field->end - field->begin) == length && !memcmp (field->begin, text, length);
}

/* One field from *at; leaves *at behind its comma, or NULL at the end of the line. */
static bool
cut_field (nn_csv *csv, const char **at, nn_csv_field *field, nn_error *error)
{
  const char *p = *at, *end = csv->line_end;
  while (p < end && is_blank (*p))
    p++;
  if (p < end && *p == '"') {
    const char *quote = memchr (p + 1, '"', (size_t) (end - p - 1));
    if (!quote)
      return nn_csv_fail (csv, p, error, "the quote is not closed on this line");
    *field = (nn_csv_field) { p + 1, quote };
    for (p = quote + 1; p < end && is_blank (*p);)
      p++;
    if (p < end && *p != ',')
      return nn_csv_fail (csv, p, error, "\"%s\" after a closing quote; expected a comma", nn_csv_show (p, end).text);
    *at = p < end ? p + 1 : NULL;
  } else {
    const char *comma = memchr (p, ',', (size_t) (end - p));
    *field = (nn_csv_field) { p, comma ? comma : end };
    *at = comma ? comma + 1 : NULL;
  }
  while (field->begin < field->end && is_blank (*field->begin))
    field->begin++;
  while (field->begin < field->end && is_blank (field->end[-1]))
    field->end--;
  return true;
}

nn_csv_state
nn_csv_next (nn_csv *csv, nn_error *error)
{
  do {
    if (csv->next == csv->end)
      return NN_CSV_END;
    const char *newline = memchr (csv->next, '\n', (size_t) (csv->end - csv->next));
    csv->line_begin = csv->next;
    csv->line_end = newline ? newline : csv->end;
    csv->next = newline ? newline + 1 : csv->end;
    if (csv->line_end > csv->line_begin && csv->line_end[-1] == '\r')
      csv->line_end--;
    csv->line++;
  } while (csv->line_begin == csv->line_end);

  csv->n_fields = 0;
  for (const char *at = csv->line_begin; at;) {
    if (csv->n_fields == NN_CSV_MAX_FIELDS) {
      nn_csv_fail (csv, at, error, "more than %d columns", NN_CSV_MAX_FIELDS);
      return NN_CSV_ERROR;
    }
    if (!cut_field (csv, &at, &csv->fields[csv->n_fields++], error))
      return NN_CSV_ERROR;
  }
  return NN_CSV_LINE;
}

bool
nn_csv_header (nn_csv *csv, const char *const *names, int n, const char *expected, int *columns, nn_error *error)
{
  nn_csv_state state = nn_csv_next (csv, error);
  if (state == NN_CSV_ERROR)
    return false;
  if (state == NN_CSV_END)
    return nn_fail (error, "line 1, column 1: the file is empty; expected a header with %s", expected);
  for (int i = 0; i < n; i++) {
    columns[i] = -1;
    for (int j = 0; j < csv->n_fields; j++) {
      if (!nn_csv_equal (&csv->fields[j], names[i]))
        continue;
      if (columns[i] >= 0)
        return nn_csv_fail (csv, csv->fields[j].begin, error, "a second column %s", names[i]);
      columns[i] = j;
    }
    if (columns[i] < 0)
      return nn_csv_fail (csv, csv->line_begin, error, "the header \"%s\" has no column %s", nn_csv_show (csv->line_begin, csv->line_end).text,
                          names[i]);
  }
  return true;
}
