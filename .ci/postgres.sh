# Sourced by .ci/run: a PostgreSQL of our own in a temporary directory, reached through AIRFIELD_TEST_POSTGRES_URL.

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

start_postgres() {
  if [ -n "${AIRFIELD_TEST_POSTGRES_URL:-}" ]; then return; fi
  if [ -z "$(postgres_bin)" ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
  fi
  pg_dir=$(mktemp -d)
  pg_port=$((20000 + RANDOM % 20000))
  as_owner=""
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$pg_dir"
    as_owner="runuser -u postgres --"
  fi
  $as_owner "$(postgres_bin)/initdb" -A trust -U postgres -D "$pg_dir/data" >"/tmp/airfield-initdb-$pg_port.log"
  $as_owner "$(postgres_bin)/pg_ctl" -D "$pg_dir/data" -o "-p $pg_port -k $pg_dir -c max_connections=200" -l "$pg_dir/log" -w start >/dev/null
  export AIRFIELD_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$pg_port/postgres?sslmode=disable"
}

stop_postgres() {
  if [ -n "${pg_dir:-}" ]; then
    $as_owner "$(postgres_bin)/pg_ctl" -D "$pg_dir/data" -m immediate stop >/dev/null || true
    rm -rf "$pg_dir"
  fi
}
