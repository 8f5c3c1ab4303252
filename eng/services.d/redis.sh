# shellcheck shell=bash disable=SC2034 # the arrays are read by name
redis_port=${STRATAI_REDIS_PORT:-26380}
redis_packages=(redis-server)
redis_processes=(redis)
redis_signals=(TERM)

redis_present() { command -v redis-server >/dev/null && command -v redis-cli >/dev/null; }

redis_env() { echo "STRATAI_REDIS=127.0.0.1:$1,allowAdmin=true"; }

redis_answers() { [[ $(redis-cli -h 127.0.0.1 -p "$1" ping) == PONG ]]; }

redis_start() {
  local dir=$1 port=$2
  # The process keeps its command line (set-proc-title), by which it is known as ours.
  cat >"$dir/redis.conf" <<CONF
bind 127.0.0.1
port $port
dir $dir
save ""
appendonly no
set-proc-title no
CONF
  own redis "$dir"
  spawn redis redis/redis redis-server "$dir/redis.conf"
  wait_for redis/redis redis_answers "$port"
}
