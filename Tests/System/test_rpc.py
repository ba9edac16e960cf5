# SPDX-License-Identifier: Apache-2.0
"""Both services as gRPC's own client sees them: statuses, limits, deadlines, streams, drain."""
import signal
import socket
import threading
import time

import grpc
import pytest


def status_of(call):
    with pytest.raises(grpc.RpcError) as error:
        call()
    return error.value.code(), error.value.details()


def test_health_follows_the_feed(services):
    from standard.health.v1 import health_pb2 as pb, health_pb2_grpc
    for port, name in ((services.ingest_port, "figures.v1.Ingestion"), (services.query_port, "figures.v1.Query")):
        stub = health_pb2_grpc.HealthStub(services.channel(port))
        services.caught_up(0)
        assert stub.Check(pb.HealthCheckRequest(service=name), timeout=5).status == pb.HealthCheckResponse.SERVING
        assert stub.Check(pb.HealthCheckRequest(), timeout=5).status == pb.HealthCheckResponse.SERVING
        code, _ = status_of(lambda: stub.Check(pb.HealthCheckRequest(service="nobody"), timeout=5))
        assert code == grpc.StatusCode.NOT_FOUND


def test_query_is_not_serving_without_ingest(tmp_path):
    from conftest import Process
    from standard.health.v1 import health_pb2 as pb, health_pb2_grpc
    query = Process("figures-query", "--listen", "127.0.0.1:0", "--ingest", "127.0.0.1:9", folder=tmp_path)
    try:
        stub = health_pb2_grpc.HealthStub(grpc.insecure_channel(f"127.0.0.1:{query.port()}"))
        assert stub.Check(pb.HealthCheckRequest(), timeout=5).status == pb.HealthCheckResponse.NOT_SERVING
        first = next(iter(stub.Watch(pb.HealthCheckRequest(), timeout=5)))
        assert first.status == pb.HealthCheckResponse.NOT_SERVING
    finally:
        assert query.stop() == 0


def test_unknown_method_names_the_services(seeded):
    channel = seeded.channel(seeded.query_port)
    call = channel.unary_unary("/figures.v1.Query/Nothing")
    code, details = status_of(lambda: call(b"", timeout=5))
    assert code == grpc.StatusCode.UNIMPLEMENTED
    assert "figures.v1.Query" in details and "/figures.v1.Query/Nothing" in details


@pytest.mark.parametrize("payload", [b"\xff\xff\xff", b"\x0a\x05abc", b"\x08", b"\x0a\x02\xc3\x28"])
def test_malformed_requests_are_refused_and_the_service_goes_on(seeded, payload):
    call = seeded.channel(seeded.query_port).unary_unary("/figures.v1.Query/GetFigures")
    code, details = status_of(lambda: call(payload, timeout=5))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details
    assert seeded.caught_up(5).documents == 5


def test_strings_must_be_utf8_without_nul(seeded):
    call = seeded.channel(seeded.ingest_port).unary_unary("/figures.v1.Ingestion/SubmitDocument")
    for text in (b"12 arrested \xff", b"12 arrested \x00 here"):
        document = b"\x2a" + bytes([len(text)]) + text
        code, details = status_of(lambda: call(b"\x0a" + bytes([len(document)]) + document, timeout=5))
        assert code == grpc.StatusCode.INVALID_ARGUMENT
        assert details.startswith("document.text") and "UTF-8" in details


def test_limits_name_themselves(services):
    code, details = status_of(lambda: services.submit("12 people arrested. " * 1_000_000))  # 20 MB
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "document.text" in details and "10485760" in details and "max-document-bytes" in details
    code, details = status_of(lambda: services.submit("x" * 40_000_000))
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED and "max-message-bytes" in details
    for text in ("", " \n\t "):
        code, details = status_of(lambda: services.submit(text))
        assert code == grpc.StatusCode.INVALID_ARGUMENT and "document.text" in details and "empty" in details
    code, details = status_of(lambda: services.submit("12 arrested", published="12/03/2020"))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and "document.published" in details and "YYYY-MM-DD" in details
    code, details = status_of(lambda: services.submit("12 arrested", title="t" * 2000))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and "document.title" in details and "1024" in details
    assert services.submit("12 people were arrested in Leeds.").revision == 1


def test_an_entry_that_replicas_could_not_take_is_refused(tmp_path):
    from conftest import Services
    running = Services(tmp_path, "--max-entry-bytes", "2000")
    try:
        code, details = status_of(lambda: running.submit("Police arrested 12 people in Leeds. " * 40))
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "40 figures" in details and "max-entry-bytes" in details and "2000" in details
        assert running.submit("Police arrested 12 people in Leeds.").revision == 1
    finally:
        running.stop()


def test_a_large_document_goes_through(services):
    text = "Police arrested 12 people in Leeds. " + "Inquiries went on. " * 60_000  # many frames, many window updates
    assert len(text) > 1_000_000
    assert services.submit(text, timeout=120).claim_count == 1


