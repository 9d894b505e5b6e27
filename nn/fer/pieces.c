/* SPDX-License-Identifier: MIT */
#include "pieces.h"

#include <glib.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "palette.h"

#define GRID 2       /* pixels: chroma is often shared by so many, and what moves in such steps covers it as it did before */
#define MAX_PANELS 4 /* faces with panels; of a crowd only the strips stay readable */

typedef struct layout {
  fer_rect frame, box, chip, panel;
  bool roomy; /* the panel has names */
  char text[sizeof ((fer_piece *) NULL)->text];
} layout;

/* ---- rectangles ------------------------------------------------------------------------------------------------------------ */

static bool
is_inside (const fer_rect *a, const fer_rect *b)
{
  return a->x >= b->x && a->y >= b->y && a->x + a->w <= b->x + b->w && a->y + a->h <= b->y + b->h;
}

static bool
overlap (const fer_rect *a, const fer_rect *b)
{
  return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

static fer_rect
rect_of (const fer_box *box)
{
  return (fer_rect) { (double) box->x, (double) box->y, (double) box->w, (double) box->h };
}

static double
nearest (double x)
{
  return GRID * round (x / GRID);
}

static double
up (double x)
{
  return GRID * ceil (x / GRID);
}

static double
down (double x)
{
  return GRID * floor (x / GRID);
}

/* About the part of [from, from + *length] that lies in a room with half a line to spare, which is then seen whole. Lengths come in steps of a line:
 * so much off looks right, and what hardly changed is not drawn again. */
static double
trim (double from, double *length, double room, double line)
{
  double left = fmax (from, line / 2), right = fmin (from + *length, room - line / 2), step = up (line);
  *length = fmax (step * round ((right - left) / step), step);
  return fmax (fmin (nearest ((left + right - *length) / 2), down (room - line / 2 - *length)), 0);
}

/* Where a length begins that is to begin at x and to stay in the room. */
static double
fit (double x, double length, double room)
{
  return fmax (fmin (nearest (x), down (room - length)), 0);
}

/* ---- where things go ------------------------------------------------------------------------------------------------------- */

fer_style
fer_style_of (fer_drawer *drawer, const fer_result *result, int frame_height)
{
  fer_style s = { .line = fmax (2, round (frame_height / 300.0)), .font = fmax (11, 0.028 * frame_height) };
  s.pad = round (0.35 * s.font);
  s.row_font = fmax (9.5, 0.8 * s.font);
  s.length = round (5 * s.row_font);
  for (int i = 0; i < result->n_labels; i++) {
    double w, h;
    fer_pen_measure (drawer, result->labels[i], s.row_font, false, &w, &h);
    s.names = fmax (s.names, ceil (w));
    s.row = fmax (s.row, up (h));
  }
  return s;
}

double
fer_style_radius (const fer_style *s)
{
  return 2 * s->line;
}

/* "#3 happy 93%": the number only of a face that is followed, no percentage where nothing was read. */
static void
write_chip (const fer_result *result, const fer_face *face, char *text, size_t size)
{
  char id[32] = "", percent[16] = "";
  if (face->id)
    g_snprintf (id, sizeof id, "#%" G_GUINT64_FORMAT " ", face->id);
  if (face->skip == FER_SKIP_NONE)
    g_snprintf (percent, sizeof percent, " %.0f%%", 100 * (double) face->confidence);
  g_snprintf (text, size, "%s%s%s", id, face->label < 0 ? "unsure" : result->labels[face->label], percent);
}

/* Under the box; along its lower edge where the frame ends. */
static void
place_strip (const fer_style *s, layout *l)
{
  double height = up (fmax (3 * s->line, 0.12 * l->box.h)), below = l->box.y + l->box.h + s->line;
  l->roomy = false;
  l->panel = (fer_rect) { l->box.x, fit (below, height, l->frame.h), l->box.w, height };
}

/* Beside the box, where nothing is taken; in a corner of a large box; else the strip. */
static void
place_panel (const fer_style *s, const fer_rect *taken, int n_taken, int n_labels, layout *l)
{
  double gap = up (s->line + s->pad), w = up (3 * s->pad + s->names + s->length), h = up (2 * s->pad + s->row * n_labels);
  double beside_y = fit (l->box.y, h, l->frame.h), below_x = fit (l->box.x, w, l->frame.w);
  const fer_rect places[] = {
    { l->box.x + l->box.w + gap, beside_y, w, h },
    { l->box.x - gap - w, beside_y, w, h },
    { below_x, l->box.y + l->box.h + gap, w, h },
    { l->box.x + gap, l->box.y + l->box.h - gap - h, w, h },
  };
  bool large = l->box.w > 2.5 * w && l->box.h > 2 * h;
  for (int i = 0; i < 3 + large; i++) {
    l->roomy = is_inside (&places[i], &l->frame) && !overlap (&places[i], &l->chip);
    for (int j = 0; l->roomy && j < n_taken; j++)
      l->roomy = !overlap (&places[i], &taken[j]);
    if (l->roomy) {
      l->panel = places[i];
      return;
    }
  }
  place_strip (s, l);
}

static layout
lay_out (fer_drawer *drawer, const fer_style *s, const fer_result *result, const fer_face *face)
{
  layout l = { .frame = { 0, 0, result->width, result->height } };
  l.box = rect_of (&face->box);
  l.box.x = trim (l.box.x, &l.box.w, l.frame.w, s->line);
  l.box.y = trim (l.box.y, &l.box.h, l.frame.h, s->line);
  double w, h;
  write_chip (result, face, l.text, sizeof l.text);
  fer_pen_measure (drawer, l.text, s->font, true, &w, &h);
  l.chip = (fer_rect) { 0, 0, up (w + 2 * s->pad), up (h + 0.5 * s->pad) };
  double above = down (l.box.y - s->line / 2) - l.chip.h;
  l.chip.x = fit (l.box.x - s->line / 2, l.chip.w, l.frame.w);
  l.chip.y = above >= 0 ? above : fit (l.box.y, l.chip.h, l.frame.h);
  place_strip (s, &l);
  return l;
}

/* A panel hides no other face, and nothing that was placed before it. */
static void
lay_out_all (fer_drawer *drawer, const fer_style *s, const fer_result *result, layout *layouts)
{
  for (int i = 0; i < result->n_faces; i++) {
    layouts[i] = lay_out (drawer, s, result, &result->faces[i]);
    if (result->n_faces > MAX_PANELS)
      continue;
    fer_rect taken[3 * MAX_PANELS];
    int n = 0;
    for (int j = 0; j < result->n_faces; j++)
      if (j != i)
        taken[n++] = rect_of (&result->faces[j].box);
    for (int j = 0; j < i; j++) {
      taken[n++] = layouts[j].chip;
      taken[n++] = layouts[j].panel;
    }
    place_panel (s, taken, n, result->n_labels, &layouts[i]);
  }
}

/* ---- pieces ---------------------------------------------------------------------------------------------------------------- */

/* Where a plan is written. */
typedef struct plan {
  fer_piece *pieces;
  int n;
  fer_piece like; /* what all pieces of a face have in common */
} plan;

/* The piece of whole that lies between (left, top) and (right, bottom), as far as the frame reaches. NULL: nothing. */
static fer_piece *
add (plan *p, const layout *l, fer_part part, const fer_rect *whole, double left, double top, double right, double bottom)
{
  left = fmax (down (left), 0);
  top = fmax (down (top), 0);
  right = fmin (up (right), l->frame.w);
  bottom = fmin (up (bottom), l->frame.h);
  if (!(right > left && bottom > top))
    return NULL;
  fer_piece *piece = &p->pieces[p->n++];
  *piece = p->like;
  piece->part = part;
  piece->x = (int) left;
  piece->y = (int) top;
  piece->width = (int) (right - left);
  piece->height = (int) (bottom - top);
  piece->whole_x = (int) (whole->x - left);
  piece->whole_y = (int) (whole->y - top);
  piece->whole_w = (int) whole->w;
  piece->whole_h = (int) whole->h;
  return piece;
}

/* Nothing is drawn inside a box: its lower and upper edge with the corners, and what is left of the others. */
static void
add_edges (plan *p, const fer_style *s, const layout *l)
{
  const fer_rect *b = &l->box;
  double reach = s->line / 2 + 1; /* the line and its dark edge */
  double corner = fer_style_radius (s) + 1, right = b->x + b->w, bottom = b->y + b->h;
  double middle_x = down (b->x + b->w / 2), middle_y = down (b->y + b->h / 2);
  double upper = fmin (up (b->y + corner), middle_y), lower = fmax (down (bottom - corner), middle_y);
  add (p, l, FER_PART_EDGE, b, b->x - reach, b->y - reach, right + reach, upper);
  add (p, l, FER_PART_EDGE, b, b->x - reach, lower, right + reach, bottom + reach);
  add (p, l, FER_PART_EDGE, b, b->x - reach, upper, fmin (b->x + reach, middle_x), lower);
  add (p, l, FER_PART_EDGE, b, fmax (right - reach, middle_x), upper, right + reach, lower);
}

static void
set_bars (fer_piece *piece, const fer_result *result, const fer_face *face, double length)
{
  if (!piece)
    return;
  for (int i = 0; i < result->n_labels; i++)
    piece->bars[i] = (int) lround (length * fmin (fmax ((double) face->probabilities[i], 0), 1));
}

static void
add_panel (plan *p, const fer_style *s, const layout *l, const fer_result *result, const fer_face *face)
{
  const fer_rect *r = &l->panel;
  double right = r->x + r->w, bottom = r->y + r->h, middle = down (r->x + 1.5 * s->pad + s->names);
  if (!l->roomy) {
    set_bars (add (p, l, FER_PART_STRIP, r, r->x, r->y, right, bottom), result, face, r->h);
    return;
  }
  fer_piece *names = add (p, l, FER_PART_NAMES, r, r->x, r->y, middle, bottom);
  if (names)
    names->label = face->label;
  set_bars (add (p, l, FER_PART_BARS, r, middle, r->y, right, bottom), result, face, s->length);
}

static uint32_t
hash_of (const fer_result *result)
{
  uint32_t hash = 0;
  for (int i = 0; i < result->n_labels; i++)
    hash = 31 * hash + g_str_hash (result->labels[i]);
  return hash;
}

int
fer_draw_plan (fer_drawer *drawer, const fer_result *result, fer_piece *pieces)
{
  layout layouts[FER_MAX_FACES];
  const fer_style s = fer_style_of (drawer, result, result->height);
  plan p = { .pieces = pieces, .like = { .frame_height = result->height, .labels = hash_of (result) } };
  lay_out_all (drawer, &s, result, layouts);
  for (int i = 0; i < result->n_faces; i++) {
    const fer_face *face = &result->faces[i];
    const layout *l = &layouts[i];
    p.like.face = i;
    p.like.unsure = face->label < 0;
    p.like.rgb = p.like.unsure ? FER_PALETTE_UNSURE : fer_palette_label (result->labels[face->label], face->label);
    add_edges (&p, &s, l);
    add_panel (&p, &s, l, result, face);
    fer_piece *chip = add (&p, l, FER_PART_CHIP, &l->chip, l->chip.x, l->chip.y, l->chip.x + l->chip.w, l->chip.y + l->chip.h);
    if (chip)
      memcpy (chip->text, l->text, sizeof l->text);
  }
  return p.n;
}

bool
fer_piece_same (const fer_piece *a, const fer_piece *b)
{
  const size_t from = offsetof (fer_piece, part);
  return !memcmp ((const char *) a + from, (const char *) b + from, sizeof *a - from);
}
