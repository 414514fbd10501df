# Sourced by .ci/run: the Python clients that the tests drive against the server, each set in an environment of its own, made once and
# kept in the cache. Prints nothing when all goes well.

airfield_python() {
  local candidate
  for candidate in python3.11 python3.12 python3.10 python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  echo "no Python from 3.10 to 3.12 with venv and ensurepip" >&2
  return 1
}

# python_venv NAME REQUIREMENT... leaves the interpreter of an environment with exactly these requirements in $venv_python.
# The folder's name tells the requirements, and the mark in it that all of them were installed.
python_venv() {
  local name=$1 base folder log
  shift
  base=$(airfield_python) || return 1
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/airfield-ci/python-$name-$("$base" --version | cat - <(printf '%s\n' "$@") | cksum | cut -d ' ' -f 1)
  mkdir -p "$folder"
  (
    flock 9
    if [ -e "$folder/installed" ]; then exit 0; fi
    log=$folder/install.log
    if ! { "$base" -m venv --clear "$folder/venv" && "$folder/venv/bin/python" -m pip install --quiet "$@"; } >"$log" 2>&1; then
      tail -n 30 "$log" >&2
      exit 1
    fi
    touch "$folder/installed"
  ) 9>"$folder/lock" || return 1
  venv_python=$folder/venv/bin/python
}

# Environments that are named already are left as they are.
start_python() {
  local venv_python
  if ! airfield_python >/dev/null 2>&1; then apt_install python3-venv >/dev/null; fi
  if [ -z "${AIRFIELD_TEST_PYTHON_PYAIRBYTE:-}" ]; then
    python_venv pyairbyte airbyte==0.71.3 airbyte-api==0.53.0 airbyte-cdk==7.39.1 || return 1
    export AIRFIELD_TEST_PYTHON_PYAIRBYTE=$venv_python
  fi
  # PyAirbyte brings the SDK 0.53 and the connector kit that the others ask for.
  export AIRFIELD_TEST_PYTHON_SDK053=${AIRFIELD_TEST_PYTHON_SDK053:-$AIRFIELD_TEST_PYTHON_PYAIRBYTE}
  export AIRFIELD_TEST_PYTHON=${AIRFIELD_TEST_PYTHON:-$AIRFIELD_TEST_PYTHON_PYAIRBYTE}
  if [ -z "${AIRFIELD_TEST_PYTHON_SDK1:-}" ]; then
    python_venv sdk1 airbyte-api==1.0.1 || return 1
    export AIRFIELD_TEST_PYTHON_SDK1=$venv_python
  fi
  if [ -z "${AIRFIELD_TEST_PYTHON_DAGSTER:-}" ]; then
    python_venv dagster dagster-airbyte==0.29.27 dagster-managed-elements==0.29.27 || return 1
    export AIRFIELD_TEST_PYTHON_DAGSTER=$venv_python
  fi
  if [ -z "${AIRFIELD_TEST_PYTHON_AIRFLOW:-}" ]; then
    python_venv airflow apache-airflow-providers-airbyte==6.2.0 || return 1
    export AIRFIELD_TEST_PYTHON_AIRFLOW=$venv_python
  fi
  if [ -z "${AIRFIELD_TEST_PYTHON_PREFECT:-}" ]; then
    python_venv prefect airbyte-prefect==1.2.0 || return 1
    export AIRFIELD_TEST_PYTHON_PREFECT=$venv_python
  fi
}
