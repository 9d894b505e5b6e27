/* SPDX-License-Identifier: MIT
 * FER-2013 as Kaggle gives it: one face a line, its pixels as numbers with blanks between them. */
#include "../nn_train.h"

#include "csv.h"

#include <endian.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { EMOTION, PIXELS, USAGE, N_COLUMNS };

static const char *const names[N_COLUMNS] = { "emotion", "pixels", "Usage" };

#define CLASSES 7

/* Rows are appended; what counts is what was read, never what is announced. */
typedef struct reader {
  nn_csv csv;
  int columns[N_COLUMNS], header_fields;
  nn_dataset *data; /* NULL before the first row, which decides the size */
  int capacity;
} reader;

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* Side of the square that the first row's numbers fill. */
static int
find_side (const reader *r, const nn_csv_field *field, nn_error *error)
{
  int64_t count = 0;
  for (const char *p = field->begin; p < field->end; p++)
    count += !is_blank (*p) && (p + 1 == field->end || is_blank (p[1]));
  int side = 1;
  while (side < NN_MAX_SIDE && (int64_t) side * side < count)
    side++;
  if ((int64_t) side * side == count)
    return side;
  nn_csv_fail (&r->csv, field->begin, error, "%lld pixels in the first row; expected a square picture with sides of 1 to %d, as 2304 (48x48)",
               (long long) count, NN_MAX_SIDE);
  return -1;
}

static bool
fail_pixel (const reader *r, const char *at, const nn_csv_field *field, int i, nn_error *error)
{
  const char *end = at;
  while (end < field->end && !is_blank (*end))
    end++;
  return nn_csv_fail (&r->csv, at, error, "pixel %d is \"%s\"; expected %d numbers from 0 to 255", i + 1, nn_csv_show (at, end).text,
                      r->data->h * r->data->w);
}

/* A number of one to three digits with one blank behind it, without a branch on its length: 82 million of them are in FER-2013. false: something
 * else is there, or the field's last number. */
static inline bool
read_short_number (const char **at, const char *end, uint8_t *pixel)
{
  uint32_t word;
  if (end - *at < (ptrdiff_t) sizeof word)
    return false;
  memcpy (&word, *at, sizeof word);
  word = le32toh (word) ^ 0x30303030; /* bytes from the first on: 0-9 where a digit stands */
  uint32_t others = ((word + 0x76767676) | word) & 0x80808080;
  int length = others ? __builtin_ctz (others) / 8 : 0;
  uint32_t digits = word << (8 * (3 - length)), value = (digits & 255) * 100 + (digits >> 8 & 255) * 10 + (digits >> 16 & 255);
  if (length == 0 || value > 255 || (*at)[length] != ' ')
    return false;
  *at += length + 1;
  *pixel = (uint8_t) value;
  return true;
}

static bool
read_pixels (const reader *r, const nn_csv_field *field, uint8_t *pixels, nn_error *error)
{
  int count = r->data->h * r->data->w, i = 0;
  const char *p = field->begin, *end = field->end;
  while (p < end) {
    if (i < count && read_short_number (&p, end, &pixels[i])) {
      i++;
      continue;
    }
    while (p < end && is_blank (*p))
      p++;
    const char *begin = p;
    unsigned value = 0, digit;
    while (p < end && (digit = (unsigned) (unsigned char) *p - '0') <= 9 && (value = value * 10 + digit) <= 255)
      p++;
    if (p == begin || (p < end && !is_blank (*p)))
      return fail_pixel (r, begin, field, i, error);
    if (i == count)
      return nn_csv_fail (&r->csv, begin, error, "more pixels than the first row has; expected %d", count);
    pixels[i++] = (uint8_t) value;
  }
  if (i < count)
    return nn_csv_fail (&r->csv, end, error, "the row ends after %d pixels; expected %d numbers from 0 to 255", i, count);
  return true;
}

