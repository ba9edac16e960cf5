#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Generates the C code of proto/ with protoc-c.
#   scripts/generate-proto.sh          writes Sources/CFiguresProto and Sources/CStandardProto
#   scripts/generate-proto.sh --check  fails if what is committed is not what would be written
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v protoc-c >/dev/null; then
  echo "protoc-c is missing: apt-get install protobuf-c-compiler" >&2
  exit 1
fi

# generate TARGET PROTO… : headers under include/, sources beside it.
generate() {
  local out=$1/Sources/$2; shift 2
  mkdir -p "$out/include"
  protoc-c --proto_path=proto --c_out="$out/include" "$@"
  (cd "$out/include" && find . -name '*.pb-c.c' -print0 | while IFS= read -r -d '' file; do
    mkdir -p "../$(dirname "$file")" && mv "$file" "../$file"
  done)
}

root=.
if [[ ${1:-} == --check ]]; then
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
fi
generate "$root" CFiguresProto figures/v1/figure.proto figures/v1/ingestion.proto \
  figures/v1/journal.proto figures/v1/query.proto
generate "$root" CStandardProto grpc/health/v1/health.proto

if [[ $root != . ]]; then
  for target in CFiguresProto CStandardProto; do
    diff -r -x module.modulemap -x '*.umbrella.h' "$root/Sources/$target" "Sources/$target" || {
      echo "generated code is not current: run scripts/generate-proto.sh and commit the result" >&2
      exit 1
    }
  done
  echo "generated code is current"
fi
