#!/usr/bin/env bash
# Counts instructions of each job of benches/instructions.rs at n and 4n: 4 times the input may cost at most 5 times
# the instructions.
# usage: linear.sh [N]
set -euo pipefail
n=${1:-500}
command -v valgrind >/dev/null || { apt-get update -qq && apt-get install -y -qq valgrind; }
exe=$(cargo bench --all-features --bench instructions --no-run --message-format=json 2>/dev/null |
  python3 -c 'import sys, json
for line in sys.stdin:
    m = json.loads(line)
    if m.get("target", {}).get("name") == "instructions" and m.get("executable"): print(m["executable"])')
count() { # prints the instructions of one run
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*instructions::measured*' "$exe" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}
bad=0 jobs=0
while read -r job shape; do
  one=$(count "$job" "$shape" "$n") four=$(count "$job" "$shape" $((4 * n)))
  [ "$one" -gt 0 ] || { echo "nothing was counted"; exit 1; }
  ratio=$(((100 * four) / one))
  printf '%-12s %-18s %12d %12d  x%d.%02d\n' "$job" "$shape" "$one" "$four" $((ratio / 100)) $((ratio % 100))
  # A report costs as much as there are frames, which here is the square of n; Limits::frames bounds it.
  [ "$ratio" -le 500 ] || [ "$job $shape" = "top inline-lines" ] || bad=1
  jobs=$((jobs + 1))
done < <("$exe" list)
[ "$jobs" -gt 0 ] && [ "$bad" = 0 ] || { echo "not linear"; exit 1; }
echo "$jobs jobs are linear"
