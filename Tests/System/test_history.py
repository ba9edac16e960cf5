# SPDX-License-Identifier: Apache-2.0
"""Retractions, corrections, and readings of what was known before them."""
import json
import re
import time

import grpc
import pytest

from conftest import ROOT

SEEDS = sorted((ROOT / "seeds").glob("0*.txt"))


@pytest.fixture
def filled(services):
    """The five seeds, in a pair of services of its own."""
    for path in SEEDS:
        last = services.submit(path.read_text())
    services.caught_up(last.revision)
    return services


def facts(services, *arguments):
    result = services.client("get", "--region", "gb", "--metric", "children_safeguarded", "--json", *arguments)
    return json.loads(result.stdout)["facts"] if result.stdout else []


def values(services, *arguments):
    return {fact["value"] for fact in facts(services, *arguments)}


def document_of(services, seed):
    listed = services.client("documents").stdout
    return re.search(rf"^ +{seed + 1} +(doc/\w+)", listed, re.M).group(1)


def retract(services, document, reason="withdrawn by the publisher"):
    result = services.client("retract", document, "--reason", reason)
    assert result.returncode == 0, result.stderr
    revision = int(result.stdout.split()[-1])
    services.caught_up(revision)
    return result.stdout, revision


def test_a_retracted_document_counts_no_more_and_its_history_stays(filled):
    assert {"431", "127"} <= values(filled)
    document = document_of(filled, 1)
    said, revision = retract(filled, document)
    assert "retracted, revision 6" in said
    now = values(filled)
    assert "more than 400" in now and not now & {"431", "127"}
    assert values(filled, "--as-of", "5") >= {"431", "127"}
    fact = next(f for f in facts(filled, "--as-of", "5") if f["value"] == "431")
    assert "431 children safeguarded" in filled.client("fact", fact["id"], "--as-of", "5").stdout.splitlines()[0]
    assert "more than 400" in filled.client("fact", fact["id"]).stdout.splitlines()[0]
    # Again, it changes nothing.
    said, again = retract(filled, document)
    assert "was retracted already" in said and again == revision
    # By time: before anything was recorded nothing is known, now it is what stands.
    assert values(filled, "--as-of", "2020-01-01") == set()
    assert values(filled, "--as-of", "2999-01-01") == now


def test_recording_a_retracted_text_again_is_the_identity(filled):
    from figures.v1 import query_pb2 as pb
    before = filled.queries().Status(pb.QueryStatusRequest(), timeout=5).facts_digest
    retract(filled, document_of(filled, 1))
    assert filled.queries().Status(pb.QueryStatusRequest(), timeout=5).facts_digest != before
    again = filled.submit(SEEDS[1].read_text())
    assert again.revision == 7
    assert filled.caught_up(7).facts_digest == before
    # A replica that reads the journal from its beginning holds the same.
    filled.query.stop()
    filled.start_query()
    assert filled.caught_up(7).facts_digest == before


def test_a_corrected_claim_and_what_was_derived_of_it(filled):
    about_80 = next(f for f in facts(filled) if f["value"] == "about 80")
    derived = next(f for f in facts(filled) if f["derived"])
    assert derived["value"] == "about 20" and derived["derived"] == "25 % of about 80" and about_80["id"] in derived["inputs"]
    claim = re.search(r"\[(doc/\w+:\d+)\]", filled.client("fact", about_80["id"]).stdout).group(1)
    told = filled.client("correct", claim, "--reason", "misread", "--value", "100", "--precision", "about", "--unit", "children")
    assert told.returncode == 0 and "corrected, revision 6" in told.stdout
    filled.caught_up(6)
    assert {"about 100", "about 25"} <= values(filled) and "about 80" not in values(filled)
    assert "about 80" in values(filled, "--as-of", "5")
    same = filled.client("correct", claim, "--reason", "misread", "--value", "100", "--precision", "about", "--unit", "children")
    assert "was corrected already, revision 6" in same.stdout
    assert "withdrawn, revision 7" in filled.client("correct", claim, "--reason", "no figure").stdout
    filled.caught_up(7)
    assert not values(filled) & {"about 100", "about 25", "about 80"}


