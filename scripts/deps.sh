#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh LIST...: installs what of the lists is missing. What is there is found by looking for the thing itself (a command, a pkg-config
# module, a header, an element, a Python module, a file), so that it works, by naming what is missing, on systems without apt as well.
set -eu

lists=$(cat <<'END'
build     gcc                               command:cc
build     libc6-dev                         header:stdio.h
build     meson                             command:meson
build     ninja-build                       command:ninja
build     pkgconf                           command:pkg-config
build     libglib2.0-dev                    module:glib-2.0
build     libgstreamer1.0-dev               module:gstreamer-check-1.0
build     libgstreamer-plugins-base1.0-dev  module:gstreamer-video-1.0
build     libjson-glib-dev                  module:json-glib-1.0
build     libcairo2-dev                     module:cairo
build     libpango1.0-dev                   module:pangocairo
build     libgdk-pixbuf-2.0-dev             module:gdk-pixbuf-2.0
build     libarchive-dev                    module:libarchive
build     libopenblas-dev                   module:openblas
build     fonts-dejavu-core                 file:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
build     gnuplot-nox                       command:gnuplot
build     gstreamer1.0-tools                command:gst-inspect-1.0
demo      gstreamer1.0-plugins-base         element:videoconvert
demo      gstreamer1.0-plugins-good         element:mp4mux
demo      gstreamer1.0-plugins-ugly         element:x264enc
demo      gstreamer1.0-opencv               element:facedetect
demo      opencv-data                       file:/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml
check     python3-onnx                      python:onnx
check     python3-pil                       python:PIL
valgrind  valgrind                          command:valgrind
trixie    debootstrap                       command:debootstrap
END
)

# GStreamer's analysis metadata came with 1.24, which Debian 12 does not have.
debian=$(cut -d. -f1 /etc/debian_version 2>/dev/null || echo 0)
if [ "$debian" != 12 ]; then
  lists="$lists
build     libgstreamer-plugins-bad1.0-dev   module:gstreamer-analytics-1.0"
fi

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

# The missing lines of the lists named in the arguments: "package probe".
missing () {
  for list in "$@"; do
    echo "$lists" | while read -r name package probe; do
      if [ "$name" = "$list" ] && ! is_there "$probe"; then
        echo "$package $probe"
      fi
    done
  done
}

names () {
  echo "$1" | cut -d' ' -f"$2" | tr '\n' ' '
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
