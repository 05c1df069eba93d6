#!/usr/bin/env bash
# Data walks one way: components, solvers and viz know nothing of another wing, racks knows components only, twin knows all.
# External libraries stay in the wing that owns them. Nothing includes a test. check_includes.sh [ROOT]
set -u
root=${1:-${SOURCE_DIR:-.}}
cd "$root" || exit 1
bad=0

# forbid WING PATTERN: no file of the wing includes a header whose name matches.
forbid() {
  local hits
  hits=$(grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" "$1"/*.[ch] /dev/null 2>/dev/null)
  [ -z "$hits" ] && return
  bad=1
  printf '%s may not include this:\n%s\n' "$1" "$hits"
}
wing() { printf '([^">]*/)?%s/' "$1"; }
xml='libxml|udunits'
numbers='sundials|sunmatrix|sunlinsol|nvector|ida|kinsol|cvode|arkode|klu|btf|amd|colamd|suitesparse|SuiteSparse|umfpack'
petsc='petsc|mpi'
json='cjson|cJSON'
book='xlsxwriter'

forbid components "$(wing racks)|$(wing solvers)|$(wing viz)|$(wing twin)|$(wing tests)|$xml|$numbers|$petsc|$json|$book"
forbid solvers "$(wing components)|$(wing racks)|$(wing viz)|$(wing twin)|$(wing tests)|$xml|$json|$book"
forbid viz "$(wing components)|$(wing racks)|$(wing solvers)|$(wing twin)|$(wing tests)|$xml|$numbers|$petsc"
forbid racks "$(wing solvers)|$(wing viz)|$(wing twin)|$(wing tests)|$numbers|$petsc|$book"
forbid twin "$(wing tests)|$numbers|$petsc|$book"

exit $bad
