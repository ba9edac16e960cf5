# SPDX-License-Identifier: Apache-2.0
"""Areas side by side, operations, and small counts that are hidden."""
import json

import pytest

from test_record import write


def get(services, *arguments):
    result = services.client("get", "--json", *arguments)
    assert result.stdout, result.stderr
    return json.loads(result.stdout)["facts"]


def test_operations_are_listed(seeded):
    result = seeded.client("operations")
    assert result.returncode == 0
    assert "op/project-atari" in result.stdout and "six-month operation led by National Crime Agency" in result.stdout
    line = next(l for l in result.stdout.splitlines() if "six-month" in l)
    assert line.split()[0] == "2"  # two documents, linked by evidence


def test_areas_stand_side_by_side(services, tmp_path):
    table = "area,2020,2021,2022\nforce/kent,10,20,<5\nforce/surrey,30,,7\n"
    mapping = {
        "metric": {"value": "arrests"}, "region": {"column": "area"}, "period": {"heading": True},
        "value": {"columns": ["2022", "2020", "2021"]},
    }
    result = services.client("record", *write(tmp_path, table, mapping), "--release", "r")
    services.caught_up(int(result.stderr.split()[-1]))
    shown = services.client("compare", "--metric", "arrests", "--region", "force/kent", "--region", "force/surrey")
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in shown.stdout.splitlines()]
    assert rows == [
        ["period", "Kent (police force area)", "Surrey (police force area)"], ["2020", "10", "30"], ["2021", "20"],
        ["2022", "less than 5", "7"],
    ]
    later = services.client("compare", "--metric", "arrests", "--region", "force/surrey", "--from", "2021-01-01")
    assert "30" not in later.stdout and "7" in later.stdout
    assert services.client("compare", "--metric", "charges", "--region", "force/kent").returncode == 1
    assert "no area is named" in services.client("compare", "--metric", "arrests", "--region", "Atlantis").stderr
    assert "no metric" in services.client("compare", "--metric", "joy", "--region", "gb").stderr


def test_small_counts_are_hidden_and_can_not_be_worked_out(seeded):
    facts = get(seeded, "--region", "force/west-midlands", "--metric", "arrests", "--suppress-below", "5")
    parts = {f["region"]: f for f in facts if f["region"].startswith("lad/")}
    # 1, 2 and 2 are small; three unknowns of one sum give nothing away.
    assert {area for area, f in parts.items() if f["suppressed"]} == {"lad/solihull", "lad/walsall", "lad/wolverhampton"}
    assert all("low" not in f or f["low"] is None for f in facts if f["suppressed"])
    # Two women are small: the men would give them away.
    sexes = {f["population"]["sex"]: f for f in facts if f["population"].get("sex")}
    assert sexes["female"]["suppressed"] == "below 5" and sexes["male"]["suppressed"] == "it would give a figure below 5 away"
    total = next(f for f in facts if f["value"] == "41")
    assert total["check"] == "" and not total["suppressed"]
    # One charge is small: 41 arrests and 40 on bail would give it away.
    everything = get(seeded, "--region", "force/west-midlands", "--suppress-below", "5")
    assert next(f for f in everything if f["metric"] == "charges")["suppressed"] == "below 5"
    assert next(f for f in everything if f["metric"] == "bailed")["suppressed"]
    for fact in everything:
        assert "1" != fact["value"] and " - 1" not in fact["derived"] and "+ 1" not in fact["check"]
    # With a filter the same figures are hidden as without.
    filtered = get(seeded, "--region", "force/west-midlands", "--metric", "bailed", "--suppress-below", "5")
    assert [f["suppressed"] for f in filtered] != [""]
    text = seeded.client("get", "--region", "force/west-midlands", "--suppress-below", "5")
    assert "figures are hidden: they are small" in text.stderr and "hidden" in text.stdout
    assert get(seeded, "--region", "force/west-midlands") == get(seeded, "--region", "force/west-midlands", "--suppress-below", "0")


def test_a_single_small_part_takes_the_next_with_it(services, tmp_path):
    areas = {"birmingham": 15, "coventry": 7, "dudley": 6, "sandwell": 8, "solihull": 1, "walsall": 9, "wolverhampton": 20}
    table = f"area,n\nforce/west-midlands,{sum(areas.values())}\n" + "".join(f"lad/{a},{n}\n" for a, n in areas.items())
    mapping = {"metric": {"value": "arrests"}, "region": {"column": "area"}, "period": {"value": "2021"}, "value": {"column": "n"}}
    result = services.client("record", *write(tmp_path, table, mapping), "--release", "r")
    services.caught_up(int(result.stderr.split()[-1]))
    facts = get(services, "--region", "force/west-midlands", "--suppress-below", "3")
    assert {f["region"] for f in facts if f["suppressed"]} == {"lad/solihull", "lad/dudley"}


@pytest.mark.parametrize("arguments, code, message", [
    (["get", "--region", "gb", "--suppress-below", "1001"], 4, "suppress_below"),
    (["compare", "--metric", "arrests", "--region", "gb", "--population", "male"], 64, "NAME=VALUE"),
])
def test_what_is_wrong_is_named(seeded, arguments, code, message):
    result = seeded.client(*arguments)
    assert message in result.stderr and result.returncode in (code, 2), (result.returncode, result.stderr)
