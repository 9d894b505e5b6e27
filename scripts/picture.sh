#!/bin/sh
# SPDX-License-Identifier: MIT
# picture.sh BUILD OUT.jpg: the README's picture, labels beside the heat map, from the portrait that the demo has fetched.
set -eu
build=$(cd "$1" && pwd)
export GST_PLUGIN_PATH="$build/gst-plugin"
portrait="filesrc location=$build/demo/package/usr/share/doc/facedetect/examples/grace_hopper_512x512.jpg ! jpegdec ! videoconvert"
# shellcheck disable=SC2086 # the words of a pipeline
gst-launch-1.0 -q compositor name=pair sink_1::xpos=520 background=white ! videoconvert ! video/x-raw,format=I420 ! jpegenc quality=80 ! filesink location="$2" \
  $portrait ! feremotion overlay=labels ! videoconvert ! pair.sink_0 \
  $portrait ! feremotion overlay=heatmap ! videoconvert ! pair.sink_1
