#!/bin/sh
# SPDX-License-Identifier: MIT
# Every public header (one that has a place for C++ callers) compiles alone, without extensions. Usage: headers.sh SOURCE-FOLDER
set -u
source=$1
. "$source/tests/project/tap.sh"
headers=$(grep -rl --include='*.h' 'extern "C"' "$source/nn" "$source/gst-plugin" | sort)

are_found () {
  for name in nn.h nn_detect.h nn_grad.h nn_train.h fer.h ferdraw.h fersteady.h; do
    echo "$headers" | grep "/$name\$"
  done
}

compile_alone () {
  for header in $headers; do
    ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$header"
  done
}

compile_as_cplusplus () {
  for header in $headers; do
    ${CC:-cc} -Wall -Wextra -Werror -fsyntax-only -x c++ "$header"
  done
}

it "public headers are found" are_found
it "public headers compile alone as C11" compile_alone
if echo | ${CC:-cc} -fsyntax-only -x c++ - 2>/dev/null; then
  it "public headers compile as C++" compile_as_cplusplus
else
  echo "# no C++ compiler: the headers are not tried as C++"
fi
finish