def test_a_link_is_refused_and_taken_back(filled):
    """Two seeds tell of one six-month operation; what links them is shown and can be refused."""
    def documents_of_operation():
        line = next(l for l in filled.client("operations").stdout.splitlines() if "six-month" in l)
        return line.split()[0]
    assert documents_of_operation() == "2"
    shown = json.loads(filled.client("get", "--region", "gb", "--metric", "arrests", "--json").stdout)["facts"]
    fact = next(f for f in shown if f["value"] == "660")
    text = filled.client("fact", fact["id"]).stdout
    assert "exact values that agree while none disagrees" in text
    one, other = sorted(set(re.findall(r"\[(doc/\w+):\d+\]", text)))
    told = filled.client("separate", one, other, "--reason", "two operations")
    assert told.returncode == 0 and "separated, revision 6" in told.stdout, told.stderr
    filled.caught_up(6)
    assert documents_of_operation() == "1"
    assert "were separated already" in filled.client("separate", other, one, "--reason", "two operations").stdout
    apart = json.loads(filled.client("get", "--region", "gb", "--metric", "arrests", "--json").stdout)["facts"]
    assert any("was refused" in filled.client("fact", f["id"]).stdout for f in apart if f["value"] == "660")
    assert "no longer separated, revision 7" in filled.client("separate", one, other, "--reason", "one after all", "--withdraw").stdout
    filled.caught_up(7)
    assert documents_of_operation() == "2"
    same = filled.client("separate", one, one, "--reason", "x")
    assert same.returncode == 4 and "other_document_id: it is" in same.stderr


def test_the_history_of_a_fact(filled):
    found = next(f for f in facts(filled) if f["value"] == "431")
    document = document_of(filled, 1)
    retract(filled, document, "withdrawn by the publisher")
    filled.submit(SEEDS[1].read_text())
    filled.caught_up(7)
    rows = [re.split(r"  +", line.strip()) for line in filled.client("history", found["id"]).stdout.splitlines()]
    assert rows[0][:3] == ["revision", "when", "change"]
    assert [(row[0], row[2], row[3]) for row in rows[1:3]] == [("7", "changed", "431"), ("6", "changed", "more than 400")]
    assert rows[1][-1] == f"recorded again {document}" and rows[2][-1] == f"retracted {document}: withdrawn by the publisher"
    assert rows[-1][2] == "added"
    gone = filled.client("history", "fact/0123456789abcdef")
    assert gone.returncode == 1 and "there is no fact" in gone.stderr


def checksum(payload):
    value = 0xcbf29ce484222325
    for byte in payload:
        value = (value ^ byte) * 0x100000001b3 % 2**64
    return value - 2**64 if value >= 2**63 else value


