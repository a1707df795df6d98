#!/usr/bin/env bash
# Accept or reject: `godiag pprof check` against `go tool pprof -raw`, over every profile of the samples.
# usage: oracle-check.sh GOROOT BIN_DIR GODIAG SHARED_DIR
set -euo pipefail
goroot=$1 godiag=$3 shared=$4
export GOTOOLCHAIN=local TZ=UTC PPROF_TMPDIR
PPROF_TMPDIR=$(mktemp -d)
trap 'rm -rf "$PPROF_TMPDIR"' EXIT

# Files on which we differ on purpose: our answer, and why.
declare -A allowed=(
  [11-field-number-0.pb]="reject: field number 0 is no protobuf"
  [40-trailing-zero-bytes.pb]="reject: as field number 0"
  [08-varint-overflow-10th-byte-2.pb]="reject: more than 64 bits are not dropped silently"
  [field-zero.pb]="reject: field number 0 is no protobuf"
  [field-2e60.pb]="reject: a field number above 2^29-1 is no protobuf"
  [trailing-nul.pb]="reject: as field number 0"
  [49-only-string-table.pb]="accept: the tool, not its parser, wants a sample type"
  [bomb-valid-labels.pb.gz]="reject: inflates 686 to 1, over the default limit"
  [amp-packed-locs.pb]="accept: the tool takes over a minute"
)
# Our answer where the tool may give the other one.
expected() {
  case $1 in
  # Prefixes of whole fields without a sample type: the tool refuses them, its parser does not.
  trunc-early-*) echo "accept: the tool, not its parser, wants a sample type" ;;
  *) echo "${allowed[$1]:-}" ;;
  esac
}

go_accepts() { timeout 20 "$goroot/bin/go" tool pprof -symbolize=none -raw "$1" >/dev/null 2>&1; }

same=0 listed=0 wrong=0
while IFS= read -r -d '' file; do
  name=${file##*/}
  if ours=$("$godiag" pprof check --json "$file" 2>&1); then ours_accepts=accept; else ours_accepts=reject; fi
  case $name in
  # Slow or huge in Go's tool by design.
  bomb-*) go_accepts=reject ;;
  amp-packed-locs.pb) go_accepts=reject ;;
  *) if go_accepts "$file"; then go_accepts=accept; else go_accepts=reject; fi ;;
  esac
  if [ "$ours_accepts" = "$go_accepts" ]; then
    same=$((same + 1))
  elif [[ $(expected "$name") = "$ours_accepts:"* ]]; then
    listed=$((listed + 1))
  else
    echo "$name: godiag $ours_accepts, go tool pprof $go_accepts: ${ours:0:300}"
    wrong=$((wrong + 1))
  fi
done < <(find "$shared/samples/pprof" "$shared/samples/hostile/pprof" "$shared/samples/diagnose" \
  \( -name '*.pb' -o -name '*.pb.gz' -o -name '*.pb.zst' \) -print0 | sort -z)
echo "check: $same profiles judged alike, $listed differences with a reason, $wrong without"
[ "$wrong" = 0 ]
