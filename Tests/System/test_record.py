# SPDX-License-Identifier: Apache-2.0
"""Statistical releases as rows: outcomes, mapping, sums across calls, resuming."""
import json

import pytest

MAPPING = {
    "metric": {"value": "recorded_crimes"},
    "region": {"column": "Force", "values": {"West Midlands": "force/west-midlands"}},
    "period": {"columns": ["Year", "Quarter"]},
    "value": {"column": "Number"},
    "population": {"offence": {"column": "Offence"}},
}
TABLE = """\ufeffYear,Quarter,Force,Offence,Number
2022/23,Q1,West Midlands,Knife crime,"1,204"
2022/23,Q1,force/kent,"Theft, of a vehicle",310
2022/23,Q2,force/kent,Knife crime,-

2022/23,Q1,Atlantis,Knife crime,5
2022/23,Q5,force/kent,Knife crime,5
2022/23,Q1,Birmingham,Knife crime,<5
2022/23,Q1,force/kent,Knife crime,many
"""


def write(folder, table=TABLE, mapping=None):
    (folder / "table.csv").write_text(table)
    (folder / "map.json").write_text(json.dumps(mapping or MAPPING))
    return [str(folder / "table.csv"), "--mapping", str(folder / "map.json")]


def facts(services, region):
    return json.loads(services.client("get", "--region", region, "--json").stdout)["facts"]


def test_rows_become_figures_with_their_words(services, tmp_path):
    files = write(tmp_path)
    result = services.client("record", *files, "--release", "crime-q1", "--publisher", "Home Office", "--published", "2022-10-27")
    assert result.returncode == 4  # three rows were refused
    assert "7 rows: 3 figures recorded, 0 unchanged, 3 refused; journal at revision 1" in result.stderr
    assert 'row 4: region is "Atlantis"' in result.stderr
    assert 'row 5: period is "2022/23 Q5"' in result.stderr
    assert 'row 7: value is "many"' in result.stderr
    services.caught_up(1)
    fact, = facts(services, "force/kent")
    assert (fact["value"], fact["period_start"], fact["period_end"]) == ("310", "2022-04-01", "2022-06-30")
    assert fact["population"] == {"offence": "Theft, of a vehicle"}
    shown = services.client("fact", fact["id"]).stdout
    assert '“2022/23,Q1,force/kent,"Theft, of a vehicle",310”' in shown and "Home Office" in shown
    assert {f["value"] for f in facts(services, "force/west-midlands")} >= {"1,204"}
    assert {f["precision"] for f in facts(services, "lad/birmingham")} == {"less_than"}
    # The same again changes nothing; the rows can be retracted like any document.
    again = services.client("record", *files, "--release", "crime-q1")
    assert "0 figures recorded, 3 unchanged" in again.stderr and "revision 1" in again.stderr
    document = services.client("documents").stdout.split("doc/")[1].split()[0]
    services.client("retract", document, "--reason", "withdrawn")
    services.caught_up(2)
    assert not facts(services, "force/kent")


def test_figures_of_one_release_meet_across_calls(services, tmp_path):
    areas = {"birmingham": 15, "coventry": 7, "dudley": 6, "sandwell": 8, "solihull": 1, "walsall": 2, "wolverhampton": 2}
    table = "area,2021,2022\nforce/west-midlands,41,50\n" + "".join(f"lad/{a},{n},{n + 1}\n" for a, n in areas.items())
    mapping = {
        "metric": {"value": "arrests"}, "region": {"column": "area"}, "period": {"heading": True},
        "value": {"columns": ["2021", "2022"]},
    }
    files = write(tmp_path, table, mapping)
    result = services.client("record", *files, "--release", "arrests", "--batch", "3")
    assert result.returncode == 0, result.stderr
    assert "8 rows: 16 figures recorded" in result.stderr
    services.caught_up(int(result.stderr.split()[-1]))
    totals = {f["value"]: f for f in facts(services, "force/west-midlands") if f["region"] == "force/west-midlands"}
    assert "7 areas add up to 41" in totals["41"]["check"]
    assert "7 areas add up to 48" in totals["50"]["check"] and "the total says 50" in totals["50"]["check"]


def test_a_load_goes_on_where_it_broke_off(services, tmp_path):
    table = "area,year,n\n" + "".join(f"lad/leeds,{1990 + i},{i + 1}\n" for i in range(30))
    mapping = {"metric": {"value": "arrests"}, "region": {"column": "area"}, "period": {"column": "year"}, "value": {"column": "n"}}
    files = write(tmp_path, table, mapping)
    first = services.client("record", *files, "--release", "r", "--batch", "10", "--from-row", "11")
    assert "20 figures recorded" in first.stderr
    whole = services.client("record", *files, "--release", "r", "--batch", "10")
    assert "10 figures recorded, 20 unchanged" in whole.stderr
    services.caught_up(int(whole.stderr.split()[-1]))
    assert len(facts(services, "lad/leeds")) == 30


@pytest.mark.parametrize("table, mapping, code, message", [
    ("a,b\n1,2\n", {}, 2, '"metric" is missing; required: metric, region, period, value'),
    ("a,b\n1,2\n", MAPPING, 2, 'region: the file has no column "Force"; columns: a, b'),
    ("", MAPPING, 2, "is empty"),
    ('Year,Quarter,Force,Offence,Number\n2022,Q1,gb,"x,5\n', MAPPING, 4, "is never closed"),
])
def test_what_is_wrong_with_a_table_is_said(seeded, tmp_path, table, mapping, code, message):
    (tmp_path / "table.csv").write_text(table)
    (tmp_path / "map.json").write_text(json.dumps(mapping))
    result = seeded.client("record", str(tmp_path / "table.csv"), "--mapping", str(tmp_path / "map.json"), "--release", "r")
    assert result.returncode == code and message in result.stderr, result.stderr


def test_calls_are_checked(seeded):
    import grpc
    from figures.v1 import ingestion_pb2 as pb
    stub = seeded.ingestion()
    row = pb.FigureRow(metric="arrests", region="lad/leeds", period="2021", value="5")
    for request, message in [
        (pb.RecordFiguresRequest(rows=[row]), 'release.id: it is ""; allowed: letters, digits'),
        (pb.RecordFiguresRequest(release=pb.Release(id="a b"), rows=[row]), 'release.id: it is "a b"'),
        (pb.RecordFiguresRequest(release=pb.Release(id="r")), 'rows: it is "0 rows"; allowed: 1 to 10000'),
        (pb.RecordFiguresRequest(release=pb.Release(id="r", published="May"), rows=[row]), "release.published"),
    ]:
        with pytest.raises(grpc.RpcError) as error:
            stub.RecordFigures(request, timeout=10)
        assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT and message in error.value.details()
    bad = [
        pb.FigureRow(metric="joy", region="gb", period="2021", value="5"),
        pb.FigureRow(metric="arrests", region="West Midlands", period="2021", value="5"),
        pb.FigureRow(metric="arrests", region="gb", period="2021", value="5", line="a,b", value_start=9),
        pb.FigureRow(metric="arrests", region="gb", period="2021", value="5", population=[pb.figures_dot_v1_dot_figure__pb2.Dimension(name="sex")]),
    ]
    answer = stub.RecordFigures(pb.RecordFiguresRequest(release=pb.Release(id="r"), first_row=100, rows=bad), timeout=10)
    assert [(e.row, e.field) for e in answer.errors] == [(100, "metric"), (101, "region"), (102, "value_start"), (103, "population")]
    assert answer.recorded == 0 and answer.revision == 0 and not answer.document_id
    assert "force/west-midlands" in answer.errors[1].allowed
