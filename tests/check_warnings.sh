#!/usr/bin/env bash
# Every source is free of warnings with gcc and with clang; components in both compilations.
set -u
cd "${SOURCE_DIR:-.}" || exit 1
shopt -s nullglob
packages=$(pkg-config --cflags libxml-2.0 libcjson libmd xlsxwriter cmocka)
export packages

# compile COMPILER SOURCE [DEFINE]
compile() {
  "$1" -std=c11 -D_XOPEN_SOURCE=700 -ffp-contract=off -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only \
    '-DTW_VERSION="0"' '-DTW_BUILD_CATALOGUE="racks"' '-DTW_CATALOGUE="racks"' \
    $packages -isystem /usr/include/suitesparse ${3:-} "$2"
}
export -f compile

once=(components/*.c solvers/*.c racks/*.c viz/*.c twin/*.c tests/*.c tests/support/*.c tests/contract/*.c tests/fuzz/*.c bench/*.c)
twice=(components/*.c tests/contract/fake*.c tests/contract/side.c)
for compiler in gcc clang; do
  for source in "${once[@]}"; do
    case $source in solvers/petsc*) continue ;; esac # its headers are optional
    echo "$compiler $source"
  done
  for source in "${twice[@]}"; do echo "$compiler $source -DTW_COMPLEX_STEP"; done
done | xargs -P 2 -L 1 bash -c 'compile "$@"' compile
