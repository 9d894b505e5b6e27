/* SPDX-License-Identifier: MIT
 * fer: faces and expressions on top of nn. From a borrowed picture and a box to seven probabilities, a result, its JSON.
 *
 *   fer_classifier *classifier = fer_classifier_load (NULL, 8, NN_PRECISION_FULL, &error);      // NULL: the embedded model
 *   fer_box square = fer_crop_square (&fer_classifier_model (classifier)->crop, &box);
 *   fer_classifier_run (classifier, &image, &square, NULL, 1, probabilities); // (1, labels)
 *
 * Frame -> crop -> tensor -> probabilities -> result -> metas, overlay, JSON: the element, the tools and the tests share every line. */
#ifndef FER_H
#define FER_H

#include "../nn.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FER_MAX_LABELS 16
#define FER_MAX_FACES 64
#define FER_TIME_NONE UINT64_MAX

/* FER-2013's order: angry disgust fear happy sad surprise neutral. */
extern const char *const fer_labels7[7];
extern const char *const fer_labels8[8]; /* FER+'s order: nn_vote_names */

/* ---- pictures ------------------------------------------------------------------------------------------------------------ */

typedef struct fer_image fer_image;

/* A borrowed view of a picture, read as full-range luma 0-255. Either an 8-bit plane in place, or rows asked from the owner. */
struct fer_image {
  int width, height;
  const uint8_t *luma; /* plane, or NULL: read_row */
  ptrdiff_t stride;    /* bytes from row to row */
  int step;            /* bytes from pixel to pixel */
  float offset, scale; /* full range = (byte - offset) * scale: 0, 1 for full range; 16, 255 / 219 for video range */
  void (*read_row) (const fer_image *image, int y, float *luma); /* width samples, 0-255 */
  const void *user;                                              /* read_row's own; stride and step are its to use as well */
};

/* Packed 8-bit RGB(A) or grey pixels (gdk-pixbuf's layout): channels 1, 3, 4, alpha ignored. Luma as BT.601. Fills image; rgb is borrowed. */
void fer_image_from_rgb (fer_image *image, const uint8_t *rgb, int width, int height, ptrdiff_t stride, int channels);

/* Samples [x, x + w) of row y as full-range luma 0-255. row: image->width floats of scratch, used where the picture has no plane. */
void fer_image_read (const fer_image *image, int x, int y, int w, float *row, float *luma);

/* Pixels; x, y may be negative or fractional. */
typedef struct fer_box {
  float x, y, w, h;
} fer_box;

/* Why a face is not classified; a sentence for people. */
typedef enum fer_skip {
  FER_SKIP_NONE,
  FER_SKIP_SMALL,
  FER_SKIP_OUTSIDE,
  FER_SKIP_TOO_MANY,
  FER_SKIP_LATE,   /* no time was left to read it */
  FER_SKIP_COARSE, /* from here on: fer_quality */
  FER_SKIP_BLURRED,
  FER_SKIP_DARK,
  FER_SKIP_TURNED,
  FER_SKIP_DOUBTFUL,
  FER_N_SKIPS
} fer_skip;
const char *fer_skip_text (fer_skip skip);

/* Clips box to (width, height). Under 12 px on a side, or less than half inside: the reason; else NONE. The clipped box is what is reported;
 * crop from the box as it was found, whose middle is the face's. */
fer_skip fer_box_clip (fer_box *box, int width, int height);

/* Another finder's box in the reference convention: scaled about its centre, moved by (dx, dy) of its own size. */
typedef struct fer_box_map {
  float scale, dx, dy;
} fer_box_map;
extern const fer_box_map fer_box_map_none;       /* 1, 0, 0 */
extern const fer_box_map fer_box_map_facedetect; /* OpenCV's facedetect -> reference; measured by tests/peers/boxes.py */
fer_box fer_box_apply (const fer_box *box, const fer_box_map *map);

/* ---- crop ---------------------------------------------------------------------------------------------------------------- */

/* What the network was trained to see, from the model file: fer.input and fer.crop. */
typedef struct fer_crop {
  int size;       /* square side of the tensor */
  bool per_image; /* per-image standardisation, else (x - mean) / sd */
  float mean, sd, sd_floor;
  float scale, dx, dy; /* square side = scale * max (w, h) of the reference box; centre moved by share of the side */
  bool roll;           /* faces are turned upright where the eye line is known */
} fer_crop;

