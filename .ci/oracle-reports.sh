#!/usr/bin/env bash
# Compares every report of `godiag pprof` with `go tool pprof` 1.27.3 over the option matrix: see same-reports.py.
# ORACLE_FULL=1 takes the whole matrix for every profile.
# usage: oracle-reports.sh GOROOT BIN_DIR GODIAG SHARED
set -euo pipefail
export GOROOT=$1 GOTOOLCHAIN=local TZ=UTC LC_ALL=C
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export PPROF_TMPDIR=$work
# The command builds the tool where the distribution has none.
pprof=$("$GOROOT/bin/go" tool -n pprof)
[ -x "$pprof" ] || { "$GOROOT/bin/go" build -o "$work/pprof" cmd/pprof; pprof=$work/pprof; }
HOME=$work python3 "$(dirname "$0")/same-reports.py" "$pprof" "$3" "$4/samples" "$work"
