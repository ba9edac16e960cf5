#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Extracts every text of a folder, and scores what was read where there is a reference reading (scripts/score.py tells its form).
#   scripts/evaluate.sh [TEXTS [OUT [GOLD]]] [-- OPTIONS OF score.py]
# TEXTS: NNN*.txt (default seeds). OUT: gets NNN.pred.jsonl (default .figures/evaluation). GOLD: NNN.gold.tsv (default TEXTS).
# FIGURES_CLIENT names the program; without it the newest build is taken.
set -euo pipefail
cd "$(dirname "$0")/.."
folders=()
while [[ $# -gt 0 && $1 != -- ]]; do folders+=("$1"); shift; done
[[ ${1:-} != -- ]] || shift
texts=${folders[0]:-seeds} out=${folders[1]:-.figures/evaluation}
gold=${folders[2]:-$texts}
client=${FIGURES_CLIENT:-}
if [[ -z $client ]]; then
  for candidate in .build/release/figures-client .build/debug/figures-client; do
    if [[ -x $candidate && ( -z $client || $candidate -nt $client ) ]]; then client=$candidate; fi
  done
fi
[[ -n $client ]] || { echo "build first: swift build" >&2; exit 1; }
compgen -G "$texts/*.txt" >/dev/null || { echo "$texts: no text there; allowed: a folder with NNN*.txt" >&2; exit 2; }
mkdir -p "$out"
rm -f "$out"/*.pred.jsonl
for text in "$texts"/*.txt; do
  name=$(basename "$text")
  "$client" extract --jsonl "$text" > "$out/${name%%[!0-9]*}.pred.jsonl" || [[ $? -eq 1 ]]
done
echo "$(ls "$out" | wc -l) files in $out"
if compgen -G "$gold/*.gold.tsv" >/dev/null; then
  python3 scripts/score.py "$out" "$gold" "$@"
fi
