# SPDX-License-Identifier: MIT
# What tests/test.h is to C, for shell: each `it NAME FUNCTION` runs one case in a subshell and prints TAP; a case fails with its last command
# (set -e inside) and its output becomes the note.
cases=0
failures=0

it () {
  cases=$((cases + 1))
  notes=$(set +e; (set -e; "$2") 2>&1)
  status=$?
  if [ $status = 0 ]; then
    echo "ok $cases - $1"
  else
    echo "$notes" | sed 's/^/# /'
    echo "not ok $cases - $1"
    failures=1
  fi
}

finish () {
  echo "1..$cases"
  exit $failures
}

# same EXPECTED ACTUAL: fails by showing both.
same () {
  [ "$1" = "$2" ] || {
    printf 'expected:\n%s\ngot:\n%s\n' "$1" "$2"
    return 1
  }
}
