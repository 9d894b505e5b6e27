#!/bin/sh
# SPDX-License-Identifier: MIT
# The counting of tests: what it must not overlook. Usage: count.sh SOURCE-FOLDER
set -u
source=$1
. "$source/tests/project/tap.sh"
unset CI FER2013_CSV
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# record RESULT STATUS OUTPUT: one line of a meson log; OUTPUT with \n.
record () {
  printf '{"name": "program", "result": "%s", "returncode": %s, "stdout": "%s"}\n' "$1" "$2" "$3"
}

count () {
  python3 "$source/scripts/count.py" "$folder/log" | tail -n 1
}

adds_up_the_cases_of_programs () {
  { record OK 0 '1..2\nok 1 - a\nok 2 - b # SKIP no reason\n'; record OK 0 'not a protocol\n'; } >"$folder/log"
  same "2 passed, 0 failed, 1 skipped" "$(count)"
}

counts_failed_cases_once () {
  record FAIL 1 '1..3\n# a.c:1: x\nnot ok 1 - a\nok 2 - b\nnot ok 3 - c\n' >"$folder/log"
  same "1 passed, 2 failed, 0 skipped" "$(count)"
}

counts_a_crash_and_the_cases_that_never_came () {
  record ERROR -11 '1..3\nok 1 - a\n' >"$folder/log"
  same "1 passed, 2 failed, 0 skipped" "$(count)"
}

counts_a_leak_found_at_exit () {
  record ERROR 1 '1..1\nok 1 - a\n' >"$folder/log"
  same "1 passed, 1 failed, 0 skipped" "$(count)"
}

counts_a_program_that_printed_nothing () {
  record TIMEOUT -15 '' >"$folder/log"
  same "0 passed, 1 failed, 0 skipped" "$(count)"
}

fails_without_a_log () {
  rm -f "$folder/log"
  ! python3 "$source/scripts/count.py" "$folder/log"
}

fails_when_nothing_passed () {
  : >"$folder/log"
  ! python3 "$source/scripts/count.py" "$folder/log"
}

refuses_a_missing_tool_in_ci () {
  record OK 0 '1..2\nok 1 - a # SKIP there is no gnuplot\nok 2 - b # SKIP this CPU has no avx512\n' >"$folder/log"
  same "0 passed, 0 failed, 2 skipped" "$(count)"
  same "0 passed, 1 failed, 1 skipped" "$(CI=1 count)"
}

refuses_in_ci_to_overlook_fer2013 () {
  record OK 0 '1..1\nok 1 - a # SKIP FER-2013 is not here\n' >"$folder/log"
  mkdir -p "$folder/clone/scripts"
  cp "$source/scripts/count.py" "$folder/clone/scripts"
  same "0 passed, 0 failed, 1 skipped" "$(CI=1 python3 "$folder/clone/scripts/count.py" "$folder/log" | tail -n 1)"
  same "0 passed, 1 failed, 0 skipped" "$(CI=1 FER2013_CSV=$folder/log count)"
}

it "adds up the cases of programs" adds_up_the_cases_of_programs
it "counts failed cases once" counts_failed_cases_once
it "counts a crash and the cases that never came" counts_a_crash_and_the_cases_that_never_came
it "counts a leak found at exit" counts_a_leak_found_at_exit
it "counts a program that printed nothing" counts_a_program_that_printed_nothing
it "fails without a log" fails_without_a_log
it "fails when nothing passed" fails_when_nothing_passed
it "refuses a missing tool in CI" refuses_a_missing_tool_in_ci
it "refuses in CI to overlook FER-2013" refuses_in_ci_to_overlook_fer2013
finish
