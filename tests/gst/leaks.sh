#!/bin/sh
# SPDX-License-Identifier: MIT
# The element tests once more under GStreamer's leaks tracer, which knows every object and mini object, how many references to it are held, and when
# each was taken and given back. (Its stack traces of each would take minutes.)
# Usage: leaks.sh SOURCE-FOLDER TEST...
set -u
. "$1/tests/project/tap.sh"
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GST_TRACERS='leaks(check-refs=true)' GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1

leaves_nothing () {
  rm -f "$folder/log"
  GST_DEBUG_FILE="$folder/log" "$program" >"$folder/out" 2>&1 || { grep -v '^ok' "$folder/out"; return 1; }
  test -s "$folder/log" # the tracer was there
  ! grep 'GST_TRACER :0:: object-\(alive\|refings\),' "$folder/log"
}

for program; do
  it "$(basename "$program" | sed 's/test-gst-//') leaves no object behind" leaves_nothing
done
finish
