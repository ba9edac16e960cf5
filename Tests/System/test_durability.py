# SPDX-License-Identifier: Apache-2.0
"""Nothing acknowledged is lost, nothing is recorded twice, a replica comes back to the same facts.

FIGURES_KILLS is how often ingest is killed (default 50).
"""
import os
import random
import signal
import threading
import time

import grpc

KILLS = int(os.environ.get("FIGURES_KILLS", "50"))
SEED = int(os.environ.get("FIGURES_SEED", "20261122"))


def test_kill_ingest_while_documents_come_in(services):
    from figures.v1 import ingestion_pb2 as pb, ingestion_pb2_grpc, journal_pb2
    chance = random.Random(SEED)
    acknowledged, lock, stop = {}, threading.Lock(), threading.Event()

    def submit(worker):
        number = 0
        while not stop.is_set():
            text = f"Police arrested {number + 12} people in Leeds in week {number} of unit {worker}."
            with services.channel(services.ingest_port) as channel:
                stub = ingestion_pb2_grpc.IngestionStub(channel)
                while not stop.is_set():
                    try:
                        reply = stub.SubmitDocument(pb.SubmitDocumentRequest(document=pb.DocumentInput(text=text)), timeout=5)
                    except grpc.RpcError:
                        time.sleep(0.01)
                        continue
                    with lock:
                        known = acknowledged.setdefault(text, (reply.document_id, reply.revision))
                        assert known == (reply.document_id, reply.revision)
                    break
            number += 1
            # The same text once more: the same id, the same revision.
            if number % 7 == 0:
                number -= 1
                if chance.random() < 0.5:
                    number += 1

    workers = [threading.Thread(target=submit, args=(index,)) for index in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.3))
        services.ingest.stop(signal.SIGKILL)
        services.start_ingest()
    time.sleep(0.5)
    stop.set()
    for worker in workers:
        worker.join(30)

    entries = {}
    # gRPC's client may still be pausing after the refusals of the last kill.
    for event in services.journal().Subscribe(journal_pb2.SubscribeRequest(), timeout=60, wait_for_ready=True):
        if event.HasField("entry"):
            document = event.entry.document.document
            assert document.id not in entries, "recorded twice"
            assert event.entry.revision == len(entries) + 1, "a gap"
            entries[document.id] = event.entry.revision
        elif event.HasField("caught_up"):
            break
    # How many get through between two kills is the machine's; without any the rest would say nothing.
    assert len(acknowledged) > KILLS // 2
    lost = [text for text, (identity, revision) in acknowledged.items() if entries.get(identity) != revision]
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged documents are gone, seed {SEED}"
    # The replica lived through all of it and has neither lost nor repeated an entry.
    status = services.caught_up(len(entries))
    assert status.documents == len(entries)
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {len(entries)} entries")


def test_a_killed_replica_comes_back_to_the_same_digest(services):
    from conftest import ROOT
    texts = sorted((ROOT / "seeds").glob("*.txt"))
    for path in texts:
        services.submit(path.read_text())
    before = services.caught_up(len(texts))
    for _ in range(3):
        services.query.stop(signal.SIGKILL)
        services.start_query()
        after = services.caught_up(len(texts))
        assert (after.facts_digest, after.facts, after.claims) == (before.facts_digest, before.facts, before.claims)
    assert len(before.facts_digest) == 32 and before.facts > 40


def test_the_order_of_documents_does_not_change_the_facts(tmp_path):
    from conftest import ROOT, Services
    texts = [path.read_text() for path in sorted((ROOT / "seeds").glob("*.txt"))]
    digests = set()
    for name, order in (("a", texts), ("b", texts[::-1])):
        folder = tmp_path / name
        folder.mkdir()
        running = Services(folder)
        try:
            for text in order:
                running.submit(text)
            digests.add(running.caught_up(len(texts)).facts_digest)
        finally:
            running.stop()
    assert len(digests) == 1


def test_the_same_document_is_recorded_once(services):
    first = services.submit("Police arrested 12 people in Leeds.", title="One")
    again = services.submit("Police arrested 12 people in Leeds.", title="Two")
    assert (again.document_id, again.revision) == (first.document_id, first.revision) and first.revision == 1
    assert list(again.differing_fields) == ["title"]
    assert services.submit("Police arrested 13 people in Leeds.").revision == 2


def test_one_process_a_data_folder(services):
    from conftest import Process
    second = Process("figures-ingest", "--listen", "127.0.0.1:0", "--data", str(services.folder / "data"), folder=services.folder)
    assert second.process.wait(20) == 1
    assert "another process" in (services.folder / "figures-ingest.log").read_text()


def test_a_replica_starts_over_with_another_journal(services, tmp_path):
    services.submit("Police arrested 12 people in Leeds.")
    services.submit("Police arrested 13 people in Leeds.")
    old = services.caught_up(2)
    services.ingest.stop(signal.SIGKILL)
    (services.folder / "data").rename(services.folder / "old")
    services.start_ingest()
    services.submit("Police arrested 99 people in Hull.")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        status = services.caught_up(1)
        if status.journal_id != old.journal_id and status.revision == 1:
            break
        time.sleep(0.1)
    assert status.journal_id != old.journal_id and status.documents == 1
