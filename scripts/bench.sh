#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the path of a query: CPU per GetFigures call, beside nghttpd serving a static file of the
# same size. Both servers run on one core, in turn, in one run; the medians and their ratio are
# printed.
#   scripts/bench.sh [ROUNDS] [REQUESTS]      default 5 rounds of 200000 requests
# REGION chooses the area (default: an area whose answer is about 1 KB).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
rounds=${1:-5} requests=${2:-200000} region=${REGION:-Birmingham}
clients=${CLIENTS:-8} streams=${STREAMS:-32}
need_swift
need_packages "${build_packages[@]}" nghttp2-client nghttp2-server
swift build -c release >/dev/null
bin=$PWD/.build/release
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

# started FILE: waits for the line that says where a server listens, and prints the port.
started() {
  for _ in $(seq 100); do
    if grep -q '^listening on' "$1"; then sed -n 's/.*:\([0-9]*\)$/\1/p' "$1"; return; fi
    sleep 0.1
  done
  echo "a server did not start" >&2
  return 1
}

server_core=0 client_core=$(($(nproc) - 1))
"$bin/figures-ingest" --listen 127.0.0.1:0 --data "$work/data" --log-level error >"$work/ingest" &
pids+=($!)
ingest=$(started "$work/ingest")
taskset -c $server_core "$bin/figures-query" --threads 1 --listen 127.0.0.1:0 --ingest "127.0.0.1:$ingest" \
  --log-level error >"$work/query" &
query_pid=$!
pids+=($query_pid)
query=$(started "$work/query")
revision=$("$bin/figures-client" ingest seeds --ingest "127.0.0.1:$ingest" 2>/dev/null |
  sed -n 's/.*revision \([0-9]*\) .*/\1/p' | sort -n | tail -n 1)
"$bin/figures-client" get --region "$region" --server "127.0.0.1:$query" --at-least "$revision" >/dev/null 2>&1

# The request: 5 bytes of gRPC prefix, field 1 with the region.
python3 - "$region" >"$work/request" <<'END'
import sys
name = sys.argv[1].encode()
message = b"\x0a" + bytes([len(name)]) + name
sys.stdout.buffer.write(b"\0" + len(message).to_bytes(4, "big") + message)
END

load() { # load PORT PATH EXTRA…
  local port=$1 path=$2
  shift 2
  taskset -c $client_core h2load -c "$clients" -m "$streams" -n "$requests" "$@" "http://127.0.0.1:$port$path" >"$work/load"
  grep -q "$requests succeeded" "$work/load" || { cat "$work/load" >&2; return 1; }
}
grpc=(-d "$work/request" -H 'content-type: application/grpc' -H 'te: trailers')

# The size of an answer on the wire, to serve a file of the same size.
n=$requests requests=1000
load "$query" /figures.v1.Query/GetFigures "${grpc[@]}"
requests=$n
size=$(sed -n 's/^traffic:.*(\([0-9]*\)) data$/\1/p' "$work/load")
size=$((size / 1000))
mkdir "$work/www"
head -c "$size" /dev/zero | tr '\0' x >"$work/www/file"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
taskset -c $server_core nghttpd --no-tls -n 1 -d "$work/www" -a 127.0.0.1 "$port" >/dev/null 2>&1 &
static_pid=$!
pids+=($static_pid)
sleep 0.5

# cpu PID: user and system time of a process so far, in microseconds.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print int(($12 + $13) * 1000000 / hz) }' "/proc/$1/stat"; }

for ((round = 0; round <= rounds; round++)); do
  before=$(cpu $query_pid)
  load "$query" /figures.v1.Query/GetFigures "${grpc[@]}"
  ours=$(($(cpu $query_pid) - before))
  before=$(cpu $static_pid)
  load "$port" /file
  theirs=$(($(cpu $static_pid) - before))
  # The first round warms up.
  ((round > 0)) && echo "$ours $theirs" >>"$work/rounds"
done
python3 - "$work/rounds" "$requests" "$size" "$region" "$clients" "$streams" <<'END'
import statistics, sys
rows = [tuple(map(int, line.split())) for line in open(sys.argv[1])]
n = int(sys.argv[2])
ours = statistics.median(a / n for a, _ in rows)
theirs = statistics.median(b / n for _, b in rows)
ratio = statistics.median(a / b for a, b in rows)
print(f"GetFigures {sys.argv[4]!r}, {sys.argv[3]} bytes, h2load -c {sys.argv[5]} -m {sys.argv[6]}, {n} requests, median of {len(rows)} rounds")
print(f"figures-query  {ours:.2f} µs CPU a call")
print(f"nghttpd        {theirs:.2f} µs CPU a request, static file of the same size")
print(f"ratio          {ratio:.2f} (min {min(a/b for a, b in rows):.2f}, max {max(a/b for a, b in rows):.2f})")
END
