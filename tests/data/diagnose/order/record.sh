#!/usr/bin/env bash
# Records the demonstration again. usage: record.sh GOROOT   (Go 1.27.3 made the files that are here)
set -eu
cd "$(dirname "$0")"
export GOROOT=$1 GOTOOLCHAIN=local GOFLAGS= GOCACHE=$(mktemp -d)
bin=$(mktemp -d)
"$GOROOT/bin/go" build -trimpath -gcflags=example.com/order='-S -m=2' -o "$bin/order" . 2>build.txt
"$bin/order" .
gzip -9nf build.txt
rm -r "$bin" "$GOCACHE"
