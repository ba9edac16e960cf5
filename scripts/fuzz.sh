#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds made-up bytes to what decodes a peer's bytes, with libFuzzer and the address sanitizer: HTTP/2 frames
# and header lists as a server and as a client, gRPC messages, metadata, compression.
#   scripts/fuzz.sh [RUNS] [SECONDS]    inputs and time for each target; default 1000000 runs, 0 = no limit of time
# What was found before (Fuzz/FailCases) is tried first; what is found now is written there.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
runs=${1:-1000000} seconds=${2:-0}
need_swift
need_packages "${build_packages[@]}"
out=.build/fuzz
mkdir -p "$out"
common=(-O -g -sanitize=fuzzer,address -parse-as-library -package-name figures -swift-version 6
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault -I Sources/CNghttp2 -I Sources/CZlib -Xcc -fmodule-map-file=Sources/CNghttp2/module.modulemap
  -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap)
swiftc "${common[@]}" -module-name HTTP2 -emit-module \
  -emit-module-path "$out/HTTP2.swiftmodule" -emit-library -static -o "$out/libHTTP2.a" Sources/HTTP2/*.swift
# All of Wire but what writes to sockets.
wire=$(ls Sources/RPC/Wire/*.swift | grep -v SessionWriter)
swiftc "${common[@]}" -module-name FuzzTargets -I "$out" -L "$out" -lHTTP2 -lnghttp2 -lz -o "$out/fuzz" \
  $wire Fuzz/FuzzTargets.swift 2> >(grep -v "Cannot export local symbol" >&2 || true)
# The Swift runtime keeps what it makes once: no leak.
export ASAN_OPTIONS=detect_leaks=0
for target in server client messages; do
  export FUZZ_TARGET=$target
  mkdir -p "$out/corpus-$target"
  for case in Fuzz/FailCases/"$target"-*; do
    [[ ! -e $case ]] || "$out/fuzz" "$case" >/dev/null 2>&1 || { echo "fails again: $case" >&2; exit 1; }
  done
  if ! "$out/fuzz" -runs="$runs" -max_total_time="$seconds" -max_len=20000 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="Fuzz/FailCases/$target-" "$out/corpus-$target" "Fuzz/Corpus/$target" >"$out/$target.log" 2>&1; then
    tail -n 40 "$out/$target.log" >&2
    echo "fuzz: $target fails; the input is in Fuzz/FailCases" >&2
    exit 1
  fi
  grep -E '^Done' "$out/$target.log" | sed "s/^Done/$target:/"
done
