# Sourced by .ci/run: a container engine, for the tests of connectors that are images. One that answers already is used; else one of
# our own is started, which can build images and run them, and reaches no network. Where none can be started, as without the rights
# to, those tests are skipped, and this says so.

start_docker() {
  if docker info >/dev/null 2>&1; then return; fi
  docker_dir=$(mktemp -d)
  export DOCKER_HOST="unix://$docker_dir/docker.sock"
  if ! { command -v dockerd || apt_install docker.io; } >"$docker_dir/log" 2>&1; then
    no_docker
    return
  fi
  dockerd --storage-driver vfs --iptables=false --ip6tables=false --bridge=none --data-root "$docker_dir/data" --exec-root "$docker_dir/exec" \
    --pidfile "$docker_dir/pid" -H "$DOCKER_HOST" >>"$docker_dir/log" 2>&1 &
  docker_pid=$!
  for _ in $(seq 300); do
    if docker info >/dev/null 2>&1; then return; fi
    if ! kill -0 "$docker_pid" 2>/dev/null; then break; fi
    sleep 0.2
  done
  no_docker
}

no_docker() {
  printf 'no container engine can be started here; its tests are skipped:\n'
  tail -n 3 "$docker_dir/log"
  printf 'TestImages?\nTestImageThatIsNotThere\nTestCancelEndsTheContainer\nTestRemoveLeftovers\nTestContainersOfAKilledServer\n' >"$docker_dir/may-skip"
  docker_skips=$docker_dir/may-skip
}

stop_docker() {
  if [ -n "${docker_pid:-}" ]; then
    kill "$docker_pid" 2>/dev/null && wait "$docker_pid" 2>/dev/null || true
  fi
  if [ -n "${docker_dir:-}" ]; then rm -rf "$docker_dir" || true; fi # what fails in a trap fails the run
}
