#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the fold of figures-query on made-up documents: claims a second on one core, memory a claim, snapshots.
#   scripts/fold-bench.sh [CLAIMS]     default 1000000; three runs, then one with a snapshot after every document
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
need_swift
need_packages "${build_packages[@]}"
swift build -c release --product fold-bench >&2
for _ in 1 2 3; do taskset -c 0 .build/release/fold-bench --claims "${1:-1000000}"; done
taskset -c 0 .build/release/fold-bench --claims "${1:-1000000}" --snapshots
