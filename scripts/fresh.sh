#!/bin/sh
# SPDX-License-Identifier: MIT
# fresh.sh RELEASE FOLDER: what a newcomer does, on a fresh Debian in FOLDER (made by debootstrap; MIRROR=URL for another mirror than its default):
# a clone of HEAD, make demo, make check. Ends with the count. CLONE=1 stops after the clone.
set -eu
release=$1
folder=$2

if [ "$(id -u)" != 0 ]; then
  echo "fresh.sh needs root: it makes a Debian of its own and changes its root folder to it" >&2
  exit 1
fi

if [ ! -e "$folder/.complete" ]; then
  debootstrap --variant=minbase "$release" "$folder" ${MIRROR:+"$MIRROR"}
  touch "$folder/.complete"
fi
cp /etc/resolv.conf /etc/hosts "$folder/etc/"

mountpoint -q "$folder/proc" || mount -t proc proc "$folder/proc"
mountpoint -q "$folder/dev/pts" || mount -t devpts devpts "$folder/dev/pts"
trap 'umount "$folder/dev/pts" "$folder/proc"' EXIT
trap 'exit 130' INT TERM

inside () {
  chroot "$folder" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin ${CI:+CI="$CI"} sh -euc "$1" </dev/null
}

inside 'command -v git make >/dev/null || { apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -q -y git make; }'
rm -rf "$folder/root/feremotion"
git clone -q --no-hardlinks . "$folder/root/feremotion"
[ -z "${CLONE:-}" ] || exit 0
inside 'cd /root/feremotion && make demo && make check'
