#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the CPU that one unary call costs our server and its peers: the same bench.proto, 50 bytes
# up, 1024 down, plaintext, each server on one core, h2load on the last. Every round measures every
# server once, so that what slows the machine for a while slows them all; the first round warms up.
#   Benchmarks/run.sh [ROUNDS] [REQUESTS]    default 5 rounds of 200000 requests; a server that takes
#                                            less than a second or more than four for that gets more
#                                            or fewer, by how fast it was in the warm-up
# Environment:
#   OURS_COMMAND     starts our server: the port is appended, 0 for any, and it says on standard
#                    output `listening on 127.0.0.1:PORT`. Empty leaves it out.
#   PEERS            of: nghttpd cpp cpp-async go swift (default: all). A peer whose tools are missing
#                    is left out, with a message
#   INSTALL=1        installs the Debian packages that the peers are built with
#   CLIENTS STREAMS  connections, and calls at a time on each (default 8 and 32)
#   BUILD            where the servers are built (default: Benchmarks/.build)
#   SWIFT_BUILD      where grpc-swift-server is built (default: swift in BUILD); the folder cannot be
#                    moved or linked to after a build
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../scripts/setup.sh"
rounds=${1:-5} requests=${2:-200000}
clients=${CLIENTS:-8} streams=${STREAMS:-32}
build=${BUILD:-$here/.build}
swift_build=${SWIFT_BUILD:-$build/swift}
peers=${PEERS-nghttpd cpp cpp-async go swift}

# Where our server comes in.
ours_default=$build/ours/release/figures-rpc-server
ours_command=${OURS_COMMAND-$ours_default}

need_packages nghttp2-client
for tool in taskset python3; do
  command -v $tool >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
mkdir -p "$build"
work=$(mktemp -d)
declare -A pids ports counts versions
names=()
cleanup() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

# Building. Each function builds one server, or says what it lacks and fails.