def test_a_document_is_read_again_by_a_newer_extractor(services):
    services.submit("The force made 41 arrests in Dudley.\n")
    services.submit("The force made 12 arrests in Walsall.\n")
    services.caught_up(2)
    arrests = next(f for f in json.loads(services.client("get", "--region", "Dudley", "--json", "--all-areas").stdout)["facts"] if f["value"] == "41")
    claim = re.search(r"\[(doc/\w+:\d+)\]", services.client("fact", arrests["id"]).stdout).group(1)
    # What an extractor of another version wrote: it took arrests for charges.
    services.query.stop()
    services.ingest.stop()
    import sqlite3
    journal = sqlite3.connect(next((services.folder / "data").glob("*.sqlite*")))
    (payload,) = journal.execute("SELECT payload FROM entries WHERE revision = 1").fetchone()
    version = re.search(rb"\x4a\x03(\d\.\d)", payload).group(1)
    older = payload.replace(b"\x4a\x03" + version, b"\x4a\x030.9").replace(b"\x3a\x07arrests", b"\x3a\x07charges")
    assert len(older) == len(payload) and older != payload and b"\x07charges" in older
    journal.execute("UPDATE entries SET payload = ?, checksum = ? WHERE revision = 1", (older, checksum(older)))
    journal.commit()
    journal.close()
    services.start_ingest()
    services.start_query()
    services.caught_up(2)
    def metrics(*arguments):
        shown = json.loads(services.client("get", "--region", "Dudley", "--json", *arguments).stdout)["facts"]
        return {(f["value"], f["metric"]) for f in shown}
    assert metrics() == {("41", "charges")}
    assert "corrected, revision 3" in services.client("correct", claim, "--reason", "misprint", "--value", "40").stdout
    told = services.client("reextract", "--all")
    assert told.returncode == 0 and "revision 4" in told.stdout and told.stdout.splitlines()[-1] == "1 read again, 1 unchanged", told.stdout + told.stderr
    services.caught_up(4)
    # The correction stands, for the number still does.
    assert metrics() == {("40", "arrests")} and metrics("--as-of", "3") == {("40", "charges")}
    assert metrics("--as-of", "2") == {("41", "charges")}
    history = services.client("history", arrests["id"]).stdout
    assert "read again" in history
    assert services.client("reextract", "--all").stdout.splitlines()[-1] == "0 read again, 2 unchanged"
    # The next word on the document is heard: it is retracted, and its text recorded anew, as it was first read.
    document = claim.split(":")[0]
    assert "retracted, revision 5" in services.client("retract", document, "--reason", "withdrawn").stdout
    assert services.submit("The force made 41 arrests in Dudley.\n").revision == 6
    services.caught_up(6)
    assert metrics() == {("41", "arrests")}
    assert services.client("reextract", "doc/none").returncode == 1


def test_pages_stay_at_the_revision_of_the_first(filled):
    from figures.v1 import query_pb2 as pb
    stub = filled.queries()
    whole = stub.GetFigures(pb.GetFiguresRequest(region="gb", sub_areas=pb.ALL), timeout=10)
    ids, token, revisions = [], "", set()
    for turn in range(100):
        page = stub.GetFigures(pb.GetFiguresRequest(region="gb", sub_areas=pb.ALL, page_size=9, page_token=token), timeout=10)
        ids += [fact.id for fact in page.facts]
        revisions.add(page.revision)
        if turn == 0:
            retract(filled, document_of(filled, 1))
        if turn == 2:
            filled.caught_up(filled.submit("Police in Leeds made 77 arrests.\n").revision)
        token = page.next_page_token
        if not token:
            break
    assert ids == [fact.id for fact in whole.facts] and revisions == {5} and len(ids) > 27
    now = stub.GetFigures(pb.GetFiguresRequest(region="gb", sub_areas=pb.ALL), timeout=10)
    assert now.revision == 7 and [f.id for f in now.facts] != ids


def test_only_the_fields_that_are_wanted(filled):
    from figures.v1 import query_pb2 as pb
    stub = filled.queries()
    whole = stub.GetFigures(pb.GetFiguresRequest(region="gb"), timeout=10)
    some = stub.GetFigures(pb.GetFiguresRequest(region="gb", fact_fields=["quantity", "metric"]), timeout=10)
    assert [f.id for f in some.facts] == [f.id for f in whole.facts] and some.ByteSize() < whole.ByteSize() / 3
    for fact, full in zip(some.facts, whole.facts):
        assert {field.name for field, _ in fact.ListFields()} == {"id", "quantity", "metric"}
        assert fact.quantity == full.quantity and fact.metric == full.metric
    everything = stub.GetFigures(
        pb.GetFiguresRequest(region="gb", fact_fields=[f.name for f in pb.DESCRIPTOR.message_types_by_name["GetFiguresResponse"].fields_by_name["facts"].message_type.fields]),
        timeout=10)
    assert everything.SerializeToString() == whole.SerializeToString()
    with pytest.raises(grpc.RpcError) as refused:
        stub.GetFigures(pb.GetFiguresRequest(region="gb", fact_fields=["joy"]), timeout=10)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT and 'fact_fields: it is "joy"' in refused.value.details()


