#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need, builds, and runs every test.
#   scripts/test.sh
# FIGURES_KILLS is how often the crash test kills figures-ingest (default 50); FIGURES_FUZZ_RUNS how many
# inputs each fuzz target gets (default 20000). scripts/sanitize.sh runs the tests under sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
need_swift
need_packages "${build_packages[@]}" protobuf-compiler protobuf-c-compiler nghttp2-client python3-venv openssl

step() { printf '\n== %s\n' "$*"; }

step "format"
swift format lint --strict --recursive Package.swift Sources Tests

step "generated code is current"
scripts/generate-proto.sh --check

step "C libraries stay behind their one target"
# The HTTP/2 library belongs to HTTP2, protobuf-c to the contract and RPC's standard services, the
# database to the journal; and none of them shows in an interface.
forbid() { # forbid PATTERN PLACES EXCEPT: no line of the places may match, but for the excepted files
  local found
  found=$(grep -rnE "$1" $2 | grep -vE "${3:-^$}" || true)
  if [[ -n $found ]]; then
    printf 'not allowed here:\n%s\n' "$found" >&2
    exit 1
  fi
}
forbid '^(public|package|@_exported) +import +(CNghttp2|CProtobufC|CFiguresProto|CStandardProto|GRDB)' Sources
forbid 'import +CNghttp2' Sources '^Sources/HTTP2/'
forbid 'import +(CFiguresProto|CProtobufC|CStandardProto)' Sources '^Sources/(FiguresProto|RPC/Standard)/'
forbid 'import +GRDB' Sources '^Sources/Journaling/'
forbid 'import +(Figures|Gazetteer|Extraction|Reconciliation|Indexing)' 'Sources/RPC Sources/HTTP2'
forbid 'import +(NIO|RPC|GRDB|HTTP2)' 'Sources/FiguresModel Sources/Gazetteer Sources/Extraction Sources/Reconciliation Sources/Indexing'

step "build"
swift build --build-tests

step "Swift tests"
swift test --skip-build

step "tests of the programs, with gRPC's own client"
venv=.build/venv
requirements=(Tests/{System,Interop,Conformance,Conformance/hostile}/requirements.txt)
if ! cat "${requirements[@]}" | cmp -s - "$venv/requirements.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" --quiet install "${requirements[@]/#/--requirement=}"
  cat "${requirements[@]}" >"$venv/requirements.txt"
fi
export FIGURES_BIN=$PWD/.build/debug
tests() { "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@"; }
tests Tests/System

step "gRPC's interoperability cases, both roles; standard services; features on the wire"
tests Tests/Interop

step "HTTP/2 conformance, and attacks on both services"
# The bound is one second; these are debug builds, on a machine that may do other things.
FIGURES_PATIENCE=3 tests Tests/Conformance

step "hostile servers"
tests Tests/Conformance/hostile

step "a short fuzz run"
scripts/fuzz.sh "${FIGURES_FUZZ_RUNS:-20000}"
