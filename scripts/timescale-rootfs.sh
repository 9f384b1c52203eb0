#!/bin/bash
# A real TimescaleDB (Apache-2 edition) without a container engine: a folder with Debian 13's packages, run in a chroot.
# Debian's own mirror is used, the one this machine's apt is set to.
#
#   timescale-rootfs.sh make              makes the folder, once (about a minute)
#   timescale-rootfs.sh start NAME PORT   makes and starts an empty server and prints its URL
#   timescale-rootfs.sh stop NAME         stops that server and removes it
#
# The folder is TIMESCALE_ROOTFS, by default /var/lib/dripwatch-test/rootfs. Needs root and debootstrap.
set -euo pipefail

rootfs=${TIMESCALE_ROOTFS:-/var/lib/dripwatch-test/rootfs}
version=17

fail() {
  echo "timescale-rootfs: $*" >&2
  exit 1
}

is_made() { [ -e "$rootfs/usr/lib/postgresql/$version/lib/timescaledb.so" ] && [ -e "$rootfs/.complete" ]; }

# The first archive that apt knows from Debian itself; empty where apt says nothing.
debian_mirror() {
  apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 2>/dev/null |
    awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }'
}

make_rootfs() {
  is_made && return
  command -v debootstrap >/dev/null || fail 'debootstrap is not installed'
  rm -rf --one-file-system "$rootfs"
  mkdir -p "$rootfs"
  local mirror
  mirror=$(debian_mirror)
  debootstrap --variant=minbase --include="postgresql-$version,postgresql-$version-timescaledb" \
    trixie "$rootfs" ${mirror:+"$mirror"} >"$rootfs.log" 2>&1 || {
    tail -20 "$rootfs.log" >&2
    fail "debootstrap failed; all of it is in $rootfs.log"
  }
  rm -rf "$rootfs/var/cache/apt/archives/"*.deb "$rootfs/var/lib/apt/lists/"*
  touch "$rootfs/.complete"
}

mount_kernel_folders() {
  local folder
  for folder in proc dev; do
    mountpoint -q "$rootfs/$folder" || mount --bind "/$folder" "$rootfs/$folder"
  done
}

unmount_kernel_folders() {
  # Not under a server that another test run started.
  if chroot "$rootfs" pg_lsclusters --no-header | grep -q online; then return; fi
  local folder
  for folder in dev proc; do
    if mountpoint -q "$rootfs/$folder"; then umount "$rootfs/$folder" || true; fi
  done
}

start_server() {
  local name=$1 port=$2
  is_made || fail "no TimescaleDB in $rootfs; run: $0 make"
  mount_kernel_folders
  chroot "$rootfs" pg_createcluster "$version" "$name" --port "$port" --encoding UTF8 --locale C.UTF-8 >/dev/null
  local settings="$rootfs/etc/postgresql/$version/$name"
  cat >"$settings/conf.d/test.conf" <<CONF
listen_addresses = '127.0.0.1'
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
timescaledb.max_background_workers = 32
max_worker_processes = 48
max_connections = 200
timezone = 'UTC'
fsync = off
full_page_writes = off
CONF
  # Only loopback and the chroot's own socket listen; the data is a test's own and is removed with the server.
  printf '%s\n' 'local all all trust' 'host all all 127.0.0.1/32 trust' >"$settings/pg_hba.conf"
  chroot "$rootfs" pg_ctlcluster "$version" "$name" start >&2 || {
    tail -20 "$rootfs/var/log/postgresql/postgresql-$version-$name.log" >&2
    stop_server "$name"
    fail 'the server did not start'
  }
  echo "postgresql://postgres@127.0.0.1:$port/postgres"
}

stop_server() {
  mount_kernel_folders
  chroot "$rootfs" pg_dropcluster --stop "$version" "$1" || true
  rm -f "$rootfs/var/log/postgresql/postgresql-$version-$1.log"*
  unmount_kernel_folders
}

[ "$(id -u)" = 0 ] || fail 'needs root'
case "${1:-}" in
  make) make_rootfs ;;
  start) start_server "${2:?the name of the server}" "${3:?the port}" ;;
  stop) stop_server "${2:?the name of the server}" ;;
  *) fail 'make, start NAME PORT or stop NAME' ;;
esac
