#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the values of NN_CPU that this CPU can run.
set -eu
flags=$(sed -n 's/^flags[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
echo ref
for pair in sse2:sse2 avx2:avx2 avx512:avx512f; do
  case " $flags " in
    *" ${pair#*:} "*) echo "${pair%:*}" ;;
  esac
done
