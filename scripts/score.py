#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores what was read in texts against a reference reading of them.

    scripts/score.py PREDICTED GOLD [--details KIND,KIND…] [--json]

PREDICTED holds NNN.pred.jsonl, as `figures-client extract --jsonl` writes it: a line for each figure with start, end
(bytes of the text, end exclusive), low, high, precision, metric, unit, region, period_start, period_end, population.

GOLD holds NNN.gold.tsv, a line for each number of text NNN, with a heading:
    start, end              its bytes in the text
    record                  yes: a figure; no: a number that must not be read as one (neg_kind: why); opt: either will do
    precision, low, high    what it says; alt: other readings that are right too, as precision:low:high;…
    metric, region          names; several that are right are joined by "|"
    unit, population        as they are; where one is empty, it is not looked at
    period_start, period_end   ISO dates, end inclusive; without a start, the period is not looked at
    quote                   words around the number, for people

A figure is read rightly where a predicted one overlaps it, has the same class of precision, and the bounds that this
class has: one predicted figure for one of the gold. A predicted figure that has none is false, unless it lies on nothing
but numbers that may be read either way. Names, units, areas and periods are looked at where the value is right.

Exit status 0; 2 for a folder that can't be scored.
"""
import argparse
import collections
import csv
import json
import pathlib
import re
import sys

# A span that covers more bytes than this points at no number.
SPAN_MAX = 120
# Two values are the same within this part of the value, and shares within this many points.
TOLERANCE = 5e-4
PERCENT_TOLERANCE = 0.1
SUFFIXES = re.compile(r"_(share|increase|decrease|rate|ratio|multiple)(_(increase|decrease))?$")
SAME_NAMES = {
    "uk": "united kingdom", "britain": "united kingdom", "great britain": "united kingdom", "us": "united states",
    "usa": "united states", "greater london": "london", "metropolitan police": "london",
}
ATTRIBUTES = ["metric", "unit", "region", "period", "population"]


def plain(name):
    """A name as it is compared: small letters, no marks, no article, no "police force area"."""
    words = re.sub(r"[^\w\s]", " ", (name or "").lower().replace("&", "and"))
    words = " ".join(re.sub(r"\b(the|police force area|force area|police area)\b", " ", words).split())
    return SAME_NAMES.get(words, words)


def number(text):
    return None if text in (None, "") else float(text)


def bounds(precision, low, high):
    """The bounds that a class of precision has."""
    if precision == "range":
        return low, high
    if precision in ("up_to", "less_than", "almost"):
        return (high if high is not None else low,)
    return (low if low is not None else high,)


def is_close(value, stated, unit):
    if value is None or stated is None:
        return value is stated
    return abs(value - stated) <= max(1e-9, TOLERANCE * abs(stated), PERCENT_TOLERANCE if unit == "percent" else 0)


def readings(row):
    yield row["precision"], number(row["low"]), number(row["high"])
    for other in filter(None, (row.get("alt") or "").split(";")):
        precision, low, high = other.split(":")
        yield precision, number(low), number(high)


def overlaps(figure, row):
    return int(figure["start"]) < int(row["end"]) and int(figure["end"]) > int(row["start"])


def says(figure, row):
    """Whether a predicted figure says what a line of the gold does."""
    precision = figure.get("precision") or "exact"
    own = bounds(precision, number(figure.get("low")), number(figure.get("high")))
    return any(
        precision == stated
        and all(is_close(a, b, row["unit"]) for a, b in zip(own, bounds(stated, low, high)))
        for stated, low, high in readings(row))


def pairs(figures, rows):
    """The most pairs of a predicted figure and a line of the gold, by index, each in one pair (augmenting paths)."""
    edges = [[r for r, row in enumerate(rows) if overlaps(f, row) and says(f, row)] for f in figures]
    partner = {}

    def find(figure, tried):
        for row in edges[figure]:
            if row not in tried:
                tried.add(row)
                if row not in partner or find(partner[row], tried):
                    partner[row] = figure
                    return True
        return False

    for figure in range(len(figures)):
        find(figure, set())
    return {figure: row for row, figure in partner.items()}


def is_period(figure, row):
    start, end = figure.get("period_start") or "", figure.get("period_end") or ""
    return start == row["period_start"] and (not row["period_end"] or end == row["period_end"])


def judged(figure, row, core):
    """(attribute, right, stated, read) for what the gold states of a figure."""
    metrics = row["metric"].split("|")
    if any(SUFFIXES.sub("", metric) in core for metric in metrics):
        yield "metric", figure.get("metric") in metrics, row["metric"], figure.get("metric")
    if row["unit"]:
        yield "unit", plain(figure.get("unit")) == plain(row["unit"]), row["unit"], figure.get("unit")
    if row["region"]:
        areas = [plain(area) for area in row["region"].split("|")]
        yield "region", plain(figure.get("region")) in areas, row["region"], figure.get("region")
    if row["period_start"]:
        read = f"{figure.get('period_start') or ''}..{figure.get('period_end') or ''}"
        yield "period", is_period(figure, row), f"{row['period_start']}..{row['period_end']}", read
    if row["population"]:
        right = plain(figure.get("population")) == plain(row["population"])
        yield "population", right, row["population"], figure.get("population")


class Score:
    """The sums of the texts that were added."""

    def __init__(self, core):
        self.core = core
        self.texts = self.right = self.false = self.missed = self.negatives = self.recorded = 0
        self.stated = collections.Counter()
        self.agreed = collections.Counter()
        self.faults = []  # (kind, text, byte, words)

    def add(self, name, figures, rows):
        self.texts += 1
        gold = [row for row in rows if row["record"] == "yes"]
        negatives = [row for row in rows if row["record"] == "no"]
        either = [row for row in rows if row["record"] == "opt"]
        usable = [f for f in figures if int(f["end"]) - int(f["start"]) <= SPAN_MAX]
        found = pairs(usable, gold)
        self.right += len(found)
        self.false += len(figures) - len(usable)
        for index, figure in enumerate(usable):
            touched = [row for row in gold if overlaps(figure, row)]
            if index in found or not touched and any(overlaps(figure, row) for row in either):
                continue
            self.false += 1
            on = touched or [row for row in negatives if overlaps(figure, row)]
            words = f"{on[0]['neg_kind'] or on[0]['precision']} | {on[0]['quote']}" if on else "no number of the gold"
            value = f"{figure.get('precision')} {figure.get('low')}..{figure.get('high')} {figure.get('metric')}"
            self.faults.append(("false", name, int(figure["start"]), f"{value} | {words}"))
        for index, row in enumerate(gold):
            if index not in found.values():
                self.missed += 1
                words = f"{row['precision']} {row['low']}..{row['high']} {row['metric']} | {row['quote']}"
                self.faults.append(("missed", name, int(row["start"]), words))
        self.negatives += len(negatives)
        self.recorded += sum(any(overlaps(f, row) for f in usable) for row in negatives)
        for index, row in found.items():
            for attribute, is_right, stated, read in judged(usable[index], gold[row], self.core):
                self.stated[attribute] += 1
                self.agreed[attribute] += is_right
                if not is_right:
                    words = f"{read or '-'} for {stated} | {gold[row]['quote']}"
                    self.faults.append((attribute, name, int(gold[row]["start"]), words))

    def result(self):
        def share(part, whole):
            return round(part / whole, 4) if whole else None

        return {
            "texts": self.texts, "figures": self.right + self.missed,
            "value": {
                "precision": share(self.right, self.right + self.false),
                "recall": share(self.right, self.right + self.missed),
                "f1": share(2 * self.right, 2 * self.right + self.false + self.missed)},
            "attributes": {
                name: {"accuracy": share(self.agreed[name], self.stated[name]), "stated": self.stated[name]}
                for name in ATTRIBUTES},
            "negatives": {"recorded": self.recorded, "count": self.negatives,
                          "share": share(self.recorded, self.negatives)},
        }


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def score(predicted, gold, core):
    total = Score(core)
    for path in sorted(gold.glob("*.gold.tsv")):
        name = path.name.removesuffix(".gold.tsv")
        lines = predicted / f"{name}.pred.jsonl"
        if not lines.exists():
            raise FileNotFoundError(f"{lines}: no reading of text {name}; allowed: a file for each NNN.gold.tsv")
        figures = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines() if line.strip()]
        total.add(name, figures, table(path))
    if not total.texts:
        raise FileNotFoundError(f"{gold}: no reference reading there; allowed: a folder with NNN.gold.tsv")
    return total


def vocabulary():
    """The metrics of the catalogue: only these are looked at."""
    path = pathlib.Path(__file__).resolve().parent.parent / "Sources/FiguresModel/Resources/metrics.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0] for line in lines if not line.startswith("#")}


def printed(result):
    value = result["value"]
    yield f"{result['figures']} figures in {result['texts']} texts"
    yield f"{'value':12} F1 {value['f1']:.3f}   precision {value['precision']:.3f}   recall {value['recall']:.3f}"
    for name, of in result["attributes"].items():
        if of["stated"]:
            yield f"{name:12} {of['accuracy']:.3f}      of {of['stated']} stated"
    negatives = result["negatives"]
    if negatives["count"]:
        yield f"{'negatives':12} {negatives['share']:.3f}      {negatives['recorded']} of {negatives['count']} read as figures"


def main():
    parser = argparse.ArgumentParser(description="Scores what was read in texts against a reference reading of them.")
    parser.add_argument("predicted", type=pathlib.Path, help="folder with NNN.pred.jsonl")
    parser.add_argument("gold", type=pathlib.Path, help="folder with NNN.gold.tsv")
    parser.add_argument("--details", default="", metavar="KINDS",
                        help="list what is wrong: all, or some of false,missed," + ",".join(ATTRIBUTES))
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    kinds = set(filter(None, arguments.details.split(",")))
    unknown = kinds - {"all", "false", "missed", *ATTRIBUTES}
    if unknown:
        parser.error(f"--details: no such kind: {', '.join(sorted(unknown))}")
    try:
        total = score(arguments.predicted, arguments.gold, vocabulary())
    except FileNotFoundError as problem:
        print(problem, file=sys.stderr)
        return 2
    for kind, text, start, words in sorted(total.faults, key=lambda fault: fault[1:3]):
        if kinds & {"all", kind}:
            print(f"{text}:{start} {kind}: {words}")
    print(json.dumps(total.result(), indent=1) if arguments.json else "\n".join(printed(total.result())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
