/* SPDX-License-Identifier: MIT */
#include "dataset.h"

#include "unpack.h"
#include "folder.h"

#include <stdlib.h>
#include <sys/stat.h>

#define MAX_CSV ((size_t) 1 << 31)
#define MAX_VOTES ((size_t) 64 << 20)

nn_dataset *
tool_load_dataset (const char *path, nn_error *error)
{
  struct stat status;
  if (!stat (path, &status) && S_ISDIR (status.st_mode))
    return tool_load_folder (path, error);
  char *bytes;
  size_t size;
  if (!tool_unpack (path, (const char *const[]) { "fer2013.csv", "icml_face_data.csv", NULL }, MAX_CSV, &bytes, &size, error))
    return NULL;
  nn_dataset *data = nn_dataset_parse_csv (bytes, size, error);
  free (bytes);
  if (!data)
    nn_fail_prefix (error, path);
  return data;
}

bool
tool_load_votes (nn_dataset *data, const char *path, nn_error *error)
{
  char *bytes;
  size_t size;
  if (!tool_unpack (path, (const char *const[]) { "fer2013new.csv", "ferplus.csv", NULL }, MAX_VOTES, &bytes, &size, error))
    return false;
  bool ok = nn_dataset_add_votes (data, bytes, size, error);
  free (bytes);
  return ok || nn_fail_prefix (error, path);
}
