#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Extracts every text of a folder, for a scorer to compare with a reference reading.
#   scripts/evaluate.sh TEXTS OUT     writes OUT/NNN.pred.jsonl for each TEXTS/NNN*.txt
# FIGURES_CLIENT names the program; without it the newest build is taken.
set -euo pipefail
cd "$(dirname "$0")/.."
texts=${1:-seeds} out=${2:-.figures/evaluation}
client=${FIGURES_CLIENT:-}
if [[ -z $client ]]; then
  for candidate in .build/release/figures-client .build/debug/figures-client; do
    if [[ -x $candidate && ( -z $client || $candidate -nt $client ) ]]; then client=$candidate; fi
  done
fi
[[ -n $client ]] || { echo "build first: swift build" >&2; exit 1; }
mkdir -p "$out"
for text in "$texts"/*.txt; do
  name=$(basename "$text")
  "$client" extract --jsonl "$text" > "$out/${name:0:3}.pred.jsonl" || [[ $? -eq 1 ]]
done
echo "$(ls "$out" | wc -l) files in $out"