def test_unknown_region_offers_the_nearest(seeded):
    from figures.v1 import query_pb2 as pb
    code, details = status_of(lambda: seeded.queries().GetFigures(pb.GetFiguresRequest(region="Birmingam"), timeout=5))
    assert code == grpc.StatusCode.NOT_FOUND and "Birmingam" in details and "Birmingham" in details
    code, details = status_of(lambda: seeded.queries().GetFigures(pb.GetFiguresRequest(), timeout=5))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and details.startswith("region")
    for request, field in (
        (pb.GetFiguresRequest(region="gb", metrics=["nothing"]), "metrics"),
        (pb.GetFiguresRequest(region="gb", to="2020-13-01"), "to"),
        (pb.GetFiguresRequest(region="gb", **{"from": "2021-01-01"}, to="2020-01-01"), "to"),
        (pb.GetFiguresRequest(region="gb", page_size=5000), "page_size"),
        (pb.GetFiguresRequest(region="gb", page_token="zzz"), "page_token"),
    ):
        code, details = status_of(lambda: seeded.queries().GetFigures(request, timeout=5))
        assert code == grpc.StatusCode.INVALID_ARGUMENT and details.startswith(field + ":"), details


def test_ready_answers_are_the_general_answers(seeded):
    """The table of ready answers and the general path must say the same, byte for byte."""
    from figures.v1 import query_pb2 as pb
    call = seeded.channel(seeded.query_port).unary_unary("/figures.v1.Query/GetFigures")
    for name in ("West Midlands", "gb", "UK", "Birmingham", "rocu/west-midlands", "county/west-midlands"):
        ready = call(pb.GetFiguresRequest(region=name).SerializeToString(), timeout=5)
        general = call(pb.GetFiguresRequest(region=name, sub_areas=pb.PARTS).SerializeToString(), timeout=5)
        assert ready == general and len(ready) > 500


def test_pages_are_whole_and_pinned(seeded):
    from figures.v1 import query_pb2 as pb
    whole = seeded.queries().GetFigures(pb.GetFiguresRequest(region="gb"), timeout=5)
    assert whole.total == len(whole.facts) > 20
    ids, token = [], ""
    while True:
        page = seeded.queries().GetFigures(pb.GetFiguresRequest(region="gb", page_size=7, page_token=token), timeout=5)
        assert len(page.facts) <= 7 and page.total == whole.total
        ids += [fact.id for fact in page.facts]
        token = page.next_page_token
        if not token:
            break
    assert ids == [fact.id for fact in whole.facts]


def test_consistency(seeded):
    from figures.v1 import query_pb2 as pb
    stub = seeded.queries()
    assert stub.GetFigures(pb.GetFiguresRequest(region="gb", consistency=pb.Consistency(at_least_revision=5)), timeout=5).revision == 5
    assert stub.GetFigures(pb.GetFiguresRequest(region="gb", consistency=pb.Consistency(exact_revision=5)), timeout=5).revision == 5
    code, details = status_of(lambda: stub.GetFigures(pb.GetFiguresRequest(region="gb", consistency=pb.Consistency(at_least_revision=6)), timeout=5))
    assert code == grpc.StatusCode.UNAVAILABLE and "6" in details
    code, _ = status_of(lambda: stub.GetFigures(pb.GetFiguresRequest(region="gb", consistency=pb.Consistency(exact_revision=4)), timeout=5))
    assert code == grpc.StatusCode.FAILED_PRECONDITION


def test_feed_streams_live_and_checks_its_caller(services):
    from figures.v1 import journal_pb2 as pb
    first = services.submit("Police arrested 12 people in Leeds.")
    stream = services.journal().Subscribe(pb.SubscribeRequest(), timeout=30)
    events = iter(stream)
    hello = next(events).hello
    assert hello.head_revision == 1 and hello.journal_id
    entry = next(events).entry
    assert entry.revision == 1 and entry.document.document.id == first.document_id
    claim = entry.document.claims[0]
    text = entry.document.document.text.encode()
    assert text[claim.span.start:claim.span.end] == b"12"
    assert next(events).caught_up.revision == 1
    services.submit("Police arrested 14 people in Hull.")
    assert next(events).entry.revision == 2
    stream.cancel()
    code, details = status_of(lambda: list(services.journal().Subscribe(pb.SubscribeRequest(after_revision=9), timeout=5)))
    assert code == grpc.StatusCode.OUT_OF_RANGE and "9" in details
    code, details = status_of(lambda: list(services.journal().Subscribe(pb.SubscribeRequest(journal_id="other"), timeout=5)))
    assert code == grpc.StatusCode.FAILED_PRECONDITION and "other" in details


def test_a_deadline_ends_a_call(services):
    from figures.v1 import journal_pb2 as pb
    started = time.monotonic()
    code, _ = status_of(lambda: list(services.journal().Subscribe(pb.SubscribeRequest(), timeout=0.5)))
    assert code == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - started < 3


