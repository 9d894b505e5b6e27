/* SPDX-License-Identifier: MIT */
#include "workers.h"
#include "test.h"

#include <stdatomic.h>
#include <string.h>

enum { TASKS = 1000 };

typedef struct counts {
  int threads;
  atomic_int tasks[TASKS]; /* how often each was taken */
  atomic_int strangers;    /* tasks by a worker that does not exist */
} counts;

static void
count (void *data, int worker, int index)
{
  counts *it = data;
  atomic_fetch_add (&it->tasks[index], 1);
  if (worker < 0 || worker >= it->threads)
    atomic_fetch_add (&it->strangers, 1);
}

static void
take_every_task_once (void)
{
  for (int threads = 1; threads <= 4; threads++) {
    nn_workers *workers = nn_workers_new (threads, NULL);
    require (workers);
    static counts it;
    memset (&it, 0, sizeof it);
    it.threads = threads;
    for (int round = 1; round <= 20; round++) {
      nn_workers_run (workers, count, &it, TASKS / round);
      for (int i = 0; i < TASKS; i++) { /* all are done when run returns: task i in the rounds that reach it */
        int expected = 0;
        for (int r = 1; r <= round; r++)
          expected += i < TASKS / r;
        require (it.tasks[i] == expected);
      }
    }
    check (it.strangers == 0);
    nn_workers_run (workers, count, &it, 0);
    nn_workers_free (workers);
  }
  nn_workers_free (NULL);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (take_every_task_once), { 0 } });
}
