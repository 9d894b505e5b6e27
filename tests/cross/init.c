/* SPDX-License-Identifier: MIT
 * The first and only process of the machine that scripts/avx512.sh emulates: runs every program of /tests and switches the machine off. */
#include <dirent.h>
#include <stdio.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

static int
is_program (const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

int
main (void)
{
  struct dirent **programs;
  int n = scandir ("/tests", &programs, is_program, alphasort);
  setvbuf (stdout, NULL, _IONBF, 0);
  for (int i = 0, status; i < n; i++) {
    printf ("begin %s\n", programs[i]->d_name);
    if (fork () == 0) {
      chdir ("/tests");
      execl (programs[i]->d_name, programs[i]->d_name, (char *) NULL);
      _exit (127);
    }
    wait (&status);
    printf ("end %d\n", status);
  }
  sleep (1); /* until the serial line has sent it all */
  iopl (3);
  for (const char *word = "Shutdown"; *word; word++)
    outb (*word, 0x8900); /* Bochs' port */
  for (;;)
    pause ();
}
