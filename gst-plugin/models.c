/* SPDX-License-Identifier: MIT */
#include "models.h"

#include "modelerror.h"

void
models_init (models *m)
{
  *m = (models) { .running = NULL };
  g_rec_mutex_init (&m->loading);
}

void
models_clear (models *m)
{
  g_rec_mutex_clear (&m->loading);
  g_free (m->model);
  g_free (m->finder);
  gst_clear_structure (&m->info);
}

/* What was asked for. */
typedef struct request {
  char *model, *finder;
  nn_precision precision;
} request;

static request
copy_request (const models *m, GstElement *element)
{
  GST_OBJECT_LOCK (element);
  request copy = { g_strdup (m->model), g_strdup (m->finder), m->precision };
  GST_OBJECT_UNLOCK (element);
  return copy;
}

static void
request_clear (request *r)
{
  g_free (r->model);
  g_free (r->finder);
}

/* Takes info. */
static void
set_info (models *m, GstElement *element, GstStructure *info)
{
  GST_OBJECT_LOCK (element);
  GstStructure *old = m->info;
  m->info = info;
  GST_OBJECT_UNLOCK (element);
  gst_clear_structure (&old);
}

/* Takes what r has. */
static void
set_request (models *m, GstElement *element, request *r)
{
  GST_OBJECT_LOCK (element);
  request old = { m->model, m->finder, m->precision };
  m->model = r->model;
  m->finder = r->finder;
  m->precision = r->precision;
  GST_OBJECT_UNLOCK (element);
  *r = old;
}

analysis *
models_start (models *m, GstElement *element, const settings *s)
{
  g_rec_mutex_lock (&m->loading);
  request r = copy_request (m, element);
  analysis *started = m->running = analysis_new (element, r.model, r.finder, r.precision, s);
  set_info (m, element, started ? analysis_info (started) : NULL);
  request_clear (&r);
  g_rec_mutex_unlock (&m->loading);
  return started;
}

void
models_stop (models *m, GstElement *element)
{
  g_rec_mutex_lock (&m->loading);
  m->running = NULL;
  set_info (m, element, NULL);
  g_rec_mutex_unlock (&m->loading);
}

/* ---- changes --------------------------------------------------------------------------------------------------------------- */

static void
replace_path (char **path, const GValue *value)
{
  const char *new = g_value_get_string (value);
  g_free (*path);
  *path = new &&*new ? g_strdup (new) : NULL;
}

/* FALSE: *error says what is wrong with the file at path. */
static gboolean
put_to_work (models *m, const request *r, gboolean finder, const settings *s, GstStructure **info, nn_error *error)
{
  if (!m->running)
    return TRUE;
  return finder ? analysis_change_finder (m->running, r->finder, s, error)
                : analysis_change_model (m->running, r->model, r->precision, s, info, error);
}

static void
post_changed (GstElement *element, const char *property, const char *path, const GstStructure *info)
{
  GstStructure *s = gst_structure_new ("model-changed", "property", G_TYPE_STRING, property, NULL);
  if (path)
    gst_structure_set (s, "location", G_TYPE_STRING, path, NULL);
  if (info)
    gst_structure_set (s, "info", GST_TYPE_STRUCTURE, info, NULL);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), s));
}

static void
change (models *m, GstElement *element, guint id, const GValue *value, const settings *s)
{
  static const char *const names[] = { [PROP_MODEL] = "model", [PROP_FINDER_MODEL] = "finder-model", [PROP_PRECISION] = "precision" };
  nn_error error;
  GstStructure *info = NULL;
  gboolean finder = id == PROP_FINDER_MODEL;

  g_rec_mutex_lock (&m->loading);
  request r = copy_request (m, element);
  if (id == PROP_PRECISION)
    r.precision = (nn_precision) g_value_get_enum (value);
  else
    replace_path (finder ? &r.finder : &r.model, value);
  char *path = g_strdup (finder ? r.finder : r.model);
  gboolean running = m->running != NULL, changed = put_to_work (m, &r, finder, s, &info, &error);
  if (changed)
    set_request (m, element, &r);
  if (info)
    set_info (m, element, gst_structure_copy (info));
  g_rec_mutex_unlock (&m->loading);

  if (!changed)
    model_error_post (element, GST_MESSAGE_WARNING, path, &error);
  else if (running)
    post_changed (element, names[id], path, info);
  gst_clear_structure (&info);
  request_clear (&r);
  g_free (path);
}

gboolean
models_set (models *m, GstElement *element, guint id, const GValue *value, const settings *s)
{
  gboolean known = id == PROP_MODEL || id == PROP_FINDER_MODEL || id == PROP_PRECISION;
  if (known)
    change (m, element, id, value, s);
  return known;
}

void
models_foresee (models *m, GstElement *element, const settings *s)
{
  g_rec_mutex_lock (&m->loading);
  request r = copy_request (m, element);
  if (m->running)
    analysis_foresee (m->running, r.finder, s);
  request_clear (&r);
  g_rec_mutex_unlock (&m->loading);
}

gboolean
models_get (const models *m, GstElement *element, guint id, GValue *value)
{
  gboolean known = TRUE;
  GST_OBJECT_LOCK (element);
  switch (id) {
  case PROP_MODEL: g_value_set_string (value, m->model); break;
  case PROP_FINDER_MODEL: g_value_set_string (value, m->finder); break;
  case PROP_PRECISION: g_value_set_enum (value, (gint) m->precision); break;
  case PROP_MODEL_INFO: g_value_set_boxed (value, m->info); break;
  default: known = FALSE;
  }
  GST_OBJECT_UNLOCK (element);
  return known;
}