/* The square of the picture that the network looks at: for a face by its reference box, with the model's margin ... */
fer_box fer_crop_square (const fer_crop *crop, const fer_box *box);
/* ... and for a picture that is one face already (faces=frame): its largest centred square, without a margin. */
fer_box fer_frame_square (int width, int height);

/* square -> tensor (size, size) in one affine pass, turned about its centre by roll (radians, eye line, clockwise; 0 upright; ignored unless
 * crop->roll); what lies outside the picture repeats its edge. A square of (size, size) at whole pixels gives exactly those pixels. scratch grows
 * by realloc when *scratch_size (floats) is too small; false only when out of memory. pixels (may be NULL): (size, size) luma before normalisation. */
bool fer_crop_run (const fer_crop *crop, const fer_image *image, const fer_box *square, float roll, float **scratch, size_t *scratch_size,
                   float *pixels, float *tensor);

/* ---- model --------------------------------------------------------------------------------------------------------------- */

/* What an expression model says of itself: metadata_props fer.* . */
typedef struct fer_model {
  nn_model *nn;
  int n_labels;
  char *labels[FER_MAX_LABELS];
  fer_crop crop;
  char *trained; /* JSON, or NULL */
} fer_model;

/* path NULL: the embedded model. Fails by name: not there, not ONNX, foreign without labels, input and crop (says how to set them), CRC, shapes. */
fer_model *fer_model_load (const char *path, nn_error *error);
fer_model *fer_model_parse (const void *bytes, size_t size, nn_error *error);
void fer_model_free (fer_model *model);

/* Writes fer.version, fer.task, fer.labels, fer.input, fer.crop, fer.trained and fer.weights_crc32 into model's metadata. trained may be NULL. */
bool fer_model_describe (nn_model *model, const char *const *labels, int n_labels, const fer_crop *crop, const char *trained, nn_error *error);

/* The same for a network that finds faces: fer.task is "faces", fer.input gray with mean and sd; no labels and no crop. */
bool fer_finder_describe (nn_model *model, float mean, float sd, const char *trained, nn_error *error);

/* The rest of the above for a model that has fer.labels, fer.input and fer.crop already, or fer.task "faces" and fer.input. Fails when they make
 * no sense. */
bool fer_model_seal (nn_model *model, nn_error *error);
bool fer_model_sealable (const nn_model *model); /* whether it has those */

/* Name for people: file name without folder and .onnx, or "embedded". Static storage is not used: writes into name. */
void fer_model_name (const char *path, char *name, size_t size);

/* ---- classifier ---------------------------------------------------------------------------------------------------------- */

typedef struct fer_classifier fer_classifier;

/* batch: most faces in one pass of the network (more are cut into passes). */
fer_classifier *fer_classifier_load (const char *path, int batch, nn_precision precision, nn_error *error);
fer_classifier *fer_classifier_new (fer_model *model, int batch, nn_precision precision, nn_error *error); /* takes model, also on failure */
/* Another one for another thread, with the same model and plan; first is freed last. */
fer_classifier *fer_classifier_share (const fer_classifier *first, nn_error *error);
void fer_classifier_free (fer_classifier *classifier);

/* n squares (fer_crop_square, fer_frame_square) -> probabilities (n, labels). rolls may be NULL. Logits of a foreign net are put through a
 * softmax; numbers that are not finite become equal probabilities. false: out of memory. */
bool fer_classifier_run (fer_classifier *classifier, const fer_image *image, const fer_box *squares, const float *rolls, int n, float *probabilities);

/* The tensor (size, size) and luma pixels of the last run's face i < n, as the network saw them. */
const float *fer_classifier_tensor (const fer_classifier *classifier, int i);
const float *fer_classifier_pixels (const fer_classifier *classifier, int i);

const fer_model *fer_classifier_model (const fer_classifier *classifier);
nn_plan *fer_classifier_plan (const fer_classifier *classifier);

/* ---- finder -------------------------------------------------------------------------------------------------------------- */

#define FER_N_POINTS 5 /* right eye, left eye, nose, right and left corner of the mouth; right and left are the person's own */

typedef struct fer_point {
  float x, y;
} fer_point;

/* A face as a finder sees it, in pixels of the picture. */
typedef struct fer_found {
  fer_box box; /* in the reference convention */
  float score; /* 0-1 */
  bool has_points;
  fer_point points[FER_N_POINTS];
} fer_found;

typedef struct fer_finder fer_finder;

