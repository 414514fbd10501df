# Sourced by .ci/run: a PostgreSQL of our own in a temporary directory, reached through AIRFIELD_TEST_POSTGRES_URL.

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

start_postgres() {
  if [ -n "${AIRFIELD_TEST_POSTGRES_URL:-}" ]; then return; fi
  if [ -z "$(postgres_bin)" ]; then apt_install postgresql >/dev/null; fi
  as_owner=""
  pg_dir=$(mktemp -d)
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$pg_dir"
    as_owner="runuser -u postgres --"
  fi
  $as_owner "$(postgres_bin)/initdb" -A trust -U postgres -E UTF8 --locale=C.UTF-8 -D "$pg_dir/data" >"$pg_dir/initdb.log"
  # Below the ports that the system gives out by itself.
  for pg_port in $(shuf -i 20000-32000 -n 20); do
    if serve_postgres; then
      export AIRFIELD_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$pg_port/postgres?sslmode=disable"
      return
    fi
  done
  cat "$pg_dir/log" >&2
  return 1
}

# serve_postgres fails when the port is taken.
serve_postgres() {
  $as_owner "$(postgres_bin)/pg_ctl" -D "$pg_dir/data" -o "-h 127.0.0.1 -p $pg_port -k $pg_dir -c max_connections=200" -l "$pg_dir/log" -t 300 -w start >/dev/null 2>&1
}

stop_postgres() {
  if [ -n "${pg_dir:-}" ]; then
    $as_owner "$(postgres_bin)/pg_ctl" -D "$pg_dir/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$pg_dir" || true # what fails in a trap fails the run
  fi
}
