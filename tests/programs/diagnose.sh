#!/bin/sh
# Records programs and compares `godiag diagnose` with what is known: the trouble of a sick one among the first two
# findings, and no finding of severity error or warning for a healthy one.
# usage: diagnose.sh GODIAG GO [GOMAXPROCS…]     GO is a go command; recordings stay in $OUT if that is set, $ONLY names
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
(cd "$here/recorded" && "$go" build -gcflags='-S -m=2' -o "$scratch/recorded" . 2>"$scratch/build.txt")
"$scratch/recorded" >"$scratch/list"
right=0 wrong=0
for procs; do
    while IFS="$(printf '\t')" read -r name want; do
        case " ${ONLY:-$name} " in *" $name "*) ;; *) continue ;; esac
        folder=$out/$name.$procs
        mkdir -p "$folder"
        GOMAXPROCS=$procs "$scratch/recorded" "$name" "$folder" </dev/null
        cp "$scratch/build.txt" "$folder/build.txt"
        "$godiag" diagnose "$folder" >"$scratch/report" || [ $? -eq 1 ]
        grep -E '^ +[0-9]+  (error|warning|info) ' "$scratch/report" >"$scratch/ranking" || true
        if [ -n "$want" ]; then
            head -n 2 "$scratch/ranking" | grep -Eq "$want" && is=right || is=wrong
        else
            grep -Eq '^ +[0-9]+  (error|warning) ' "$scratch/ranking" && is=wrong || is=right
        fi
        if [ $is = right ]; then
            right=$((right + 1))
        else
            wrong=$((wrong + 1))
            printf 'WRONG %s on %s Ps, which %s:\n' "$name" "$procs" "${want:-is healthy}"
            head -n 4 "$scratch/ranking"
        fi
    done <"$scratch/list"
done
printf '%s right, %s wrong\n' "$right" "$wrong"
[ "$wrong" -eq 0 ]
