#!/usr/bin/env bash
# Runs the first command of the README's "Try it" and shows the beginning of what it prints.
set -euo pipefail
command=$(sed -n '/^## Try it/,$p' README.md | sed -n '/^cargo run /p' | head -1)
[ -n "$command" ] || { echo "README.md has no first command"; exit 1; }
echo "+ $command"
rc=0
out=$(bash -c "$command") || rc=$?
# 1: the command found something, as the demonstration shall.
[ "$rc" -le 1 ] || exit "$rc"
[ "$(wc -l <<<"$out")" -gt 5 ] || { echo "too little output: $out"; exit 1; }
# It tells the whole story of the demonstration.
for id in lock-wait hot-allocating hot-not-inlined goroutine-leak dns-slow pool-boxing; do
  grep -q "\. $id \[" <<<"$out" || { echo "no $id in: $out"; exit 1; }
done
head -20 <<<"$out"
