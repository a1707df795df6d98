#!/usr/bin/env bash
# Accept or reject: `godiag pprof check` against `go tool pprof -raw`, over every profile of the samples.
# usage: oracle-check.sh GOROOT BIN_DIR GODIAG SHARED_DIR
set -euo pipefail
export GOROOT=$1 GOTOOLCHAIN=local TZ=UTC godiag=$3 PPROF_TMPDIR
shared=$4
PPROF_TMPDIR=$(mktemp -d)
trap 'rm -rf "$PPROF_TMPDIR"' EXIT
# The command builds the tool where the distribution has none; its path saves a process for each file.
pprof=$("$GOROOT/bin/go" tool -n pprof)
[ -x "$pprof" ] || { "$GOROOT/bin/go" build -o "$PPROF_TMPDIR/pprof" cmd/pprof; pprof=$PPROF_TMPDIR/pprof; }
export pprof

# One line a file: same, or the file and both answers.
judge() {
  local file=$1 ours=reject theirs=reject
  ! "$godiag" pprof check "$file" >/dev/null 2>&1 || ours=accept
  case ${file##*/} in
  # Slow or huge in Go's tool by design.
  bomb-*|amp-packed-locs.pb) ;;
  *) ! timeout 20 "$pprof" -symbolize=none -raw "$file" >/dev/null 2>&1 || theirs=accept ;;
  esac
  if [ $ours = $theirs ]; then echo same; else echo "${file##*/} $ours $theirs"; fi
}
export -f judge

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
  [inline-product.pb]="reject: its stacks stand for more frames than the default limit"
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

same=0 listed=0 wrong=0
while read -r name ours theirs; do
  if [ "$name" = same ]; then
    same=$((same + 1))
  elif [[ $(expected "$name") = "$ours:"* ]]; then
    listed=$((listed + 1))
  else
    echo "$name: godiag $ours, go tool pprof $theirs: $("$godiag" pprof check "$(find "$shared/samples" -name "$name" | head -1)" 2>&1 | head -c 300)"
    wrong=$((wrong + 1))
  fi
done < <(find "$shared/samples/pprof" "$shared/samples/hostile/pprof" "$shared/samples/diagnose" \
  \( -name '*.pb' -o -name '*.pb.gz' -o -name '*.pb.zst' -o -name '*.pprof' \) -print0 | xargs -0 -P 2 -I{} bash -c 'judge "$1"' _ {})
echo "check: $same profiles judged alike, $listed differences with a reason, $wrong without"
[ "$wrong" = 0 ] && [ "$same" -gt 500 ]
