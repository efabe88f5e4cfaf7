#!/usr/bin/env bash
# Installs what is missing: `tools.sh build` for a release, `tools.sh test` for that and everything the tests need.
set -euo pipefail
# shellcheck source=end2end/setup/env.sh
source "$(dirname "$0")/env.sh"

cargo_leptos=0.3.11
cargo_deny=0.20.2
tailwind=4.3.5
binaryen=132.0.0

# cargo_tool CRATE VERSION BINARY [FEATURE]: builds a command from crates.io. It is built as the dependency of an empty package, because there
# cargo picks versions that this machine's rustc can build, which `cargo install` does not. Speed of building is worth more here than speed of running.
cargo_tool() {
  local crate=$1 version=$2 binary=$3 features=${4:+\"$4\"} package=$cache/tools-src/$1
  [ "$(cat "$tools/bin/.$binary" 2>/dev/null)" != "$version" ] || return 0
  say "building $crate $version (once; some minutes)"
  mkdir -p "$package" "$tools/bin"
  rm -f "$package/Cargo.lock"
  : >"$package/lib.rs"
  cat >"$package/Cargo.toml" <<TOML
[package]
name = "tool"
edition = "2024"
[lib]
path = "lib.rs"
[dependencies]
$crate = { version = "=$version", features = [$features] }
[workspace]
TOML
  (
    cd "$package"
    export CARGO_TARGET_DIR=$cache/tools-target CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_STRIP=symbols
    cargo build --release --package "$crate" --bin "$binary"
  )
  install "$cache/tools-target/release/$binary" "$tools/bin/$binary"
  echo "$version" >"$tools/bin/.$binary"
}

locked_version() { awk -v name="\"$1\"" '$1 == "name" { hit = $3 == name } hit && $1 == "version" { gsub("\"", "", $3); print $3; exit }' Cargo.lock; }

wasm_target() {
  ! has_wasm_std && [ ! -x "$cache/rust-web/bin/rustc" ] || return 0
  say "adding the wasm32 target"
  rustup target add wasm32-unknown-unknown || end2end/setup/wasm-std.sh
}

# Tailwind and wasm-opt come from npm. NODE_PATH lets the stylesheet import "tailwindcss" without a node_modules beside it.
npm_tools() {
  local want="tailwind $tailwind binaryen $binaryen"
  [ "$(cat "$tools/npm/version" 2>/dev/null)" != "$want" ] || return 0
  say "installing Tailwind $tailwind and wasm-opt $binaryen"
  mkdir -p "$tools/npm" "$tools/bin"
  npm install --prefix "$tools/npm" --no-audit --no-fund --loglevel=error "@tailwindcss/cli@$tailwind" "tailwindcss@$tailwind" "binaryen@$binaryen"
  printf '#!/bin/sh\nNODE_PATH=%q exec %q "$@"\n' "$tools/npm/node_modules" "$tools/npm/node_modules/.bin/tailwindcss" >"$tools/bin/tailwindcss"
  chmod +x "$tools/bin/tailwindcss"
  ln -sf "$tools/npm/node_modules/.bin/wasm-opt" "$tools/bin/wasm-opt"
  echo "$want" >"$tools/npm/version"
}

build_tools() {
  have cargo || { say "please install Rust with rustup first"; exit 1; }
  have npm || { say "please install Node.js 20 or newer, with npm, first"; exit 1; }
  wasm_target
  npm_tools
  cargo_tool wasm-bindgen-cli "$(locked_version wasm-bindgen)" wasm-bindgen
  cargo_tool cargo-leptos "$cargo_leptos" cargo-leptos no_downloads
}

python_packages() {
  cmp -s end2end/requirements.txt "$cache/venv/requirements.txt" && return
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
  say "installing the Python clients"
  python3 -m venv --clear "$cache/venv"
  "$cache/venv/bin/pip" install --quiet --requirement end2end/requirements.txt
  cp end2end/requirements.txt "$cache/venv/"
}

node_packages() {
  cmp -s end2end/package-lock.json end2end/node_modules/.installed-lock.json && return
  say "installing the Node.js clients"
  npm ci --prefix end2end --no-audit --no-fund --loglevel=error
  cp end2end/package-lock.json end2end/node_modules/.installed-lock.json
}

test_tools() {
  { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1 || rustup component add rustfmt clippy
  cargo_tool cargo-deny "$cargo_deny" cargo-deny
  have initdb || [ -n "$(compgen -G '/usr/lib/postgresql/*/bin/initdb')" ] || apt_install postgresql
  have chromium || apt_install chromium fonts-liberation
  have pebble || apt_install pebble
  have nginx || apt_install nginx-light
  node_packages
  python_packages
}

build_tools
case ${1:?build or test} in test) test_tools ;; esac
