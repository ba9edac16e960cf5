#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Throughput of extraction beside other tools for quantities, in one run on one core, in turns.
#   Benchmarks/extraction/run.sh [TEXT ...]     without texts: the articles of seeds/
# The peers are installed into Benchmarks/.build/extraction: quantulum3 0.10.0, and CQE 2.0.3 where its spaCy model
# (en_core_web_sm, which is not on PyPI) is installed there already.
set -euo pipefail
cd "$(dirname "$0")/../.."
texts=("$@")
[[ ${#texts[@]} -gt 0 ]] || texts=(seeds/*.txt)
swift build -c release --product figures-client > /dev/null
venv=Benchmarks/.build/extraction
if [[ ! -x $venv/bin/python ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet quantulum3==0.10.0
fi
exec taskset -c 0 "$venv/bin/python" Benchmarks/extraction/compare.py .build/release/figures-client "${texts[@]}"
