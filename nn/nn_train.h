/* SPDX-License-Identifier: MIT
 * nn_train: data sets, augmentation, optimisers, checkpoints, the training loop. Knows nothing of faces' boxes or of GStreamer.
 *
 *   nn_dataset *data = nn_dataset_parse_csv (bytes, size, &error);
 *   nn_trainer *trainer = nn_trainer_new (&recipe, data, &error);
 *   while (nn_trainer_step (trainer, &progress, &error) == NN_TRAIN_MORE)
 *     show (&progress);
 */
#ifndef NN_TRAIN_H
#define NN_TRAIN_H

#include "nn_detect.h"
#include "nn_grad.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- data set ------------------------------------------------------------------------------------------------------------ */

typedef enum nn_split { NN_TRAINING, NN_PUBLIC_TEST, NN_PRIVATE_TEST, NN_N_SPLITS } nn_split;
extern const char *const nn_split_names[NN_N_SPLITS]; /* "Training", "PublicTest", "PrivateTest" */

#define NN_MAX_SIDE 256 /* of a data set's pictures */

/* Grey pictures of one size with a class each, rows in the order of the source. */
typedef struct nn_dataset {
  int n, h, w, classes;
  uint8_t *pixels;  /* (n, h, w) */
  uint8_t *labels;  /* (n) */
  uint8_t *splits;  /* (n), nn_split */
  uint8_t *votes;   /* (n, NN_N_VOTES): what ten people saw in each, or NULL */
  uint64_t hash;    /* of all of the above: names the data in checkpoints and model files */
} nn_dataset;

/* Kaggle's fer2013.csv (emotion,pixels,Usage) and icml_face_data.csv (blanks in the header, columns in another order); quotes, CRLF, a
 * byte-order mark and a missing last newline allowed. The first row's number of pixels, a square, decides the size. Errors name line and column
 * and what was expected. bytes need not end in 0. */
nn_dataset *nn_dataset_parse_csv (const char *bytes, size_t size, nn_error *error);
/* n rows of (h, w), zeroed, for callers that fill them from elsewhere (a folder tree); call nn_dataset_seal when done. */
nn_dataset *nn_dataset_new (int n, int h, int w, int classes, nn_error *error);
void nn_dataset_seal (nn_dataset *data); /* computes hash */
void nn_dataset_free (nn_dataset *data);

/* Only the rows with keep[row] stay, in their order. */
void nn_dataset_keep (nn_dataset *data, const bool *keep);

/* FER+ (Barsoum et al. 2016, "Training deep networks for facial expression recognition with crowd-sourced label distribution"): neutral, happiness,
 * surprise, sadness, anger, disgust, fear, contempt; then unknown and NF, no face. */
#define NN_N_VOTES 10
#define NN_VOTE_CLASSES 8
extern const char *const nn_vote_names[NN_N_VOTES];
extern const int nn_vote_labels[NN_VOTE_CLASSES]; /* FER-2013's class of each; -1: contempt has none */

/* Reads FER+'s votes (Usage,Image name,neutral,...,contempt,unknown,NF; same rows, same order) into data->votes. Errors name line and column, and
 * leave data as it was. */
bool nn_dataset_add_votes (nn_dataset *data, const char *bytes, size_t size, nn_error *error);

/* Shares of the eight expressions in a row's votes; a single vote counts as none, unknown and NF are left out. false: no such vote, p is 0. */
bool nn_votes_share (const uint8_t votes[NN_N_VOTES], float p[NN_VOTE_CLASSES]);
/* The same in FER-2013's seven classes, without contempt. */
bool nn_votes_share7 (const uint8_t votes[NN_N_VOTES], float p[7]);
/* FER+'s test protocol: the expression with more than half of all votes, single ones left out; -1: none, or unknown, or NF. */
int nn_votes_majority (const uint8_t votes[NN_N_VOTES]);

/* twins[n]: true for rows outside Training that have a pixel-identical row in Training. false: out of memory. */
bool nn_dataset_twins (const nn_dataset *data, bool *twins);
/* The other side: true for rows of Training that have a pixel-identical row outside. */
bool nn_dataset_leaks (const nn_dataset *data, bool *leaks);

/* ---- scenes: pictures with faces in them ---------------------------------------------------------------------------------- */

/* A face in a scene: box and points in pixels of the picture as its file has it. */
typedef struct nn_scene_face {
  nn_truth truth;
  bool has_points;
} nn_scene_face;

