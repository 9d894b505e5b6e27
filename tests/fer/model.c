/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "test.h"
#include "toy.h"

#include <string.h>

static fer_model *
parse (const nn_model *nn, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_model_write (nn, &bytes, &size, error))
    return NULL;
  fer_model *model = fer_model_parse (bytes, size, error);
  free (bytes);
  return model;
}

/* Fails, and says all of these words. */
static void
check_refused (const nn_model *nn, const char *word, const char *other)
{
  nn_error error = { "" };
  fer_model *model = parse (nn, &error);
  check (!model);
  check (strstr (error.text, word) && strstr (error.text, other));
  if (!strstr (error.text, word) || !strstr (error.text, other))
    test_note ("%s: not in \"%s\"", word, error.text);
  fer_model_free (model);
}

static void
comes_back_as_described (void)
{
  nn_error error;
  nn_model *nn = toy_model ();
  fer_model *model = parse (nn, &error);
  require (model);
  check (model->n_labels == 7);
  for (int i = 0; i < 7; i++)
    check (!strcmp (model->labels[i], fer_labels7[i]));
  check (model->crop.size == 16 && !model->crop.per_image && model->crop.mean == 127.5f && model->crop.sd == 127.5f);
  check (model->crop.scale == 1.15f && model->crop.dx == 0 && model->crop.dy == 0.02f && !model->crop.roll);
  check (!strcmp (model->trained, "{\"data\":\"none\"}"));
  check (!strcmp (nn_model_get (model->nn, "fer.version"), "1"));
  check (!strcmp (nn_model_get (nn, "fer.input"), "{\"color\":\"gray\",\"size\":16,\"mean\":127.5,\"sd\":127.5}"));
  check (!strcmp (nn_model_get (nn, "fer.crop"), "{\"scale\":1.15,\"dx\":0,\"dy\":0.02,\"roll\":false}"));
  fer_model_free (model);
  nn_model_free (nn);
}

static void
standardising_and_roll_come_back (void)
{
  nn_error error;
  nn_model *nn = toy_network (toy_text);
  const fer_crop crop = { .size = 16, .per_image = true, .sd_floor = 10, .scale = 1.2345678f, .dx = -0.1f, .dy = 1e-5f, .roll = true };
  require (fer_model_describe (nn, fer_labels7, 7, &crop, NULL, &error));
  check (!strcmp (nn_model_get (nn, "fer.input"), "{\"color\":\"gray\",\"size\":16,\"per_image\":true,\"sd_floor\":10}"));
  fer_model *model = parse (nn, &error);
  require (model);
  check (model->crop.per_image && model->crop.sd_floor == 10 && model->crop.roll && !model->trained);
  check (model->crop.scale == crop.scale && model->crop.dx == crop.dx && model->crop.dy == crop.dy);
  fer_model_free (model);
  nn_model_free (nn);
}

static void
refuses_to_describe_nonsense (void)
{
  nn_error error;
  nn_model *nn = toy_network (toy_text);
  const char *const twice[] = { "a", "b", "a" };
  fer_crop crop = toy_crop;
  check (!fer_model_describe (nn, twice, 3, &crop, NULL, &error) && strstr (error.text, "twice"));
  crop.scale = NAN;
  check (!fer_model_describe (nn, fer_labels7, 7, &crop, NULL, &error) && strstr (error.text, "fer.crop"));
  check (!fer_model_describe (nn, fer_labels7, 7, &toy_crop, "no JSON", &error) && strstr (error.text, "fer.trained"));
  nn_model_free (nn);
}

static void
own_file_lacks_nothing (void)
{
  static const char *const keys[] = { "fer.task", "fer.labels", "fer.input", "fer.crop", "fer.trained", "fer.weights_crc32" };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    nn_model *nn = toy_model ();
    nn_model_set (nn, keys[i], NULL);
    check_refused (nn, keys[i], "fer.version");
    nn_model_free (nn);
  }
}

static void
changed_weights_are_noticed (void)
{
  nn_model *nn = toy_model ();
  nn->weights[5] += 1e-3f;
  check_refused (nn, "fer.weights_crc32", "damaged");
  nn_model_free (nn);
}

