#!/bin/sh
# SPDX-License-Identifier: MIT
# What docs/element.md says of the properties is what the element says. Usage: element-page.sh SOURCE-FOLDER BUILD-FOLDER
set -u
source=$1
build=$2
. "$source/tests/project/tap.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GST_PLUGIN_PATH="$build/gst-plugin" GST_PLUGIN_SYSTEM_PATH_1_0="$folder" GST_REGISTRY="$folder/registry" GST_REGISTRY_FORK=no

is_current () {
  "$source/scripts/element-page.py" "$source/docs/element.md" >"$folder/element.md"
  echo "run 'make docs' where these differ:"
  diff "$source/docs/element.md" "$folder/element.md"
}

sees_what_is_old () {
  sed 's/^`threshold`:.*/`threshold`: gone/' "$source/docs/element.md" >"$folder/old.md"
  "$source/scripts/element-page.py" "$folder/old.md" >"$folder/new.md"
  ! cmp -s "$folder/old.md" "$folder/new.md"
  cmp "$folder/new.md" "$source/docs/element.md"
}

refuses_a_page_without_blocks () {
  echo "# Page" >"$folder/page.md"
  ! "$source/scripts/element-page.py" "$folder/page.md" 2>"$folder/error"
  grep "page.md" "$folder/error"
}

it "docs/element.md is current" is_current
it "a page that is not current is made so" sees_what_is_old
it "a page without blocks is refused" refuses_a_page_without_blocks
finish
