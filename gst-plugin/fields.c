/* SPDX-License-Identifier: MIT */
#include "fields.h"

static void
set_value (fields *f, fer_field *field, const GValue *value)
{
  GValue integer = G_VALUE_INIT, number = G_VALUE_INIT;
  g_value_init (&integer, G_TYPE_INT64);
  g_value_init (&number, G_TYPE_DOUBLE);
  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value)) {
    field->kind = FER_FIELD_TEXT;
    field->text = g_value_get_string (value);
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    field->kind = FER_FIELD_TRUTH;
    field->integer = g_value_get_boolean (value);
  } else if (G_VALUE_HOLDS_FLOAT (value) || G_VALUE_HOLDS_DOUBLE (value)) {
    g_value_transform (value, &number);
    field->kind = FER_FIELD_NUMBER;
    field->number = g_value_get_double (&number);
  } else if ((G_VALUE_HOLDS_INT (value) || G_VALUE_HOLDS_UINT (value) || G_VALUE_HOLDS_INT64 (value)) && g_value_transform (value, &integer)) {
    field->kind = FER_FIELD_INTEGER;
    field->integer = g_value_get_int64 (&integer);
  } else {
    char *text = gst_value_serialize (value);
    g_ptr_array_add (f->texts, text ? text : g_strdup (""));
    field->kind = FER_FIELD_TEXT;
    field->text = g_ptr_array_index (f->texts, f->texts->len - 1);
  }
}

fields *
fields_new (const GstStructure *structure)
{
  fields *f = g_new0 (fields, 1);
  f->texts = g_ptr_array_new_with_free_func (g_free);
  f->structure = structure ? gst_structure_copy (structure) : NULL;
  int n = f->structure ? gst_structure_n_fields (f->structure) : 0;
  f->all = g_new0 (fer_field, n);
  for (int i = 0; i < n; i++) {
    const char *name = gst_structure_nth_field_name (f->structure, (guint) i);
    if (fer_json_has_key (name)) {
      f->refused = name;
      continue;
    }
    f->all[f->n].name = name;
    set_value (f, &f->all[f->n++], gst_structure_get_value (f->structure, name));
  }
  return f;
}

void
fields_free (fields *f)
{
  if (!f)
    return;
  g_clear_pointer (&f->structure, gst_structure_free);
  g_ptr_array_unref (f->texts);
  g_free (f->all);
  g_free (f);
}