/* What a finder is, for people. */
typedef struct fer_finder_info {
  const char *family; /* "feremotion", "YuNet", "UltraFace": whose outputs the network has */
  float mean, sd;     /* pixels are (x - mean) / sd of luma 0-255 */
  int channels;       /* of the input, all of which get luma */
  int width, height;  /* of the input; 0: any */
  char *trained;      /* JSON, or NULL */
} fer_finder_info;

#define FER_FINDER_THRESHOLD 0.5f /* of the score */

/* path NULL: the embedded model. Fails by name: not there, not ONNX, another task, outputs that no decoding fits (says which are known). */
fer_finder *fer_finder_load (const char *path, nn_error *error);
fer_finder *fer_finder_parse (const void *bytes, size_t size, nn_error *error);
void fer_finder_free (fer_finder *finder);
const fer_finder_info *fer_finder_about (const fer_finder *finder);

/* Plans everything for pictures of (width, height), reduced so that the longer side has size pixels (0: a height of about 224, enough for faces of
 * 6 % of it; fewer than 32: 32; never enlarged; a network with an input of one size has that, whatever size says). Pictures are then searched without an allocation as
 * long as their size stays. */
bool fer_finder_resize (fer_finder *finder, int width, int height, int size, nn_error *error);

/* Faces of the whole picture with a score of at least threshold, best first, at most max; returns how many. The picture has the size that was
 * planned, or there are none in it. Neither fails nor allocates. */
int fer_finder_run (fer_finder *finder, const fer_image *image, float threshold, fer_found *found, int max);

/* The same where known (n_known) were seen in the picture before: no doubt of them takes time. */
int fer_finder_run_again (fer_finder *finder, const fer_image *image, float threshold, const fer_found *known, int n_known, fer_found *found,
                          int max);

/* The same for a square of the picture only, turned upright by roll (radians, as fer_crop_run): cheap, and sees faces that lie on their side. The
 * squares' own small input is planned when the finder is made. */
int fer_finder_look (fer_finder *finder, const fer_image *image, const fer_box *square, float roll, float threshold, fer_found *found, int max);

/* ---- alignment ----------------------------------------------------------------------------------------------------------- */

/* The eye line's angle: radians, clockwise, 0 upright; the roll of fer_crop_run and fer_finder_look. */
float fer_points_roll (const fer_point *points);

/* fer_crop_square of a face whose points are known (NULL: not): turned with the face where its eye line is tilted by 12 degrees or more and the crop
 * asks for it. *roll is fer_crop_run's. A tilted head's upright box is taken for that of an ellipse, so that the crop keeps the head's size. */
fer_box fer_crop_face (const fer_crop *crop, const fer_box *box, const fer_point *points, float *roll);

/* ---- quality ------------------------------------------------------------------------------------------------------------- */

/* How much can be told from a face's picture. Each part is 0-1; for size, sharpness and light it is the share of the accuracy above chance that is
 * left of a clear picture's, as measured on FER-2013.
 *   size     (side - 8) / 20 for side pixels under the crop
 *   sharp    log (r / 0.006) / log (0.1 / 0.006), r = variance of the crop's Laplacian / variance of the crop
 *   light    log (s / 7) / log (40 / 7), s = standard deviation of the crop's grey levels
 *   frontal  (65 - yaw) / 35, yaw = atan (t / 0.35) in degrees, t = distance of the nose from the middle of eyes and mouth along the eye line, in
 *            eye distances; 1 without points
 *   score    (score - 0.2) / 0.4 */
enum { FER_QUALITY_SIZE, FER_QUALITY_SHARP, FER_QUALITY_LIGHT, FER_QUALITY_FRONTAL, FER_QUALITY_SCORE, FER_N_QUALITIES };
extern const char *const fer_quality_names[FER_N_QUALITIES]; /* "size", "sharp", "light", "frontal", "score" */

typedef struct fer_quality {
  float value;   /* the worst part */
  fer_skip skip; /* what is the matter, should value be too low; NONE where value is 1 */
  float parts[FER_N_QUALITIES];
} fer_quality;

#define FER_MIN_QUALITY 0.2f /* below it a label would be little better than a guess */

/* square, points (NULL: unknown) and score (1: unknown) in the picture; pixels (size, size): what fer_crop_run or fer_classifier_pixels gives for it. */
fer_quality fer_quality_of (const fer_box *square, const fer_point *points, float score, const float *pixels, int size);

/* ---- following ----------------------------------------------------------------------------------------------------------- */

