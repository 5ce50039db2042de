#!/usr/bin/env bash
# Runs a command beside a PostgreSQL 15 of its own: an empty cluster below /tmp, on a socket and a port
# of loopback, that is gone when the command has ended. In the command's environment
#   IQTIBAS_TEST_DATABASE  is the address of an empty database in it,
#   IQTIBAS_TEST_TLS       is its address by TLS, with the file of the authority to be trusted,
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

command -v openssl >/dev/null || "${root[@]}" apt-get install -y -qq openssl

# Always the same for this checkout: the tests are built with it.
number=$(pwd | cksum | cut -d' ' -f1)
place=/tmp/iqtibas-postgres-$number
port=$((20000 + number % 10000))
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
"${as[@]}" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
  -keyout "$place/key.pem" -out "$place/certificate.pem" -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE 2>/dev/null
"${as[@]}" $bin/initdb -D "$place/data" -U iqtibas --auth=trust >/dev/null
"${as[@]}" tee -a "$place/data/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$place'
ssl = on
ssl_cert_file = '$place/certificate.pem'
ssl_key_file = '$place/key.pem'
END
server=("${as[@]}" $bin/pg_ctl -D "$place/data" -l "$place/log" -w -s)
"${server[@]}" start
ln -s ".s.PGSQL.$port" "$place/.s.PGSQL.5432" # where everybody looks
"${as[@]}" $bin/createdb -h "$place" -U iqtibas test
cd "$OLDPWD"

export IQTIBAS_TEST_DATABASE="postgres:///test?host=$place&user=iqtibas"
export IQTIBAS_TEST_TLS="postgres://iqtibas@localhost:$port/test?sslmode=verify-full&sslrootcert=$place/certificate.pem"
export IQTIBAS_TEST_SERVER="cd $place && ${server[*]}"
"$@"
