#!/usr/bin/env bash
# Traces before Go 1.22, the text form of later ones, and footprints, against Go 1.27.3 (and 1.21.13 beside it).
# usage: oracle-trace1.sh GOROOT_1.27.3 BIN_DIR GODIAG_BINARY SHARED_DIR
set -euo pipefail
goroot=$1 bin=$2 godiag=$3 shared=$4
export GOTOOLCHAIN=local
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# A dump as lines that can be compared: in Go, equal times come in the order of a hash map, and are spread by a
# nanosecond each. So events a nanosecond apart are one multiset, at the time of the first.
cat > "$work/clusters.py" <<'P'
import json, sys
group, last = [], None
def flush():
    if group:
        print(group[0], *sorted(group[1:]), sep="\n")
for line in open(sys.argv[1], "rb"):
    event = json.loads(line.decode("utf-8", "surrogateescape"))
    if "t" not in event:
        flush(); group = []
        print(sorted(event)[0])
        continue
    t = event.pop("t")
    if last is None or t != last + 1:
        flush(); group = [t]
    last = t
    group.append(json.dumps(event, sort_keys=True))
flush()
P

# equal FILE: the events of both readers are equal, or both refuse the file
equal() {
  "$bin/tracedump" "$1" -s > "$work/go.json"
  "$godiag" trace events --json --stacks "$1" > "$work/ours.json" 2> "$work/ours.err" || true
  cmp -s "$work/go.json" "$work/ours.json" && return
  python3 "$work/clusters.py" "$work/go.json" > "$work/go.txt"
  python3 "$work/clusters.py" "$work/ours.json" > "$work/ours.txt"
  diff "$work/go.txt" "$work/ours.txt" > "$work/diff" || { echo "differs: $1"; head -5 "$work/diff"; exit 1; }
}

