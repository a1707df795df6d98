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
for script in .ci/oracle-*.sh; do
  [ -e "$script" ] || { echo "no comparison scripts"; exit 1; }
  echo "--- $script"
  bash "$script" "$go/1.27.3/go" "$cache/bin-1.27.3" "$target/release/godiag" "$shared"
done
