#!/bin/sh
# SPDX-License-Identifier: MIT
# cross.sh FOLDER: libnn's tests on machines that this is not, which QEMU's user mode plays; ends with "N passed, N failed, N skipped".
# The build in FOLDER meets x86-64 processors of older days; libnn alone is built for aarch64 in FOLDER-aarch64. What a machine cannot run ends
# its test by an illegal instruction. TEST_LEVELS: the kernel levels that the machine has, which kernels.c compares with those that it finds.
set -eu
folder=$1
logs=$folder/meson-logs
unset NN_CPU

record () { # MACHINE RESULT WHY: where there is nothing to run
  printf '{"name": "%s", "result": "%s", "returncode": 1, "stdout": "%s"}\n' "$@" >"$logs/testlog-cross-$1.json"
}

have () { # MACHINE TOOL...: or a skip says which tool is missing
  machine=$1
  shift
  for tool in "$@"; do
    if ! command -v "$tool" >/dev/null; then
      record "$machine" SKIP "$tool is missing"
      return 1
    fi
  done
}

run () { # FOLDER MACHINE LEVELS [MESON-TEST-OPTION...]: the count decides, not the exit status
  tested=$1
  machine=$2
  export TEST_LEVELS="$3"
  shift 3
  meson test -C "$tested" --no-rebuild --print-errorlogs --timeout-multiplier 20 --suite nn --logbase "testlog-cross-$machine" "$@" || true
}

build_aarch64 () {
  [ -f "$folder-aarch64/build.ninja" ] || meson setup "$folder-aarch64" --cross-file tests/cross/aarch64.ini -Dcore=true
  scripts/build.sh "$folder-aarch64"
}

rm -f "$logs"/testlog-cross-*.json "$folder"-aarch64/meson-logs/testlog-cross-*.json
if ! scripts/build.sh "$folder"; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

# No AVX; AVX2 whose registers the system does not save; AVX2, where the levels' tests are enough.
if [ "$(uname -m)" != x86_64 ]; then
  record x86-64 SKIP "this CPU is no x86-64"
elif have x86-64 qemu-x86_64; then
  run "$folder" core2duo "generic ref" --wrap 'qemu-x86_64 -cpu core2duo'
  run "$folder" unsaved "generic ref" --wrap 'qemu-x86_64 -cpu Haswell,-xsave' kernels
  run "$folder" haswell "avx2 generic ref" --wrap 'qemu-x86_64 -cpu Haswell' kernels
fi

if have aarch64 aarch64-linux-gnu-gcc qemu-aarch64; then
  if build_aarch64; then
    run "$folder-aarch64" aarch64 "generic ref"
  else
    record aarch64 ERROR ""
  fi
fi
# shellcheck disable=SC2046 # one word per log
exec python3 scripts/count.py $(find "$folder" "$folder-aarch64" -maxdepth 2 -path '*/meson-logs/testlog-cross-*.json' 2>/dev/null)
