#!/bin/sh
# SPDX-License-Identifier: MIT
# fresh.sh RELEASE FOLDER: what a newcomer does, on a fresh Debian in FOLDER (made by debootstrap; MIRROR=URL for another mirror than its default):
# a clone of HEAD, make demo, make check. Ends with the count. CLONE=1 stops after the clone.
# fresh.sh RELEASE FOLDER COMMAND: COMMAND instead, in a clone that is brought to HEAD and keeps what was built there. A Debian that is in FOLDER already is
# used again.
set -eu
release=$1
folder=$2
command=${3:-}

if [ "$(id -u)" != 0 ]; then
  echo "fresh.sh needs root: it makes a Debian of its own and changes its root folder to it" >&2
  exit 1
fi

if [ ! -x "$folder/usr/bin/apt-get" ] || [ -e "$folder/debootstrap" ]; then # its own folder, until it is done
  debootstrap --variant=minbase "$release" "$folder" ${MIRROR:+"$MIRROR"}
fi
cp /etc/resolv.conf /etc/hosts "$folder/etc/"

mounted=
for place in "proc proc" "devpts dev/pts"; do
  at=$folder/${place#* }
  if ! mountpoint -q "$at"; then
    mount -t "${place% *}" "${place% *}" "$at"
    mounted="$at $mounted"
  fi
done
trap '[ -z "$mounted" ] || umount $mounted' EXIT # only what was mounted here
trap 'exit 130' INT TERM

inside () {
  chroot "$folder" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin ${CI:+CI="$CI"} sh -euc "$1" </dev/null
}

inside 'command -v git make >/dev/null || { apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -q -y git make; }'
if [ -n "$command" ] && [ -d "$folder/root/feremotion/.git" ]; then
  git -C "$folder/root/feremotion" fetch -q "$PWD" HEAD
  git -C "$folder/root/feremotion" reset -q --hard FETCH_HEAD
else
  rm -rf "$folder/root/feremotion"
  git clone -q --no-hardlinks . "$folder/root/feremotion"
fi
[ -z "${CLONE:-}" ] || exit 0
inside "cd /root/feremotion && ${command:-make demo && make check}"
