#!/usr/bin/env bash
# Installs real Go toolchains, builds the oracle programs, and runs each comparison script beside this one.
# usage: oracle.sh CACHE SHARED
set -euo pipefail
cache=$(cd "$1" && pwd) shared=$(cd "$2" && pwd)
go=$cache/go
bash "$shared/oracle/get-go.sh" "$go" 1.27.3 1.26.6 1.25.5 1.24.11 1.23.9 1.22.10 1.21.13
[ -x "$cache/bin-1.27.3/workload" ] || bash "$shared/oracle/build.sh" "$go/1.27.3/go" "$cache/bin-1.27.3"
cargo build --release --features cli
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
export GOTOOLCHAIN=local TZ=UTC
logs=$(mktemp -d)
trap 'rm -rf "$logs"; kill $(jobs -p) 2>/dev/null || true' EXIT

# compare SCRIPT: runs it and prints what it printed once it is done.
compare() {
  local log=$logs/${1##*/} rc=0 began=$SECONDS
  bash "$1" "$go/1.27.3/go" "$cache/bin-1.27.3" "$target/release/godiag" "$shared" >"$log" 2>&1 || rc=$?
  printf -- '--- %s: exit code %s after %s s\n' "$1" "$rc" $((SECONDS - began))
  tail -n 200 "$log"
  return "$rc"
}

# Two at a time, the long ones first; the first that fails ends it.
scripts=(.ci/oracle-trace.sh .ci/oracle-reports.sh)
for script in .ci/oracle-*.sh; do
  [[ " ${scripts[*]} " = *" $script "* ]] || scripts+=("$script")
done
running=0
for script in "${scripts[@]}"; do
  [ "$running" -lt 2 ] || { wait -n; running=$((running - 1)); }
  compare "$script" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n
  running=$((running - 1))
done
echo "${#scripts[@]} comparisons hold"
