/* SPDX-License-Identifier: MIT */
#include "workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct member {
  nn_workers *workers;
  int number;
  pthread_t thread;
} member;

struct nn_workers {
  int n_started; /* threads beside the caller's */
  member *members;
  pthread_mutex_t lock;
  pthread_cond_t start, done;
  unsigned round; /* counts nn_workers_run; guarded by lock like busy and quit */
  int busy;       /* started threads that have not finished this round */
  bool quit;
  void (*task) (void *, int, int);
  void *data;
  int count;
  atomic_int next; /* first task that nobody has taken */
};

static void
take_tasks (nn_workers *workers, int number)
{
  for (int i; (i = atomic_fetch_add (&workers->next, 1)) < workers->count;)
    workers->task (workers->data, number, i);
}

static void *
work (void *data)
{
  member *self = data;
  nn_workers *workers = self->workers;
  pthread_mutex_lock (&workers->lock);
  for (unsigned seen = 0;;) {
    while (workers->round == seen && !workers->quit)
      pthread_cond_wait (&workers->start, &workers->lock);
    if (workers->quit)
      break;
    seen = workers->round;
    pthread_mutex_unlock (&workers->lock);
    take_tasks (workers, self->number);
    pthread_mutex_lock (&workers->lock);
    if (--workers->busy == 0)
      pthread_cond_signal (&workers->done);
  }
  pthread_mutex_unlock (&workers->lock);
  return NULL;
}

nn_workers *
nn_workers_new (int threads, nn_error *error)
{
  nn_workers *workers = calloc (1, sizeof *workers);
  if (!workers) {
    nn_fail (error, "out of memory for %d threads", threads);
    return NULL;
  }
  pthread_mutex_init (&workers->lock, NULL);
  pthread_cond_init (&workers->start, NULL);
  pthread_cond_init (&workers->done, NULL);
  workers->members = calloc ((size_t) threads, sizeof *workers->members);
  for (int i = 0; workers->members && i < threads - 1; i++) {
    member *self = &workers->members[i];
    *self = (member) { .workers = workers, .number = i + 1 };
    int failure = pthread_create (&self->thread, NULL, work, self);
    if (failure) {
      nn_fail (error, "cannot start thread %d of %d: %s", i + 2, threads, strerror (failure));
      break;
    }
    workers->n_started++;
  }
  if (!workers->members)
    nn_fail (error, "out of memory for %d threads", threads);
  if (!workers->members || workers->n_started < threads - 1) {
    nn_workers_free (workers);
    return NULL;
  }
  return workers;
}

void
nn_workers_free (nn_workers *workers)
{
  if (!workers)
    return;
  pthread_mutex_lock (&workers->lock);
  workers->quit = true;
  pthread_cond_broadcast (&workers->start);
  pthread_mutex_unlock (&workers->lock);
  for (int i = 0; i < workers->n_started; i++)
    pthread_join (workers->members[i].thread, NULL);
  pthread_cond_destroy (&workers->start);
  pthread_cond_destroy (&workers->done);
  pthread_mutex_destroy (&workers->lock);
  free (workers->members);
  free (workers);
}

void
nn_workers_run (nn_workers *workers, void (*task) (void *, int, int), void *data, int count)
{
  pthread_mutex_lock (&workers->lock);
  workers->task = task;
  workers->data = data;
  workers->count = count;
  atomic_store (&workers->next, 0);
  workers->busy = workers->n_started;
  workers->round++;
  pthread_cond_broadcast (&workers->start);
  pthread_mutex_unlock (&workers->lock);
  take_tasks (workers, 0);
  pthread_mutex_lock (&workers->lock);
  while (workers->busy)
    pthread_cond_wait (&workers->done, &workers->lock);
  pthread_mutex_unlock (&workers->lock);
}
