#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh FOLDER [VARIANT]: builds the folder for the variant and runs its tests; ends with "N passed, N failed, N skipped".
# Suites that matter here: "slow" takes minutes under a sanitizer; "release" needs the release build, because it runs programs that are not ours
# (gst-launch) or reads symbols. VARIANT gst: the elements' tests alone, for another GStreamer.
set -eu
folder=$1
variant=${2:-release}

run () { # NAME [MESON-TEST-OPTION...]: the count decides, not the exit status
  name=$1
  shift
  meson test -C "$folder" --print-errorlogs --timeout-multiplier "$patience" --logbase "testlog-$variant$name" "$@" </dev/null || true
}

# A timeout is for what hangs; machines may be busy, and sanitizers slow.
case $variant in
  asan)
    patience=20
    set -- -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
    ;;
  tsan)
    patience=60
    set -- -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false
    ;;
  valgrind)
    patience=60
    set --
    ;;
  *)
    patience=10
    set --
    ;;
esac

rm -f "$folder"/meson-logs/testlog-"$variant"*.json
if ! scripts/build.sh "$folder" "$@"; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:ignore_noninstrumented_modules=1 # GLib's and Pango's insides have locks that it cannot see

case $variant in
  asan) run '' --no-suite slow --no-suite release ;;
  tsan) run '' --suite grad --suite train --suite gst --suite fer --suite tools --no-suite slow --no-suite release ;;
  valgrind)
    memcheck='valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite'
    run '' --suite fer --suite gst --no-suite slow --no-suite release --no-suite pipeline --wrap "$memcheck --suppressions=$PWD/tests/valgrind.supp"
    ;;
  gst) run '' --suite gst --no-suite slow ;;
  cpu)
    levels=$folder/meson-logs/levels
    "$folder/tests/project/cpu-levels" >"$levels"
    while read -r level runs; do
      if [ "$runs" = yes ]; then
        NN_CPU=$level run "-$level" --suite nn --suite grad --suite fer --no-suite slow --no-suite release
      else
        printf '{"name": "%s", "result": "SKIP", "stdout": "this CPU does not have it"}\n' "$level" >"$folder/meson-logs/testlog-cpu-$level.json"
      fi
    done <"$levels"
    ;;
  *) run '' ;;
esac
exec python3 scripts/count.py "$folder"/meson-logs/testlog-"$variant"*.json
