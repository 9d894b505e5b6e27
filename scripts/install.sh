#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh FOLDER: installs the build, for everybody as root, else for this user. PREFIX and PLUGINS_DIR override where.
set -eu
folder=$1

if [ "$(id -u)" = 0 ]; then
  prefix=${PREFIX:-/usr/local}
  plugins=${PLUGINS_DIR:-$(pkg-config --variable=pluginsdir gstreamer-1.0)}
else
  prefix=${PREFIX:-$HOME/.local}
  plugins=${PLUGINS_DIR:-$HOME/.local/share/gstreamer-1.0/plugins} # where GStreamer looks for a user's plug-ins
fi

meson configure "$folder" -Dprefix="$prefix" -Dplugins_dir="$plugins"
meson install -C "$folder"

# What uninstall needs when the build folder is gone: all files and folders that this and earlier installations made.
list=$prefix/share/feremotion/installed
touch "$list"
grep -v '^#' "$folder/meson-logs/install-log.txt" | sort -u - "$list" >"$list.new"
mv "$list.new" "$list"

case :$PATH: in
  *":$prefix/bin:"*) ;;
  *) echo "note: $prefix/bin is not in PATH; a new login may add it" ;;
esac
echo
env -i HOME="$HOME" "$(command -v gst-inspect-1.0)" feremotion
