#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need, builds, and runs every test.
#   scripts/test.sh
# FIGURES_KILLS is how often the crash test kills figures-ingest (default 50).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
need_swift
need_packages "${build_packages[@]}" protobuf-compiler protobuf-c-compiler nghttp2-client python3-venv

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
if ! cmp -s Tests/System/requirements.txt "$venv/requirements.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" --quiet install --requirement Tests/System/requirements.txt
  cp Tests/System/requirements.txt "$venv/"
fi
FIGURES_BIN=.build/debug "$venv/bin/python" -m pytest -q -p no:cacheprovider Tests/System
