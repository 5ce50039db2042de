#!/usr/bin/env bash
# Runs a command beside a PostgreSQL 15 of its own: an empty cluster below /tmp, on a socket alone, that
# is gone when the command has ended. In the command's environment
#   IQTIBAS_TEST_DATABASE  is the address of an empty database in it,
#   IQTIBAS_TEST_SERVER    begins a command that starts and stops the server, as pg_ctl does.
set -euo pipefail

root=()
[ "$(id -u)" = 0 ] || root=(sudo)
bin=/usr/lib/postgresql/15/bin
if [ ! -x $bin/initdb ]; then # no cluster is made or started by the package itself
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq postgresql-common
  "${root[@]}" sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  "${root[@]}" apt-get install -y -qq postgresql-15
fi

# Always the same for this checkout: the tests are built with it.
place=/tmp/iqtibas-postgres-$(pwd | cksum | cut -d' ' -f1)
if [ -e "$place" ]; then
  echo "$place is there: another run is under way, or one was cut off; then remove it" >&2
  exit 1
fi
as=() # PostgreSQL does not run as root
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)

mkdir -m 755 "$place"
end() {
  (cd "$place" && "${as[@]}" $bin/pg_ctl -D "$place/data" stop -m immediate -s) 2>/dev/null || true
  rm -rf "$place"
}
trap end EXIT
[ ${#as[@]} = 0 ] || chown postgres "$place"
cd "$place"
"${as[@]}" $bin/initdb -D "$place/data" -U iqtibas --auth=trust >/dev/null
"${as[@]}" tee -a "$place/data/postgresql.conf" >/dev/null <<END
listen_addresses = ''
unix_socket_directories = '$place'
END
server=("${as[@]}" $bin/pg_ctl -D "$place/data" -l "$place/log" -w -s)
"${server[@]}" start
"${as[@]}" $bin/createdb -h "$place" -U iqtibas test
cd "$OLDPWD"

export IQTIBAS_TEST_DATABASE="postgres:///test?host=$place&user=iqtibas"
export IQTIBAS_TEST_SERVER="cd $place && ${server[*]}"
"$@"