def test_readings_that_take_long_have_a_bound(filled):
    from figures.v1 import query_pb2 as pb
    found = next(f for f in facts(filled) if f["value"] == "431")
    filled.query.stop()
    filled.query_arguments = ("--max-long-readings", "1")
    filled.start_query()
    filled.caught_up(5)
    stub = filled.queries()
    for _ in range(50):
        calls = [stub.GetFactHistory.future(pb.GetFactHistoryRequest(id=found["id"]), timeout=20) for _ in range(20)]
        refused = [call.exception() for call in calls if call.exception()]
        assert len(refused) < len(calls)
        if refused:
            break
    assert refused and all(e.code() == grpc.StatusCode.RESOURCE_EXHAUSTED for e in refused)
    assert "(max-long-readings)" in refused[0].details()
    assert stub.GetFactHistory(pb.GetFactHistoryRequest(id=found["id"]), timeout=20).changes


def test_areas_are_added_up_where_they_cover_the_whole(services, tmp_path):
    from test_record import write
    boroughs = ["birmingham", "coventry", "dudley", "sandwell", "solihull", "walsall", "wolverhampton"]
    table = "area,2020,2021\n" + "".join(f"lad/{name},{number},{'' if name == 'dudley' else number}\n" for number, name in enumerate(boroughs, 5))
    mapping = {
        "metric": {"value": "arrests"}, "region": {"column": "area"}, "period": {"heading": True},
        "value": {"columns": ["2020", "2021"]},
    }
    result = services.client("record", *write(tmp_path, table, mapping), "--release", "r")
    services.caught_up(int(result.stderr.split()[-1]))
    assert services.client("get", "--region", "force/west-midlands").returncode == 1
    shown = services.client("get", "--region", "force/west-midlands", "--roll-up")
    assert shown.returncode == 0
    assert "  56 arrests, 2020: 5 + 6 + 7 + 8 + 9 + 10 + 11" in shown.stdout
    assert "  no sum of arrests, 2021: 1 area has no figure: Dudley" in shown.stdout
    answer = json.loads(services.client("get", "--region", "force/west-midlands", "--roll-up", "--json").stdout)
    whole, part = sorted(answer["roll_ups"], key=lambda r: r["period_start"])
    assert whole["low"] == 56 and len(whole["inputs"]) == 7 and part["low"] is None if "low" in part else True
    assert part["missing"] == ["lad/dudley"]
    nothing = services.client("get", "--region", "force/kent", "--roll-up")
    assert nothing.returncode == 1 and "nothing to add up" in nothing.stderr
    # What is hidden is not told by a sum.
    hidden = services.client("get", "--region", "force/west-midlands", "--roll-up", "--suppress-below", "6")
    assert "56" not in hidden.stdout and "of figures that are hidden" in hidden.stdout


@pytest.mark.parametrize("arguments, code, message", [
    (["retract", "doc/none", "--reason", "x"], 1, "document_id: there is no document"),
    (["retract", "doc/none", "--reason", " "], 4, "reason: it is empty"),
    (["correct", "doc/none:1", "--reason", "x"], 1, "document_id: there is no document"),
    (["correct", "doc/none", "--reason", "x"], 1, "claim_id: there is no claim"),
    (["correct", "doc/none:1", "--reason", "x", "--region", "mars"], 4, "correction.region: it is \"mars\""),
    (["correct", "doc/none:1", "--reason", "x", "--metric", "joy"], 4, "correction.metric: it is \"joy\""),
    (["correct", "doc/none:1", "--reason", "x", "--value", "1", "--precision", "maybe"], 2, "allowed: exact, more_than"),
    (["get", "--region", "gb", "--as-of", "yesterday"], 2, "allowed: a revision, YYYY-MM-DD"),
    (["separate", "doc/none", "doc/other", "--reason", "x"], 1, "document_id: there is no document"),
    (["reextract"], 2, "name documents, or give --all"),
    (["get", "--region", "gb", "--as-of", "99"], 3, "revision 99 is not reached here yet"),
])
def test_what_is_wrong_is_named(seeded, arguments, code, message):
    result = seeded.client(*arguments)
    assert result.returncode == code and message in result.stderr, result.stderr
