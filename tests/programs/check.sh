#!/bin/sh
# Records every scenario of waits and compares what `godiag trace budget` says first with what is known.
# usage: check.sh GODIAG GO [GOMAXPROCS…]     GO is a go command; recordings stay in $OUT if that is set
set -eu
godiag=$1 go=$2
shift 2
[ $# -gt 0 ] || set -- 2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=${OUT:-$scratch}
(cd "$here/waits" && GOTOOLCHAIN=local GOFLAGS=-trimpath "$go" build -o "$scratch/waits" .)
"$scratch/waits" >"$scratch/list"
right=0 wrong=0
for procs; do
    while IFS="$(printf '\t')" read -r name want; do
        GOMAXPROCS=$procs "$scratch/waits" "$name" "$out/$name.$procs.trace"
        said=$("$godiag" trace budget "$out/$name.$procs.trace" | head -n 1)
        if printf '%s\n' "$said" | grep -Eq "$want"; then
            right=$((right + 1))
        else
            wrong=$((wrong + 1))
            printf 'WRONG %s on %s Ps: %s\n' "$name" "$procs" "$said"
        fi
    done <"$scratch/list"
done
printf '%s right, %s wrong\n' "$right" "$wrong"
[ "$wrong" -eq 0 ]
