/* SPDX-License-Identifier: MIT */
#include "common/unpack.h"
#include "common/dataset.h"
#include "faces.h"
#include "test.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static char *folder; /* of this test, removed at its end */

/* Three drawn faces as Kaggle's CSV. */
static char *
make_csv (void)
{
  nn_dataset *data = test_faces (1, 1, 1, 1);
  GString *text = g_string_new ("emotion,pixels,Usage\n");
  for (int row = 0; row < data->n; row++) {
    g_string_append_printf (text, "%d,", data->labels[row]);
    for (int i = 0; i < 48 * 48; i++)
      g_string_append_printf (text, "%s%d", i ? " " : "", data->pixels[row * 48 * 48 + i]);
    g_string_append_printf (text, ",%s\n", nn_split_names[data->splits[row]]);
  }
  nn_dataset_free (data);
  return g_string_free (text, FALSE);
}

typedef struct wrapping {
  const char *name;
  int filter, format; /* libarchive's codes */
  const char *members[4];
} wrapping;

static const wrapping wrappings[] = {
  { "plain.csv", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_RAW, { "-" } },
  { "a.csv.gz", ARCHIVE_FILTER_GZIP, ARCHIVE_FORMAT_RAW, { "-" } },
  { "a.csv.bz2", ARCHIVE_FILTER_BZIP2, ARCHIVE_FORMAT_RAW, { "-" } },
  { "a.csv.xz", ARCHIVE_FILTER_XZ, ARCHIVE_FORMAT_RAW, { "-" } },
  { "a.csv.zst", ARCHIVE_FILTER_ZSTD, ARCHIVE_FORMAT_RAW, { "-" } },
  { "misnamed.jpg", ARCHIVE_FILTER_XZ, ARCHIVE_FORMAT_RAW, { "-" } },
  { "archive.zip", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_ZIP, { "README", "fer2013/fer2013.csv" } },
  { "icml.zip", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_ZIP, { "train.csv", "icml_face_data.csv" } },
  { "a.tar", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_TAR_USTAR, { "fer2013/fer2013.bib", "fer2013/fer2013.csv" } },
  { "a.tar.gz", ARCHIVE_FILTER_GZIP, ARCHIVE_FORMAT_TAR_USTAR, { "fer2013.csv" } },
};

/* Writes the file; every member has the same contents. */
static char *
wrap (const wrapping *w, const char *contents, size_t size)
{
  char *path = g_build_filename (folder, w->name, NULL);
  struct archive *archive = archive_write_new ();
  archive_write_add_filter (archive, w->filter);
  archive_write_set_format (archive, w->format);
  bool ok = archive_write_open_filename (archive, path) == ARCHIVE_OK;
  for (int i = 0; ok && w->members[i]; i++) {
    struct archive_entry *entry = archive_entry_new ();
    archive_entry_set_pathname (entry, w->members[i]);
    archive_entry_set_filetype (entry, AE_IFREG);
    archive_entry_set_perm (entry, 0644);
    archive_entry_set_size (entry, (la_int64_t) size);
    ok = archive_write_header (archive, entry) == ARCHIVE_OK && archive_write_data (archive, contents, size) == (la_ssize_t) size;
    archive_entry_free (entry);
  }
  check (ok && archive_write_close (archive) == ARCHIVE_OK);
  archive_write_free (archive);
  return path;
}

static void
reads_every_wrapping (void)
{
  char *text = make_csv ();
  nn_dataset *expected = test_faces (1, 1, 1, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (wrappings); i++) {
    char *path = wrap (&wrappings[i], text, strlen (text));
    nn_error error = { "" };
    nn_dataset *data = tool_load_dataset (path, &error);
    check (data && data->hash == expected->hash);
    if (!data)
      test_note ("%s", error.text);
    nn_dataset_free (data);
    g_free (path);
  }
  nn_dataset_free (expected);
  g_free (text);
}

static void
fails_on (const char *path, const char *reason)
{
  nn_error error = { "" };
  nn_dataset *data = tool_load_dataset (path, &error);
  check (!data && g_str_has_prefix (error.text, path) && strstr (error.text, reason));
  if (!data && !strstr (error.text, reason))
    test_note ("expected \"%s\": %s", reason, error.text);
  nn_dataset_free (data);
}

