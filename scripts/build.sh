#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh FOLDER [MESON-OPTION...]: sets the folder up, or gives an existing one the same options, and builds it.
set -eu
folder=$1
shift

for tool in meson ninja cc; do
  if ! command -v "$tool" >/dev/null; then
    echo "$tool is missing: run 'make deps' first" >&2
    exit 1
  fi
done

if [ -n "${CI:-}" ]; then
  set -- "$@" -Dwerror=true
fi
if [ -f "$folder/build.ninja" ]; then
  [ $# = 0 ] || meson configure "$folder" "$@"
else
  meson setup "$folder" "$@"
fi
ninja -C "$folder"
