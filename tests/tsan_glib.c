/* SPDX-License-Identifier: MIT
 * The thread sanitizer knows pthread's locks but not GLib's, which are futexes in a library that it did not build. Linked into a test, these
 * take the place of GLib's for the test, the element and GStreamer, and are pthread's. Locks inside of GLib itself stay as they are. */
#pragma GCC visibility push(default)
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>

/* The object behind a lock's pointer, made by the first who asks: static locks are never initialised. */
static void *
object (gpointer *slot, size_t size, void (*init) (void *))
{
  void *there = __atomic_load_n (slot, __ATOMIC_ACQUIRE);
  if (there)
    return there;
  void *made = calloc (1, size);
  if (!made)
    abort ();
  init (made);
  if (__atomic_compare_exchange_n (slot, &there, made, FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  free (made);
  return there;
}

static void
init_mutex (void *mutex)
{
  pthread_mutex_init (mutex, NULL);
}

static void
init_recursive (void *mutex)
{
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init (mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
}

static void
init_cond (void *cond)
{
  pthread_condattr_t attributes;
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (cond, &attributes);
  pthread_condattr_destroy (&attributes);
}

static void
init_rw_lock (void *lock)
{
  pthread_rwlock_init (lock, NULL);
}

#define MUTEX(lock) ((pthread_mutex_t *) object (&(lock)->p, sizeof (pthread_mutex_t), init_mutex))
#define RECURSIVE(lock) ((pthread_mutex_t *) object (&(lock)->p, sizeof (pthread_mutex_t), init_recursive))
#define COND(cond) ((pthread_cond_t *) object (&(cond)->p, sizeof (pthread_cond_t), init_cond))
#define RW_LOCK(lock) ((pthread_rwlock_t *) object (&(lock)->p, sizeof (pthread_rwlock_t), init_rw_lock))

/* As atomically as the pointer is read: who frees what GLib counts references of comes last, but the sanitizer does not see GLib count. */
#define FORGET(lock) free (__atomic_exchange_n (&(lock)->p, NULL, __ATOMIC_ACQ_REL))

/* name (type *lock): a call that pthread has under another name. */
#define DO(name, type, call)                                                                                                                         \
  void name (type *lock)                                                                                                                             \
  {                                                                                                                                                  \
    call;                                                                                                                                            \
  }
#define TRY(name, type, call)                                                                                                                        \
  gboolean name (type *lock)                                                                                                                         \
  {                                                                                                                                                  \
    return call == 0;                                                                                                                                \
  }

DO (g_mutex_init, GMutex, lock->p = NULL)
DO (g_mutex_clear, GMutex, pthread_mutex_destroy (MUTEX (lock)); FORGET (lock))
DO ((g_mutex_lock), GMutex, pthread_mutex_lock (MUTEX (lock)))
DO ((g_mutex_unlock), GMutex, pthread_mutex_unlock (MUTEX (lock)))
TRY ((g_mutex_trylock), GMutex, pthread_mutex_trylock (MUTEX (lock)))

DO (g_rec_mutex_init, GRecMutex, lock->p = NULL)
DO (g_rec_mutex_clear, GRecMutex, pthread_mutex_destroy (RECURSIVE (lock)); FORGET (lock))
DO (g_rec_mutex_lock, GRecMutex, pthread_mutex_lock (RECURSIVE (lock)))
DO (g_rec_mutex_unlock, GRecMutex, pthread_mutex_unlock (RECURSIVE (lock)))
TRY (g_rec_mutex_trylock, GRecMutex, pthread_mutex_trylock (RECURSIVE (lock)))

DO (g_rw_lock_init, GRWLock, lock->p = NULL)
DO (g_rw_lock_clear, GRWLock, pthread_rwlock_destroy (RW_LOCK (lock)); FORGET (lock))
DO (g_rw_lock_reader_lock, GRWLock, pthread_rwlock_rdlock (RW_LOCK (lock)))
DO (g_rw_lock_reader_unlock, GRWLock, pthread_rwlock_unlock (RW_LOCK (lock)))
DO (g_rw_lock_writer_lock, GRWLock, pthread_rwlock_wrlock (RW_LOCK (lock)))
DO (g_rw_lock_writer_unlock, GRWLock, pthread_rwlock_unlock (RW_LOCK (lock)))
TRY (g_rw_lock_reader_trylock, GRWLock, pthread_rwlock_tryrdlock (RW_LOCK (lock)))
TRY (g_rw_lock_writer_trylock, GRWLock, pthread_rwlock_trywrlock (RW_LOCK (lock)))

DO (g_cond_init, GCond, lock->p = NULL)
DO (g_cond_clear, GCond, pthread_cond_destroy (COND (lock)); FORGET (lock))
DO (g_cond_signal, GCond, pthread_cond_signal (COND (lock)))
DO (g_cond_broadcast, GCond, pthread_cond_broadcast (COND (lock)))

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  pthread_cond_wait (COND (cond), MUTEX (mutex));
}

/* end: microseconds of the monotonic clock. */
gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  const struct timespec until = { .tv_sec = end / G_USEC_PER_SEC, .tv_nsec = (end % G_USEC_PER_SEC) * 1000 };
  return pthread_cond_timedwait (COND (cond), MUTEX (mutex), &until) == 0;
}
