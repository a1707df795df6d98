#!/usr/bin/env bash
# Builds every fuzz target, runs it over its seeds, then for a while on its own.
# usage: fuzz.sh CACHE SECONDS
set -euo pipefail
cache=$1 seconds=$2
if rustup toolchain list 2>/dev/null | grep -q nightly; then
  RUSTUP_TOOLCHAIN=$(rustup toolchain list | grep -o '^nightly[^ ]*' | head -1)
  export RUSTUP_TOOLCHAIN
else
  export RUSTC_BOOTSTRAP=1
fi
export PATH="$cache/bin:$PATH"
cargo fuzz --version 2>/dev/null || cargo install cargo-fuzz --locked --root "$cache" --quiet
mapfile -t targets < <(cargo fuzz list)
cargo fuzz build --sanitizer none
for target in "${targets[@]}"; do
  [ -n "$(ls -A "fuzz/seeds/$target")" ] || { echo "$target has no seeds"; exit 1; }
  corpus=$(mktemp -d)
  options=(-timeout=10 -rss_limit_mb=2048)
  [ -e "fuzz/$target.dict" ] && options+=("-dict=fuzz/$target.dict")
  for work in -runs=0 "-max_total_time=$seconds"; do
    log=$(cargo fuzz run --sanitizer none "$target" "$corpus" "fuzz/seeds/$target" -- "$work" "${options[@]}" 2>&1) ||
      { tail -60 <<<"$log"; echo "fuzz target $target failed"; exit 1; }
    echo "$target: $(grep -E '^Done ' <<<"$log" | tail -1)"
  done
  rm -rf "$corpus"
done
