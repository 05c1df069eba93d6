#!/usr/bin/env bash
# scripts/setup.sh           installs the Debian packages that are missing. Not root: prints the line to run and exits 5.
# scripts/setup.sh --tests   and, where that is possible, what some tests can do without: a browser, npm for what pages take
#                            from others, and ngspice, whose numbers are compared. Without them those tests are skipped, and say so.
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
wished=
if [ "${1:-}" = --tests ]; then
  command -v chromium >/dev/null || wished="$wished chromium"
  command -v npm >/dev/null || wished="$wished npm"
  command -v ngspice >/dev/null || wished="$wished ngspice"
fi
[ -n "$missing$wished" ] || exit 0

install() {
  echo "setup: installing$*" >&2
  { apt-get update && apt-get install -y --no-install-recommends $*; } >"$log" 2>&1
}
if [ -z "$missing" ] && [ "$(id -u)" -ne 0 ]; then
  echo "setup: some tests will be skipped without$wished" >&2
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "setup: packages are missing; run this once, then try again:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
  exit 5
fi
log=$(mktemp) || exit 5
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if [ -n "$missing" ] && ! install "$missing"; then
  cat "$log" >&2
  echo "setup: apt-get failed" >&2
  exit 5
fi
if [ -n "$wished" ] && ! install "$wished"; then
  echo "setup: apt-get failed; some tests will be skipped without$wished" >&2
fi
exit 0
