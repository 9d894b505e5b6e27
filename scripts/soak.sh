#!/bin/sh
# SPDX-License-Identifier: MIT
# soak.sh BUILD [SECONDS]: frames with a face, as fast as they go, through everything that the element does, for an hour or so many seconds. Fails when
# after the first minute (half of the time, where that is less) memory grows by more than 1 MB, or a descriptor or thread more stays.
# LIVE=1: 30 frames a second, beside other work.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
seconds=${2:-3600}
warm=60
[ "$seconds" -ge 120 ] || warm=$((seconds / 2))
folder=$(mktemp -d)
export GST_PLUGIN_PATH="$build/gst-plugin"

# Queues of two frames: what waits in long ones comes and goes by megabytes.
# shellcheck disable=SC2086 # the words of an element
gst-launch-1.0 multifilesrc location="$source/docs/hopper.jpg" loop=true caps=image/jpeg,framerate=30/1 ! jpegdec ${LIVE:+! clocksync} ! videoconvert ! videoscale ! \
  video/x-raw,format=I420,width=320,height=320 ! tee name=all ! queue max-size-buffers=2 ! \
  feremotion overlay=both updates=every-frame anonymize=blur ! tee name=frames ! queue max-size-buffers=2 ! videoconvert ! video/x-raw,format=RGB ! fakesink \
  frames. ! queue max-size-buffers=2 ! feremotionjson ! progressreport update-freq=5 format=buffers ! fakesink \
  all. ! queue max-size-buffers=2 ! feremotion async=true max-latency=5 ! feremotionjson format=vtt ! fakesink >"$folder/out" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

# Memory in kB, open descriptors, threads.
sample () {
  echo "$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status) $(find /proc/$pid/fd | wc -l) $(find /proc/$pid/task -maxdepth 1 | wc -l)"
}

sleep "$warm"
start=$(sample)
: >"$folder/samples"
end=$(($(date +%s) + seconds - warm))
while [ "$(date +%s)" -lt "$end" ]; do
  sleep 1
  kill -0 $pid 2>/dev/null || { cat "$folder/out" >&2; echo "the pipeline ended" >&2; exit 1; }
  sample >>"$folder/samples"
done
frames=$(sed -n 's/.*: \([0-9]*\) *buffers.*/\1/p' "$folder/out" | tail -n 1)

# What memory is now is the least of the last samples: one frame more or less is not growth.
tail -n 10 "$folder/samples" | awk -v start="$start" -v frames="$frames" -v seconds="$seconds" '
  { if (!memory || $1 < memory) memory = $1; files = $2; threads = $3 }
  END {
    split (start, before)
    printf "%d frames in %d s: memory %d kB, grown by %d kB; descriptors by %d, threads by %d\n", frames, seconds, memory, memory - before[1],
           files - before[2], threads - before[3]
    exit !(frames > seconds) || memory - before[1] > 1024 || files > before[2] || threads > before[3]
  }'
