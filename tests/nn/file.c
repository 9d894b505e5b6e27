/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/nn-file-XXXXXX";
static char path[4096];

static const char *
in_folder (const char *name)
{
  snprintf (path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int
count_files (void)
{
  int n = 0;
  DIR *dir = opendir (folder);
  for (struct dirent *entry; dir && (entry = readdir (dir));)
    n += entry->d_name[0] != '.';
  if (dir)
    closedir (dir);
  return n;
}

static bool
holds (const char *name, const char *text)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (name, 0, &bytes, &size, NULL))
    return false;
  bool same = size == strlen (text) && !memcmp (bytes, text, size + 1);
  free (bytes);
  return same;
}

static void
reads_what_it_wrote (void)
{
  nn_error error;
  const char *name = in_folder ("new");
  require (nn_file_write (name, "first", 5, &error));
  check (holds (name, "first"));
  chmod (name, 0640);
  require (nn_file_write (name, "", 0, &error));
  check (holds (name, ""));
  struct stat st;
  check (stat (name, &st) == 0 && (st.st_mode & 0777) == 0640);
  check (count_files () == 1);
  unlink (name);
}

static void
names_path_and_reason (void)
{
  nn_error error;
  void *bytes;
  size_t size;
  const char *name = in_folder ("missing");
  check (!nn_file_read (name, 0, &bytes, &size, &error));
  check (strstr (error.text, name) && strstr (error.text, "No such file"));
  check (!bytes);
  check (!nn_file_read (folder, 0, &bytes, &size, &error));
  check (strstr (error.text, folder) && strstr (error.text, "folder"));
  check (!nn_file_write (folder, "x", 1, &error));
  check (strstr (error.text, folder) && strstr (error.text, "folder"));
  name = in_folder ("no/such/folder");
  check (!nn_file_write (name, "x", 1, &error));
  check (strstr (error.text, "no/such/folder") && strstr (error.text, "No such file"));
}

static void
keeps_a_limit (void)
{
  nn_error error;
  void *bytes;
  size_t size;
  const char *name = in_folder ("limit");
  require (nn_file_write (name, "12345678", 8, &error));
  check (!nn_file_read (name, 7, &bytes, &size, &error));
  check (strstr (error.text, name) && strstr (error.text, "limit of 7"));
  require (nn_file_read (name, 8, &bytes, &size, &error));
  check (size == 8);
  free (bytes);
  unlink (name);
}

static void
follows_a_symbolic_link (void)
{
  nn_error error;
  char link[4096];
  snprintf (link, sizeof link, "%s", in_folder ("link"));
  const char *name = in_folder ("target");
  require (nn_file_write (name, "old", 3, &error));
  require (symlink ("target", link) == 0);
  check (nn_file_write (link, "new", 3, &error));
  check (holds (name, "new"));
  struct stat st;
  check (lstat (link, &st) == 0 && S_ISLNK (st.st_mode));
  unlink (link);
  unlink (name);
}

static void *
drain (void *name)
{
  static char text[64];
  int fd = open (name, O_RDONLY);
  ssize_t n = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
  text[n < 0 ? 0 : n] = 0;
  if (fd >= 0)
    close (fd);
  return text;
}

static void
writes_into_a_pipe_directly (void)
{
  nn_error error;
  const char *name = in_folder ("pipe");
  require (mkfifo (name, 0600) == 0);
  pthread_t thread;
  require (pthread_create (&thread, NULL, drain, (void *) name) == 0);
  check (nn_file_write (name, "through", 7, &error));
  void *text;
  pthread_join (thread, &text);
  check (!strcmp (text, "through"));
  struct stat st;
  check (stat (name, &st) == 0 && S_ISFIFO (st.st_mode));
  unlink (name);
}

static void
reports_a_full_disk (void)
{
  nn_error error;
  if (access ("/dev/full", W_OK))
    skip ("there is no /dev/full here");
  check (!nn_file_write ("/dev/full", "x", 1, &error));
  check (strstr (error.text, "/dev/full: write"));
}

/* A limit on the size of files makes the second write fail half way. */
static void
leaves_the_old_file_and_no_other (void)
{
  nn_error error;
  const char *name = in_folder ("kept");
  require (nn_file_write (name, "old", 3, &error));
  struct rlimit before, small;
  require (getrlimit (RLIMIT_FSIZE, &before) == 0);
  small = before;
  small.rlim_cur = 2;
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);
  require (setrlimit (RLIMIT_FSIZE, &small) == 0);
  bool written = nn_file_write (name, "newer", 5, &error);
  setrlimit (RLIMIT_FSIZE, &before);
  signal (SIGXFSZ, handler);
  check (!written && strstr (error.text, name) && strstr (error.text, ": write: "));
  check (holds (name, "old"));
  check (count_files () == 1);
  unlink (name);
}

int
main (void)
{
  if (!mkdtemp (folder))
    return 1;
  int failed = test_run ((test_case[]) { TEST (reads_what_it_wrote), TEST (names_path_and_reason), TEST (keeps_a_limit),
                                         TEST (follows_a_symbolic_link), TEST (writes_into_a_pipe_directly),
                                         TEST (reports_a_full_disk), TEST (leaves_the_old_file_and_no_other), { 0 } });
  rmdir (folder);
  return failed;
}
