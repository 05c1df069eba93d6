#!/usr/bin/env bash
# Starting the program loads neither MPI nor PETSc: they cost 30 ms and 17 MiB, and belong to a module loaded on demand. Nor the
# writer of workbooks with its cryptography, 1.5 ms, which viz/workbook.c loads on demand.
set -u
libraries=$(ldd "$RACKTWIN") || exit 1
if grep -iE 'libmpi|libopen-|libpetsc|libsundials_nvecparallel|libxlsxwriter|libcrypto' <<<"$libraries"; then
  echo "the program must not be linked with these"
  exit 1
fi
grep -q libsundials_ida <<<"$libraries" || { echo "ldd shows no libsundials_ida: is this the program?"; exit 1; }
