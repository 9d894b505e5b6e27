/* SPDX-License-Identifier: MIT
 * Frames that do not wait. Their memory can only be mapped while a gate is open, so that the test says for how long one is analysed. */
#include <string.h>

#include "../test.h"
#include "rig.h"

#define FRAME (GST_SECOND / 30)

/* ---- memory behind a gate -------------------------------------------------------------------------------------------------- */

static struct {
  GMutex lock;
  GCond changed;
  gboolean open;
  int n_mapped; /* ever */
} gate;

static void
set_gate (gboolean open)
{
  g_mutex_lock (&gate.lock);
  gate.open = open;
  g_cond_broadcast (&gate.changed);
  g_mutex_unlock (&gate.lock);
}

static int
n_mapped (void)
{
  g_mutex_lock (&gate.lock);
  int n = gate.n_mapped;
  g_mutex_unlock (&gate.lock);
  return n;
}

typedef struct gated {
  GstMemory memory;
  GstBuffer *pixels;
  GstMapInfo map;
} gated;

typedef GstAllocator GatedAllocator;
typedef GstAllocatorClass GatedAllocatorClass;
GType gated_allocator_get_type (void);
G_DEFINE_TYPE (GatedAllocator, gated_allocator, GST_TYPE_ALLOCATOR)

static gpointer
map_gated (GstMemory *memory, gsize size, GstMapFlags flags)
{
  gated *g = (gated *) memory;
  (void) size, (void) flags;
  g_mutex_lock (&gate.lock);
  gate.n_mapped++;
  g_cond_broadcast (&gate.changed);
  while (!gate.open)
    g_cond_wait (&gate.changed, &gate.lock);
  g_mutex_unlock (&gate.lock);
  return g->map.data;
}

static void
unmap_gated (GstMemory *memory)
{
  (void) memory;
}

static void
free_gated (GstAllocator *allocator, GstMemory *memory)
{
  gated *g = (gated *) memory;
  (void) allocator;
  gst_buffer_unmap (g->pixels, &g->map);
  gst_buffer_unref (g->pixels);
  g_free (g);
}

static void
gated_allocator_init (GatedAllocator *allocator)
{
  allocator->mem_type = "gated";
  allocator->mem_map = map_gated;
  allocator->mem_unmap = unmap_gated;
}

static void
gated_allocator_class_init (GatedAllocatorClass *klass)
{
  klass->free = free_gated;
}

/* Takes pixels. */
static GstBuffer *
behind_the_gate (GstBuffer *pixels)
{
  static GstAllocator *allocator;
  if (!allocator) {
    allocator = g_object_new (gated_allocator_get_type (), NULL);
    GST_OBJECT_FLAG_SET (allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
    GST_OBJECT_FLAG_SET (allocator, GST_OBJECT_FLAG_MAY_BE_LEAKED);
  }
  gated *g = g_new0 (gated, 1);
  g->pixels = pixels;
  gst_buffer_map (pixels, &g->map, GST_MAP_READ);
  gst_memory_init (&g->memory, GST_MEMORY_FLAG_READONLY, allocator, NULL, g->map.size, 0, 0, g->map.size);
  GstBuffer *buffer = gst_buffer_new ();
  gst_buffer_append_memory (buffer, &g->memory);
  return buffer;
}

/* ---- the element ----------------------------------------------------------------------------------------------------------- */

static void
set_up (rig_fixture *f, const char *line)
{
  rig_set_up (f, line);
  set_gate (TRUE);
}

/* A face that goes to the right by two pixels a frame. */
static GstBuffer *
next_frame (rig_fixture *f)
{
  GstBuffer *in = behind_the_gate (rig_spots (&f->info, &(rig_spot) { 60 + 2 * f->frames, 80 }, 1));
  GST_BUFFER_PTS (in) = (guint64) f->frames++ * FRAME;
  GST_BUFFER_DURATION (in) = FRAME;
  return in;
}

static GstBuffer *
push (rig_fixture *f)
{
  return gst_harness_push_and_pull (f->h, next_frame (f));
}

/* Waits until n maps were asked for since the test began. */
static void
wait_for_maps (int n)
{
  g_mutex_lock (&gate.lock);
  while (gate.n_mapped < n)
    g_cond_wait (&gate.changed, &gate.lock);
  g_mutex_unlock (&gate.lock);
}

/* pts of the next message about faces, or none. */
static GstClockTime
next_message (rig_fixture *f, int *n_faces)
{
  GstMessage *message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_ELEMENT);
  guint64 pts = GST_CLOCK_TIME_NONE, duration = 0;
  if (!message)
    return pts;
  const GstStructure *s = gst_message_get_structure (message);
  gst_structure_get_uint64 (s, "timestamp", &pts);
  check (gst_structure_get_uint64 (s, "duration", &duration) && duration == FRAME);
  *n_faces = (int) gst_value_array_get_size (gst_structure_get_value (s, "faces"));
  gst_message_unref (message);
  return pts;
}

