#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up and shows the main job: builds, starts both services on loopback, ingests seeds/, asks for
# the figures of the West Midlands. A second run starts nothing twice and changes nothing.
#   scripts/run.sh        start and show
#   scripts/run.sh stop   stop what it started
# FIGURES_INGEST_PORT and FIGURES_QUERY_PORT choose the ports (default 7101, 7102).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

state=.figures
ingest=127.0.0.1:${FIGURES_INGEST_PORT:-7101}
query=127.0.0.1:${FIGURES_QUERY_PORT:-7102}
bin=.build/release

# running NAME: whether the process that this script started under a name is still there.
running() {
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) && [[ -n $pid ]] &&
    [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$(readlink -f "$bin/figures-$1")"* ]]
}

stop() {
  local name pid
  for name in query ingest; do
    if running "$name"; then
      pid=$(cat "$state/$name.pid")
      kill -TERM "$pid"
      while kill -0 "$pid" 2>/dev/null; do read -rt 0.1 <> <(:) || true; done
      echo "figures-$name stopped"
    fi
    rm -f "$state/$name.pid"
  done
}

# start NAME ARGUMENT…: starts a service and waits until it listens.
start() {
  local name=$1
  shift
  if running "$name"; then
    echo "figures-$name is running"
    return
  fi
  : > "$state/$name.out"
  nohup "$bin/figures-$name" "$@" >"$state/$name.out" 2>>"$state/$name.log" </dev/null &
  echo $! >"$state/$name.pid"
  for _ in $(seq 100); do
    grep -q '^listening on' "$state/$name.out" && break
    if ! running "$name"; then
      echo "figures-$name did not start; the end of $state/$name.log:" >&2
      tail -n 5 "$state/$name.log" >&2
      exit 1
    fi
    read -rt 0.1 <> <(:) || true
  done
  echo "figures-$name: $(cat "$state/$name.out")"
}

if [[ ${1:-} == stop ]]; then
  stop
  exit 0
fi

need_swift
need_packages "${build_packages[@]}"
mkdir -p "$state"
echo "building (the first time takes some minutes) …"
swift build -c release --product figures-ingest >"$state/build.log" 2>&1 &&
  swift build -c release --product figures-query >>"$state/build.log" 2>&1 &&
  swift build -c release --product figures-client >>"$state/build.log" 2>&1 || {
  echo "the build failed; the end of $state/build.log:" >&2
  tail -n 20 "$state/build.log" >&2
  exit 1
}

start ingest --listen "$ingest" --data "$state/data"
start query --listen "$query" --ingest "$ingest"

client=("$bin/figures-client")
revision=$("${client[@]}" ingest seeds --ingest "$ingest" | tee "$state/ingested.txt" |
  sed -n 's/.*revision \([0-9]*\) .*/\1/p' | sort -n | tail -n 1)
cat "$state/ingested.txt"
echo
"${client[@]}" get --region "West Midlands" --server "$query" --at-least "$revision"

cat <<END

Go on:
  $bin/figures-client get --region UK
  $bin/figures-client regions "West Midlands"
  $bin/figures-client ingest FILE --title "…" --publisher "…"
  $bin/figures-client --help
Logs: $state/ingest.log and $state/query.log. Stop: scripts/run.sh stop
END
