/* SPDX-License-Identifier: MIT */
#include "groups.h"
#include "common/command.h"
#include "groups_report.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a limit is for, unless the user names other gaps: what the model does with people whose label is known, else what it says of them. */
static const char limits_with_labels[] = "detection,accuracy,equalised_odds", limits_without[] = "detection,demographic_parity";

#define MAX_RESAMPLED 4e9 /* bytes */

/* What is at work in one run. */
typedef struct run {
  const groups_order *order;
  nn_workers *workers;
  eval_manifest *manifest;
  groups_partitions partitions;
  eval_predictions *predictions;
  groups_reading *readings;
  groups_result result;
} run;

/* The table's bytes, then the digits of each picture's digest, or of the predictions', a line each. */
static bool
digest_data (run *r, char (*digests)[TOOL_DIGEST_SIZE], int n, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (r->order->manifest, 0, &bytes, &size, error))
    return false;
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, bytes, (gssize) size);
  for (int i = 0; i < n; i++) {
    digests[i][TOOL_DIGEST_SIZE - 1] = '\n';
    g_checksum_update (sum, (const guchar *) digests[i], TOOL_DIGEST_SIZE);
  }
  g_strlcpy (r->result.data_digest, g_checksum_get_string (sum), TOOL_DIGEST_SIZE);
  g_checksum_free (sum);
  free (bytes);
  return true;
}

static bool
read_faces (run *r, nn_error *error)
{
  const groups_order *o = r->order;
  const int n = o->predictions ? 1 : r->manifest->n;
  char (*digests)[TOOL_DIGEST_SIZE] = g_malloc_n ((gsize) n, sizeof *digests), name[256];
  bool good;
  if (o->predictions) {
    r->predictions = eval_predictions_load (o->predictions, r->manifest, error);
    good = r->predictions && tool_digest (o->predictions, digests[0], error);
    r->result.model = g_path_get_basename (o->predictions);
  } else {
    r->predictions = groups_read (r->manifest, &o->eyes, r->workers, o->threads, digests, error);
    good = r->predictions && tool_digest (o->eyes.model, r->result.model_digest, error);
    fer_model_name (o->eyes.model, name, sizeof name);
    r->result.model = g_strdup (name);
  }
  good = good && digest_data (r, digests, n, error);
  g_free (digests);
  return good;
}

static bool
join (run *r, nn_error *error)
{
  const eval_predictions *p = r->predictions;
  groups_result *result = &r->result;
  result->n = r->manifest->n;
  result->labels = groups_labels_of ((const char *const *) p->labels, p->n_labels);
  r->readings = g_new0 (groups_reading, (size_t) result->n);
  for (int i = 0; i < result->n; i++) {
    const eval_picture *picture = &r->manifest->pictures[i];
    const float *probabilities = p->probabilities + (ptrdiff_t) i * p->n_labels;
    const int truth = *picture->label ? eval_class_of (&result->labels.all, picture->label) : -1;
    if (truth < 0 && *picture->label)
      return nn_fail (error, "%s: line %d: the label \"%.40s\" is none of the model's", r->order->manifest, (int) picture->line, picture->label);
    groups_reading *reading = &r->readings[i];
    *reading = (groups_reading) { p->faces[i] != GROUPS_FACE_NONE, p->faces[i] == GROUPS_FACE_READ, truth, 0, 0 };
    reading->predicted = fer_most_probable (probabilities, p->n_labels, NULL);
    reading->confidence = (double) probabilities[reading->predicted];
    result->n_labelled += truth >= 0;
  }
  return true;
}

static bool
read_limits (run *r, nn_error *error)
{
  const groups_order *o = r->order;
  const char *names = o->gap_of ? o->gap_of : r->result.n_labelled ? limits_with_labels : limits_without;
  char **list = g_strsplit (isinf (o->max_gap) ? "" : names, ",", -1);
  bool good = true;
  for (int i = 0; good && list[i]; i++) {
    const int gap = groups_gap_of_key (list[i]);
    good = gap >= 0 || nn_fail (error, "--gap-of %s: is no gap; expected accuracy, equalised_odds or others of docs/bias.md", list[i]);
    if (good)
      r->result.limited[gap] = true;
  }
  g_strfreev (list);
  return good;
}

static bool
write_reports (const run *r, nn_error *error)
{
  const groups_order *o = r->order;
  if (!o->json || strcmp (o->json, "-"))
    groups_print (&r->result);
  return tool_flush (error) && (!o->json || groups_write_json (&r->result, o->json, error))
         && (!o->page || groups_write_page (&r->result, o->page, error)) && (!o->report || groups_write_html (&r->result, o->report, error))
         && (!o->plot || groups_plot (&r->result, o->plot, error))
         && (!o->write_predictions || eval_predictions_write (r->predictions, r->manifest, o->write_predictions, error));
}

/* A table decides how many groups there are. */
static bool
check_sizes (const run *r, nn_error *error)
{
  const int resamples = r->order->resamples;
  for (int i = 0; i < r->partitions.n; i++) {
    const groups_partition *p = &r->partitions.all[i];
    if (groups_resample_size (p->n_groups, resamples) > MAX_RESAMPLED)
      return nn_fail (error, "%s: %d resamples of %d groups by %.60s take %.1f GB, expected at most %g: choose other --columns, or fewer --resamples",
                      r->order->manifest, resamples, p->n_groups, p->name, groups_resample_size (p->n_groups, resamples) / 1e9, MAX_RESAMPLED / 1e9);
  }
  return true;
}

static bool
evaluate (run *r, nn_error *error)
{
  const groups_order *o = r->order;
  if (!(r->workers = nn_workers_new (o->threads, error)) || !(r->manifest = eval_manifest_load (o->manifest, error)))
    return false;
  if (!groups_partitions_make (r->manifest, o->columns, o->together, &r->partitions, error))
    return nn_fail_prefix (error, o->manifest);
  if (!check_sizes (r, error))
    return false;
  r->result.order = o;
  r->result.data = g_path_get_basename (o->manifest);
  if (!read_faces (r, error) || !join (r, error) || !read_limits (r, error))
    return false;
  groups_measure (&r->result, &r->partitions, r->readings, r->workers);
  return write_reports (r, error);
}

int
groups_run (const groups_order *order, nn_error *error)
{
  run r = { .order = order };
  int status = evaluate (&r, error) ? TOOL_GOOD : TOOL_ERROR;
  if (status == TOOL_GOOD && !isinf (order->max_gap) && !r.result.n_compared) {
    nn_fail (error, "--max-gap %g: there is nothing to compare: no column has two groups of at least %d faces", order->max_gap, GROUPS_MIN_GROUP);
    status = TOOL_ERROR;
  } else if (status == TOOL_GOOD && r.result.n_over) {
    nn_fail (error, "%d of %d gaps are larger than %g", r.result.n_over, r.result.n_compared, order->max_gap);
    status = GROUPS_OVER;
  }
  groups_result_clear (&r.result);
  groups_partitions_clear (&r.partitions);
  eval_predictions_free (r.predictions);
  eval_manifest_free (r.manifest);
  nn_workers_free (r.workers);
  g_free (r.readings);
  return status;
}
