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

refuses () { # LINE WORDS: a line after the right header
  { head -n 1 "$source/docs/training-runs.csv"; echo "$1"; } >"$folder/runs.csv"
  ! "$source/scripts/runs-page.py" "$folder/runs.csv" "$source/docs/training.md" 2>"$folder/error" >"$folder/out"
  grep "runs.csv: line 2: .*$2" "$folder/error"
}

refuses_bad_rows () {
  refuses r1,s,s "expected 10 columns" && refuses r1,s,s,-,1,2,3,4,5,6,7 "expected 10 columns" && refuses r1,s,s,-,1,2,3,4,soon,6 '"soon"'
}

it "the table of trainings is current" is_current
it "other columns are refused" refuses_other_columns
it "rows that are no rows are refused" refuses_bad_rows
finish
