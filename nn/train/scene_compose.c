/* SPDX-License-Identifier: MIT */
#include "scene_compose.h"

#include <math.h>

#define MAX_ENLARGED 2.5f  /* of a picture: more is only blur */
#define CUTOUT_SIDE 1.05f  /* of a cut-out (a square around a face, as FER-2013's), in longer sides of the face's box: measured, docs/model-file.md */
#define CUTOUT_WIDTH 0.8f  /* of that box, in heights: the median of the faces in scenes */
#define FULL_SHARE 0.7f    /* of a mosaic's other pictures */

typedef struct composer {
  const nn_scene_stock *stock;
  const nn_recipe *recipe;
  nn_canvas *canvas;
  nn_random *random;
} composer;

static float
between (const composer *c, float low, float high)
{
  return low + (high - low) * nn_random_uniform (c->random);
}

static bool
chance (const composer *c, float probability)
{
  return nn_random_uniform (c->random) < probability;
}

static int
one_of (const composer *c, int n)
{
  return (int) ((uint64_t) nn_random_u32 (c->random) * (uint64_t) n >> 32);
}

/* Evenly on a logarithmic scale. */
static float
draw_size (const composer *c, float low, float high)
{
  return high > low ? low * powf (high / low, nn_random_uniform (c->random)) : low;
}

/* Two heads of three are held nearly upright. */
static float
draw_angle (const composer *c)
{
  const float most = c->recipe->augment.rotation * (float) M_PI / 180;
  const float small = 0.2f * most * nn_random_normal (c->random), any = between (c, -most, most);
  return chance (c, 0.65f) ? fminf (fmaxf (small, -most), most) : any;
}

/* Canvas -> picture: (at_x, at_y) there shows (x, y) here, scaled, turned clockwise, perhaps mirrored. */
static nn_affine
place_at (float at_x, float at_y, float x, float y, float scale, float angle, bool mirror)
{
  const double k = 1 / (double) scale, cosine = cos ((double) angle) * k, sine = sin ((double) angle) * k, m = mirror ? -1 : 1;
  nn_affine map = { { m * cosine, m * sine, 0, -sine, cosine, 0 } };
  map.m[2] = (double) x - map.m[0] * (double) at_x - map.m[1] * (double) at_y;
  map.m[5] = (double) y - map.m[3] * (double) at_x - map.m[4] * (double) at_y;
  return map;
}

static bool
covers (const nn_scene *scene, const nn_affine *place, nn_region r)
{
  for (int corner = 0; corner < 4; corner++) {
    const double at_x = corner & 1 ? r.x1 : r.x0, at_y = corner & 2 ? r.y1 : r.y0;
    const double x = place->m[0] * at_x + place->m[1] * at_y + place->m[2], y = place->m[3] * at_x + place->m[4] * at_y + place->m[5];
    if (x < 0 || y < 0 || x > scene->w || y > scene->h)
      return false;
  }
  return true;
}

/* ---- scenes without faces ------------------------------------------------------------------------------------------------ */

static int
pick_empty (const composer *c)
{
  int best = one_of (c, c->stock->n_empty);
  if (!chance (c, c->recipe->scene.hard))
    return c->stock->empty[best];
  for (int i = 0; i < 3; i++) {
    const int other = one_of (c, c->stock->n_empty);
    best = c->stock->hardness[other] > c->stock->hardness[best] ? other : best;
  }
  return c->stock->empty[best];
}

static void
draw_empty (const composer *c, nn_region r, int index)
{
  const nn_scene *scene = &c->stock->scenes->scenes[index];
  const float w = (float) (r.x1 - r.x0), h = (float) (r.y1 - r.y0), angle = draw_angle (c);
  /* sides of the region as the turned picture sees it */
  const float across = w * fabsf (cosf (angle)) + h * fabsf (sinf (angle)), down = h * fabsf (cosf (angle)) + w * fabsf (sinf (angle));
  const float scale = fmaxf (across / (float) scene->w, down / (float) scene->h) * draw_size (c, 1, 2);
  const float free_x = (float) scene->w - across / scale, free_y = (float) scene->h - down / scale;
  const nn_affine place = place_at ((float) (r.x0 + r.x1) / 2, (float) (r.y0 + r.y1) / 2, (float) scene->w / 2 + between (c, -0.5f, 0.5f) * free_x,
                                    (float) scene->h / 2 + between (c, -0.5f, 0.5f) * free_y, scale, angle, chance (c, c->recipe->augment.flip));
  nn_canvas_draw (c->canvas, r, scene->pixels, scene->h, scene->w, &place, 0);
}