/* One value replaced; what the error must say. */
static const struct {
  const char *key, *value, *word, *other;
} hostile[] = {
  { "fer.version", "2", "fer.version is 2", "reads 1" },
  { "fer.task", "faces", "fer.task is faces", "expression" },
  { "fer.labels", "[]", "fer.labels", "0 labels" },
  { "fer.labels", "[\"a\"]", "fer.labels", "1 label" },
  { "fer.labels", "[\"a\",\"b\",\"a\"]", "\"a\"", "twice" },
  { "fer.labels", "[\"a\",3]", "fer.labels", "label 2" },
  { "fer.labels", "[\"a\",\"\"]", "fer.labels", "label 2" },
  { "fer.labels", "[\"a\",[\"b\"]]", "fer.labels", "label 2" },
  { "fer.labels", "[\"a\",\"\\u001b[2J\"]", "fer.labels", "label 2" },
  { "fer.labels", "[\"a\",null]", "fer.labels", "label 2" },
  { "fer.labels", "{\"a\":1}", "fer.labels", "array" },
  { "fer.labels", "", "fer.labels", "JSON" },
  { "fer.labels", "[\"a\",\"b\"", "fer.labels", "JSON" },
  { "fer.labels", "[\"a\",\"b\"]", "7 numbers", "2" },
  { "fer.labels", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", "17 labels", "fer.labels" },
  { "fer.labels", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "fer.labels", "levels" },
  { "fer.labels", "[\"\xff\",\"b\"]", "fer.labels", "UTF-8" },
  { "fer.input", "[]", "fer.input", "object" },
  { "fer.input", "{}", "fer.input", "color" },
  { "fer.input", "{\"color\":\"rgb\",\"size\":16,\"mean\":0,\"sd\":1}", "rgb", "gray" },
  { "fer.input", "{\"color\":7,\"size\":16,\"mean\":0,\"sd\":1}", "fer.input", "color" },
  { "fer.input", "{\"color\":\"gray\",\"size\":1e30,\"mean\":0,\"sd\":1}", "fer.input", "size" },
  { "fer.input", "{\"color\":\"gray\",\"size\":16.5,\"mean\":0,\"sd\":1}", "fer.input", "whole" },
  { "fer.input", "{\"color\":\"gray\",\"size\":\"16\",\"mean\":0,\"sd\":1}", "fer.input", "size" },
  { "fer.input", "{\"color\":\"gray\",\"size\":16,\"mean\":0,\"sd\":0}", "fer.input", "sd" },
  { "fer.input", "{\"color\":\"gray\",\"size\":16,\"mean\":0}", "fer.input", "sd" },
  { "fer.input", "{\"color\":\"gray\",\"size\":16,\"per_image\":1,\"sd_floor\":1}", "per_image", "true or false" },
  { "fer.input", "{\"color\":\"gray\",\"size\":16,\"per_image\":true}", "fer.input", "sd_floor" },
  { "fer.input", "{\"color\":\"gray\",\"size\":24,\"mean\":0,\"sd\":1}", "16", "24" }, /* not the network's size */
  { "fer.crop", "{}", "fer.crop", "scale" },
  { "fer.crop", "{\"scale\":-1}", "fer.crop", "scale" },
  { "fer.crop", "{\"scale\":1,\"dx\":99}", "fer.crop", "dx" },
  { "fer.crop", "{\"scale\":1,\"dy\":null}", "fer.crop", "dy" },
  { "fer.crop", "{\"scale\":1,\"roll\":\"yes\"}", "fer.crop", "roll" },
  { "fer.trained", "3", "fer.trained", "object" },
};

static void
hostile_metadata_is_refused_by_name (void)
{
  for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
    nn_model *nn = toy_model ();
    nn_model_set (nn, hostile[i].key, hostile[i].value);
    check_refused (nn, hostile[i].word, hostile[i].other);
    nn_model_free (nn);
  }
}

static void
deep_and_long_values_are_bounded (void)
{
  const size_t n = 1 << 20;
  char *deep = malloc (n + 1);
  require (deep);
  memset (deep, '[', n);
  deep[n] = 0;
  for (size_t length = 60000; length <= n; length += n - 60000) {
    nn_model *nn = toy_model ();
    deep[length] = 0;
    nn_model_set (nn, "fer.trained", deep);
    check_refused (nn, "fer.trained", "levels");
    nn_model_free (nn);
  }
  free (deep);
}

static void
foreign_file_runs_once_it_is_described (void)
{
  nn_error error;
  nn_model *nn = toy_network (toy_text);
  check_refused (nn, "fer.labels", "fer-info --set");
  nn_model_set (nn, "fer.labels", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]");
  check_refused (nn, "fer.input", "fer-info --set");
  nn_model_set (nn, "fer.input", "{\"color\":\"gray\",\"size\":16,\"mean\":0,\"sd\":255}");
  check_refused (nn, "fer.crop", "fer-info --set");
  nn_model_set (nn, "fer.crop", "{\"scale\":1}");
  fer_model *model = parse (nn, &error);
  require (model);
  check (!strcmp (model->labels[6], "g") && model->crop.sd == 255 && !model->trained);
  fer_model_free (model);
  check (fer_model_seal (nn, &error));
  check (nn_model_get (nn, "fer.version") && nn_model_get (nn, "fer.weights_crc32"));
  model = parse (nn, &error);
  check (model != NULL);
  fer_model_free (model);
  nn_model_free (nn);
}

