#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh NAME...: installs what is missing of the lists of those names in deps.list. What is there is found by looking for the thing itself (a command, a pkg-config
# module, a header, an element, a Python module, a file), so that it works, by naming what is missing, on systems without apt as well.
set -eu

list=$(dirname "$0")/deps.list

# GStreamer's analysis metadata came with 1.24, which Debian 12 does not have.
case $(cat /etc/debian_version 2>/dev/null) in
  12*) ;;
  *) set -- "$@" analytics ;;
esac

is_there () {
  what=${1#*:}
  case $1 in
    command:*) command -v "$what" ;;
    header:*) echo "#include <$what>" | cc -E - ;;
    module:*) pkg-config --exists "$what" ;;
    element:*) gst-inspect-1.0 --exists "$what" ;;
    python:*) /usr/bin/python3 -c "import $what" ;;
    file:*) test -e "$what" ;;
  esac >/dev/null 2>&1 </dev/null
}

# "package probe" for what is missing of the named lists.
missing () {
  while read -r name package probe; do
    case " $* " in
      *" $name "*) is_there "$probe" || echo "$package $probe" ;;
    esac
  done <"$list"
}

names () {
  echo "$1" | cut -d' ' -f"$2" | paste -sd' '
}

wanted=$(missing "$@")
[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "missing: $(names "$wanted" 2)" >&2
  echo "there is no apt-get here; Debian's packages for them are: $(names "$wanted" 1)" >&2
  exit 1
fi

as_root=
if [ "$(id -u)" != 0 ]; then
  as_root=sudo
  if ! command -v sudo >/dev/null; then
    echo "missing: $(names "$wanted" 1)" >&2
    echo "installing them needs root, and there is no sudo here: run 'make deps' as root" >&2
    exit 1
  fi
fi

echo "installing: $(names "$wanted" 1)"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null
# shellcheck disable=SC2046 # one word per package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(names "$wanted" 1) </dev/null

still=$(missing "$@")
if [ -n "$still" ]; then
  echo "installed, but still not found: $(names "$still" 2)" >&2
  exit 1
fi
touch "$(dirname "$0")/../meson.build" # a folder that was configured without them is to be configured anew