static void
frames_do_not_wait (void)
{
  rig_fixture f;
  int before = n_mapped (), n = 0;
  set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 async=true updates=on-face");
  set_gate (FALSE);
  for (int i = 0; i < 5; i++) {
    GstBuffer *in = next_frame (&f);
    GstMemory *memory = gst_buffer_peek_memory (in, 0);
    GstBuffer *out = gst_harness_push_and_pull (f.h, in);
    require (out && GST_BUFFER_PTS (out) == (guint64) i * FRAME);
    check (rig_n_faces (out) == -1 && gst_buffer_peek_memory (out, 0) == memory);
    gst_buffer_unref (out);
    wait_for_maps (before + 1); /* the first is at work */
  }
  check (next_message (&f, &n) == GST_CLOCK_TIME_NONE);
  set_gate (TRUE);
  check (gst_harness_push_event (f.h, gst_event_new_eos ()));
  check (n_mapped () == before + 2); /* the first and the newest */
  check (next_message (&f, &n) == 0 && n == 1);
  check (next_message (&f, &n) == 4 * FRAME && n == 1);
  check (next_message (&f, &n) == GST_CLOCK_TIME_NONE);
  rig_tear_down (&f);
}

/* Pushes frames until one has a result; the face stays in the picture. */
static GstBuffer *
first_with_result (rig_fixture *f)
{
  for (int i = 0; i < 60; i++) {
    GstBuffer *out = push (f);
    if (rig_n_faces (out) >= 0)
      return out;
    gst_buffer_unref (out);
    g_usleep (20000);
  }
  return NULL;
}

static void
a_frame_carries_the_last_result_and_its_age (void)
{
  rig_fixture f;
  set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 async=true");
  GstBuffer *out = first_with_result (&f);
  require (out && rig_n_faces (out) == 1);
  guint64 age = 0;
  check (gst_structure_get_uint64 (rig_face (out, 0), "age", &age) && age > 0 && age % FRAME <= 8);
  gst_buffer_unref (out);

  for (int i = 0; i < 20; i++) { /* until its velocity is known */
    int before = n_mapped ();
    gst_buffer_unref (push (&f));
    wait_for_maps (before + 1);
    g_usleep (20000);
  }
  int before = n_mapped ();
  set_gate (FALSE);
  gst_buffer_unref (push (&f));
  wait_for_maps (before + 1);
  guint64 last_age = 0;
  for (int i = 0; i < 6; i++) { /* all with the same result */
    out = push (&f);
    require (rig_n_faces (out) == 1);
    const GstStructure *face = rig_face (out, 0);
    check_near (rig_number (face, "x") + 0.5 * rig_number (face, "w"), 60 + 2 * (f.frames - 1), 4);
    check (gst_structure_get_uint64 (face, "age", &age) && (i == 0 || age - last_age <= FRAME + 1) && age > last_age);
    last_age = age;
    gst_buffer_unref (out);
  }
  set_gate (TRUE);
  rig_tear_down (&f);
}

/* The boxes are this frame's, the reading is an older one's; a box that is new has none. */
static void
upstream_s_boxes_are_kept (void)
{
  rig_fixture f;
  set_up (&f, "feremotion name=e MODEL faces=upstream async=true");
  GstBuffer *out = NULL;
  for (int i = 0; i < 2000 && !out; i++) {
    GstBuffer *in = next_frame (&f);
    rig_add_face (in, 50 + i % 2, 50, 60, 60);
    out = gst_harness_push_and_pull (f.h, in);
    if (rig_n_faces (out) < 0)
      gst_clear_buffer (&out);
    g_usleep (1000);
  }
  require (out && rig_n_faces (out) == 1);
  check (gst_structure_has_field (rig_face (out, 0), "age") && !gst_structure_has_field (rig_face (out, 0), "skipped"));
  gst_buffer_unref (out);
  int before = n_mapped ();
  set_gate (FALSE);
  for (int i = 0; i < 2; i++) {
    GstBuffer *in = next_frame (&f);
    rig_add_face (in, 60, 55, 60, 60);
    rig_add_face (in, 200, 100, 40, 40);
    out = gst_harness_push_and_pull (f.h, in);
    require (rig_n_faces (out) == 2);
    check (rig_number (rig_face (out, 0), "x") == 60 && !gst_structure_has_field (rig_face (out, 0), "skipped"));
    check (rig_number (rig_face (out, 1), "x") == 200 && gst_structure_has_field (rig_face (out, 1), "skipped"));
    gpointer state = NULL;
    int n = 0;
    while (gst_buffer_iterate_meta_filtered (out, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))
      n++;
    check (n == 2);
    gst_buffer_unref (out);
    wait_for_maps (before + 1);
    g_usleep (1000);
  }
  set_gate (TRUE);
  rig_tear_down (&f);
}

/* ---- with a frame at work -------------------------------------------------------------------------------------------------- */

static gpointer
open_soon (gpointer data)
{
  (void) data;
  g_usleep (30000);
  set_gate (TRUE);
  return NULL;
}