typedef struct nn_scene {
  char *file;            /* name, without a folder */
  bool held_out;         /* nn_scene_is_held_out (file) */
  int first, n_faces;    /* in faces */
  int h, w;              /* 0 until the owner has filled pixels */
  uint8_t *pixels;       /* (h, w) grey, malloc'ed */
} nn_scene;

typedef struct nn_scenes {
  int n, n_faces;
  nn_scene *scenes;      /* in the order of their first line */
  nn_scene_face *faces;
} nn_scenes;

/* A CSV with a header that names file,x,y,w,h, and optionally ignore (0 or 1) and right_eye_x, right_eye_y, left_eye_x, ..., mouth_left_y (all ten or
 * none; empty: this face has no points), in any order; other columns are skipped. One line a face; lines of a file stand together or not. sources:
 * NULL, or names separated by commas: only files that begin with one of them and "_". Errors name line and column. Pixels are the caller's to
 * fill. */
nn_scenes *nn_scenes_parse_csv (const char *bytes, size_t size, const char *sources, nn_error *error);
/* Appends a picture without faces; false: out of memory. */
bool nn_scenes_add (nn_scenes *scenes, const char *file, nn_error *error);
void nn_scenes_free (nn_scenes *scenes);

/* CRC-32 of the name modulo 10 is 0: such a file is never trained on. */
bool nn_scene_is_held_out (const char *file);

/* ---- augmentation -------------------------------------------------------------------------------------------------------- */

/* Ranges; all 0: the picture as it is. One affine resample through nn_warp, then erasing, blur and noise. */
typedef struct nn_augment {
  float rotation;  /* +- degrees */
  float zoom;      /* scale in [1 - zoom, 1 + zoom] */
  float shift;     /* +- share of the side */
  float flip;      /* probability of a mirror image */
  float contrast;  /* +- : gain in [1 - c, 1 + c], offset likewise times 128 */
  float erase;     /* probability of a random rectangle of 2-15 % filled with noise */
  float blur;      /* probability of a blur */
  float noise;     /* largest standard deviation, grey levels */
  int crop;        /* side of the middle of the network's input that is shown, in its pixels; 0: all of it */
} nn_augment;

/* What is done to scenes on their way to the finder's trainer; probabilities 0-1. nn_augment's rotation, flip and contrast count as well. */
typedef struct nn_scene_augment {
  float smallest, largest; /* longer side of the face that a picture is scaled by, drawn evenly on a logarithmic scale; pixels of the input */
  float mosaic;            /* four pictures instead of one */
  float paste;             /* cut-out faces on a picture without any */
  float hard;              /* such a picture is the one of four that looks most like a face to the network */
  float dark;              /* a night: little light, much noise */
  float blur;
  float noise;             /* largest standard deviation, grey levels */
  float occlude, mask;     /* of a face: something before it; mouth and nose covered */
} nn_scene_augment;

/* How bytes become the network's input; the same for training, evaluation and the element. */
typedef struct nn_input {
  int h, w;
  bool per_image;   /* nn_standardise with floor sd_floor */
  float mean, sd;   /* else (x - mean) / sd, x in 0-255 */
  float sd_floor;
} nn_input;

/* Size of a picture in training: the input's, or the crop's. */
void nn_training_size (const nn_input *input, const nn_augment *augment, int *h, int *w);

/* Row of data as the network sees it: out (input->h, input->w), with augment (nn_training_size). augment NULL: none, only resampled where sizes
 * differ. random is used only with augment. */
void nn_dataset_image (const nn_dataset *data, int row, const nn_input *input, const nn_augment *augment, nn_random *random, float *out);

/* ---- recipe -------------------------------------------------------------------------------------------------------------- */

typedef enum nn_optimiser { NN_ADAM, NN_SGD } nn_optimiser; /* AdamW (0.9, 0.999, 1e-8), decoupled decay; Nesterov momentum 0.9, L2 decay */
typedef enum nn_schedule { NN_CONSTANT, NN_STEP, NN_COSINE } nn_schedule;

typedef enum nn_balance { NN_BALANCE_NONE, NN_BALANCE_SQRT, NN_BALANCE_FULL } nn_balance;

typedef enum nn_task_name { NN_TASK_EXPRESSION, NN_TASK_FACES, NN_N_TASKS } nn_task_name;
extern const char *const nn_task_names[NN_N_TASKS]; /* "expression", "faces" */

