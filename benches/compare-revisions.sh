#!/usr/bin/env bash
# Counts the instructions of the same jobs at another revision and in this tree, and prints a table with ratios.
# usage: compare-revisions.sh REVISION [CSV]        (.ci/install valgrind first)
#
# Jobs: each of benches/instructions.rs at n = 500; those of `once` on two profiles of the test data, and those of
# `trace` on a trace of it. Each revision is built in a folder of its own under target/revisions and with the profile of
# this tree's Cargo.toml, in one codegen unit, so that only the code differs: with 16, which functions share a unit with
# their callers is chance, and moves single jobs by 5 %, even between builds of one revision with a comment more.
# Instructions do not depend on what else the machine does, but for the random seeds of hash maps: 1 or 2 % where many
# ids are new. The record goes to CSV (benches/records/DATE.csv).
set -euo pipefail
export CARGO_PROFILE_BENCH_CODEGEN_UNITS=1
cd "$(dirname "$0")/.."
revision=$(git rev-parse --short "$1")
csv=${2:-benches/records/$(date +%F).csv}
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
old=$target/revisions/$revision
data=$PWD/tests/data

if [ ! -d "$old/src" ]; then
  mkdir -p "$old"
  git archive "$revision" | tar -x -C "$old"
  sed '/^\[profile/,/^$/d' "$old/Cargo.toml" >"$old/Cargo.new"
  sed -n '/^\[profile/,/^$/p' Cargo.toml >>"$old/Cargo.new"
  mv "$old/Cargo.new" "$old/Cargo.toml"
fi
mapfile -t before < <(CARGO_TARGET_DIR=$old/target benches/executable --manifest-path "$old/Cargo.toml" instructions once trace)
mapfile -t after < <(benches/executable instructions once trace)

# instructions TOGGLE PROGRAM ARGUMENT…: what callgrind counts, in functions that match TOGGLE or else everywhere.
instructions() {
  local toggle=$1
  shift
  valgrind --tool=callgrind --callgrind-out-file=/dev/null ${toggle:+--toggle-collect="$toggle"} "$@" 2>&1 >/dev/null |
    sed -n 's/.*Collected : //p'
}
mkdir -p "$(dirname "$csv")"
echo "job,$revision,$(git rev-parse --short HEAD),ratio" >"$csv"

# compare TOGGLE BENCH ARGUMENT…: adds a row; BENCH is the place in the lists of programs.
compare() {
  local toggle=$1 bench=$2 a b
  shift 2
  a=$(instructions "$toggle" "${before[$bench]}" "$@") b=$(instructions "$toggle" "${after[$bench]}" "$@")
  [ -n "$a" ] && [ -n "$b" ] || { echo "no count for $*" >&2; return; }
  awk -v job="${*/$data\//}" -v a="$a" -v b="$b" 'BEGIN { printf "%s,%d,%d,%.4f\n", job, a, b, b / a }' | tee -a "$csv" |
    awk -F, '{ printf "%-64s %14d %14d  %.3f\n", $1, $2, $3, $4 }'
}

printf '%-64s %14s %14s  %s\n' job "$revision" now ratio
while read -r job shape; do
  compare '*instructions::measured*' 0 "$job" "$shape" 500
done < <("${after[0]}" list)
for profile in real/go1.27.3-compile-net-http.cpu.pb.gz go1.27.3/heap.debug0.pb.gz; do
  for job in nothing view frames visit top top-gz inflate profile encode; do
    compare '' 1 "$job" "$data/pprof/$profile"
  done
done
for job in read raw index; do
  compare '' 2 "$job" "$data/diagnose/order/order.trace"
done