/* Two frames pushed, of which the first is at work behind the gate, which another thread opens soon. */
static GThread *
keep_busy (rig_fixture *f)
{
  int before = n_mapped ();
  set_gate (FALSE);
  for (int i = 0; i < 2; i++) {
    gst_buffer_unref (push (f));
    wait_for_maps (before + 1);
  }
  return g_thread_new ("opener", open_soon, NULL);
}

static void
a_flush_drops_what_is_at_work (void)
{
  rig_fixture f;
  GstSegment segment;
  int n;
  set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 async=true updates=on-face");
  for (int i = 0; i < 3; i++) {
    GThread *opener = keep_busy (&f);
    check (gst_harness_push_event (f.h, gst_event_new_flush_start ()));
    check (gst_harness_push_event (f.h, gst_event_new_flush_stop (TRUE)));
    g_thread_join (opener);
    gst_segment_init (&segment, GST_FORMAT_TIME);
    check (gst_harness_push_event (f.h, gst_event_new_segment (&segment)));
    check (next_message (&f, &n) == GST_CLOCK_TIME_NONE);
    set_gate (FALSE);
    GstBuffer *out = push (&f);
    check (rig_n_faces (out) == -1);
    gst_buffer_unref (out);
    set_gate (TRUE);
    check (gst_harness_push_event (f.h, gst_event_new_flush_start ()));
    check (gst_harness_push_event (f.h, gst_event_new_flush_stop (TRUE)));
    check (gst_harness_push_event (f.h, gst_event_new_segment (&segment)));
  }
  rig_tear_down (&f);
}

static void
other_caps_and_segments_wait_for_it (void)
{
  rig_fixture f;
  GstSegment segment;
  int n = 0;
  set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 async=true updates=on-face");
  GThread *opener = keep_busy (&f);
  rig_set_format (f.h, &f.info, GST_VIDEO_FORMAT_GRAY8, 300, 180);
  g_thread_join (opener);
  check (next_message (&f, &n) == 0 && n == 1);
  check (next_message (&f, &n) == FRAME && n == 1);
  opener = keep_busy (&f);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = GST_SECOND;
  check (gst_harness_push_event (f.h, gst_event_new_segment (&segment)));
  g_thread_join (opener);
  check (next_message (&f, &n) == 2 * FRAME);
  check (next_message (&f, &n) == 3 * FRAME);
  rig_tear_down (&f);
}

static void
stops_with_a_frame_at_work (void)
{
  for (int i = 0; i < 5; i++) {
    rig_fixture f;
    int n = 0;
    set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 async=true updates=on-face");
    GThread *opener = keep_busy (&f);
    check (gst_element_set_state (f.h->element, i % 2 ? GST_STATE_READY : GST_STATE_NULL) == GST_STATE_CHANGE_SUCCESS);
    g_thread_join (opener);
    check (next_message (&f, &n) == GST_CLOCK_TIME_NONE);
    rig_tear_down (&f);
  }
}

static void
can_be_switched_while_frames_flow (void)
{
  rig_fixture f;
  int n = 0;
  set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 updates=on-face");
  for (int i = 0; i < 6; i++) {
    g_object_set (f.element, "async", FALSE, NULL);
    GstBuffer *out = push (&f);
    check (rig_n_faces (out) == 1 && next_message (&f, &n) == GST_BUFFER_PTS (out));
    gst_buffer_unref (out);
    g_object_set (f.element, "async", TRUE, NULL);
    out = push (&f);
    check (rig_n_faces (out) == -1);
    gst_buffer_unref (out);
    g_object_set (f.element, "async", FALSE, NULL);
    out = push (&f);
    check (rig_n_faces (out) == 1);
    check (next_message (&f, &n) == GST_BUFFER_PTS (out) - FRAME && next_message (&f, &n) == GST_BUFFER_PTS (out));
    gst_buffer_unref (out);
  }
  rig_tear_down (&f);
}

static void
an_error_ends_the_stream (void)
{
  rig_fixture f;
  GstFlowReturn flow = GST_FLOW_OK;
  set_up (&f, "feremotion name=e MODEL FINDER async=true");
  for (int i = 0; i < 2000 && flow == GST_FLOW_OK; i++) {
    flow = gst_harness_push (f.h, gst_buffer_new_allocate (NULL, 100, NULL));
    g_usleep (1000);
  }
  check (flow == GST_FLOW_ERROR);
  GstMessage *message = gst_bus_pop_filtered (f.bus, GST_MESSAGE_ERROR);
  require (message);
  gst_message_unref (message);
  rig_tear_down (&f);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (frames_do_not_wait),
                                             TEST (a_frame_carries_the_last_result_and_its_age),
                                             TEST (upstream_s_boxes_are_kept),
                                             TEST (a_flush_drops_what_is_at_work),
                                             TEST (other_caps_and_segments_wait_for_it),
                                             TEST (stops_with_a_frame_at_work),
                                             TEST (can_be_switched_while_frames_flow),
                                             TEST (an_error_ends_the_stream),
                                             { 0 } }));
}