static bool
read_label (const reader *r, const nn_csv_field *field, uint8_t *label, nn_error *error)
{
  unsigned digit = field->begin < field->end ? (unsigned) (unsigned char) *field->begin - '0' : CLASSES;
  if (field->end - field->begin != 1 || digit >= CLASSES)
    return nn_csv_fail (&r->csv, field->begin, error, "emotion is \"%s\"; expected a number from 0 to %d",
                        nn_csv_show (field->begin, field->end).text, CLASSES - 1);
  *label = (uint8_t) digit;
  return true;
}

static bool
read_split (const reader *r, const nn_csv_field *field, uint8_t *split, nn_error *error)
{
  for (int i = 0; i < NN_N_SPLITS; i++) {
    if (nn_csv_equal (field, nn_split_names[i])) {
      *split = (uint8_t) i;
      return true;
    }
  }
  return nn_csv_fail (&r->csv, field->begin, error, "Usage is \"%s\"; expected Training, PublicTest or PrivateTest",
                      nn_csv_show (field->begin, field->end).text);
}

static bool
resize (nn_dataset *data, int capacity, nn_error *error)
{
  size_t rows = capacity ? (size_t) capacity : 1;
  void *pixels = realloc (data->pixels, rows * (size_t) data->h * (size_t) data->w);
  data->pixels = pixels ? pixels : data->pixels;
  void *labels = realloc (data->labels, rows);
  data->labels = labels ? labels : data->labels;
  void *splits = realloc (data->splits, rows);
  data->splits = splits ? splits : data->splits;
  return (pixels && labels && splits) || nn_fail (error, "no memory for %d pictures of %dx%d", capacity, data->w, data->h);
}

static bool
read_row (reader *r, nn_error *error)
{
  nn_csv_field *fields = r->csv.fields;
  if (r->csv.n_fields != r->header_fields)
    return nn_csv_fail (&r->csv, r->csv.line_end, error, "%d columns; expected %d as in the header", r->csv.n_fields, r->header_fields);
  if (!r->data) {
    int side = find_side (r, &fields[r->columns[PIXELS]], error);
    if (side < 0 || !(r->data = nn_dataset_new (0, side, side, CLASSES, error)))
      return false;
  }
  nn_dataset *data = r->data;
  if (data->n == r->capacity) {
    if (r->capacity > INT_MAX / 2)
      return nn_csv_fail (&r->csv, r->csv.line_begin, error, "more than %d rows", r->capacity);
    if (!resize (data, r->capacity ? 2 * r->capacity : 64, error))
      return false;
    r->capacity = r->capacity ? 2 * r->capacity : 64;
  }
  size_t row = (size_t) data->n;
  if (!read_label (r, &fields[r->columns[EMOTION]], &data->labels[row], error)
      || !read_pixels (r, &fields[r->columns[PIXELS]], data->pixels + row * (size_t) data->h * (size_t) data->w, error)
      || !read_split (r, &fields[r->columns[USAGE]], &data->splits[row], error))
    return false;
  data->n++;
  return true;
}

nn_dataset *
nn_dataset_parse_csv (const char *bytes, size_t size, nn_error *error)
{
  reader r = { 0 };
  nn_csv_init (&r.csv, bytes, size);
  bool ok = nn_csv_header (&r.csv, names, N_COLUMNS, "emotion, pixels, Usage", r.columns, error);
  r.header_fields = r.csv.n_fields;
  nn_csv_state state = NN_CSV_LINE;
  while (ok && (state = nn_csv_next (&r.csv, error)) == NN_CSV_LINE)
    ok = read_row (&r, error);
  ok = ok && state == NN_CSV_END;
  if (ok && !r.data)
    ok = nn_csv_fail (&r.csv, r.csv.line_end, error, "the file ends after its header; expected rows of emotion, pixels, Usage");
  if (!ok || !resize (r.data, r.data->n, error)) {
    nn_dataset_free (r.data);
    return NULL;
  }
  nn_dataset_seal (r.data);
  return r.data;
}