/* A face that is followed from frame to frame. */
typedef struct fer_track {
  uint64_t id; /* from 1, of one face only */
  fer_box box; /* steadied; goes on by itself for as long as the face is not seen */
  float score; /* of the last sighting */
  bool has_points;
  fer_point points[FER_N_POINTS]; /* as box */
  float vx, vy;                   /* of the box, pixels a second */
  uint64_t unseen;                /* ns since the last sighting; 0: in this frame */
  bool lost;                      /* looked for in vain since then */
} fer_track;

/* What is to be searched in a frame: squares around the faces that are followed, turned as these were, and perhaps the whole picture. */
typedef struct fer_search {
  bool whole;
  int n;
  fer_box squares[FER_MAX_FACES];
  float rolls[FER_MAX_FACES];
} fer_search;

typedef struct fer_tracker fer_tracker;

/* Which face is which, from detections and times alone; it sees no picture. For each frame: advance, plan, (search,) update, tracks. None of these
 * fails or allocates. */
fer_tracker *fer_tracker_new (nn_error *error);
void fer_tracker_free (fer_tracker *tracker);

/* Another scene: what was followed is gone. Ids are not used again. */
void fer_tracker_forget (fer_tracker *tracker);

/* The next frame, at time (ns; FER_TIME_NONE: as long after the last one as that was after the one before). Time that goes back, or on by more than 5
 * seconds, is another scene. */
void fer_tracker_advance (fer_tracker *tracker, uint64_t time);
/* The frame's time, whatever advance was given. */
uint64_t fer_tracker_time (const fer_tracker *tracker);

/* What to search in this frame: squares around faces that were neither seen nor looked for in the last 40 ms, and the whole picture interval ns
 * after the last time, when a face was lost, and when nothing is known. Without a plan everything counts as searched. */
void fer_tracker_plan (fer_tracker *tracker, uint64_t interval, fer_search *search);

/* Leaves out of search what there is no time for in this frame, the whole picture or the squares; it stays due. */
void fer_tracker_spare (fer_tracker *tracker, fer_search *search, bool whole, bool squares);

/* A score that is enough for a face that is followed already; a new one needs FER_FINDER_THRESHOLD, and each of them every two seconds. */
#define FER_FOLLOW_THRESHOLD 0.3f

/* n <= FER_MAX_FACES faces found in this frame, each once; whole: the whole picture was searched. ids (n, or NULL): whose each of them
 * is; 0: not known to be anybody's yet. */
void fer_tracker_update (fer_tracker *tracker, const fer_found *found, int n, bool whole, uint64_t *ids);

/* The faces of this frame, those too that were lost less than 300 ms ago. Valid until the next update. */
const fer_track *fer_tracker_tracks (fer_tracker *tracker, int *n);

/* All that is followed, seen or not for up to 1.5 s, and what was seen only once (id 0). Valid until the next call. */
const fer_track *fer_tracker_all (fer_tracker *tracker, int *n);

typedef struct fer_follower fer_follower;

/* A tracker that sees the pictures: it has them searched, and knows a cut to another scene when it sees one. */
fer_follower *fer_follower_new (nn_error *error);
void fer_follower_free (fer_follower *follower);
void fer_follower_forget (fer_follower *follower);

/* The faces of the next frame, at time (as fer_tracker_advance); interval: ns between searches of the whole picture, for whose size finder is
 * planned. Pictures of another size are another scene. Neither fails, nor allocates as long as the size stays. */
const fer_track *fer_follower_run (fer_follower *follower, fer_finder *finder, const fer_image *image, uint64_t time, uint64_t interval, int *n);

/* The same in two steps, between which something can be left out of search: what there is to be searched, and the faces. */
void fer_follower_plan (fer_follower *follower, const fer_image *image, uint64_t time, uint64_t interval, fer_search *search);
void fer_follower_spare (fer_follower *follower, fer_search *search, bool whole, bool squares); /* as fer_tracker_spare */
const fer_track *fer_follower_search (fer_follower *follower, fer_finder *finder, const fer_image *image, const fer_search *search, int *n);

/* The same with n <= FER_MAX_FACES boxes that somebody else found, each of which is taken for a face: whose they are. */
void fer_follower_take (fer_follower *follower, const fer_image *image, uint64_t time, const fer_box *boxes, int n, uint64_t *ids);

const fer_track *fer_follower_all (fer_follower *follower, int *n); /* fer_tracker_all */

uint64_t fer_follower_time (const fer_follower *follower); /* of the last frame: fer_tracker_time */