def test_many_calls_at_once(seeded):
    from figures.v1 import query_pb2 as pb
    stub = seeded.queries()
    futures = [stub.GetFigures.future(pb.GetFiguresRequest(region=name), timeout=30) for name in ("gb", "Birmingham", "West Midlands") * 300]
    assert {len(f.result().facts) > 0 for f in futures} == {True}


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 64, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64])
def test_what_is_not_http2_is_closed_and_the_service_goes_on(seeded, data):
    for port in (seeded.query_port, seeded.ingest_port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(data)
            connection.settimeout(5)
            while connection.recv(4096):
                pass
    assert seeded.caught_up(5).documents == 5


def test_callers_that_vanish_leave_nothing(services):
    """Open feeds whose connection breaks: descriptors and memory come back."""
    import pathlib
    from figures.v1 import journal_pb2 as pb, journal_pb2_grpc
    proc = pathlib.Path("/proc") / str(services.ingest.process.pid)

    def state():
        resident = next(line for line in (proc / "status").read_text().splitlines() if line.startswith("VmRSS"))
        return len(list((proc / "fd").iterdir())), int(resident.split()[1])

    def vanish(count):
        for _ in range(count):
            channel = services.channel(services.ingest_port, **{"grpc.use_local_subchannel_pool": 1})
            streams = [journal_pb2_grpc.JournalStub(channel).Subscribe(pb.SubscribeRequest(), timeout=30) for _ in range(4)]
            for stream in streams:
                next(iter(stream))
            channel.close()

    vanish(30)
    time.sleep(1)
    descriptors, resident = state()
    vanish(150)
    end = time.monotonic() + 10
    while state()[0] > descriptors + 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert state()[0] <= descriptors + 2
    assert state()[1] - resident < 20_000, "kilobytes that did not come back"


def test_sigterm_drains_and_exits_with_0(services):
    from figures.v1 import journal_pb2 as pb
    services.submit("Police arrested 12 people in Leeds.")
    ended = []

    def follow():
        try:
            for _ in services.journal().Subscribe(pb.SubscribeRequest(), timeout=30):
                pass
        except grpc.RpcError as error:
            ended.append(error.code())

    thread = threading.Thread(target=follow)
    thread.start()
    time.sleep(0.5)
    assert services.ingest.stop(signal.SIGTERM) == 0
    thread.join(10)
    assert ended == [grpc.StatusCode.UNAVAILABLE]
    assert services.query.stop(signal.SIGTERM) == 0


def error_info(error):
    """Reason and metadata of the google.rpc.ErrorInfo in a call's status details."""
    from grpc_status import rpc_status
    from google.rpc import error_details_pb2
    info = error_details_pb2.ErrorInfo()
    detail, = rpc_status.from_call(error).details
    assert detail.Unpack(info) and info.domain == "figures.v1"
    return info.reason, dict(info.metadata)


@pytest.mark.parametrize("method, fields, reason, metadata", [
    ("GetFigures", {}, "FIELD_MISSING", {"field": "region"}),
    ("GetFigures", {"region": "Birmingam"}, "UNKNOWN_REGION", {"field": "region", "value": "Birmingam", "nearest": "Birmingham"}),
    ("GetFigures", {"region": "gb", "metrics": ["joy"]}, "UNKNOWN_METRIC", {"value": "joy"}),
    ("GetFigures", {"region": "gb", "page_size": 1001}, "FIELD_INVALID", {"field": "page_size", "value": "1001"}),
    ("GetFigures", {"region": "gb", "from": "May"}, "FIELD_INVALID", {"field": "from"}),
    ("GetFact", {"id": "fact/none"}, "UNKNOWN_FACT", {"value": "fact/none"}),
    ("GetDocument", {"id": "doc/none"}, "UNKNOWN_DOCUMENT", {}),
])
def test_errors_tell_programs_why(seeded, method, fields, reason, metadata):
    from figures.v1 import query_pb2 as pb
    request = getattr(pb, f"{method}Request")(**fields)
    with pytest.raises(grpc.RpcError) as error:
        getattr(seeded.queries(), method)(request, timeout=10)
    told = error_info(error.value)
    assert told[0] == reason and metadata.items() <= told[1].items() | {("nearest", v) for k, v in metadata.items() if k == "nearest" and v in told[1]["nearest"]}
    # Every reason is one of the contract's.
    from figures.v1 import figure_pb2
    assert told[0] in figure_pb2.ErrorReason.keys()


def test_errors_of_ingest_tell_programs_why(seeded):
    from figures.v1 import ingestion_pb2 as pb
    stub = seeded.ingestion()
    for call, request, reason in [
        (stub.SubmitDocument, pb.SubmitDocumentRequest(document=pb.DocumentInput(text=" ")), "FIELD_MISSING"),
        (stub.SubmitDocument, pb.SubmitDocumentRequest(document=pb.DocumentInput(text="x", title="t" * 2000)), "FIELD_TOO_LONG"),
        (stub.Retract, pb.RetractRequest(document_id="doc/none", reason="x"), "UNKNOWN_DOCUMENT"),
        (stub.CorrectClaim, pb.CorrectClaimRequest(claim_id="doc/none", reason="x"), "UNKNOWN_CLAIM"),
        (stub.RecordFigures, pb.RecordFiguresRequest(release=pb.Release(id="r")), "FIELD_INVALID"),
    ]:
        with pytest.raises(grpc.RpcError) as error:
            call(request, timeout=10)
        assert error_info(error.value)[0] == reason
