#!/usr/bin/env bash
# Compares `godiag pprof top` with `go tool pprof -top` 1.27.3, byte for byte, on every protobuf profile of the samples
# at every sample type.
# usage: oracle-top.sh GOROOT BIN_DIR GODIAG SHARED
set -euo pipefail
export GOROOT=$1 GOTOOLCHAIN=local TZ=UTC LC_ALL=C
godiag=$3 samples=$4/samples
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export PPROF_TMPDIR=$work HOME=$work
# The command builds the tool where the distribution has none; its path saves a process for each comparison.
pprof=$("$GOROOT/bin/go" tool -n pprof)
[ -x "$pprof" ] || { "$GOROOT/bin/go" build -o "$work/pprof" cmd/pprof; pprof=$work/pprof; }

same=0 exact=0 refused=0 hidden=0 skipped=0 failed=0
while IFS= read -r file; do
  name=${file#"$samples"/}
  # Inputs that take the tool minutes or gigabytes: what ours does with them is tested elsewhere.
  case $name in */bomb-*|*/amp-*|*/packed-locs*|*/inline-product*) skipped=$((skipped + 1)); continue;; esac
  for index in 0 1 2 3 default; do
    option=(-sample_index=$index) ours_option=(--sample-index=$index)
    [ "$index" != default ] || { option=() ours_option=(); }
    if ! timeout 60 "$pprof" -symbolize=none -top "${option[@]}" "$file" >"$work/go" 2>"$work/go.err"; then
      continue # the tool refuses the file, or there is no such column; `godiag pprof check` has its own comparison
    fi
    if ! timeout 60 "$godiag" pprof top "${ours_option[@]}" "$file" >"$work/ours" 2>"$work/ours.err"; then
      refused=$((refused + 1))
      [ "$index" != default ] || echo "refused, the tool accepts: $name: $(head -c 200 "$work/ours.err")"
    elif cmp -s "$work/go" "$work/ours"; then
      same=$((same + 1))
    elif grep -aqP '[\x00-\x08\x0b-\x1f\x7f-\xff]' "$work/go" || grep -aq '\\x[0-9a-f][0-9a-f]\|\\u{' "$work/ours"; then
      hidden=$((hidden + 1))
      [ "$index" != default ] || echo "escaped: $name"
    elif [[ $name == */sum-cancel.pb || $name == */neg-values.pb ]]; then
      exact=$((exact + 1)) # sums beyond 64 bits: the tool's wrap around, ours are right
    else
      failed=$((failed + 1))
      echo "DIFFERS: $name, sample index $index"
      diff "$work/go" "$work/ours" | head -${LINES_SHOWN:-6} || true
    fi
  done
done < <(find "$samples/pprof" "$samples/hostile/pprof" "$samples/diagnose" -name '*.pb' -o -name '*.pb.gz' | sort)
echo "top: $same equal, $exact with exact sums beyond 64 bits, $hidden differ in escaped names only, $refused refused by godiag, $skipped files left out, $failed differ"
[ "$failed" = 0 ] && [ "$same" -gt 100 ]
