#!/usr/bin/env bash
# Compiler output made right here against what the compiler itself logs, and against the ground truth of the samples.
# usage: oracle-asm.sh GOROOT BIN_DIR GODIAG SHARED_DIR
set -euo pipefail
goroot=$1 godiag=$3 samples=$4/samples/asm
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOROOT=$goroot GOTOOLCHAIN=local GOCACHE=$work/cache GOFLAGS=-mod=mod GOPROXY=off CGO_ENABLED=0 GOOS=linux
go=$goroot/bin/go

# build DIR ARCH FLAGS PACKAGES...: what the compiler prints. The samples hold a function without a body; with an
# empty assembly file beside it that compiles, but a program of it would not link, so packages only.
build() {
  local dir=$1 arch=$2 flags=$3
  shift 3
  (cd "$dir" && GOARCH=$arch "$go" build -pgo=off -gcflags="$flags" "$@" 2>&1)
}

# field FILE NAME: a number of godiag info.
field() { "$godiag" info --json "$1" | python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"; }

# sum FILE COLUMN: the sum of a number over all functions.
sum() {
  "$godiag" asm functions --wrappers --json "$1" |
    python3 -c 'import json,sys; print(sum(json.loads(line)[sys.argv[1]] for line in sys.stdin))' "$2"
}

# equal WHAT GOT WANT
equal() {
  [ "$2" = "$3" ] || { echo "$1: $2, not $3"; exit 1; }
  echo "$1: $2"
}

cp -r "$samples/src" "$work/lab"
chmod -R u+w "$work/lab"

for arch in amd64 arm64; do
  build "$work/lab" $arch '-S' ./... > "$work/lab-$arch.S"
  build "$work/lab" $arch '-m=2' ./... > "$work/lab-$arch.m2"
  build "$work/lab" $arch "-json=0,$work/lab-$arch.json" ./... > /dev/null
  build "$work/lab" $arch 'net/http=-S' net/http > "$work/http-$arch.S"
  build "$work/lab" $arch "net/http=-json=0,$work/http-$arch.json" net/http > /dev/null
  build "$work/lab" $arch 'encoding/json=-S' encoding/json > "$work/json-$arch.S"
  build "$work/lab" $arch "encoding/json=-json=0,$work/json-$arch.json" encoding/json > /dev/null
  for name in lab http json; do
    listing=$work/$name-$arch.S
    [ "$(field "$listing" functions)" -gt 100 ] || { echo "$name $arch: hardly any function"; exit 1; }
    echo "$name $arch: $(field "$listing" lines) lines"
    equal "$name $arch: unclassified lines" "$(field "$listing" unclassified_lines)" 0
    logged=$(cat "$work/$name-$arch.json"/*/*.json | grep -c '"code":"is\(Slice\)\?InBounds"')
    equal "$name $arch: bounds checks of the listing and of the compiler's log" "$(sum "$listing" bounds_checks)" "$logged"
    cat "$work/$name-$arch.json"/*/*.json > "$work/log.json"
    equal "$name $arch: unclassified lines of the log" "$(field "$work/log.json" unclassified_lines)" 0
  done
  equal "lab $arch: unclassified lines of -m=2" "$(field "$work/lab-$arch.m2" unclassified_lines)" 0
done

# The other machines that the samples have no whole listing of: the compiler's log knows their bounds checks.
for arch in riscv64 ppc64le s390x loong64 mips64le arm 386; do
  build "$work/lab" $arch '-S' ./... > "$work/lab-$arch.S"
  build "$work/lab" $arch "-json=0,$work/lab-$arch.json" ./... > /dev/null
  equal "lab $arch: unclassified lines" "$(field "$work/lab-$arch.S" unclassified_lines)" 0
  logged=$(cat "$work/lab-$arch.json"/*/*.json | grep -c '"code":"is\(Slice\)\?InBounds"')
  equal "lab $arch: bounds checks of the listing and of the compiler's log" "$(sum "$work/lab-$arch.S" bounds_checks)" "$logged"
done

# Every file of the samples but one, which holds nothing but two errors: those have no grammar.
files=0
while IFS= read -r -d '' file; do
  [ "${file##*/}" != go1.27.tool-compile-import-error.txt ] || continue
  got=$(field "$file" unclassified_lines)
  [ "$got" = 0 ] || { echo "${file##*/}: $got unclassified lines"; exit 1; }
  files=$((files + 1))
done < <(find "$samples" \( -name '*.txt' -o -name '*.txt.gz' \) -print0 | LC_ALL=C sort -z)
[ "$files" -gt 80 ] || { echo "only $files sample files"; exit 1; }
echo "$files sample files without an unclassified line"

# Ground truth: each bad form is told from its good form by its finding.
"$godiag" asm findings --json "$work/lab-amd64.S" "$work/lab-amd64.m2" > "$work/findings.json" || [ $? = 1 ]
python3 - "$work/findings.json" <<'PY'
import collections, json, sys
found = collections.Counter()
for line in open(sys.argv[1]):
    finding = json.loads(line)
    found[finding["function"].replace("example.com/lab/", ""), finding["rule"]] += finding["count"]
pairs = """bce.BadSum bce.GoodSum bce-loop 1
bce.BadDot bce.GoodDot bce-loop 1
bce.BadTable bce.GoodTable bce-loop 1
iface.BadTotal iface.GoodTotal iface-loop 2
iface.BadBox iface.GoodBox box-loop 1
iface.BadBox iface.BadBoxNoEscape box-loop 1
closure.BadApply closure.GoodApply closure-heap 1
closure.BadCounter closure.GoodStatic closure-heap 1
closure.BadGoLoop closure.GoodLoop goroutine-closure 2
growth.BadCollect growth.GoodCollect grow 1
growth.BadPtrCollect growth.GoodFill grow 1
pool.BadValuePut pool.GoodPtrPut pool-value 1
pool.BadSlicePut pool.GoodSlicePut pool-value 1
pool.BadNoReset pool.GoodReset pool-no-reset 1
pool.BadNoPut pool.GoodReset pool-no-put 1
pool.BadLocalPool pool.GoodReset pool-local 1
escape.BadReturn escape.GoodReturn escape 1
escape.BadStore escape.GoodLocal escape 1
escape.TooLarge escape.NoLeak big-var-heap 1
wb.BadFill wb.GoodFill wb-loop 1
frame.Big8K frame.Small big-frame 1
strs.BadConcat strs.GoodConcat concat-loop 1
strs.BadBytes strs.GoodRange conv-loop 1
strs.BadString strs.GoodLookup conv-loop 1
deferloop.BadLoop deferloop.GoodLoop defer-loop 1
bigcopy.BadPass bigcopy.GoodPass big-copy 2
bigcopy.BadRange bigcopy.GoodRange big-copy 1
looplock.BadLock looplock.GoodLock lock-loop 1"""
for pair in pairs.splitlines():
    bad, good, rule, want = pair.split()
    got = found[bad, rule], found[good, rule]
    if got != (int(want), 0):
        sys.exit(f"{rule}: {bad} {got[0]}, not {want}; {good} {got[1]}, not 0")
print(f"{len(pairs.splitlines())} bad forms told from their good forms")
PY

# A line shift and added functions change no number.
cp -r "$work/lab" "$work/shifted"
added=0
while IFS= read -r file; do
  added=$((added + 1))
  { printf '// One of five lines that shift the rest.\n%.0s' 1 2 3 4 5
    printf '\n'
    cat "$file"
    printf '\nfunc Added%d(xs []int) func() int {\n\tt := 0\n\tfor _, x := range xs {\n\t\tt += x\n\t}\n\treturn func() int { t++; return t }\n}\n' $added
  } > "$file.new"
  mv "$file.new" "$file"
  [ $added = 18 ] && break
done < <(find "$work/shifted" -name '*.go' ! -name '*_test.go' ! -name 'doc.go' | LC_ALL=C sort)
equal "files with a shift and an added function" $added 18
build "$work/shifted" amd64 '-S' ./... > "$work/shifted.S"
"$godiag" asm metrics --go-version go1.27.3 "$work/lab-amd64.S" > "$work/baseline.jsonl"
"$godiag" asm gate --go-version go1.27.3 --baseline "$work/baseline.jsonl" --json "$work/shifted.S" > "$work/gate.json"
python3 - "$work/gate.json" <<'PY'
import json, sys
gate = json.load(open(sys.argv[1]))
if gate["changes"] or gate["removed"] or gate["matched"] < 330 or len(gate["added"]) != 36:
    sys.exit(f"{len(gate['changes'])} changes, {gate['removed']} gone, {gate['matched']} matched, {len(gate['added'])} added: {gate['changes'][:3]}")
print(f"{gate['matched']} functions compared after the shift, {len(gate['added'])} added, no number changed")
PY
# And a real regression shuts the gate.
sed -i 's/^\t\ttotal += it$/&\n\t\tregistry = append(registry, func(x int) int { return x * it })/' "$work/shifted/closure/closure.go"
build "$work/shifted" amd64 '-S' ./closure > "$work/regressed.S"
if "$godiag" asm gate --go-version go1.27.3 --baseline "$work/baseline.jsonl" "$work/regressed.S" > "$work/regressed.txt"; then
  echo "a regression went through the gate"; cat "$work/regressed.txt"; exit 1
fi
grep -m1 '^fail ' "$work/regressed.txt"
