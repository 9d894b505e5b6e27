/* SPDX-License-Identifier: MIT
 * Pictures sorted into folders, as in Kaggle's other edition of FER-2013. */
#ifndef TOOL_FOLDER_H
#define TOOL_FOLDER_H

#include "nn_train.h"

/* path/SPLIT/CLASS/NAME.{jpg,jpeg,png}, rows in the order of the names' bytes within split and class.
 *   SPLIT  train or Training; validation, valid, val or PublicTest; test or PrivateTest
 *   CLASS  angry, disgust, fear, happy, sad, surprise, neutral
 * Pictures are square and become grey, 48x48. train must be there. Kaggle's test folder is PublicTest and PrivateTest mixed, so it is read as
 * PrivateTest, never for a choice; without a validation folder every picture of train becomes PublicTest with a probability of 1 in 10, always
 * the same ones. Other files and names with a dot in front are not looked at; another folder where a class stands is an error. */
nn_dataset *tool_load_folder (const char *path, nn_error *error);

#endif
