#!/usr/bin/env bash
# Compares exports with Go's viewer, recorded and live, and findings with what each program is known to have.
# usage: oracle-diagnose.sh GOROOT BIN GODIAG SHARED
set -euo pipefail
goroot=$1 godiag=$3 shared=$4
here=$(cd "$(dirname "$0")" && pwd)
samples=$shared/samples/diagnose
out=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$out"' EXIT

compared=0
same() { # TRACE VIEW|OPTION GOS
  case $2 in --*) read -ra view <<<"$2" ;; *) view=(--to chrome --view "$2") ;; esac
  "$godiag" trace export "${view[@]}" -o "$out/ours.json" "$1"
  python3 "$here/same-chrome.py" "$out/ours.json" "$3" || { echo "$1, $2: not what Go's viewer answers"; exit 1; }
  compared=$((compared + 1))
}
for oracle in "$samples"/oracle/web/*.jsontrace.json.gz; do
  name=$(basename "$oracle" .jsontrace.json.gz)
  same "$samples/out/1.27.3/$name.trace" proc "$oracle"
  same "$samples/out/1.27.3/$name.trace" thread "${oracle%.json.gz}-thread.json.gz"
done
annotations=$samples/oracle/web/annotations.jsontrace
same "$samples/out/1.27.3/annotations.trace" "--goroutine 1" "$annotations-g1.json.gz"
same "$samples/out/1.27.3/annotations.trace" "--task 5" "$annotations-taskid.json.gz"
same "$samples/out/1.27.3/annotations.trace" "--task-on-procs 5" "$annotations-focustask.json.gz"
recorded=$compared

# Go's own viewer, asked now, about programs whose answers are not recorded.
port=$((20000 + RANDOM % 20000))
for name in slow_dns mutex_contention rwmutex_writer sched_latency stw_api open_ends throttled; do
  trace=$samples/out/1.27.3/$name.trace
  BROWSER=true "$goroot/bin/go" tool trace -http="127.0.0.1:$port" "$trace" >"$out/log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    curl -fs "http://127.0.0.1:$port/jsontrace" -o "$out/proc.json" && break
    sleep 0.1
  done
  curl -fs "http://127.0.0.1:$port/jsontrace?view=thread" -o "$out/thread.json"
  curl -fs "http://127.0.0.1:$port/jsontrace?goid=1" -o "$out/goroutine.json"
  kill "$server"; wait "$server" 2>/dev/null || true; server=
  same "$trace" proc "$out/proc.json"
  same "$trace" thread "$out/thread.json"
  same "$trace" "--goroutine 1" "$out/goroutine.json"
  port=$((port + 1))
done
echo "$recorded recorded and $((compared - recorded)) live answers of Go's viewer are equal"

# Perfetto's own schema, from its Python package.
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target "$out/python" perfetto protobuf
PYTHONPATH=$out/python python3 "$here/perfetto-schema.py" "$godiag" "$samples"/out/1.27.3/*.trace

# What must be found, and where nothing may be.
findings() { { "$godiag" trace findings --json "$1" || true; } | python3 -c 'import json, sys
print(" ".join(sorted({finding["id"] for finding in json.load(sys.stdin)["findings"]})))'; }
checked=0
while read -r name wanted; do
  got=$(findings "$samples/out/1.27.3/$name.trace")
  for id in $wanted; do
    case " $got " in *" $id "*) ;; *) echo "$name: no $id, only: $got"; exit 1 ;; esac
  done
  [ -n "$wanted" ] || [ -z "$got" ] || { echo "$name: nothing is wrong with it, but: $got"; exit 1; }
  checked=$((checked + 1))
done <<'END'
healthy
annotations
sync_kinds
pipeline
pipe_netpoll
slow_dns dns-slow
syscall_block syscall-long
stw_nopreempt stw-gc no-preempt
stw_api stw-other
gc_pressure gc-assist gc-always
sched_latency sched-latency
mutex_contention lock-wait
rwmutex_writer lock-wait
leak_http stuck-group
slow_readers stuck-group
conn_pileup goroutines pile-up
chan_pileup pile-up stuck-group
netpoll_starved netpoll-starved
busy_loop sched-latency
asyncpreemptoff/busy_loop no-preempt
throttled stalled
forever forever
churn churn
END
echo "findings of $checked programs are as they must be"
