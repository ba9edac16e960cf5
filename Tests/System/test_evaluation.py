# SPDX-License-Identifier: Apache-2.0
"""The evaluation harness: the scorer's rule on small cases, and what the extractor makes of the texts with a reading."""
import importlib.util
import json
import os
import subprocess

import pytest

from conftest import BIN, ROOT

spec = importlib.util.spec_from_file_location("score", ROOT / "scripts" / "score.py")
score = importlib.util.module_from_spec(spec)
spec.loader.exec_module(score)

CORE = {"arrests", "referrals"}


def row(**values):
    """A line of a reference reading: 40 arrests at bytes 10 to 12."""
    return {
        "start": 10, "end": 12, "record": "yes", "precision": "exact", "low": "40", "high": "40", "metric": "arrests",
        "unit": "persons", "region": "", "population": "", "period_start": "", "period_end": "", "alt": "", "neg_kind": "",
        "quote": "40 arrests", **values}


def figure(**values):
    return {"start": 10, "end": 12, "precision": "exact", "low": 40, "high": 40, "metric": "arrests", "unit": "persons",
            **values}


def scored(figures, rows):
    total = score.Score(CORE)
    total.add("001", figures, rows)
    return total.result()


@pytest.mark.parametrize("figures, rows, right, false, missed", [
    ([figure()], [row()], 1, 0, 0),
    ([figure(low=41, high=41)], [row()], 0, 1, 1),
    ([figure(precision="about")], [row()], 0, 1, 1),
    ([figure(start=20, end=22)], [row()], 0, 1, 1),
    ([figure(), figure()], [row()], 1, 1, 0),
    ([figure(precision="more_than", high=None)], [row(precision="more_than", high="")], 1, 0, 0),
    ([figure(low=33.3, high=33.3)], [row(low="33.3333", high="33.3333", unit="percent")], 1, 0, 0),
    ([figure(low=5, high=9, precision="range")], [row(precision="range", low="5", high="9")], 1, 0, 0),
    ([figure(low=5, high=8, precision="range")], [row(precision="range", low="5", high="9")], 0, 1, 1),
    ([figure(precision="about")], [row(alt="about:40:40")], 1, 0, 0),
    ([figure()], [row(record="no", neg_kind="age")], 0, 1, 0),
    ([figure()], [row(record="opt")], 0, 0, 0),
    ([figure(start=0, end=200)], [row()], 0, 1, 1),
    ([], [row()], 0, 0, 1),
])
def test_a_figure_is_right_where_span_class_and_bounds_agree(figures, rows, right, false, missed):
    total = score.Score(CORE)
    total.add("001", figures, rows)
    assert (total.right, total.false, total.missed) == (right, false, missed)


@pytest.mark.parametrize("values, stated, attribute, accuracy", [
    ({"metric": "charges"}, {}, "metric", 0),
    ({"metric": "referrals"}, {"metric": "arrests|referrals"}, "metric", 1),
    ({"metric": "geese"}, {"metric": "geese"}, "metric", None),
    ({"region": "Greater London"}, {"region": "London"}, "region", 1),
    ({"region": "Kent police area"}, {"region": "Surrey|Kent"}, "region", 1),
    ({"region": ""}, {"region": "Kent"}, "region", 0),
    ({"period_start": "2020-01-01", "period_end": "2020-12-31"}, {"period_start": "2020-01-01"}, "period", 1),
    ({"period_start": "2020-01-01", "period_end": "2020-06-30"},
     {"period_start": "2020-01-01", "period_end": "2020-12-31"}, "period", 0),
    ({"population": "the men"}, {"population": "Men"}, "population", 1),
    ({}, {"population": "men"}, "population", 0),
])
def test_attributes_are_looked_at_where_the_reading_states_them(values, stated, attribute, accuracy):
    assert scored([figure(**values)], [row(**stated)])["attributes"][attribute]["accuracy"] == accuracy


def test_pairs_are_as_many_as_there_can_be():
    # The first figure fits both lines, the second one only the first of them.
    wide, narrow = figure(start=10, end=30), figure()
    assert len(score.pairs([wide, narrow], [row(), row(start=20, end=22)])) == 2


def evaluated(texts, out, gold):
    environment = {**os.environ, "FIGURES_CLIENT": str(BIN / "figures-client")}
    result = subprocess.run(
        [ROOT / "scripts" / "evaluate.sh", texts, out, gold, "--", "--json"], env=environment, capture_output=True, text=True,
        check=True)
    return json.loads(result.stdout[result.stdout.index("{"):])


def test_the_seeds_are_read_as_their_readers_did(tmp_path):
    result = evaluated(ROOT / "seeds", tmp_path, ROOT / "Tests" / "Evaluation" / "seeds")
    assert result["figures"] == 76
    assert result["value"]["f1"] >= 0.99


def held(result, floors):
    return {name: result["attributes"][name]["accuracy"] >= floor for name, floor in floors.items()} == dict.fromkeys(floors, True)


def test_texts_of_every_house_style_stay_read(tmp_path):
    """Floors a little below what was measured: whoever lowers one has made reading worse.

    Readers of 141 to 152 and 521 to 544 name what a figure is about as a population, those of pages retold (1051 and on)
    name groups that a text says once for all its figures.
    """
    folder = ROOT / "Tests" / "Evaluation"
    result = evaluated(folder, tmp_path, folder)
    assert result["texts"] == 550
    assert result["value"]["f1"] >= 0.98
    assert held(result, {"metric": 0.865, "region": 0.91, "period": 0.895, "population": 0.56})
    assert result["negatives"]["share"] <= 0.02
    # The texts with made-up figures by themselves.
    made_up = tmp_path / "made-up"
    made_up.mkdir()
    for gold in folder.glob("???.gold.tsv"):
        (made_up / gold.name).symlink_to(gold)
    scored = subprocess.run(
        ["python3", ROOT / "scripts" / "score.py", tmp_path, made_up, "--json"], capture_output=True, text=True, check=True)
    result = json.loads(scored.stdout)
    assert result["texts"] == 276
    assert result["value"]["f1"] >= 0.98
    assert held(result, {"metric": 0.875, "region": 0.91, "period": 0.91, "population": 0.6})
    assert result["negatives"]["share"] <= 0.02


def test_a_folder_without_a_reading_is_named(tmp_path):
    result = subprocess.run(
        ["python3", ROOT / "scripts" / "score.py", tmp_path, tmp_path], capture_output=True, text=True)
    assert result.returncode == 2
    assert f"{tmp_path}: no reference reading there" in result.stderr