# tools PEER "PACKAGES" COMMAND…: whether the commands are there, from these Debian packages.
tools() {
  local peer=$1 packages=$2 missing=() tool
  shift 2
  [[ ${INSTALL:-} != 1 ]] || need_packages $packages >&2 || true
  for tool in "$@"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [[ ${#missing[@]} -eq 0 ]] && return 0
  echo "skipping $peer: no ${missing[*]} (apt-get install $packages, or INSTALL=1)" >&2
  return 1
}

# built PEER LOG COMMAND…: runs a build, and shows its output only where it fails.
built() {
  local peer=$1 log=$2
  shift 2
  "$@" >"$log" 2>&1 && return 0
  tail -n 20 "$log" >&2
  echo "skipping $peer: it does not build" >&2
  return 1
}

build_nghttpd() {
  tools nghttpd nghttp2-server nghttpd || return 1
  versions[nghttpd]=$(nghttpd --version | sed 's,.*/,,')
}

cpp_packages="g++ pkg-config libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc"
build_cpp() { cpp cpp callback; }
build_cpp-async() { cpp cpp-async async; }
cpp() { # cpp PEER SOURCE
  tools "$1" "$cpp_packages" g++ pkg-config protoc grpc_cpp_plugin || return 1
  built "$1" "$work/build" compile_cpp "$2" || return 1
  versions[$1]=$(pkg-config --modversion grpc++)
}
compile_cpp() {
  local out=$build/cpp program=$build/cpp/grpc-cpp-$1
  [[ -x $program && -z $(find "$here/cpp" "$here/bench.proto" -newer "$program") ]] && return 0
  pkg-config --exists --print-errors grpc++ protobuf || return 1
  mkdir -p "$out" &&
    protoc -I "$here" --cpp_out="$out" --grpc_out="$out" \
      --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" "$here/bench.proto" &&
    g++ -std=c++17 -O2 -DNDEBUG -I "$out" -I "$here/cpp" $(pkg-config --cflags grpc++ protobuf) \
      "$here/cpp/$1.cc" "$out/bench.pb.cc" "$out/bench.grpc.pb.cc" \
      $(pkg-config --libs grpc++ protobuf) -pthread -o "$program"
}

go_packages="golang-go golang-google-grpc-dev golang-goprotobuf-dev protobuf-compiler"
build_go() {
  tools go "$go_packages" go protoc protoc-gen-go || return 1
  local library=/usr/share/gocode/src/google.golang.org/grpc
  [[ -d $library ]] || {
    echo "skipping go: no grpc-go (apt-get install $go_packages, or INSTALL=1)" >&2
    return 1
  }
  built go "$work/build" compile_go || return 1
  versions[go]=$(sed -n 's/^const Version = "\(.*\)"/\1/p' "$library/version.go")
}
# With the libraries of Debian's packages, which are laid out as a GOPATH.
compile_go() {
  local out=$build/go
  mkdir -p "$out/src/figures/grpc-go-server" &&
    cp "$here/go/main.go" "$out/src/figures/grpc-go-server/" &&
    protoc -I "$here" --go_out=plugins=grpc:"$out/src" "$here/bench.proto" &&
    GO111MODULE=off GOPATH="$out:/usr/share/gocode" \
      go build -o "$out/grpc-go-server" figures/grpc-go-server
}

build_ours() {
  [[ $ours_command == "$ours_default" ]] || return 0
  command -v swift >/dev/null || { echo "no swift on PATH" >&2; return 1; }
  echo "building figures-rpc-server (a first build takes some minutes)" >&2
  built ours "$work/build" swift build -c release --package-path "$here/ours" --scratch-path "$build/ours"
}

build_swift() {
  command -v swift >/dev/null || { echo "skipping swift: no swift on PATH" >&2; return 1; }
  echo "building grpc-swift-server (a first build takes many minutes)" >&2
  built swift "$work/build" swift build -c release --package-path "$here/swift" \
    --scratch-path "$swift_build" --product grpc-swift-server || return 1
  versions[swift]=$(python3 - "$here/swift/Package.resolved" <<'PYTHON'
import json, sys
print(*[pin["state"].get("version", "") for pin in json.load(open(sys.argv[1]))["pins"] if pin["identity"] == "grpc-swift-2"])
PYTHON
  )
}

# Starting. Every server is pinned to one core and says where it listens.

server_core=0 client_core=$(($(nproc) - 1))
[[ $client_core -ne $server_core ]] ||
  echo "one core only: the client takes turns with the servers" >&2

# start NAME COMMAND…: the port is appended.
start() {
  local name=$1 said=$work/said-$1
  shift
  : >"$said"
  taskset -c $server_core "$@" 0 >"$said" 2>"$said.err" &
  pids[$name]=$!
  for _ in $(seq 100); do
    if grep -q '^listening on' "$said"; then
      ports[$name]=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$said" | head -n 1)
      names+=("$name")
      return
    fi
    kill -0 "${pids[$name]}" 2>/dev/null || break
    sleep 0.1
  done
  cat "$said.err" >&2
  echo "$name did not start" >&2
  return 1
}
start_cpp() { start cpp "$build/cpp/grpc-cpp-callback"; }
start_cpp-async() { start cpp-async "$build/cpp/grpc-cpp-async"; }
start_go() { GOMAXPROCS=1 start go "$build/go/grpc-go-server"; }
start_swift() { start swift "$swift_build/release/grpc-swift-server"; }
# A file of the size of an answer. nghttpd takes no port 0 and says nothing when it listens.
start_nghttpd() {
  mkdir "$work/www"
  cp "$work/reply" "$work/www/file"
  ports[nghttpd]=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  taskset -c $server_core nghttpd --no-tls -n 1 -d "$work/www" -a 127.0.0.1 "${ports[nghttpd]}" >/dev/null 2>&1 &
  pids[nghttpd]=$!
  for _ in $(seq 50); do
    if ask nghttpd request 2>/dev/null | cmp -s - "$work/reply"; then names+=(nghttpd); return; fi
    sleep 0.1
  done
  echo "nghttpd did not start" >&2
  return 1
}

# The request and the answer as they are on the wire: 5 bytes of gRPC prefix, then field 1.
# The size of an answer tells whole answers from errors when h2load has run.
python3 - "$work" <<'PYTHON'
import sys
def message(body):
    size, n = b"", len(body)
    while n > 0x7F:
        size, n = size + bytes([n & 0x7F | 0x80]), n >> 7
    coded = b"\x0a" + size + bytes([n]) + body
    return b"\0" + len(coded).to_bytes(4, "big") + coded
for name, content in {
    "request": message(b"q" * 50), "empty": b"\0" * 5, "reply": message(b"x" * 1024),
}.items():
    open(f"{sys.argv[1]}/{name}", "wb").write(content)
PYTHON
size=$(stat -c %s "$work/reply")
path=/figures.bench.Bench/Get
grpc=(-H 'content-type: application/grpc' -H 'te: trailers')

# ask NAME REQUEST OPTION…: one request by nghttp.
ask() {
  local name=$1 request=$2
  shift 2
  if [[ $name == nghttpd ]]; then
    nghttp "$@" "http://127.0.0.1:${ports[$name]}/file"
  else
    nghttp -d "$work/$request" "${grpc[@]}" "$@" "http://127.0.0.1:${ports[$name]}$path"
  fi
}

# check NAME: one call, byte for byte, with its status, and one that must be refused.
check() {
  ask "$1" request >"$work/answer"
  cmp -s "$work/answer" "$work/reply" || { echo "$1: not the answer that bench.proto asks for" >&2; return 1; }
  [[ $1 == nghttpd ]] || { status "$1" request 0 && status "$1" empty 3; }
}
status() { # status NAME REQUEST STATUS
  ask "$1" "$2" -nv >"$work/answer"
  grep -q "grpc-status: $3\$" "$work/answer" || { cat "$work/answer" >&2; echo "$1: not grpc-status $3" >&2; return 1; }
}

# load NAME REQUESTS: h2load, which must see every request answered, in full.
load() {
  local target=(-d "$work/request" "${grpc[@]}" "http://127.0.0.1:${ports[$1]}$path")
  [[ $1 == nghttpd ]] && target=("http://127.0.0.1:${ports[$1]}/file")
  taskset -c $client_core h2load -c "$clients" -m "$streams" -n "$2" "${target[@]}" >"$work/load" 2>&1
  grep -q " $2 succeeded, 0 failed, 0 errored" "$work/load" &&
    grep -q "^status codes: $2 2xx" "$work/load" &&
    grep -q "($(($2 * size))) data\$" "$work/load" ||
    { cat "$work/load" >&2; echo "$1: not every call was answered" >&2; return 1; }
}

# cpu PID: user and system time of a process so far, in microseconds.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print int(($12 + $13) * 1000000 / hz) }' "/proc/$1/stat"; }

# measure NAME REQUESTS: sets used and took, in microseconds.
measure() {
  local cpu_before time_before
  cpu_before=$(cpu "${pids[$1]}") time_before=$(date +%s%N)
  load "$1" "$2"
  used=$(($(cpu "${pids[$1]}") - cpu_before)) took=$((($(date +%s%N) - time_before) / 1000))
}

if [[ -n $ours_command ]]; then
  build_ours
  start ours $ours_command
else
  echo "skipping ours: no OURS_COMMAND" >&2
fi
for peer in $peers; do
  declare -F "build_$peer" >/dev/null || { echo "no peer is named $peer" >&2; exit 2; }
  if "build_$peer"; then "start_$peer"; fi
done
[[ ${#names[@]} -gt 0 ]] || { echo "nothing to measure" >&2; exit 1; }
for name in "${names[@]}"; do check "$name"; done

# Warm-up: half a second or so to see how fast each is, then a round that is not counted.
for name in "${names[@]}"; do
  measure "$name" 10000
  measure "$name" 10000
  counts[$name]=$(awk -v n="$requests" -v took="$took" -v step=$((clients * streams)) 'BEGIN {
    rate = 10000 / took * 1000000
    if (n < rate * 1.5) n = rate * 1.5
    if (n > rate * 4) n = rate * 4
    print (int(n / step) + 1) * step
  }')
done
for name in "${names[@]}"; do echo "$name ${versions[$name]:-}"; done >"$work/versions"
for ((round = 0; round <= rounds; round++)); do
  for name in "${names[@]}"; do
    measure "$name" "${counts[$name]}"
    ((round == 0)) || echo "$round $name ${counts[$name]} $used $took" >>"$work/rounds"
    # The speed of the warm round tells better how many make a second.
    ((round > 0 || took >= 1200000)) || counts[$name]=$((counts[$name] * 1800000 / took))
  done
done

python3 - "$work" "$clients" "$streams" <<'PYTHON'
import collections, statistics, sys
work = sys.argv[1]
versions = dict(line.rstrip("\n").split(" ", 1) for line in open(f"{work}/versions"))
labels = {
    "ours": "ours", "nghttpd": "nghttpd, static file", "cpp": "gRPC C++, callback API",
    "cpp-async": "gRPC C++, completion queue", "go": "grpc-go", "swift": "grpc-swift 2",
}
costs, busy, counts = collections.defaultdict(dict), collections.defaultdict(list), {}
for line in open(f"{work}/rounds"):
    round, name, n, used, took = line.split()
    costs[name][round] = int(used) / int(n)
    busy[name].append(int(used) / int(took))
    counts[name] = int(n)
    if int(took) < 1_000_000:
        print(f"{name}: a measurement of {int(took) / 1e6:.2f} s is short; raise REQUESTS", file=sys.stderr)
rounds = len(next(iter(costs.values())))
print(f"unary call, 50 bytes up, 1024 down, h2load -c {sys.argv[2]} -m {sys.argv[3]}, {rounds} rounds; CPU per call in µs")
print(f"{'server':<28}{'version':<9}{'median':>8}{'min':>8}{'max':>8}{'to ours':>9}{'core busy':>11}{'calls':>10}")
for name, measured in costs.items():
    ratio = "-"
    if "ours" in costs:
        ratio = f"{statistics.median(measured[r] / costs['ours'][r] for r in measured):.2f}"
    values = measured.values()
    print(f"{labels[name]:<28}{versions[name]:<9}{statistics.median(values):>8.2f}{min(values):>8.2f}{max(values):>8.2f}"
          f"{ratio:>9}{statistics.median(busy[name]):>11.0%}{counts[name]:>10}")
if any(statistics.median(shares) < 0.8 for shares in busy.values()):
    print("a server's core was busy with it for less than 80% of the time: something else ran on this"
          " machine, or the client could not keep up", file=sys.stderr)
PYTHON
