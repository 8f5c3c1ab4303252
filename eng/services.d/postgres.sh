# shellcheck shell=bash disable=SC2034,SC2154 # the arrays are read by name; runtime is eng/services'
postgres_port=${STRATAI_POSTGRES_PORT:-25432}
postgres_packages=(postgresql)
postgres_processes=(postgres)
# INT ends sessions, QUIT does not wait for a checkpoint either.
postgres_signals=(INT QUIT)

# The folder of the newest PostgreSQL, 15 or later; Debian keeps the server's programs off the PATH.
postgres_bin() {
  local bin
  bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [[ -x $bin/initdb ]] || bin=$(dirname -- "$(command -v initdb)") || return 1
  [[ $("$bin/postgres" --version) =~ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 15)) && echo "$bin"
}

postgres_present() { postgres_bin >/dev/null 2>&1; }

postgres_env() { echo "STRATAI_POSTGRES=Host=127.0.0.1;Port=$1;Username=postgres;Password=postgres;Database=postgres"; }

# postgres_answers PORT: a query, since the port is open before the server takes any.
postgres_answers() { PGPASSWORD=postgres PGCONNECT_TIMEOUT=2 "$(postgres_bin)/psql" -XAtq -h 127.0.0.1 -p "$1" -U postgres -d postgres -c 'select 1'; }

# A killed server leaves its children behind for a while, and a lock file that still counts where nobody reaps the killed process.
# The children are known by their working folder, which is the data folder, and by their title.
postgres_after_end() {
  local data=$runtime/postgres/data process left=1
  for _ in {1..100}; do
    ((left)) || break
    left=0
    for process in /proc/[0-9]*; do
      if [[ $(readlink "$process/cwd" 2>/dev/null) == "$data" && $(command_line "${process#/proc/}") == postgres:* ]]; then
        left=1
        kill -s KILL "${process#/proc/}" 2>/dev/null || true
      fi
    done
    ((left == 0)) || sleep 0.05
  done
  rm -f "$data/postmaster.pid"
}

postgres_start() {
  local dir=$1 port=$2 bin
  bin=$(postgres_bin)
  own postgres "$dir"
  if [[ ! -d $dir/data ]]; then
    # Made under another name first: an interrupted initdb must not be taken for a cluster.
    rm -rf "$dir/new"
    echo postgres >"$dir/password"
    own postgres "$dir"
    as postgres "$bin/initdb" -D "$dir/new" -U postgres --pwfile="$dir/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync \
      >"$dir/postgres.log" 2>&1 || fail "postgres/postgres could not be initialised"
    cat >>"$dir/new/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_preload_libraries = 'pg_stat_statements'
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    # Not every distribution installs it with the server.
    [[ -e $("$bin/pg_config" --pkglibdir)/pg_stat_statements.so ]] || sed -i '/^shared_preload_libraries/d' "$dir/new/postgresql.conf"
    mv "$dir/new" "$dir/data"
  fi
  spawn postgres postgres/postgres "$bin/postgres" -D "$dir/data" -p "$port"
  wait_for postgres/postgres postgres_answers "$port"
}
