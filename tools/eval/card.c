/* SPDX-License-Identifier: MIT */
#include "card.h"
#include "card_training.h"
#include "common/digest.h"
#include "common/json.h"
#include "report_page.h"
#include "train/csv.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* ---- what it is ---------------------------------------------------------------------------------------------------------- */

static char *
join_labels (const fer_model *model)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < model->n_labels; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", model->labels[i]);
  return g_string_free (text, FALSE);
}

static bool
add_model (eval_page *page, const eval_result *r, const eval_card *card, const fer_model *model, nn_error *error)
{
  const nn_graph *graph = model->nn->graph;
  char digest[TOOL_DIGEST_SIZE], *labels = join_labels (model);
  nn_shape *shapes = g_new (nn_shape, (size_t) graph->n_nodes);
  const bool good = tool_digest (card->model, digest, error) && nn_graph_shapes (graph, model->crop.size, model->crop.size, shapes, error);
  if (good) {
    eval_page_heading (page, 1, r->subject.model);
    eval_page_text (
        page,
        "Reads one of %d expressions (%s) from a grey %dx%d picture of a face. It says which word a person would most likely put under such a "
        "picture, not what somebody feels.",
        model->n_labels, labels, model->crop.size, model->crop.size);
    eval_page_item (page, "%.2f million multiplications a face, %.3f million weights", (double) nn_graph_macs (graph, shapes) / 1e6,
                    (double) graph->n_weights / 1e6);
    eval_page_item (page, "SHA-256: %s", digest);
    eval_page_item (page, "CRC-32 of the weights: %s", nn_model_get (model->nn, "fer.weights_crc32"));
    if (model->crop.per_image)
      eval_page_item (page, "input: luma 0-255, each picture standardised by itself (deviation at least %g)", (double) model->crop.sd_floor);
    else
      eval_page_item (page, "input: luma 0-255, less %g, divided by %g", (double) model->crop.mean, (double) model->crop.sd);
    eval_page_item (page, "crop: a square of %g times the longer side of the face's box, moved by (%g, %g) of itself%s", (double) model->crop.scale,
                    (double) model->crop.dx, (double) model->crop.dy, model->crop.roll ? ", turned upright by the eyes" : "");
  }
  g_free (shapes);
  g_free (labels);
  return good;
}

/* ---- prose --------------------------------------------------------------------------------------------------------------- */

static void
add_data (eval_page *page, JsonObject *trained)
{
  const char *data = trained ? tool_json_text_of (trained, "data", "") : "";
  eval_page_heading (page, 2, "Data and its known faults");
  if (!g_str_has_prefix (data, "fer2013") && !g_str_has_prefix (data, "icml_face_data")) {
    eval_page_text (page,
                    "Trained on %s, whose faults this page does not know: who labelled what, how often they agree, who is in the pictures, and "
                    "which of them are tested on as well.",
                    *data ? data : "data that the model file does not name");
    return;
  }
  eval_page_text (page,
                  "FER-2013: 35,887 grey faces of 48x48 pixels, found by image search (28,709 for training, 3,589 PublicTest for every choice, 3,589 "
                  "PrivateTest, read once per released model).");
  eval_page_item (
      page, "One person labelled each face. The plurality of FER+'s ten raters agrees with that label in 62 %% of PrivateTest (happy 93, neutral 87, "
            "surprise 76, angry 50, sad 39, disgust 31, fear 13 %%): above about 68 %% a model learns habits of labelling.");
  eval_page_item (page, "8.1 %% of PrivateTest stands in Training as well, pixel for pixel: every figure is given without those twins, too.");
  eval_page_item (page, "436 of the training faces show disgust: what is said of that class rests on little.");
  eval_page_item (page, "Ages, skin, origin and poses of the people are not known and surely not even. No figure here is for a group of people; "
                        "fer-eval --groups makes them from data that declare groups.");
}

static void
add_uses (eval_page *page)
{
  eval_page_heading (page, 2, "Uses");
  eval_page_text (
      page, "Meant for research, teaching, art, games and accessibility, where people know of it and agree, and where a wrong reading harms nobody. "
            "Not for:");
  eval_page_item (
      page,
      "inferring emotions of people at work or in education, which the European Union prohibits (Regulation 2024/1689, Article 5(1)(f)), except for "
      "medical or safety reasons");
  eval_page_item (
      page, "hiring, firing, grading, policing, border control, credit, insurance, lie detection, diagnosis, or any other decision about a person");
  eval_page_item (
      page,
      "watching people who do not know it or have not agreed; other uses of emotion recognition count as high-risk there (Annex III 1(c)), and those "
      "exposed must be told (Article 50(3))");
}

