#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds with a sanitizer, runs the Swift tests of the RPC and HTTP/2 layers under it, and then the
# interoperability, attack and hostile-server suites against programs built with it.
#   scripts/sanitize.sh address|thread [SUITES]    SUITES: all (default), or swift for the Swift tests only
# With `thread`, Swift 6.3.1 reports races that are none, and the script ends with 1: where a continuation is resumed before
# its task waits, the sanitizer does not see that the runtime hands the result over (the stack has
# withUnsafeThrowingContinuation, or a read of what it returned). Read each report.
# Takes half an hour; needs scripts/test.sh to have run once, for its Python environment.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
kind=${1:-address} suites=${2:-all}
[[ $kind == address || $kind == thread ]] || { echo "usage: scripts/sanitize.sh address|thread [SUITES]" >&2; exit 2; }
need_swift
need_packages "${build_packages[@]}"
build=.build-$kind
# The Swift runtime keeps what it makes once: no leak.
export ASAN_OPTIONS=detect_leaks=0:exitcode=99
export TSAN_OPTIONS=exitcode=99
swift build --build-tests --sanitize="$kind" --scratch-path "$build"
swift test --skip-build --sanitize="$kind" --scratch-path "$build" --filter 'RPCTests|HTTP2Tests'
[[ $suites == all ]] || exit 0
tests() { .build/venv/bin/python -m pytest -q -p no:cacheprovider "$@"; }
export FIGURES_BIN=$PWD/$build/debug
# Sanitizers are slow and large: the suites' bounds on time and memory are for ordinary builds.
export PROBE_MEMORY=${PROBE_MEMORY:-2048} PROBE_PROCESSOR=${PROBE_PROCESSOR:-10} PROBE_SLACK=${PROBE_SLACK:-10}
tests Tests/Conformance/hostile
tests Tests/Interop/test_interop_grpcio.py
tests Tests/Conformance/test_http2_conformance.py
