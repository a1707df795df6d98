#!/usr/bin/env bash
# Sets godiag's readers beside prost, buffa and google/pprof's own on the same profiles: CPU time in ms, best of N runs.
# usage: profiles-against-go.sh BIN_DIR_OF_THE_ORACLES FILE.pb.gz…
#        (cargo build --release --manifest-path benches/peers/Cargo.toml first)
set -euo pipefail
bin=$1; shift
peers=${CARGO_TARGET_DIR:-$(dirname "$0")/peers/target}/release/godiag-peers
best() { python3 -c 'import json, sys; print("%.3f" % (min(json.load(sys.stdin)["cpu_ns"]) / 1e6))'; }
for file in "$@"; do
  "$peers" 5 "$file"
  for task in parsedata top e2e; do
    printf 'google/pprof %s=%s ' $task "$("$bin/perfharness" -n 5 gpprof $task "$file" | best)"
  done
  echo
done
