#!/usr/bin/env bash
# Runs every check and test and ends with one line of sums. What fails does not keep the rest from running, except when nothing can be built.
set -uo pipefail
# shellcheck source=end2end/setup/env.sh
source "$(dirname "$0")/setup/env.sh"
: "${POOLHOUSE_TEST_POSTGRES:?run this through end2end/setup/postgres.sh}"

export LEPTOS_SITE_ROOT=$cache/site/debug POOLHOUSE_BIN=$CARGO_TARGET_DIR/debug/poolhouse
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 failures=()

finish() {
  [ "${#failures[@]}" = 0 ] || { say "failed:"; printf '      %s\n' "${failures[@]}" >&2; }
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
}

# check NAME COMMAND...: counts as one.
check() {
  local name=$1
  shift
  say "$name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)) failures+=("$name") && return 1; fi
}

# total PATTERN: the sum of the numbers in the log that the pattern matches.
total() { sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -aoP "$1" | awk '{ sum += $1 } END { print sum + 0 }'; }

# suite NAME RUNNER COMMAND...: counts the tests that the runner counted. A suite may neither hang nor fail without a failed test.
suite() {
  local name=$1 runner=$2 status=0 ok bad
  shift 2
  say "$name"
  timeout --foreground --kill-after=10 1500 "$@" 2>&1 | tee "$log" || status=1
  case $runner in
    nextest) ok=$(total ' run: \K\d+(?= passed)') bad=$(total ' run: .*?\K\d+(?= failed)') bad=$((bad + $(total ' run: .*?\K\d+(?= timed out)'))) ;;
    cargo) ok=$(total 'test result: .*?\K\d+(?= passed)') bad=$(total 'test result: .*?\K\d+(?= failed)') ;;
    node) ok=$(total '^ℹ pass \K\d+') bad=$(total '^ℹ (fail|cancelled) \K\d+') ;;
    pytest) ok=$(total '\d+(?= passed.* in [\d.]+s)') bad=$(total '\d+(?= (failed|errors?)\b.* in [\d.]+s)') ;;
  esac
  [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  [ "$ok" -gt 0 ] || [ "$bad" -gt 0 ] || bad=1
  [ "$bad" = 0 ] || failures+=("$name ($bad)")
  passed=$((passed + ok)) failed=$((failed + bad))
}

# The advisory database lives on a host that a closed network does not reach.
checks=(all)
cargo deny fetch db 2>/dev/null || checks=(licenses bans sources)

# All tests are in the library. Without --lib cargo would build the server's library again, with the features of the tests' dependencies.
unit_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    suite "unit and store tests" nextest cargo nextest run --lib --features ssr --no-fail-fast
  else
    suite "unit and store tests" cargo cargo test --lib --features ssr --no-fail-fast
  fi
}

# on DATABASE SUITE...: the end-to-end suites against servers on that database.
on() {
  local kind=$1 name
  shift
  export POOLHOUSE_TEST_DATABASE=sqlite
  [ "$kind" = SQLite ] || POOLHOUSE_TEST_DATABASE=$POOLHOUSE_TEST_POSTGRES
  for name in "$@"; do
    case $name in
      python) suite "$name on $kind" pytest env PATH="$cache/venv/bin:$PATH" python -m pytest --color=no -p no:cacheprovider end2end/python ;;
      *) suite "$name on $kind" node node --test --test-reporter=spec "end2end/$name/"*.test.mjs ;;
    esac
  done
}

check "formatting" cargo fmt --check
check "licences and advisories" cargo deny check --hide-inclusion-graph "${checks[@]}"
[ "${checks[0]}" = all ] || say "WARNING: the advisory database cannot be reached: known vulnerabilities were NOT checked, only licences, bans and sources"
# The server embeds the site, so that it comes first everywhere.
check "build" end2end/build.sh debug || finish
check "clippy, server" cargo clippy --features ssr --all-targets -- -D warnings
check "clippy, browser" browser cargo-clippy clippy --lib --features hydrate --target wasm32-unknown-unknown --target-dir "$CARGO_TARGET_DIR/front" -- -D warnings
unit_tests
on SQLite wire python browser
on PostgreSQL wire python
finish
