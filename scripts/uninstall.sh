#!/bin/sh
# SPDX-License-Identifier: MIT
# uninstall.sh: removes the files that install listed, then the folders that are empty without them. PREFIX as for install.
set -eu
if [ "$(id -u)" = 0 ]; then
  prefix=${PREFIX:-/usr/local}
else
  prefix=${PREFIX:-$HOME/.local}
fi

list=$prefix/share/feremotion/installed
if [ ! -f "$list" ]; then
  echo "nothing to remove: there is no $list" >&2
  exit 1
fi

is_folder () {
  [ -d "$1" ] && [ ! -L "$1" ]
}

while IFS= read -r path; do
  is_folder "$path" || rm -fv -- "$path"
done <"$list"

paths=$(sort -r "$list") # children before their parents
rm -f -- "$list"
echo "$paths" | while IFS= read -r path; do
  if is_folder "$path"; then
    rmdir -v --ignore-fail-on-non-empty -- "$path"
  fi
done
