#!/usr/bin/env bash
# The unit, contract and mistakes tests once more under the address and undefined-behaviour sanitizers, in build/asan.
set -u
cd "${SOURCE_DIR:-.}" || exit 1
cmake --preset asan -DTW_CHARTS=OFF >/dev/null || exit 1
cmake --build --preset asan -j 2 -- --quiet || exit 1
exec ctest --test-dir build/asan --output-on-failure -j2 -L '^(unit|contract|mistakes)$'