static void
names_the_file_and_the_reason (void)
{
  char *path = g_build_filename (folder, "missing.csv", NULL);
  fails_on (path, "No such file");
  check (g_file_set_contents (path, "", 0, NULL));
  fails_on (path, "the file is empty");
  check (g_file_set_contents (path, "emotion,pixels,Usage\n1,2\n", -1, NULL));
  fails_on (path, "line 2, column 4: 2 columns; expected 3");
  g_free (path);
  path = wrap (&(wrapping) { "other.zip", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_ZIP, { "test.csv" } }, "x", 1);
  fails_on (path, "the archive has no member fer2013.csv");
  g_free (path);
}

/* libarchive gives no reason, or one without a number of the system's, when a compressed file ends early. */
static void
says_that_a_compressed_file_ends_early (void)
{
  char *text = make_csv (), *bytes, *path = wrap (&wrappings[1], text, strlen (text)); /* .gz */
  gsize size;
  require (g_file_get_contents (path, &bytes, &size, NULL));
  check (g_file_set_contents (path, bytes, (gssize) size / 2, NULL));
  fails_on (path, "truncated");
  check (g_file_set_contents (path, bytes, (gssize) size - 4, NULL));
  fails_on (path, "end early");
  g_free (bytes);
  g_free (path);
  g_free (text);
}

/* 50 truncations and 50 mutations of every wrapping: an error that names the file, or a data set. */
static void
damage_is_an_error_or_a_data_set (void)
{
  char *text = make_csv (), *damaged = g_build_filename (folder, "damaged", NULL);
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (size_t i = 0; i < G_N_ELEMENTS (wrappings); i++) {
    char *path = wrap (&wrappings[i], text, strlen (text)), *bytes;
    gsize size;
    int refused = 0;
    require (g_file_get_contents (path, &bytes, &size, NULL));
    for (gsize try = 0; try < 100; try++) {
      gsize length = try < 50 ? size * try / 50 : size, place = nn_random_u32 (&random) % size;
      char before = bytes[place];
      if (try >= 50)
        bytes[place] = (char) nn_random_u32 (&random);
      FILE *file = fopen (damaged, "wb");
      require (file && fwrite (bytes, 1, length, file) == length && !fclose (file));
      bytes[place] = before;
      nn_error error = { "" };
      nn_dataset *data = tool_load_dataset (damaged, &error);
      check (data ? data->n > 0 : g_str_has_prefix (error.text, damaged));
      refused += !data;
      nn_dataset_free (data);
    }
    test_note ("%s: %d of 100 damaged files refused", wrappings[i].name, refused);
    check (refused >= 35);
    g_free (bytes);
    g_free (path);
  }
  g_free (damaged);
  g_free (text);
}

/* 8 MB of one letter are 1 kB of xz. */
static void
stops_at_the_limit (void)
{
  size_t size = (size_t) 8 << 20, got;
  char *letters = g_malloc (size), *bytes;
  memset (letters, 'e', size);
  char *path = wrap (&(wrapping) { "bomb.xz", ARCHIVE_FILTER_XZ, ARCHIVE_FORMAT_RAW, { "-" } }, letters, size);
  const char *const names[] = { "fer2013.csv", NULL };
  nn_error error = { "" };
  check (!tool_unpack (path, names, size - 1, &bytes, &got, &error) && !bytes);
  check (strstr (error.text, "more than 8388607 bytes when unpacked"));
  require (tool_unpack (path, names, size, &bytes, &got, &error));
  check (got == size && !memcmp (bytes, letters, size));
  free (bytes);
  g_free (letters);
  g_free (path);
}

static void
remove_folder (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));) {
    char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
    g_free (path);
  }
  if (dir)
    g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}

int
main (void)
{
  folder = g_dir_make_tmp ("fer-unpack-XXXXXX", NULL);
  int result = test_run ((test_case[]) {
      TEST (reads_every_wrapping), TEST (names_the_file_and_the_reason), TEST (says_that_a_compressed_file_ends_early),
      TEST (damage_is_an_error_or_a_data_set), TEST (stops_at_the_limit), { 0 } });
  remove_folder ();
  return result;
}
