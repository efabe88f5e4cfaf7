#!/usr/bin/env bash
# postgres.sh COMMAND...: runs it with a private PostgreSQL, named by POOLHOUSE_TEST_POSTGRES and gone afterwards. A server named there already is used as it is.
set -euo pipefail
[ -z "${POOLHOUSE_TEST_POSTGRES:-}" ] || exec "$@"

bin=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)
bin=$(dirname "${bin:-$(command -v initdb)}")
folder=$(mktemp -d "${TMPDIR:-/tmp}/poolhouse-postgres.XXXXXX")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  owner=$(id -un postgres 2>/dev/null || echo nobody)
  chown "$owner" "$folder"
  as_owner=(runuser -u "$owner" --)
fi
in_folder() { (cd "$folder" && "${as_owner[@]}" "$@"); }
stop() {
  in_folder "$bin/pg_ctl" --pgdata data --mode immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

# A linguistic collation, as most installations have: order must not depend on the C locale.
in_folder "$bin/initdb" --pgdata data --auth trust --username poolhouse --no-sync --encoding UTF8 --locale C.UTF-8 --locale-provider icu --icu-locale en-US >"$folder.log" 2>&1 ||
  { cat "$folder.log"; exit 1; }
rm -f "$folder.log"
in_folder "$bin/pg_ctl" --pgdata data --log server.log --wait start >/dev/null --options \
  "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=400" ||
  { cat "$folder/server.log"; exit 1; }

export POOLHOUSE_TEST_POSTGRES=postgres://poolhouse@127.0.0.1:$port/postgres
"$@"
