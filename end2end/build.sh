#!/usr/bin/env bash
# build.sh debug|release: the browser's files first, then the server, which embeds them. What has not changed is not built.
set -euo pipefail
# shellcheck source=end2end/setup/env.sh
source "$(dirname "$0")/setup/env.sh"
profile=${1:?debug or release}
site_flags=() server_flags=()
[ "$profile" = debug ] || { site_flags=(--release --precompress) server_flags=(--release); }

export LEPTOS_SITE_ROOT=$cache/site/$profile
bin=$CARGO_TARGET_DIR/$profile/poolhouse

# Contents rather than times: a fresh clone that shares the cache builds nothing it need not.
inputs=(src style public migrations .cargo Cargo.toml Cargo.lock)
[ ! -e build.rs ] || inputs+=(build.rs)
sources=$(find "${inputs[@]}" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
key=$( (rustc -V && echo "$LEPTOS_SITE_ROOT $sources") | sha256sum | cut -c 1-64)

# once PRODUCT COMMAND...: runs it unless the product is the one that it made last, from the same sources.
made() { echo "$key $(stat -c '%i %Y' "$1" 2>/dev/null)"; }
once() {
  local product=$1
  shift
  [ "$(cat "$product.key" 2>/dev/null)" != "$(made "$product")" ] || return 0
  rm -f "$product.key"
  "$@"
  made "$product" >"$product.key"
}

site() {
  say "building the pages' styles and scripts ($profile)"
  browser cargo leptos build --frontend-only "${site_flags[@]}"
  # cargo-leptos compresses releases only; tests weigh pages in either.
  [ "$profile" = release ] || gzip -9kf "$LEPTOS_SITE_ROOT"/pkg/*.css "$LEPTOS_SITE_ROOT"/pkg/*.js
}
server() {
  say "building the server ($profile; the first time takes a while)"
  cargo leptos build --server-only "${server_flags[@]}"
}
mkdir -p "$LEPTOS_SITE_ROOT"
once "$LEPTOS_SITE_ROOT" site
once "$bin" server
