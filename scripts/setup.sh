#!/usr/bin/env bash
# Installs the Debian packages that are missing. Not root: prints the line to run and exits 5.
set -u
packages="build-essential cmake ninja-build pkg-config clang libsundials-dev libsuitesparse-dev libxml2-dev libxml2-utils
  libudunits2-dev libcjson-dev libxlsxwriter-dev libmd-dev libcmocka-dev python3"

if ! command -v dpkg-query >/dev/null; then
  echo "setup: this is no Debian system; RackTwin needs there what these packages give:" $packages >&2
  exit 5
fi
missing=
for package in $packages; do
  case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
    *" installed") ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "setup: packages are missing; run this once, then try again:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
  exit 5
fi
log=$(mktemp) || exit 5
trap 'rm -f "$log"' EXIT
echo "setup: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "setup: apt-get failed" >&2
  exit 5
fi
