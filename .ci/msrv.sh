#!/usr/bin/env bash
# Checks library and binary with the oldest supported Rust (rust-version in Cargo.toml).
# A rustup toolchain of that version is used where there is one, else Debian's packages of Rust 1.85, unpacked
# into a private folder.
# usage: msrv.sh CACHE
set -euo pipefail
cache=$(mkdir -p "$1" && cd "$1" && pwd)
version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
target=${CARGO_TARGET_DIR:-target}/msrv
if rustup toolchain list 2>/dev/null | grep -q "^$version"; then
  RUSTUP_TOOLCHAIN=$(rustup toolchain list | grep -o "^$version[^ ]*" | head -1)
  export RUSTUP_TOOLCHAIN
  cargo check --all-features --target-dir "$target"
  exit
fi
root=$cache/rust-$version
if [ ! -e "$root/done" ]; then
  rm -rf "$root"
  mkdir -p "$root/deb"
  apt-get update -qq
  (
    cd "$root/deb"
    exact=$(apt-cache madison "libstd-rust-web-$version" | awk '{print $3; exit}')
    apt-get download -qq "rustc-web=$exact" "cargo-web=$exact" "libstd-rust-web-dev=$exact" \
      "libstd-rust-web-$version=$exact" libllvm19 libhttp-parser2.9 libpcre3 2>&1 | grep -v unsandboxed || true
    for deb in *.deb; do dpkg -x "$deb" ..; done
  )
  rm -rf "$root/deb"
  touch "$root/done"
fi
rustc=$root/usr/bin/rustc cargo=$root/usr/bin/cargo
[ -x "$rustc" ] && [ -x "$cargo" ] || { echo "Rust $version could not be installed"; exit 1; }
LD_LIBRARY_PATH=$(find "$root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH RUSTC=$rustc
"$rustc" --version
"$cargo" check --all-features --target-dir "$target"
