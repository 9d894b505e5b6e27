#!/bin/sh
# SPDX-License-Identifier: MIT
# soak.sh BUILD [FRAMES]: an hour of video (108,000 frames) as fast as it goes through everything that the element does. Fails when memory grows by more
# than 4 MB or a descriptor stays open between the first tenth and the end.
set -eu
build=$(cd "$1" && pwd)
frames=${2:-108000}
export GST_PLUGIN_PATH="$build/gst-plugin"
log=$build/soak.txt

gst-launch-1.0 -q videotestsrc pattern=ball num-buffers="$frames" ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! \
  feremotion faces=frame overlay=both updates=every-frame ! tee name=frames ! queue ! videoconvert ! video/x-raw,format=RGB ! fakesink \
  frames. ! queue ! feremotionjson ! filesink location="$build/soak.jsonl" async=false &
pid=$!
trap 'kill $pid 2>/dev/null || true; rm -f "$build/soak.jsonl"' EXIT

# Every second: frames so far, memory in kB, open descriptors.
: >"$log"
while kill -0 $pid 2>/dev/null; do
  sleep 1
  memory=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status 2>/dev/null) || break
  [ -z "$memory" ] || echo "$(wc -l <"$build/soak.jsonl") $memory $(find /proc/$pid/fd 2>/dev/null | wc -l)" >>"$log"
done
wait $pid || { echo "the pipeline failed" >&2; exit 1; }

awk -v frames="$frames" '
  $1 >= frames / 10 && !memory { memory = $2; files = $3; start = $1 }
  memory { last = $1; grown = $2 - memory; opened = $3 - files }
  END {
    if (!memory || last <= start) { print "too few samples: more frames are needed"; exit 1 }
    printf "from frame %d to frame %d: memory grew by %d kB, descriptors by %d\n", start, last, grown, opened
    exit grown > 4096 || opened > 0
  }' "$log"