/* A face from elsewhere; none where another one is already. */
static void
paste (const composer *c, nn_region r)
{
  const nn_dataset *data = c->stock->cutouts;
  const int row = c->stock->cutout_rows[one_of (c, c->stock->n_cutouts)];
  const float side = (float) (r.x1 - r.x0 < r.y1 - r.y0 ? r.x1 - r.x0 : r.y1 - r.y0), native = (float) data->h / CUTOUT_SIDE;
  const float size = draw_size (c, fmaxf (c->recipe->scene.smallest, 10), fminf (0.7f * side, MAX_ENLARGED * native)), half = 0.6f * size;
  const float x = between (c, (float) r.x0 + half, (float) r.x1 - half), y = between (c, (float) r.y0 + half, (float) r.y1 - half);
  const nn_affine place = place_at (x, y, (float) data->w / 2, (float) data->h / 2, size / native, draw_angle (c), chance (c, 0.5f));
  const float wide = CUTOUT_WIDTH * native;
  const nn_scene_face face = { .truth.box = { .x = ((float) data->w - wide) / 2, .y = ((float) data->h - native) / 2, .w = wide, .h = native } };
  const nn_scene_target *target = c->canvas->target;
  const nn_detection around = { .x = x - half, .y = y - half, .w = 2 * half, .h = 2 * half };
  for (int i = 0; i < target->n; i++)
    if (nn_detect_iou (&target->faces[i].truth.box, &around) > 0)
      return;
  nn_canvas_draw (c->canvas, r, data->pixels + (size_t) row * (size_t) data->h * (size_t) data->w, data->h, data->w, &place,
                  between (c, 1, 5));
  nn_canvas_add_face (c->canvas, r, &face, &place);
}

/* ---- scenes with faces --------------------------------------------------------------------------------------------------- */

static void
cover_some (const composer *c, int face)
{
  const nn_scene_augment *scene = &c->recipe->scene;
  const float u = nn_random_uniform (c->random);
  if (face < 0 || c->canvas->target->faces[face].truth.ignore)
    return;
  nn_canvas_cover (c->canvas, face, u < scene->occlude ? NN_COVER_PATCH : u < scene->occlude + scene->mask ? NN_COVER_MASK : NN_COVER_NONE);
}

static void
draw_full (const composer *c, nn_region r, int index)
{
  const nn_scene_stock *stock = c->stock;
  const nn_scene *scene = &stock->scenes->scenes[index];
  const nn_scene_face *faces = stock->scenes->faces + scene->first;
  const nn_detection *chosen = &faces[one_of (c, scene->n_faces)].truth.box;
  const float side = (float) (r.x1 - r.x0 < r.y1 - r.y0 ? r.x1 - r.x0 : r.y1 - r.y0), longer = fmaxf (chosen->w, chosen->h);
  const float wanted = draw_size (c, c->recipe->scene.smallest, fminf (c->recipe->scene.largest, 0.95f * side));
  const float scale = fminf (wanted / longer, MAX_ENLARGED), margin = 0.4f * scale * longer;
  const float x = between (c, (float) r.x0 + margin, (float) r.x1 - margin), y = between (c, (float) r.y0 + margin, (float) r.y1 - margin);
  const nn_affine place =
      place_at (x, y, chosen->x + chosen->w / 2, chosen->y + chosen->h / 2, scale, draw_angle (c), chance (c, c->recipe->augment.flip));
  if (stock->n_empty > 0 && !covers (scene, &place, r))
    draw_empty (c, r, pick_empty (c));
  nn_canvas_draw (c->canvas, r, scene->pixels, scene->h, scene->w, &place, between (c, 0.5f, 2));
  for (int i = 0; i < scene->n_faces; i++)
    cover_some (c, nn_canvas_add_face (c->canvas, r, &faces[i], &place));
}

static void
draw_tile (const composer *c, nn_region r, int index)
{
  if (c->stock->scenes->scenes[index].n_faces > 0) {
    draw_full (c, r, index);
    return;
  }
  draw_empty (c, r, index);
  for (int i = 0; i < 2 && c->stock->n_cutouts > 0; i++)
    if (chance (c, c->recipe->scene.paste))
      paste (c, r);
}

/* ---- the whole picture --------------------------------------------------------------------------------------------------- */

static int
pick_full (const composer *c)
{
  return c->stock->scene_of[one_of (c, c->stock->n_faces)];
}

static int
pick_any (const composer *c)
{
  return c->stock->n_empty == 0 || chance (c, FULL_SHARE) ? pick_full (c) : pick_empty (c);
}

void
nn_scene_compose (const nn_scene_stock *stock, const nn_recipe *recipe, int sample, nn_canvas *canvas)
{
  const composer c = { stock, recipe, canvas, canvas->random };
  const int h = canvas->h, w = canvas->w;
  const int first = sample < stock->n_full ? pick_full (&c) : stock->empty[sample - stock->n_full];
  const float grey = between (&c, 0, 255);
  canvas->target->n = 0;
  for (int i = 0; i < h * w; i++)
    canvas->pixels[i] = grey;
  if (chance (&c, recipe->scene.mosaic)) {
    const int x = (int) between (&c, 0.3f * (float) w, 0.7f * (float) w), y = (int) between (&c, 0.3f * (float) h, 0.7f * (float) h);
    const nn_region tiles[4] = { { 0, 0, x, y }, { x, 0, w, y }, { 0, y, x, h }, { x, y, w, h } };
    const int turn = one_of (&c, 4);
    for (int i = 0; i < 4; i++)
      draw_tile (&c, tiles[(i + turn) % 4], i == 0 ? first : pick_any (&c));
  } else
    draw_tile (&c, (nn_region) { 0, 0, w, h }, first);
  nn_canvas_spoil (canvas, &recipe->augment, &recipe->scene);
}
