# shellcheck shell=bash disable=SC2154 # runtime and home are eng/services'
# Processes: started detached, known by pid and command line, ended by pid only.

# as USER COMMAND...: root runs each server as the user its package made for it; anybody else as themselves.
as() {
  local user=$1
  shift
  if ((EUID == 0)); then setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"; else "$@"; fi
}

own() { if ((EUID == 0)); then chown -R "$1:" "$2"; fi; }

# spawn USER SERVER/PROCESS COMMAND...: the command's pid goes to PROCESS.pid, its output to PROCESS.log.
spawn() {
  local user=$1 process=$2 runner=()
  shift 2
  if ((EUID == 0)); then runner=(setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --); fi
  # Each of these programs replaces itself by the next, so the pid is the server's. The lock (9) must not outlive this script.
  setsid nohup "${runner[@]}" "$@" </dev/null >>"$runtime/$process.log" 2>&1 9>&- &
  echo $! >"$runtime/$process.pid"
}

command_line() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null; }

# Whether a process has ended. Its command line does not tell: it is empty for a moment in each exec, and a server is started by four of them.
ended() {
  local state
  state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
  [[ $state == [ZX] ]]
}

# Whether the recorded pid is still a process of ours: a reused pid does not name our folder. (An ended, unreaped one has no command line.)
ours() {
  local pid
  pid=$(cat "$runtime/$1.pid" 2>/dev/null) && [[ $(command_line "$pid") == *"$runtime/"* ]]
}

# end PROCESS SIGNAL...: each signal has five seconds before the next one, the last being KILL.
end() {
  local process=$1 signal
  shift
  for signal in "$@" KILL; do
    ours "$process" || return 0
    kill -s "$signal" "$(cat "$runtime/$process.pid")" || true
    for _ in {1..100}; do
      ours "$process" || return 0
      sleep 0.05
    done
  done
  die "$process could not be ended"
}

# Front to back: a gateway first, what it stands on last.
end_all() {
  local i processes="${1}_processes[@]" signals="${1}_signals[@]"
  processes=("${!processes}")
  for ((i = ${#processes[@]} - 1; i >= 0; i--)); do end "$1/${processes[i]}" "${!signals}"; done
  if declare -F "${1}_after_end" >/dev/null; then "${1}_after_end"; fi
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

require_free_port() {
  if listens "$2"; then
    local variable=STRATAI_${1^^}_PORT holder
    holder=$(ss -Hltnp "sport = :$2" 2>/dev/null | sed -n 's/.*users:((\("[^"]*",pid=[0-9]*\).*/ (\1)/p' | head -n 1) || true
    die "port $2, wanted for $1, is taken by another program$holder; end that program or set $variable"
  fi
}

# wait_for PROCESS PROBE...: until the probe succeeds; a minute at most, and no longer than the process lives.
wait_for() {
  local process=$1 deadline=$((SECONDS + 60)) pid
  shift
  pid=$(cat "$runtime/$process.pid")
  until "$@" >/dev/null 2>&1; do
    if ended "$pid"; then fail "$process ended while starting"; fi
    if ((SECONDS >= deadline)); then fail "$process did not answer within a minute"; fi
    sleep 0.05
  done
}

# fail MESSAGE with the end of the process's log, which names the cause.
fail() {
  local log=$runtime/${1%% *}.log
  say "$1; the end of ${log/#"$runtime"/"$home/run"}:"
  tail -n 20 "$log" >&2 || true
  exit 1
}
