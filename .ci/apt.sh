# Sourced by .ci/run: packages of the system, on a machine where others may be installing some too.

# apt_install PACKAGE... installs from the lists that are there when they cannot be renewed.
apt_install() {
  apt-get update -qq || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600 "$@" </dev/null
}
