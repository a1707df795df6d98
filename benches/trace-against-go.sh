#!/usr/bin/env bash
# Sets godiag beside Go's trace readers on the same files, in turns, by CPU time: best of N runs each.
# usage: trace-against-go.sh BIN_DIR_OF_THE_ORACLES FILE…        (cargo bench --bench trace --no-run first)
set -euo pipefail
bin=$1; shift
ours=$(ls -t "${CARGO_TARGET_DIR:-target}"/release/deps/trace-* | grep -v '\.d$' | head -n 1)
best() { python3 -c 'import json, sys; print(min(json.load(sys.stdin)["cpu_ns"]) / 1e6)'; }
printf '%-18s %10s %10s %7s %10s %10s %7s\n' file go-read read ratio go-raw raw ratio
for file in "$@"; do
  go_read=$("$bin/perfharness" -n 5 trace read "$file" | best)
  read=$("$ours" read "$file" 9 | cut -d' ' -f2)
  go_raw=$("$bin/perfharness" -n 3 trace raw "$file" | best)
  raw=$("$ours" raw "$file" 9 | cut -d' ' -f2)
  python3 -c 'import sys; n, *v = sys.argv[1:]; a, b, c, d = map(float, v)
print("%-18s %10.1f %10.1f %6.1fx %10.1f %10.1f %6.1fx" % (n, a, b, a / b, c, d, c / d))' \
    "$(basename "$file")" "$go_read" "$read" "$go_raw" "$raw"
done
