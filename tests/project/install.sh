#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make install` and `make uninstall` do, on a project of three files instead of ours. Usage: install.sh SOURCE-FOLDER
set -u
source=$1
. "$source/tests/project/tap.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
home=$folder/home
prefix=$home/.local
plugins=$prefix/share/gstreamer-1.0/plugins

# A user who is not root, and a gst-inspect-1.0 that writes down how it was called.
prepare () {
  mkdir -p "$folder/bin" "$folder/project" "$prefix/share"
  printf '#!/bin/sh\necho 1000\n' >"$folder/bin/id"
  printf '#!/bin/sh\n{ echo "$*"; /usr/bin/env | grep -v "^PWD\\|^SHLVL\\|^_="; } >%s/inspected\n' "$folder" >"$folder/bin/gst-inspect-1.0"
  chmod +x "$folder/bin/id" "$folder/bin/gst-inspect-1.0"
  cat >"$folder/project/meson.build" <<'END'
project('three', meson_version: '>=1.0')
install_data('tool', install_dir: get_option('bindir'))
install_data('plugin', install_dir: get_option('plugins_dir'))
install_emptydir(get_option('datadir') / 'feremotion')
END
  echo "option('plugins_dir', type: 'string', value: '')" >"$folder/project/meson_options.txt"
  touch "$folder/project/tool" "$folder/project/plugin" "$prefix/share/foreign"
  meson setup "$folder/build" "$folder/project"
}

as_user () {
  HOME=$home PATH="$folder/bin:$PATH" PREFIX='' PLUGINS_DIR='' sh "$source/scripts/$1.sh" "$folder/build"
}

installs_for_a_user () {
  prepare
  as_user install
  [ -f "$prefix/bin/tool" ]
  [ -f "$plugins/plugin" ]
}

ends_by_inspecting_from_an_empty_environment () {
  same "feremotion
HOME=$home" "$(cat "$folder/inspected")"
}

remembers_what_an_older_version_installed () {
  sed -i '/tool/d' "$folder/project/meson.build"
  as_user install
  [ -f "$prefix/bin/tool" ]
  grep -qxF "$prefix/bin/tool" "$prefix/share/feremotion/installed"
}

removes_what_it_installed_and_nothing_else () {
  as_user uninstall
  same "$prefix
$prefix/share
$prefix/share/foreign" "$(find "$prefix" | sort)"
}

says_when_there_is_nothing_to_remove () {
  ! as_user uninstall
}

it "installs for a user" installs_for_a_user
it "ends by inspecting from an empty environment" ends_by_inspecting_from_an_empty_environment
it "remembers what an older version installed" remembers_what_an_older_version_installed
it "removes what it installed and nothing else" removes_what_it_installed_and_nothing_else
it "says when there is nothing to remove" says_when_there_is_nothing_to_remove
finish
