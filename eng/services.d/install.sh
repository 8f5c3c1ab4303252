# shellcheck shell=bash
# Debian packages, only those of servers that are missing.

install_packages() {
  local packages="${1}_packages[@]" sudo=() log
  packages=("${!packages}")
  local by_hand="install ${packages[*]} by hand, or use compose.yaml (its head says how)"
  command -v apt-get >/dev/null || die "$1 is not installed, and this is not Debian or a relative of it: $by_hand"
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || die "$1 is not installed, and installing needs root or sudo without a password: $by_hand"
    sudo=(sudo -n)
  fi
  say "installing ${packages[*]}"
  log=$(mktemp)
  # A fresh machine has no package lists, and old lists name files that are gone.
  apt_install || { "${sudo[@]}" apt-get update -qq &>>"$log" && apt_install; } || { tail -n 20 "$log" >&2; die "apt-get failed: $by_hand"; }
  rm -f "$log"
}

# Uses the caller's sudo, packages and log. A subshell, so that its trap is its own.
apt_install() (
  policy=/usr/sbin/policy-rc.d
  # Debian starts what it installs, on the standard ports; exit code 101 from this file forbids it.
  if [[ ! -e $policy ]]; then
    trap '"${sudo[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" install -m 0755 /dev/stdin "$policy"
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${packages[@]}" &>>"$log" </dev/null
)