files=0 events=0
old=$(dirname "$(dirname "$goroot")")/1.21.13/go
for file in "$goroot"/src/internal/trace/internal/tracev1/testdata/*_good \
  "$old"/src/internal/trace/testdata/*_1_{11,19,21}_good \
  "$shared"/samples/trace/recorded/*1.{19,21.13}.trace "$shared"/samples/trace/malformed-v1/*; do
  [ -e "$file" ] || continue
  equal "$file"
  files=$((files + 1)) events=$((events + $(wc -l < "$work/ours.json")))
done
echo "traces before 1.22: $files files, $events lines equal"
[ "$files" -ge 35 ]

# Recorded in this very run.
if [ -x "$old/bin/go" ]; then
  cp "$shared/oracle/workload/main.go" "$work/main.go"
  (cd "$work" && GO111MODULE=off GOFLAGS= "$old/bin/go" build -o workload main.go)
  recorded=0
  for mix in chan,lock,fan http,file,gc,timer text,anno,gc; do
    "$work/workload" -mix "$mix" -conc 4 -trace "$work/$recorded.trace" -tracebytes 1000000 -dur 2s > /dev/null 2>&1
    equal "$work/$recorded.trace"
    "$godiag" trace events --count "$work/$recorded.trace" | tail -1
    recorded=$((recorded + 1))
  done
  echo "recorded with Go 1.21.13: $recorded traces equal"
fi

# Formats that Go 1.27 does not read: as many events of each kind as Go 1.21 prints (goroutines that were there
# before, futile wake-ups and instants of blocking have no event of their own in today's model).
if [ -x "$old/bin/go" ]; then
  kinds=0
  for file in "$old"/src/internal/trace/testdata/*_1_{5,7,9,10}_good; do
    "$old/bin/go" tool trace -d "$bin/tracedump" "$file" 2> /dev/null > "$work/go.txt" || true
    "$godiag" trace events "$file" > "$work/ours.txt"
    for pair in HeapAlloc:/memory/classes/heap/objects GCStart:'RangeBegin.*concurrent mark' \
      GCDone:'RangeEnd.*concurrent mark' GoEnd:'Running->NotExist' GoUnblock:'Waiting->Runnable' \
      GoSysExit:'Syscall->Runnable' GoSched:'Reason="runtime.Gosched"' GoPreempt:'Reason="preempted"' \
      GoBlockSend:'Reason="chan send"' GoBlockRecv:'Reason="chan receive"' GoSleep:'Reason="sleep"' \
      GoSysCall:'Running->Syscall'; do
      go=$(grep -cE "^[0-9]+ ${pair%%:*} " "$work/go.txt" || true)
      ours=$(grep -cE "${pair#*:}" "$work/ours.txt" || true)
      [ "$go" = "$ours" ] || { echo "$file: ${pair%%:*} $go times in Go, $ours here"; exit 1; }
      kinds=$((kinds + 1))
    done
  done
  echo "formats 1.5 to 1.10: $kinds counts of event types equal"
fi

# Salvage: of files that Go refuses, every event.
for file in "$shared"/samples/trace/recorded/{wl,kill,crash}-1.21.13.trace "$shared"/samples/trace/recorded/wl-1.19.trace; do
  "$godiag" trace events --salvage --count "$file" > "$work/count" && { echo "$file: nothing lost?"; exit 1; }
  echo "salvaged $(awk '/ events$/{print $1}' "$work/count") events of $(basename "$file")"
done
python3 "$(dirname "$0")/salvage.py" "$bin/tracedump" "$godiag" 100 \
  "$shared/samples/trace/recorded/"{crash-1.21.13,wl-1.19}.trace

# The text form: written as Go writes it, and read back to the same.
texts=0
for file in "$shared"/samples/trace/recorded/*-1.2[3-7]*.trace $(find "$shared/samples/diagnose/out" -name '*.trace' -size -3M); do
  "$godiag" trace raw "$file" > "$work/ours.txt" 2> /dev/null || true
  "$goroot/bin/go" tool trace -d=wire "$file" > "$work/go.txt" 2> "$work/go.err" || true
  if [ -s "$work/go.err" ]; then
    # Go knows no events of experiments under older headers, and stops at a cut; up to there all is equal.
    awk -v lines="$(wc -l < "$work/go.txt")" 'NR > 1 && NR <= lines + 1' "$work/ours.txt" | cmp - "$work/go.txt"
  else
    tail -n +2 "$work/ours.txt" | cmp - "$work/go.txt"
    "$goroot/bin/go" tool trace -d=footprint "$file" | awk 'NR > 2 && $(NF - 1) != "0" {$1 = $1; print}' | sort > "$work/go.fp"
    "$godiag" trace footprint "$file" | awk 'NR > 2 {$1 = $1; print}' | sort > "$work/ours.fp"
    cmp "$work/go.fp" "$work/ours.fp"
  fi
  "$godiag" trace raw --to-binary "$work/ours.txt" > "$work/back.trace"
  "$godiag" trace raw "$work/back.trace" | cmp - "$work/ours.txt"
  texts=$((texts + 1))
done
echo "raw text and footprint: $texts traces equal"

# Go's own test vectors, in place: accepted and refused as they say, with Go's events.
vectors=0
for vector in "$goroot"/src/internal/trace/testdata/tests/*.test; do
  awk '/^-- trace --$/ {on = 1; next} on' "$vector" > "$work/vector.txt"
  "$godiag" trace raw --to-binary "$work/vector.txt" > "$work/vector.trace"
  "$bin/tracedump" "$work/vector.trace" -s > "$work/go.json"
  "$godiag" trace events --json --stacks "$work/vector.trace" > "$work/ours.json" 2> /dev/null || true
  want=$(awk 'NR == 2 {print $1}' "$vector")
  for dump in go ours; do
    got=FAILURE; tail -1 "$work/$dump.json" | grep -q '"eof"' && got=SUCCESS
    [ "$got" = "$want" ] || { echo "$vector: $want expected, $dump says $(tail -1 "$work/$dump.json")"; exit 1; }
  done
  python3 "$(dirname "$0")/same-events.py" "$work/go.json" "$work/ours.json" > /dev/null
  vectors=$((vectors + 1))
done
echo "text vectors: $vectors as Go reads them"
[ "$vectors" -ge 22 ]
