#!/usr/bin/env bash
# Compares every report of `godiag pprof` with `go tool pprof` 1.27.3 over the option matrix: byte for byte for text,
# by `-raw` for profiles, line by line in any order for call trees, whose order the tool leaves to chance.
# usage: oracle-reports.sh GOROOT BIN_DIR GODIAG SHARED
set -euo pipefail
export GOROOT=$1 GOTOOLCHAIN=local TZ=UTC LC_ALL=C
godiag=$3 samples=$4/samples
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export PPROF_TMPDIR=$work HOME=$work
pprof=$("$GOROOT/bin/go" tool -n pprof)
[ -x "$pprof" ] || { "$GOROOT/bin/go" build -o "$work/pprof" cmd/pprof; pprof=$work/pprof; }
declare -A same; compat=0 escaped=0 failed=0

# theirs NAME ARGS…: what the tool prints, in $work/go; fails when it refuses.
theirs() { timeout 120 "$pprof" -symbolize=none -output="$work/go" "$@" >/dev/null 2>"$work/go.err"; }
# ours ARGS…: what godiag prints, in $work/ours.
ours() { timeout 120 "$godiag" pprof "$@" >"$work/ours" 2>"$work/ours.err" || true; }
# Texts whose order depends on chance: lines in order, without the numbers that depend on which name came first.
settle() { sed -E 's/^(c?f[ln]=|ob=)\([0-9]+\) ?/\1/; s/ \[[0-9]+\/([0-9]+)\]$/ [\1]/; s/^calls=0 .*/calls/; s/\bN+[0-9]+(_[0-9]+)*\b/N/g; s/id="node[0-9]+"//' "$1" | sort; }

# compare REPORT FILE TOOL-OPTIONS…: the options in the tool's spelling, with = before every value.
compare() {
  local report=$1 file=$2; shift 2
  local name="$report $* ${file#"$samples"/}" options=() option key=$report argument=()
  for option in "$@"; do option=-${option/_/-}; option=${option/_/-}; options+=("$option"); done
  local flag="-$report"
  if [ "$report" = peek ]; then flag='-peek=.'; argument=(.); fi
  rm -f "$work/go"
  theirs "$flag" "$@" "$file" || return 0
  [ -e "$work/go" ] || return 0
  case $report in
  proto|topproto)
    if "$godiag" pprof "$report" "${options[@]}" -o "$work/ours.pb.gz" "$file" 2>"$work/ours.err"; then
      mv "$work/go" "$work/go.pb.gz"
      theirs -raw "$work/ours.pb.gz" && mv "$work/go" "$work/ours" && theirs -raw "$work/go.pb.gz"
    else : >"$work/ours"; fi ;;
  *) ours "$report" "${argument[@]}" "${options[@]}" "$file" ;;
  esac
  if cmp -s "$work/go" "$work/ours"; then same[$key]=$((${same[$key]:-0} + 1)); return 0; fi
  if [[ " $* " == *" -call_tree "* ]]; then
    settle "$work/go" >"$work/go.sorted"; settle "$work/ours" >"$work/ours.sorted"
    if cmp -s "$work/go.sorted" "$work/ours.sorted"; then same[$key-any-order]=$((${same[$key-any-order]:-0} + 1)); return 0; fi
  fi
  if ! grep -q '^proto\|^topproto' <<<"$report"; then
    ours "$report" --compat "${argument[@]}" "${options[@]}" "$file"
    if cmp -s "$work/go" "$work/ours"; then compat=$((compat + 1)); echo "with --compat: $name"; return 0; fi
  fi
  if [ "$report" = dot ] && grep -aqP '^N\d+_\d+ \[label = "[^\]]*$|label = "[^"]*"[^ ]' "$work/go"; then
    escaped=$((escaped + 1)); echo "escaped by godiag only: $name"; return 0
  fi
  failed=$((failed + 1)); echo "DIFFERS: $name"; diff "$work/go" "$work/ours" | head -"${LINES_SHOWN:-4}" | cut -c1-300 || true
}

profiles() { find "$samples/pprof/1."* "$samples/pprof/real" "$samples/diagnose" -name '*.pb.gz' | sort; }
everything() { # FILE: every report, plain and by granularity, and every option that changes the graph
  local file=$1 report granularity option
  for report in tree peek traces raw tags comments callgrind dot topproto proto; do compare $report "$file"; done
  # The whole matrix is some 300 comparisons a profile: with FULL=1 for all of them, else for one of each kind.
  case ${FULL:-}$file in 1*|*/1.27.3/cpu.pb.gz|*/1.27.3/heap.*|*/1.27.3/goroutine.*|*/1.27.3/mutex.*) ;; *) return 0;; esac
  for granularity in filefunctions lines addresses; do
    for report in tree peek traces dot topproto; do compare $report "$file" -$granularity; done
  done
  for report in top tree traces dot callgrind raw proto; do compare $report "$file" -noinlines; done
  for option in -cum -mean -unit=auto -unit=ms -unit=MB -divide_by=3 -nodecount=7 -nodefraction=0.05 -edgefraction=0.05 -trim=false -compact_labels; do
    for report in tree dot; do compare $report "$file" $option; done
  done
  for option in -mean -unit=us -divide_by=2; do for report in tags traces callgrind topproto; do compare $report "$file" $option; done; done
  for report in dot callgrind; do compare $report "$file" -call_tree; compare $report "$file" -call_tree -nodecount=10; done
  for option in -focus=main -ignore=runtime -hide='^runtime\.' -show=main -show_from=main -prune_from=main -tagfocus=handler -tagignore=handler=burn -tagfocus=bytes=1kb:64kb -tagignore=:1kb -tagshow=handler -taghide=bytes -tagroot=handler,bytes -tagleaf=bytes; do
    for report in top tree traces raw tags dot proto; do compare $report "$file" "$option"; done
    compare top "$file" "$option" -relative_percentages
    compare tree "$file" "$option" -relative_percentages -lines
  done
}
while IFS= read -r file; do everything "$file"; done < <(if [ -n "${ONLY:-}" ]; then profiles | grep -E "$ONLY"; else profiles; fi)

# Several files and bases.
for version in 1.21.13 1.25.5 1.27.3; do
  heap=$samples/pprof/$version/heap.debug0.pb.gz allocs=$samples/pprof/$version/allocs.debug0.pb.gz
  for report in top tree dot traces raw tags callgrind; do
    for base in -base -diff_base; do
      compare $report "$allocs" "$base=$heap"
      compare $report "$allocs" "$base=$heap" -normalize
      compare $report "$allocs" "$base=$heap" -drop_negative
    done
  done
done
echo "reports equal: $(for key in "${!same[@]}"; do echo "$key ${same[$key]}"; done | sort | tr '\n' ',')"
echo "$compat equal with --compat, $escaped differ where the tool does not escape, $failed differ"
[ "$failed" = 0 ] && [ "${same[tree]:-0}" -gt 0 ]
