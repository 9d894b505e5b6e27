/* SPDX-License-Identifier: MIT */
#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>

#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t) 1 << 20) /* read from the disk at a time */

static bool
fail_archive (struct archive *archive, const char *path, nn_error *error)
{
  const char *reason = archive_error_string (archive);
  return nn_fail (error, "%s: %s", path, reason ? reason : "the compressed data end early or are damaged");
}

static struct archive *
open_archive (const char *path, nn_error *error)
{
  struct archive *archive = archive_read_new ();
  if (!archive) {
    nn_fail (error, "%s: no memory", path);
    return NULL;
  }
  archive_read_support_filter_gzip (archive);
  archive_read_support_filter_bzip2 (archive);
  archive_read_support_filter_xz (archive);
  archive_read_support_filter_zstd (archive);
  archive_read_support_format_zip (archive);
  archive_read_support_format_tar (archive);
  archive_read_support_format_raw (archive);
  archive_read_support_format_empty (archive);
  if (archive_read_open_filename (archive, path, BLOCK) != ARCHIVE_OK) {
    /* What the system refused, in its words; the rest, such as a compressed file that ends in its head, in the library's. */
    if (archive_errno (archive) > 0)
      nn_fail (error, "%s: %s", path, strerror (archive_errno (archive)));
    else
      fail_archive (archive, path, error);
    archive_read_free (archive);
    return NULL;
  }
  return archive;
}

static bool
is_one_of (const char *member, const char *const *names)
{
  const char *slash = strrchr (member, '/');
  for (; *names; names++)
    if (!strcmp (slash ? slash + 1 : member, *names))
      return true;
  return false;
}

/* Goes to the wanted member, or to the only one there is in a file that is no archive. */
static bool
find_member (struct archive *archive, const char *path, const char *const *names, nn_error *error)
{
  struct archive_entry *entry;
  int state;
  while ((state = archive_read_next_header (archive, &entry)) == ARCHIVE_OK || state == ARCHIVE_WARN) {
    const char *member = archive_entry_pathname (entry);
    if (archive_format (archive) == ARCHIVE_FORMAT_RAW || (member && archive_entry_filetype (entry) == AE_IFREG && is_one_of (member, names)))
      return true;
  }
  if (state != ARCHIVE_EOF)
    return fail_archive (archive, path, error);
  if (archive_format (archive) == ARCHIVE_FORMAT_EMPTY)
    return nn_fail (error, "%s: the file is empty", path);
  return nn_fail (error, "%s: the archive has no member %s", path, names[0]);
}

/* What the archive says of sizes is not believed: the block doubles as bytes arrive. */
static bool
read_member (struct archive *archive, const char *path, size_t limit, char **bytes, size_t *size, nn_error *error)
{
  size_t capacity = 0;
  const void *block;
  size_t length;
  la_int64_t offset;
  int state;
  while ((state = archive_read_data_block (archive, &block, &length, &offset)) == ARCHIVE_OK) {
    if ((size_t) offset != *size)
      return nn_fail (error, "%s: a sparse member; expected one whole file", path);
    if (length > limit || *size > limit - length)
      return nn_fail (error, "%s: more than %zu bytes when unpacked", path, limit);
    if (*size + length > capacity) {
      capacity = *size + length > 2 * capacity ? *size + length : 2 * capacity;
      char *grown = realloc (*bytes, capacity);
      if (!grown)
        return nn_fail (error, "%s: no memory for %zu bytes", path, capacity);
      *bytes = grown;
    }
    if (length)
      memcpy (*bytes + *size, block, length);
    *size += length;
  }
  return state == ARCHIVE_EOF || fail_archive (archive, path, error);
}

bool
tool_unpack (const char *path, const char *const *names, size_t limit, char **bytes, size_t *size, nn_error *error)
{
  *bytes = NULL;
  *size = 0;
  struct archive *archive = open_archive (path, error);
  bool ok = archive && find_member (archive, path, names, error) && read_member (archive, path, limit, bytes, size, error);
  archive_read_free (archive);
  if (!ok) {
    free (*bytes);
    *bytes = NULL;
  }
  return ok;
}
