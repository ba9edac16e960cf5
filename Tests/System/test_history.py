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


@pytest.mark.parametrize("arguments, code, message", [
    (["retract", "doc/none", "--reason", "x"], 1, "document_id: there is no document"),
    (["retract", "doc/none", "--reason", " "], 4, "reason: it is empty"),
    (["correct", "doc/none:1", "--reason", "x"], 1, "document_id: there is no document"),
    (["correct", "doc/none", "--reason", "x"], 1, "claim_id: there is no claim"),
    (["correct", "doc/none:1", "--reason", "x", "--region", "mars"], 4, "correction.region: it is \"mars\""),
    (["correct", "doc/none:1", "--reason", "x", "--metric", "joy"], 4, "correction.metric: it is \"joy\""),
    (["correct", "doc/none:1", "--reason", "x", "--value", "1", "--precision", "maybe"], 2, "allowed: exact, more_than"),
    (["get", "--region", "gb", "--as-of", "yesterday"], 2, "allowed: a revision, YYYY-MM-DD"),
    (["get", "--region", "gb", "--as-of", "99"], 3, "revision 99 is not reached here yet"),
])
def test_what_is_wrong_is_named(seeded, arguments, code, message):
    result = seeded.client(*arguments)
    assert result.returncode == code and message in result.stderr, result.stderr
