#!/usr/bin/env bash
# scripts/build.sh [TARGET]   installs what is missing, configures (once) and builds build/release; says nothing unless
# something fails, and then ends with exit 5.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 5
scripts/setup.sh || exit 5
mkdir -p build || exit 5
log=build/release.log
exec 9>build/release.lock
flock 9 # a second caller waits for the first
{
  { [ -f build/release/build.ninja ] || cmake --preset release; } && cmake --build --preset release --target "${1:-all}"
} >"$log" 2>&1 && exit 0
cat "$log" >&2
echo "build: failed; the text above is in $log" >&2
exit 5