typedef struct nn_recipe {
  const char *architecture; /* text of nn_graph_parse */
  nn_task_name task;
  nn_input input;           /* NN_TASK_FACES: of a training picture; the network takes any size */
  nn_augment augment;
  nn_scene_augment scene;   /* NN_TASK_FACES */
  int epochs, batch;
  nn_optimiser optimiser;
  nn_schedule schedule;
  float rate, final_rate;   /* highest and (cosine) last learning rate */
  int step_epochs;          /* NN_STEP: every so many epochs ... */
  float step_factor;        /* ... times this */
  float warmup;             /* epochs of linear warm-up; may be fractional */
  float decay;              /* weight decay; none on BN and biases */
  float smoothing;          /* label smoothing */
  nn_balance balance;       /* rows weigh n^-1/2 or 1/n of their class's n */
  float soft_labels;        /* share of FER+'s votes in the targets of the label's head; 1: votes alone */
  float votes;              /* weight of the votes' head in the loss, the label's being 1 */
  float mixup;              /* Beta (mixup, mixup) share another picture in half of them, but for the last 15 % of the epochs; 0: none */
  float distill;            /* share of what teachers say in all targets (nn_trainer_learn_from) */
  int views;                /* of each picture that teachers look at */
  float clip;               /* largest gradient norm; 0: none */
  float ema;                /* decay of the moving average of all weights, BN's running values included; 0: off */
  float momentum;           /* of BN's running values: 0.1 */
  uint64_t seed;
} nn_recipe;

/* One line of JSON-free text "key=value;..." that names everything that changes the result: checkpoints compare it, cards quote it. malloc'ed. */
char *nn_recipe_text (const nn_recipe *recipe);
/* Whether two such texts are the same; the error names the first entry that differs: here in mine, there in theirs. */
bool nn_recipe_same (const char *mine, const char *theirs, nn_error *error);

/* Sets one entry by its name in the text ("rate", "rotation", "optimiser", ...); nn_recipe_key lists those of a task. Ranges are checked. */
bool nn_recipe_set (nn_recipe *recipe, const char *key, const char *value, nn_error *error);
const char *nn_recipe_key (nn_task_name task, int i); /* NULL: no more */
/* The same checks for all entries. */
bool nn_recipe_check (const nn_recipe *recipe, nn_error *error);
/* The same recipe in another number of epochs: warm-up and steps shrink or grow with them. */
void nn_recipe_scale (nn_recipe *recipe, int epochs);

/* Presets by name ("seed", "finder"), NULL: no such; nn_preset_name (i) lists them. */
const nn_recipe *nn_preset (const char *name);
const char *nn_preset_name (int i);

/* ---- loss, optimiser, schedule: each usable and tested alone -------------------------------------------------------------- */

/* Softmax cross-entropy with targets (n, classes), whose sum is the image's weight, mostly 1: returns the sum over the n images; dlogits (may be
 * NULL) gets (weight p - target) * scale. */
double nn_cross_entropy (int n, int classes, const nn_real *logits, const nn_real *targets, nn_real scale, nn_real *dlogits);

/* Rate of a step counted from 0 of steps_per_epoch * epochs. */
double nn_learning_rate (const nn_recipe *recipe, int64_t step, int steps_per_epoch);

/* One update of weights from gradient; the moments m and v [n] start as 0; step counts from 1. kinds as nn_weight_kinds. Any run of the weights
 * may be updated on its own. */
void nn_adam_step (size_t n, const uint8_t *kinds, const nn_real *gradient, float rate, float decay, int64_t step, nn_real *m, nn_real *v,
                   nn_real *weights);
void nn_sgd_step (size_t n, const uint8_t *kinds, const nn_real *gradient, float rate, float decay, float momentum, nn_real *m,
                  nn_real *weights);

/* ---- trainer ------------------------------------------------------------------------------------------------------------- */

typedef struct nn_trainer nn_trainer;

/* One line of the log. Score, 0-1: accuracy of expressions; for faces the mean IoU of what is learnt, and the average precision at IoU 0.4 of
 * held-out scenes, whose loss is NAN; what an epoch did not measure is NAN as well. */
typedef struct nn_epoch_row {
  int epoch;                /* from 1 */
  double train_loss, train_score, rate, seconds;
  double public_loss, public_score;            /* on what is not trained on (PublicTest, held-out scenes), current weights */
  double ema_loss, ema_score;                  /* the same, EMA weights; NAN when off */
  bool best;                                   /* best so far by the weights that count (EMA if on); ties go to the later epoch; of faces the last */
} nn_epoch_row;

