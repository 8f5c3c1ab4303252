# shellcheck shell=bash disable=SC2034 # the arrays are read by name
pgbouncer_port=${STRATAI_PGBOUNCER_PORT:-26432}
pgbouncer_packages=(pgbouncer)
pgbouncer_processes=(pgbouncer)
# TERM is immediate up to 1.22 and waits for clients from 1.23 on, where QUIT is immediate.
pgbouncer_signals=(TERM QUIT)

# Debian keeps it in /usr/sbin, which is not on everybody's PATH.
pgbouncer_program() { PATH=$PATH:/usr/sbin command -v pgbouncer; }

pgbouncer_present() { pgbouncer_program >/dev/null; }

pgbouncer_env() { echo "STRATAI_PGBOUNCER=Host=127.0.0.1;Port=$1;Username=postgres;Password=postgres;Database=postgres;No Reset On Close=true"; }

pgbouncer_start() {
  local dir=$1 port=$2 program version prepared=
  program=$(pgbouncer_program)
  version=$("$program" --version | sed -n 's/^PgBouncer //p')
  # Named prepared statements in transaction mode are of 1.21; an older version refuses to start on the unknown setting.
  if [[ $(printf '1.21\n%s\n' "$version" | sort -V | head -n 1) == 1.21 ]]; then prepared='max_prepared_statements = 200'; fi
  echo '"postgres" "postgres"' >"$dir/users.txt"
  # auth_user: the other roles' passwords are looked up in the server, so that tests may make roles.
  cat >"$dir/pgbouncer.ini" <<CONF
[databases]
* = host=127.0.0.1 port=$(port_of postgres)
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $dir/users.txt
auth_user = postgres
admin_users = postgres
pool_mode = transaction
default_pool_size = 20
max_client_conn = 1000
server_idle_timeout = 15
ignore_startup_parameters = extra_float_digits
$prepared
CONF
  own postgres "$dir"
  spawn postgres pgbouncer/pgbouncer "$program" "$dir/pgbouncer.ini"
  wait_for pgbouncer/pgbouncer postgres_answers "$port"
}
