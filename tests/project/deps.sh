#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make deps` does with a package manager of our own in front of PATH. Usage: deps.sh SOURCE-FOLDER
set -u
source=$1
. "$source/tests/project/tap.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A PATH with the shell's own tools and only those of the build's tools that are named: box TOOL...
box () {
  rm -rf "$folder/bin" "$folder/log"
  mkdir "$folder/bin"
  for tool in sh cut paste id env dirname cat ln touch "$@"; do
    ln -s "$(command -v $tool)" "$folder/bin/$tool"
  done
}

# An apt-get that writes down how it was called and installs meson.
fake_apt () {
  cat >"$folder/bin/apt-get" <<END
#!/bin/sh
echo "\$DEBIAN_FRONTEND apt-get \$*" >>$folder/log
case \$1 in install) ln -s /bin/true $folder/bin/meson ;; esac
END
  chmod +x "$folder/bin/apt-get"
  printf '#!/bin/sh\necho sudo >>%s/log\nexec "$@"\n' "$folder" >"$folder/bin/sudo"
  chmod +x "$folder/bin/sudo"
}

run_deps () {
  PATH=$folder/bin sh "$folder/project/scripts/deps.sh" build 2>&1
}

calls_nothing_when_all_is_there () {
  box ninja meson
  fake_apt
  out=$(run_deps)
  same "" "$out"
  [ ! -e "$folder/log" ]
}

installs_only_what_is_missing () {
  box ninja
  fake_apt
  out=$(run_deps)
  same "installing: meson" "$out"
  [ "$folder/project/meson.build" -nt "$folder/project/scripts/deps.list" ]
  same "noninteractive apt-get update -q
noninteractive apt-get install -q -y --no-install-recommends meson" "$(grep -v '^sudo$' "$folder/log")"
}

uses_sudo_only_when_not_root () {
  box ninja
  fake_apt
  run_deps
  if [ "$(id -u)" = 0 ]; then ! grep -q '^sudo$' "$folder/log"; else grep -q '^sudo$' "$folder/log"; fi
}

says_what_is_missing_without_apt () {
  box ninja
  ! out=$(run_deps)
  same "missing: command:meson
there is no apt-get here; Debian's packages for them are: meson" "$out"
}

notices_when_installing_did_not_help () {
  box
  fake_apt
  ! out=$(run_deps)
  same "installed, but still not found: command:ninja" "$(echo "$out" | tail -n 1)"
}

mkdir -p "$folder/project/scripts"
cp "$source/scripts/deps.sh" "$folder/project/scripts"
printf '%s\n' 'build meson command:meson' 'build ninja-build command:ninja' 'demo other command:other' >"$folder/project/scripts/deps.list"
it "calls nothing when all is there" calls_nothing_when_all_is_there
it "installs only what is missing" installs_only_what_is_missing
it "uses sudo only when not root" uses_sudo_only_when_not_root
it "says what is missing without apt" says_what_is_missing_without_apt
it "notices when installing did not help" notices_when_installing_did_not_help
finish