static void
add_terms (eval_page *page)
{
  eval_page_heading (page, 2, "Terms");
  eval_page_text (page, "The file holds no picture. The project claims no right to it beyond its own contribution. Whoever uses it commercially must "
                        "judge the terms of the "
                        "data, which LICENSE.md beside this card quotes; the licence of the code does not cover the model.");
}

/* ---- trainings that led to it ------------------------------------------------------------------------------------------------ */

static bool
add_lines (eval_page *page, nn_csv *csv, nn_error *error)
{
  nn_csv_state state = nn_csv_next (csv, error);
  const int columns = csv->n_fields;
  if (state != NN_CSV_LINE)
    return state == NN_CSV_ERROR ? false : nn_fail (error, "the file is empty; expected a header");
  eval_page_heading (page, 2, "Trainings that led to it");
  eval_page_words (page, columns);
  for (; state == NN_CSV_LINE; state = nn_csv_next (csv, error)) {
    if (csv->n_fields != columns)
      return nn_csv_fail (csv, csv->line_end, error, "%d columns; expected %d as in the header", csv->n_fields, columns);
    for (int i = 0; i < columns; i++)
      eval_page_cell (page, "%.*s", (int) (csv->fields[i].end - csv->fields[i].begin), csv->fields[i].begin);
  }
  eval_page_table_end (page);
  return state == NN_CSV_END;
}

static bool
add_runs (eval_page *page, const char *path, nn_error *error)
{
  void *bytes;
  size_t size;
  nn_csv csv;
  if (!nn_file_read (path, 0, &bytes, &size, error))
    return false;
  nn_csv_init (&csv, bytes, size);
  const bool good = add_lines (page, &csv, error) || nn_fail_prefix (error, path);
  free (bytes);
  return good;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------- */

static bool
add_figures (eval_page *page, const eval_result *r, const eval_card *card, nn_error *error)
{
  char digest[TOOL_DIGEST_SIZE];
  const bool is_file = card->data && g_file_test (card->data, G_FILE_TEST_IS_REGULAR);
  if (is_file && !tool_digest (card->data, digest, error))
    return false;
  eval_page_heading (page, 2, "Figures");
  eval_page_text (page,
                  "%s%s%s%s. One network, one crop, no averaging; intervals of 95 %% after Wilson and by the bootstrap (%d resamples, seed %llu).",
                  r->subject.data, r->subject.split ? ", " : "", r->subject.split ? r->subject.split : "",
                  r->protocol ? ", labelled by the majority of FER+'s votes" : "", r->figures.all.intervals.repeats, (unsigned long long) r->seed);
  eval_page_code (page, card->command);
  if (is_file)
    eval_page_item (page, "SHA-256 of %s: %s", r->subject.data, digest);
  eval_page_accuracy (page, r);
  if (r->seeds)
    eval_page_heading (page, 3, "From seed to seed");
  eval_page_seeds (page, r);
  eval_page_heading (page, 3, "By expression");
  eval_page_classes (page, r);
  eval_page_confusion (page, r);
  eval_page_heading (page, 3, "Calibration");
  eval_page_calibration (page, r);
  if (*r->other)
    eval_page_heading (page, 3, "Beside another model");
  eval_page_compared (page, r);
  if (r->have_robustness)
    eval_page_heading (page, 3, "Spoilt faces");
  eval_page_robustness (page, r);
  return true;
}

/* trained: what the model's file says of its training; NULL: nothing. */
static bool
add_all (eval_page *page, const eval_result *r, const eval_card *card, const fer_model *model, JsonObject *trained, nn_error *error)
{
  if (!add_model (page, r, card, model, error))
    return false;
  add_uses (page);
  add_data (page, trained);
  if (!add_figures (page, r, card, error))
    return false;
  eval_page_training (page, r->subject.model, trained);
  if (card->runs && !add_runs (page, card->runs, error))
    return false;
  add_terms (page);
  return true;
}

bool
eval_write_card (const eval_result *result, const eval_card *card, const char *path, nn_error *error)
{
  fer_model *model = fer_model_load (card->model, error);
  if (!model)
    return false;
  eval_page *page = eval_page_new (EVAL_PAGE_MARKDOWN);
  JsonNode *root = model->trained ? json_from_string (model->trained, NULL) : NULL;
  bool good = add_all (page, result, card, model, root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL, error);
  g_clear_pointer (&root, json_node_unref);
  char *text = eval_page_finish (page);
  good = good && nn_file_write (path, text, strlen (text), error);
  g_free (text);
  fer_model_free (model);
  return good;
}
