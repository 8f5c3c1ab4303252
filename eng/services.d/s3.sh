# shellcheck shell=bash disable=SC2034,SC2154 # the arrays are read by name; runtime is eng/services'
# Ceph's S3 gateway over the smallest cluster there is: one monitor, and one object store that keeps everything in memory.
# A start is always an empty store. Ports: the given one the gateway, the next the monitor, some of the 39 after it the object store.
s3_port=${STRATAI_S3_PORT:-27480}
s3_packages=(ceph-mon ceph-osd radosgw)
s3_processes=(monitor store gateway)
# Nothing is worth saving, and a gateway without its store takes its time to end.
s3_signals=()
s3_access_key=stratai-test
s3_secret_key=stratai-test-secret

s3_present() { command -v ceph-mon >/dev/null && command -v ceph-osd >/dev/null && command -v radosgw >/dev/null; }

s3_env() {
  printf '%s\n' "STRATAI_S3_ENDPOINT=http://127.0.0.1:$1" "STRATAI_S3_ACCESS_KEY=$s3_access_key" "STRATAI_S3_SECRET_KEY=$s3_secret_key"
}

# s3_step PROGRAM...: one step of the set-up, in its log.
s3_step() {
  as ceph timeout 60 "$@" >>"$runtime/s3/setup.log" 2>&1 || fail "s3/setup: $1 failed"
}

s3_start() {
  local dir=$1 port=$2 conf=$1/ceph.conf cluster store monitor
  cluster=$(cat /proc/sys/kernel/random/uuid)
  store=$(cat /proc/sys/kernel/random/uuid)
  monitor="[v2:127.0.0.1:$((port + 1))/0]"
  require_free_port s3 $((port + 1))
  rm -rf "${dir:?}"/*
  mkdir "$dir/monitor" "$dir/store"
  s3_configuration "$dir" "$port" "$cluster" "$monitor" >"$conf"
  own ceph "$dir"

  s3_step monmaptool --create --fsid "$cluster" --addv a "$monitor" "$dir/monmap"
  s3_step ceph-mon -c "$conf" --mkfs --id a --monmap "$dir/monmap"
  spawn ceph s3/monitor ceph-mon -c "$conf" -f --id a
  wait_for s3/monitor listens $((port + 1))

  s3_step ceph -c "$conf" osd new "$store"
  s3_step ceph-osd -c "$conf" --mkfs --id 0 --osd-uuid "$store"
  spawn ceph s3/store ceph-osd -c "$conf" -f --id 0
  s3_step radosgw-admin -c "$conf" --name client.rgw user create --uid=test --display-name=test \
    --access-key="$s3_access_key" --secret-key="$s3_secret_key"
  spawn ceph s3/gateway radosgw -c "$conf" -f --name client.rgw
  wait_for s3/gateway listens "$port"
}

s3_configuration() {
  local dir=$1 port=$2 cluster=$3 monitor=$4
  cat <<CONF
[global]
fsid = $cluster
mon host = $monitor
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind msgr1 = false
ms bind port min = $((port + 2))
ms bind port max = $((port + 40))
auth cluster required = none
auth service required = none
auth client required = none
admin socket =
run dir = $dir
crash dir = $dir
log file = $dir/\$name.log
mon cluster log file = $dir/cluster.log
debug default = 0/0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
[mon]
mon data = $dir/monitor
mon allow pool size one = true
mon max pg per osd = 1000
# A nearly full disk is no reason to refuse a store in memory.
mon data avail crit = 0
paxos propose interval = 0.02
[osd]
osd data = $dir/store
osd objectstore = memstore
memstore device bytes = 8G
[client.rgw]
# The gateway wants an encrypted connection to the monitor, which needs the authentication that is off.
ms mon client mode = crc secure
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw thread pool size = 64
rgw run sync thread = false
rgw override bucket index max shards = 1
# Deleted objects free their memory within a minute instead of hours.
rgw gc obj min wait = 30
rgw gc processor period = 15
rgw gc processor max time = 15
CONF
}
