/* SPDX-License-Identifier: MIT
 * Whole files, in and out. A file is never seen half written: it is complete under another name before it gets its own. */
#include "nn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail_errno (nn_error *error, const char *path, const char *what)
{
  return nn_fail (error, "%s: %s: %s", path, what, strerror (errno));
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* Contents that grow by half; room for one more byte behind it always remains. */
typedef struct buffer {
  uint8_t *bytes;
  size_t size, capacity;
} buffer;

static bool
reserve (buffer *contents, size_t capacity)
{
  if (capacity < contents->capacity)
    return true;
  uint8_t *bytes = realloc (contents->bytes, capacity + 1);
  if (!bytes)
    return false;
  contents->bytes = bytes;
  contents->capacity = capacity + 1;
  return true;
}

static bool
read_all (int fd, const char *path, size_t limit, buffer *contents, nn_error *error)
{
  for (;;) {
    if (contents->size + 1 >= contents->capacity && !reserve (contents, contents->size + contents->size / 2 + 65536))
      return nn_fail (error, "%s: out of memory after %zu bytes", path, contents->size);
    ssize_t n = read (fd, contents->bytes + contents->size, contents->capacity - 1 - contents->size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_errno (error, path, "read");
    if (n == 0)
      break;
    contents->size += (size_t) n;
    if (limit && contents->size > limit)
      return nn_fail (error, "%s: larger than the limit of %zu bytes", path, limit);
  }
  contents->bytes[contents->size] = 0;
  return true;
}

bool
nn_file_read (const char *path, size_t limit, void **bytes, size_t *size, nn_error *error)
{
  *bytes = NULL;
  *size = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail_errno (error, path, "open");
  buffer contents = { 0 };
  struct stat st;
  bool ok = fstat (fd, &st) == 0 || fail_errno (error, path, "stat");
  if (ok && S_ISDIR (st.st_mode))
    ok = nn_fail (error, "%s: is a folder, expected a file", path);
  if (ok && S_ISREG (st.st_mode) && limit && (uint64_t) st.st_size > limit)
    ok = nn_fail (error, "%s: has %lld bytes, more than the limit of %zu", path, (long long) st.st_size, limit);
  /* One byte more than the file has, so that its end is seen without growing; a size that the file system does not know grows. */
  if (ok && S_ISREG (st.st_mode) && !reserve (&contents, (size_t) st.st_size + 1))
    ok = nn_fail (error, "%s: out of memory for %lld bytes", path, (long long) st.st_size);
  ok = ok && read_all (fd, path, limit, &contents, error);
  close (fd);
  if (!ok) {
    free (contents.bytes);
    return false;
  }
  *bytes = contents.bytes;
  *size = contents.size;
  return true;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static bool
write_all (int fd, const char *path, const uint8_t *bytes, size_t size, nn_error *error)
{
  while (size) {
    ssize_t n = write (fd, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_errno (error, path, "write");
    bytes += n;
    size -= (size_t) n;
  }
  return true;
}

/* Into what exists already and is no regular file: a pipe, a terminal, /dev/null. */
static bool
write_directly (const char *path, const uint8_t *bytes, size_t size, nn_error *error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return fail_errno (error, path, "open");
  bool ok = write_all (fd, path, bytes, size, error);
  if (close (fd) && ok)
    ok = fail_errno (error, path, "close");
  return ok;
}

/* A new file beside path; its name is left in temporary. */
static int
open_temporary (const char *path, char *temporary, size_t size)
{
  for (int i = 0; i < 100; i++) {
    snprintf (temporary, size, "%s.%ld-%d.tmp", path, (long) getpid (), i);
    int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST)
      return fd;
  }
  return -1;
}

/* A rename survives a power failure only when its folder has been written too. */
static bool
sync_folder (const char *path, nn_error *error)
{
  const char *slash = strrchr (path, '/');
  char *folder = !slash ? strdup (".") : slash == path ? strdup ("/") : strndup (path, (size_t) (slash - path));
  if (!folder)
    return nn_fail (error, "%s: out of memory", path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* EINVAL: a file system whose folders cannot be synced. */
  bool ok = fd >= 0 && (fsync (fd) == 0 || errno == EINVAL);
  if (!ok)
    fail_errno (error, folder, "sync");
  if (fd >= 0)
    close (fd);
  free (folder);
  return ok;
}

static bool
write_and_rename (const char *path, const struct stat *existing, const uint8_t *bytes, size_t size, nn_error *error)
{
  size_t length = strlen (path) + 64;
  char *temporary = malloc (length);
  if (!temporary)
    return nn_fail (error, "%s: out of memory", path);
  int fd = open_temporary (path, temporary, length);
  bool created = fd >= 0, ok = created || fail_errno (error, path, "create");
  if (ok && existing && fchmod (fd, existing->st_mode & 07777))
    ok = fail_errno (error, path, "chmod");
  ok = ok && write_all (fd, temporary, bytes, size, error);
  if (ok && fsync (fd))
    ok = fail_errno (error, path, "fsync");
  if (created && close (fd) && ok)
    ok = fail_errno (error, path, "close");
  if (ok && rename (temporary, path))
    ok = fail_errno (error, path, "rename");
  if (created && !ok)
    unlink (temporary);
  free (temporary);
  return ok && sync_folder (path, error);
}

bool
nn_file_write (const char *path, const void *bytes, size_t size, nn_error *error)
{
  if (!strcmp (path, "-"))
    return write_all (STDOUT_FILENO, "standard output", bytes, size, error);
  struct stat st;
  bool exists = stat (path, &st) == 0;
  if (exists && S_ISDIR (st.st_mode))
    return nn_fail (error, "%s: is a folder, expected a file", path);
  if (exists && !S_ISREG (st.st_mode))
    return write_directly (path, bytes, size, error);
  /* A symbolic link stays one: what it points to is replaced. */
  char *target = exists ? realpath (path, NULL) : NULL;
  bool ok = write_and_rename (target ? target : path, exists ? &st : NULL, bytes, size, error);
  free (target);
  return ok;
}
