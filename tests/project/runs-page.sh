#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of trainings in docs/training.md is that of docs/training-runs.csv. Usage: runs-page.sh SOURCE-FOLDER
set -u
source=$1
. "$source/tests/project/tap.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

is_current () {
  "$source/scripts/runs-page.py" "$source/docs/training-runs.csv" "$source/docs/training.md" >"$folder/training.md"
  echo "run 'make docs' where these differ:"
  diff "$source/docs/training.md" "$folder/training.md"
}

refuses_other_columns () {
  echo 'run,accuracy' >"$folder/runs.csv"
  ! "$source/scripts/runs-page.py" "$folder/runs.csv" "$source/docs/training.md" 2>"$folder/error"
  grep "runs.csv: columns" "$folder/error"
}

it "the table of trainings is current" is_current
it "other columns are refused" refuses_other_columns
finish
