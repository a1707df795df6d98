#!/usr/bin/env bash
# Records the service three times: as it is, once more, and with its regressions.
# usage: record.sh GOROOT   (Go 1.27.3 made the files that are here)
set -eu
cd "$(dirname "$0")"
export GOROOT=$1 GOTOOLCHAIN=local GOFLAGS= GOCACHE=$(mktemp -d)
bin=$(mktemp -d)
"$GOROOT/bin/go" build -trimpath -o "$bin/checkout" .
for run in before again after; do
  mkdir -p "$run"
  if [ "$run" = after ]; then export SLOW=1; fi
  GOMAXPROCS=2 "$bin/checkout" "$run"
  gzip -9nf "$run/app.trace"
done
rm -r "$bin" "$GOCACHE"
