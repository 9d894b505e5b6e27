#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD OUT: a real picture of a real person through the element. Writes OUT/out.mp4 (boxes, labels, probabilities; then heat maps) and
# OUT/out.jsonl (a line for each frame of the first half).
set -eu
build=$(cd "$1" && pwd)
mkdir -p "$2" "$build/demo"
out=$(cd "$2" && pwd)
cd "$build/demo"

# The pictures lie in the documentation of Debian's facedetect package, which is unpacked here and not installed: Grace Hopper's portrait by the
# US Navy (public domain), and an ice block without a face.
examples=package/usr/share/doc/facedetect/examples
if [ ! -e $examples ]; then
  if ! command -v apt-get >/dev/null; then
    echo "the demo's pictures come from Debian's facedetect package, and there is no apt-get here to fetch it" >&2
    exit 1
  fi
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  download="apt-get -q -o APT::Sandbox::User= download facedetect"
  $download 2>/dev/null || { $as_root apt-get update -q && $download; }
  dpkg-deb -x facedetect_*.deb package
fi
"$build/scripts/demo-clip" $examples/grace_hopper_512x512.jpg $examples/640px-IceBlockNearJoekullsarlon.jpg clip.mkv

export GST_PLUGIN_PATH="$build/gst-plugin"
frames="filesrc location=clip.mkv ! matroskademux ! jpegdec ! videoconvert"
rm -f out.mp4 out.jsonl
gst-launch-1.0 -q concat name=film ! identity single-segment=true ! videoconvert ! x264enc ! mp4mux faststart=true ! filesink async=false location=out.mp4 \
  $frames ! feremotion overlay=labels ! tee name=frames ! queue ! film. \
  frames. ! queue ! feremotionjson ! filesink async=false location=out.jsonl \
  $frames ! feremotion overlay=both ! queue ! film.
test -s out.mp4
test -s out.jsonl
mv out.mp4 out.jsonl "$out"

echo
echo "the film, first labels, then heat maps:  $2/out.mp4"
echo "the readings, a line of JSON per frame:  $2/out.jsonl"