typedef struct nn_progress {
  int epoch, step, steps;   /* epoch from 1, step within it from 1 */
  double images_per_second, seconds_left;
  double loss, score;       /* running means of this epoch */
  const nn_epoch_row *row;  /* set when this step ended an epoch */
} nn_progress;

typedef enum nn_train_state { NN_TRAIN_MORE, NN_TRAIN_DONE, NN_TRAIN_FAILED } nn_train_state;

/* For NN_TASK_EXPRESSION. The network has a softmax over data's classes (the label's head), one over NN_VOTE_CLASSES (the votes' head, for data with
 * votes), or both; the first output gives the scores. In training a row without a majority counts as read wrong by a votes' head. data is borrowed;
 * nothing is read from PrivateTest. threads 0: all cores. The recipe is copied. */
nn_trainer *nn_trainer_new (const nn_recipe *recipe, const nn_dataset *data, int threads, nn_error *error);
/* For NN_TASK_FACES. scenes, all with their pixels, are borrowed; those held out only give the score. cutouts: pictures that are a face each, of
 * which Training is pasted into scenes without faces; NULL: none. */
nn_trainer *nn_trainer_new_faces (const nn_recipe *recipe, const nn_scenes *scenes, const nn_dataset *cutouts, int threads, nn_error *error);
void nn_trainer_free (nn_trainer *trainer);

/* Begins with a model's weights instead of random ones; before the first step or nn_trainer_restore. Refuses a model whose network is another. */
bool nn_trainer_begin_with (nn_trainer *trainer, const nn_model *model, nn_error *error);

#define NN_MAX_TEACHERS 8

/* Expressions: targets are mixed with the mean of what these models say of each training picture, in a share of recipe.distill. Each has
 * a softmax for every head of the network, told by the number of classes; that these are in the data's order, and that it reads pictures normalised
 * as the recipe says, is the caller's to see. Once, before the first step or nn_trainer_restore; models may be freed afterwards. */
bool nn_trainer_learn_from (nn_trainer *trainer, const nn_model *const *models, int n, nn_error *error);

/* One batch (and validation when it ends an epoch). Fails when the loss is no longer a number, or memory runs out for the validation. */
nn_train_state nn_trainer_step (nn_trainer *trainer, nn_progress *progress, nn_error *error);

/* Everything to go on from here, bit for bit; log_size is the length that the caller's log had. */
bool nn_trainer_save (const nn_trainer *trainer, const char *path, uint64_t log_size, nn_error *error);
/* Refuses another recipe, data, version by naming the difference. */
bool nn_trainer_restore (nn_trainer *trainer, const char *path, uint64_t *log_size, nn_error *error);

const nn_graph *nn_trainer_graph (const nn_trainer *trainer);
const nn_real *nn_trainer_best (const nn_trainer *trainer);    /* weights of the best epoch so far (current ones before the first) */
const nn_epoch_row *nn_trainer_best_row (const nn_trainer *trainer); /* NULL before the first */
uint64_t nn_trainer_data_hash (const nn_trainer *trainer);     /* names what it learns from */
double nn_trainer_seconds (const nn_trainer *trainer);         /* spent in all its steps, before an interruption too */

/* Accuracy and mean loss of weights on a split by one of the network's outputs, in batches over threads. A votes' head is measured by FER+'s
 * protocol: accuracy over rows with a majority, loss over rows with a usable vote. predictions (may be NULL): (rows of the split, classes of the
 * output) probabilities in row order. loss, accuracy may be NULL. */
bool nn_evaluate (const nn_graph *graph, const nn_real *weights, const nn_dataset *data, nn_split split, const nn_input *input, int output,
                  int threads, double *loss, double *accuracy, float *predictions, nn_error *error);

/* ---- checkpoint: named sections with a CRC -------------------------------------------------------------------------------- */

typedef struct nn_section {
  const char *name;
  const void *bytes;
  size_t size;
} nn_section;

/* "NNCKPT\r\n", version, length, sections, CRC-32; written by way of a temporary file, fsync, rename, fsync of the folder. */
bool nn_checkpoint_write (const char *path, const nn_section *sections, int n, nn_error *error);
/* Parses in place: sections[max] point into bytes, each at a multiple of 8 from its start. Returns how many, or -1. bytes are hostile. */
int nn_checkpoint_parse (const void *bytes, size_t size, nn_section *sections, int max, nn_error *error);

#ifdef __cplusplus
}
#endif
#endif
