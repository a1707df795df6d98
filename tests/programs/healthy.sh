#!/bin/sh
# Records every healthy program and fails if `godiag diagnose` accuses one: a finding of severity error or warning.
# usage: healthy.sh GODIAG GO [GOMAXPROCS…]     GO is a go command; recordings stay in $OUT if that is set, $ONLY names
# the programs to record; with $NOISE that many loops compete for the CPU
set -eu
godiag=$1 go=$2
shift 2
[ $# -gt 0 ] || set -- 2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
noise=
trap 'kill $noise 2>/dev/null; rm -rf "$scratch"' EXIT
for _ in $(seq "${NOISE:-0}"); do
    sh -c 'while :; do :; done' &
    noise="$noise $!"
done
out=${OUT:-$scratch}
export GOTOOLCHAIN=local GOFLAGS=-trimpath
(cd "$here/healthy" && "$go" build -gcflags='-S -m=2' -o "$scratch/healthy" . 2>"$scratch/build.txt")
silent=0 accused=0
for procs; do
    for name in ${ONLY:-$("$scratch/healthy")}; do
        folder=$out/$name.$procs
        mkdir -p "$folder"
        GOMAXPROCS=$procs "$scratch/healthy" "$name" "$folder"
        cp "$scratch/build.txt" "$folder/build.txt"
        "$godiag" diagnose --json "$folder" >"$scratch/report.json" || [ $? -eq 1 ]
        if grep -Eq '"severity": "(error|warning)"' "$scratch/report.json"; then
            accused=$((accused + 1))
            printf 'ACCUSED %s on %s Ps:\n' "$name" "$procs"
            "$godiag" diagnose "$folder" | grep -E '^ +[0-9]+  (error|warning) ' || true
        else
            silent=$((silent + 1))
        fi
    done
done
printf '%s silent, %s accused\n' "$silent" "$accused"
[ "$accused" -eq 0 ]
