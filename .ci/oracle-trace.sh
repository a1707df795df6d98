#!/usr/bin/env bash
# Compares godiag's events of traces of Go 1.22 and later with those of Go's own reader, line for line.
# usage: oracle-trace.sh GOROOT_1.27.3 BIN_DIR GODIAG SHARED_DIR [quick]
#   1 every trace under SHARED_DIR/samples (recorded, of the diagnoses, malformed)
#   2 Go's text vectors and its fuzz corpus, in the toolchain
#   3 what is salvaged of killed processes' traces, and of traces cut at 100 places
#   4 traces recorded now by the toolchains beside GOROOT (not with "quick")
# BIN_DIR/tracedump is Go's reader with a stable sort: the original misorders ties of more than twelve threads.
set -euo pipefail
goroot=$1 bin=$2 godiag=$3 shared=$4 quick=${5-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export GOTOOLCHAIN=local GOFLAGS=
same=0 other=0

# compare [--strict] FILE NAME: --strict for input made to be wrong, where godiag may refuse more than Go
compare() {
  local strict=; [ "$1" = --strict ] && { strict=--strict; shift; }
  "$bin/tracedump" "$1" -s > "$work/go.jsonl" 2> "$work/go.err" || true
  "$godiag" trace events --json --stacks "$1" > "$work/ours.jsonl" 2> "$work/ours.err" || true
  if cmp -s "$work/go.jsonl" "$work/ours.jsonl" && tail -n 1 "$work/ours.jsonl" | grep -q '"eof"'; then
    same=$((same + 1))
    return
  fi
  local said
  if ! said=$(python3 "$here/same-events.py" $strict "$work/go.jsonl" "$work/ours.jsonl" 2>&1); then
    echo "DIFFERS $2: $said"; exit 1
  fi
  case $said in same*) same=$((same + 1)) ;; *) other=$((other + 1)); echo "  $2: $said" ;; esac
}

# header FILE: the minor version of a trace of Go 1.22 or later; empty for anything else
header() { head -c 16 "$1" | tr -d '\0' | sed -n 's/^go 1\.\(2[2-9]\) trace$/\1/p'; }

echo "samples:"
while read -r file; do
  [ -n "$(header "$file")" ] && compare "$file" "$(basename "$file")"
done < <(find "$shared/samples/trace/recorded" "$shared/samples/diagnose" -name '*.trace' | sort)
for file in "$shared"/samples/trace/recorded/af-*.trace; do
  "$bin/tracedump" "$file" > "$work/go.jsonl"
  "$godiag" trace events --json "$file" > "$work/ours.jsonl"
  python3 "$here/same-events.py" "$work/go.jsonl" "$work/ours.jsonl" > "$work/said" 2>&1 ||
    { echo "DIFFERS without stacks: $(basename "$file"): $(cat "$work/said")"; exit 1; }
done
echo "$same recorded traces equal"

for file in "$shared"/samples/trace/malformed-v2/* "$shared"/samples/hostile/trace2/*; do
  # This one makes Go's reader sort for minutes, and this one prints a gigabyte; godiag reads gzip, Go does not.
  case $(basename "$file") in order-reversed*|output-blowup*|hdr-gz*) continue ;; esac
  compare --strict "$file" "$(basename "$file")"
done
echo "$same equal, $other otherwise (above) with malformed ones"

echo "vectors:"
testdata=$goroot/src/internal/trace/testdata
vectors=0
for file in "$testdata"/tests/*.test; do
  awk '/^-- trace --$/{on=1; next} on' "$file" > "$work/vector.txt"
  "$godiag" trace raw --to-binary "$work/vector.txt" > "$work/vector.trace"
  expected=$(awk '/^-- expect --$/{getline; print; exit}' "$file")
  compare "$work/vector.trace" "$(basename "$file")"
  case $expected in
    SUCCESS*) tail -n 1 "$work/ours.jsonl" | grep -q '"eof"' || { echo "DIFFERS $file: refused"; exit 1; } ;;
    *) tail -n 1 "$work/ours.jsonl" | grep -q '"eof"' && { echo "DIFFERS $file: accepted"; exit 1; } ;;
  esac
  vectors=$((vectors + 1))
done
echo "$vectors vectors equal"

fuzzed=0
for file in "$testdata"/fuzz/FuzzReader/*; do
  python3 - "$file" > "$work/fuzz.trace" <<'PY'
import ast, sys
line = open(sys.argv[1], "rb").read().split(b"\n")[1].decode("latin-1")
text = line[len('[]byte('):line.rindex(")")]
sys.stdout.buffer.write(ast.literal_eval("b" + text.encode("ascii", "backslashreplace").decode()))
PY
  [ -n "$(header "$work/fuzz.trace")" ] || continue
  compare --strict "$work/fuzz.trace" "$(basename "$file")"
  fuzzed=$((fuzzed + 1))
done
echo "$fuzzed files of Go's fuzz corpus agree"

[ -z "$quick" ] || exit 0
echo "salvage:"
recorded=$shared/samples/trace/recorded
python3 "$here/salvage.py" "$bin/tracedump" "$godiag" 0 "$recorded"/kill-1.2[2-9]*.trace
python3 "$here/salvage.py" "$bin/tracedump" "$godiag" 100 "$recorded"/crash-1.23.9.trace &
python3 "$here/salvage.py" "$bin/tracedump" "$godiag" 100 "$recorded"/wl-1.2{5.5,7.3}.trace
wait $!

echo "recorded now:"
for root in "$(dirname "$(dirname "$goroot")")"/*/go; do
  version=$(basename "$(dirname "$root")")
  case $version in 1.22.*|1.23.*|1.24.*|1.25.*|1.26.*|1.27.*) ;; *) continue ;; esac
  (cd "$shared/oracle/workload" && GOROOT=$root GO111MODULE=off "$root/bin/go" build -trimpath -o "$work/workload" main.go) ||
    { echo "  $version: the workload does not build"; continue; }
  GOROOT=$root "$work/workload" -mix http,chan,lock,fan,gc,timer,anno -trace "$work/now.trace" -tracebytes 1000000 -dur 2s > /dev/null 2>&1
  compare "$work/now.trace" "$version"
  echo "  $version: $(wc -l < "$work/ours.jsonl") lines equal"
done
echo "$same equal, $other otherwise"
