# Sourced by the scripts around it: where things are kept, which compiler builds what, and how to say what is going on.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
cache=${POOLHOUSE_CACHE:-$HOME/.cache/poolhouse}
mkdir -p "$cache"
cache=$(realpath "$cache")
tools=$cache/tools
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export PATH=$tools/bin:$PATH:$HOME/.cargo/bin

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

have() { command -v "$1" >/dev/null; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_install() {
  have apt-get || { say "please install: $*"; return 1; }
  say "installing Debian's $*"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# True when rustup's toolchain can compile for the browser by itself.
has_wasm_std() {
  local std
  std=$(rustc --print target-libdir --target wasm32-unknown-unknown)/
  [ -n "$(compgen -G "${std}libstd-*.rlib")" ]
}

# browser COMMAND...: runs it with the compiler of the browser side, which is Debian's where rustup has no wasm32 target.
browser() {
  if has_wasm_std; then "$@"; else RUSTC=$cache/rust-web/bin/rustc PATH=$cache/rust-web/bin:$PATH "$@"; fi
}