static void
colour_network_is_refused (void)
{
  nn_error error;
  nn_model *nn = toy_network ("input 16 16 3 / flatten / dense 7 / softmax");
  require (fer_model_describe (nn, fer_labels7, 7, &toy_crop, NULL, &error));
  check_refused (nn, "3 channels", "gray");
  nn_model_free (nn);
}

static void
faces_are_described_in_the_same_way (void)
{
  nn_error error;
  nn_model *nn = toy_network (toy_text);
  require (fer_finder_describe (nn, 128, 64, "{\"data\":\"none\"}", &error));
  check (!strcmp (nn_model_get (nn, "fer.task"), "faces") && !strcmp (nn_model_get (nn, "fer.version"), "1"));
  check (!strcmp (nn_model_get (nn, "fer.input"), "{\"color\":\"gray\",\"mean\":128,\"sd\":64}"));
  check (!nn_model_get (nn, "fer.labels") && !nn_model_get (nn, "fer.crop") && nn_model_get (nn, "fer.weights_crc32"));
  check_refused (nn, "fer.task is faces", "expected expression");
  check (!fer_finder_describe (nn, 128, 0, NULL, &error) && strstr (error.text, "\"sd\""));
  check (!fer_finder_describe (nn, 128, 64, "[]", &error) && strstr (error.text, "fer.trained"));
  nn_model_free (nn);
}

static void
seals_what_says_enough (void)
{
  nn_error error;
  nn_model *nn = toy_network (toy_text);
  nn_model_set (nn, "fer.input", "{\"color\":\"gray\",\"mean\":128,\"sd\":64}");
  check (!fer_model_sealable (nn));
  nn_model_set (nn, "fer.task", "faces");
  check (fer_model_sealable (nn) && fer_model_seal (nn, &error));
  nn_model_set (nn, "fer.input", "{\"color\":\"gray\",\"size\":48,\"mean\":128,\"sd\":64}");
  check (!fer_model_seal (nn, &error) && strstr (error.text, "\"size\""));
  nn_model_set (nn, "fer.task", "weather");
  check (!fer_model_sealable (nn) && !fer_model_seal (nn, &error) && strstr (error.text, "weather") && strstr (error.text, "expression or faces"));
  nn_model_free (nn);
}

static void
every_truncation_is_an_error (void)
{
  nn_error error;
  void *bytes;
  size_t size;
  nn_model *nn = toy_model ();
  require (nn_model_write (nn, &bytes, &size, &error));
  for (size_t length = 0; length < size; length += length < 400 || length + 700 > size ? 1 : 97) {
    char *copy = malloc (length + 1); /* of its own, for the sanitizer */
    memcpy (copy, bytes, length);
    *error.text = 0;
    fer_model *model = fer_model_parse (copy, length, &error);
    check (!model && *error.text);
    if (model)
      test_note ("%zu of %zu bytes", length, size);
    fer_model_free (model);
    free (copy);
  }
  free (bytes);
  nn_model_free (nn);
}

static void
errors_name_the_file (void)
{
  nn_error error;
  check (!fer_model_load ("/does/not/exist.onnx", &error) && strstr (error.text, "/does/not/exist.onnx"));
  check (!fer_model_load (NULL, &error) && strstr (error.text, "no model is embedded")); /* this program links libfer alone */
}

static void
names_are_for_people (void)
{
  char name[16];
  fer_model_name ("/a/b/fer7-seed.onnx", name, sizeof name);
  check (!strcmp (name, "fer7-seed"));
  fer_model_name (NULL, name, sizeof name);
  check (!strcmp (name, "embedded"));
  fer_model_name ("a-name-that-is-longer-than-that.onnx", name, sizeof name);
  check (!strcmp (name, "a-name-that-is-"));
  fer_model_name (".onnx", name, sizeof name);
  check (!strcmp (name, ".onnx"));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (comes_back_as_described), TEST (standardising_and_roll_come_back), TEST (refuses_to_describe_nonsense),
                                   TEST (own_file_lacks_nothing), TEST (changed_weights_are_noticed), TEST (hostile_metadata_is_refused_by_name),
                                   TEST (deep_and_long_values_are_bounded), TEST (foreign_file_runs_once_it_is_described),
                                   TEST (colour_network_is_refused), TEST (faces_are_described_in_the_same_way),
                                   TEST (seals_what_says_enough), TEST (every_truncation_is_an_error), TEST (errors_name_the_file),
                                   TEST (names_are_for_people), { 0 } });
}
