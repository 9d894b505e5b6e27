#!/bin/sh
# SPDX-License-Identifier: MIT
# shell.sh FOLDER: the user's shell with the build folder's tools and element in front.
set -eu
folder=$(cd "$1" && pwd)
export PATH="$folder/tools:$PATH"
export GST_PLUGIN_PATH="$folder/gst-plugin${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"

echo "This shell finds the tools of $folder/tools"
echo "and the elements of $folder/gst-plugin; leave it with 'exit'."
exec "${SHELL:-/bin/sh}"
