#!/usr/bin/env bash
# Where rustup cannot fetch the wasm32 target: Debian's compiler for browsers (rustc-web), unpacked into the cache, and a standard library for wasm32
# built from its sources (rust-web-src). Nothing is installed into the system, and only the browser side is built with it.
set -euo pipefail
# shellcheck source=end2end/setup/env.sh
source "$(dirname "$0")/env.sh"
home=$cache/rust-web
host=$(rustc -vV | sed -n 's/^host: //p')

apt-cache show rustc-web >/dev/null 2>&1 || as_root apt-get update -qq
say "unpacking Debian's rustc-web into $home"
rm -rf "$home"
mkdir -p "$home/debs" "$home/bin"
only_needed=(--recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances)
mapfile -t packages < <(apt-cache depends "${only_needed[@]}" rustc-web rust-web-clippy | grep -E '^(rustc-web|rust-web-clippy|libstd-rust-web.*|libllvm.*)$' | sort -u)
(cd "$home/debs" && apt-get download -qq -o APT::Sandbox::User=root rust-web-src "${packages[@]}")
for deb in "$home"/debs/*.deb; do dpkg-deb --extract "$deb" "$home"; done
rm -rf "$home/debs"

for tool in rustc cargo-clippy; do
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%q exec %q "$@"\n' "$(dirname "$home"/usr/lib/*/librustc_driver-*.so)" "$home/usr/bin/$tool" >"$home/$tool"
  chmod +x "$home/$tool"
done
mkdir -p "$home/usr/lib/rustlib/$host/bin"
ln -sf "$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld" "$home/usr/lib/rustlib/$host/bin/rust-lld"

say "building the standard library for wasm32 (once; about two minutes)"
(
  cd "$home"/usr/src/rustc-*/library/sysroot
  export RUSTC=$home/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zforce-unstable-if-unmarked CARGO_TARGET_DIR=$home/build CARGO_PROFILE_RELEASE_DEBUG=0
  cargo build --release --target wasm32-unknown-unknown
)
std=$home/usr/lib/rustlib/wasm32-unknown-unknown/lib
mkdir -p "$std"
cp "$home"/build/wasm32-unknown-unknown/release/deps/*.rlib "$std/"
rm -rf "$home/build" "$home/usr/src"
mv "$home/rustc" "$home/cargo-clippy" "$home/bin/"
