# SPDX-License-Identifier: Apache-2.0
"""Megabytes of text a second: figures-client beside quantulum3 and CQE, in turns, medians of rounds.

compare.py FIGURES_CLIENT TEXT ...
"""

import contextlib
import io
import re
import statistics
import subprocess
import sys
import time

ROUNDS = 5


def figures(client, path):
    """Megabytes a second of one reading, as `figures-client extract --speed` prints the median of many."""
    printed = subprocess.run([client, "extract", "--speed", path], capture_output=True, text=True, check=True).stdout
    return float(re.match(r"([\d.]+) MB/s", printed)[1])


def timed(read, path):
    text = open(path, encoding="utf8").read()
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        read(text)
    return len(text.encode()) / (time.perf_counter() - start) / 1e6


def peers():
    found = {}
    from quantulum3 import parser

    found["quantulum3"] = parser.parse
    try:
        from CQE import CQE

        found["CQE"] = CQE.CQE().parse
    except Exception as reason:  # its model or one of its many packages is not there
        print(f"CQE is left out: {type(reason).__name__}: {reason}", file=sys.stderr)
    return found


def main():
    client, *texts = sys.argv[1:]
    others = peers()
    speeds = {name: [] for name in ["figures", *others]}
    for _ in range(ROUNDS):
        for path in texts:
            speeds["figures"].append(figures(client, path))
            for name, read in others.items():
                speeds[name].append(timed(read, path))
    ours = statistics.median(speeds["figures"])
    for name, values in speeds.items():
        median = statistics.median(values)
        print(f"{name:12} {median:9.4f} MB/s  ({min(values):.4f} to {max(values):.4f})  figures is {ours / median:6.1f} x")


main()