/* ---- result -------------------------------------------------------------------------------------------------------------- */

typedef enum fer_source { FER_FROM_UPSTREAM, FER_FROM_FINDER, FER_FROM_FRAME } fer_source;
const char *fer_source_name (fer_source source); /* "upstream", "finder", "frame" */

typedef struct fer_face {
  uint64_t id;                         /* track from 1; 0: not tracked */
  fer_box box;                         /* as found, clipped, pixels of this frame */
  int label;                           /* index of the most probable label; -1: unsure (within fer_limits) */
  float confidence;                    /* the label's probability; of an unsure one the highest */
  float probabilities[FER_MAX_LABELS]; /* of a face that is followed: steadied over time */
  float raw[FER_MAX_LABELS];           /* the last reading by itself */
  fer_source source;
  uint64_t age; /* ns since the last reading */
  float score;  /* the finder's, 0-1 */
  bool has_points, has_quality;
  fer_point points[FER_N_POINTS];
  float quality; /* fer_quality's value at the last look */
  fer_skip skip; /* not NONE: why there are no probabilities: all are 0 and the label is unsure */
  bool has_dominant;
  int dominant;         /* the label that was shown longest of late, -1: none was ... */
  float dominant_share; /* ... and its share of that time */
} fer_face;

/* A face that is none of the result's, and why: FER_SKIP_SMALL, _OUTSIDE or _TOO_MANY. */
typedef struct fer_skipped {
  uint64_t id; /* 0: not tracked */
  fer_box box; /* as found, pixels of this frame */
  fer_source source;
  fer_skip reason;
} fer_skipped;

typedef enum fer_change_kind { FER_CHANGE_APPEARED, FER_CHANGE_LEFT, FER_CHANGE_LABEL, FER_N_CHANGES } fer_change_kind;
const char *fer_change_name (fer_change_kind kind); /* "appeared", "left", "label" */

/* What is different from the frame before. Labels as fer_face's. */
typedef struct fer_change {
  fer_change_kind kind;
  uint64_t id;
  int from, to;    /* label of a face that left; of one that appeared; both */
  uint64_t lasted; /* ns: how long the face was there, or had its label; FER_TIME_NONE: not known */
} fer_change;

/* A key and value of the user's own. */
typedef struct fer_field {
  const char *name, *text; /* UTF-8, borrowed */
  enum { FER_FIELD_TEXT, FER_FIELD_INTEGER, FER_FIELD_NUMBER, FER_FIELD_TRUTH } kind;
  int64_t integer; /* of TRUTH, too: 0 is false */
  double number;
} fer_field;

typedef struct fer_result {
  const char *file;           /* where the picture is from, in UTF-8, borrowed; NULL: no file */
  uint64_t pts, running_time; /* ns or FER_TIME_NONE */
  int64_t time_us;            /* wall clock, microseconds since 1970 UTC, or INT64_MIN: null */
  int64_t written_us;         /* when this was written, likewise; 0: is not said */
  int width, height;
  int n_fields;
  const fer_field *fields;   /* the user's own; borrowed */
  int n_labels;              /* 0: the faces were only found, not read */
  const char *const *labels; /* borrowed */
  int n_faces;
  fer_face faces[FER_MAX_FACES];
  int n_skipped;
  fer_skipped skipped[FER_MAX_FACES]; /* the first of them */
  int n_changes;
  fer_change changes[2 * FER_MAX_FACES];
} fer_result;

/* Class indices, the most probable first; equal ones in the model's order. */
void fer_rank (const float *probabilities, int n, int *order);

/* Is what is known of face read from this very picture? */
bool fer_face_is_fresh (const fer_face *face);

/* Under which a face is unsure: its best probability, and by how much that leads the second. */
typedef struct fer_limits {
  float threshold, margin; /* 0-1; 0: never */
} fer_limits;

/* The most probable of n classes; *margin (or NULL): by how much it leads the second. */
int fer_most_probable (const float *probabilities, int n, float *margin);

/* Sets label and confidence of face from its probabilities. */
void fer_face_decide (fer_face *face, int n_labels, fer_limits limits);

/* One line of JSON, version 1, without a newline, the same in every locale; the format is in docs/json.md. g_free it. */
char *fer_result_to_json (const fer_result *result);

/* Keys of the line itself, which no field may have. */
bool fer_json_has_key (const char *name);

#ifdef __cplusplus
}
#endif
#endif
