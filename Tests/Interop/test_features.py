# SPDX-License-Identifier: Apache-2.0
"""What grpcio needs of a server beyond the official cases: metadata, compression, bounds, flow, keepalive, TLS, ends."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import ssl
import tempfile
import threading
import time
from concurrent import futures

import grpc
import pytest
from google.rpc import status_pb2
from grpc_status import rpc_status
from grpc_health.v1 import health_pb2, health_pb2_grpc

import interop_server
import programs
from contract import ECHO_INITIAL, ECHO_TRAILING, Requests, Stub, output, payload, pb
from figures.v1 import ingestion_pb2, ingestion_pb2_grpc, query_pb2, query_pb2_grpc
from interop_client import GZIP, TIMEOUT, failure, flag
from programs import concurrently, eventually
from standard.reflection.v1 import reflection_pb2, reflection_pb2_grpc

MIB = 1024 * 1024
CODE = grpc.StatusCode


@pytest.fixture
def stub(interop):
    """The test service on a connection of its own; replies say whether they came compressed."""
    with programs.channel(interop.port(), as_sent=True) as channel:
        yield Stub(channel)


@contextlib.contextmanager
def own_stub(folder, **options):
    """The test service on a server and a connection of its own. - Returns: the server and the stub."""
    with programs.interop_server(folder) as server, programs.channel(server.port(), as_sent=True, **options) as channel:
        yield server, Stub(channel)


def small(**fields):
    return pb.SimpleRequest(response_size=10, **fields)


# Metadata


def echoed(call):
    return [value for key, value in call.initial_metadata() if key == ECHO_INITIAL], [value for key, value in call.trailing_metadata() if key == ECHO_TRAILING]


@pytest.mark.parametrize("method", ["UnaryCall", "FullDuplexCall"])
def test_repeated_metadata_comes_back_in_order(stub, method):
    texts = ["one", "two", "", "a,b , c", "".join(map(chr, range(0x21, 0x7F)))]
    # Every remainder of three, so with and without what base64 would fill up; and every byte.
    values = [bytes(range(count)) for count in (1, 2, 3, 4, 5, 255, 256)] + [b"\xff\xfe", b"\x00"]
    metadata = [pair for text, data in zip(texts + [""] * 9, values) for pair in ((ECHO_INITIAL, text), (ECHO_TRAILING, data))]
    if method == "UnaryCall":
        _, call = stub.UnaryCall.with_call(small(), timeout=TIMEOUT, metadata=metadata)
    else:
        call = stub.FullDuplexCall(iter([output(1)]), timeout=TIMEOUT, metadata=metadata)
        assert len(list(call)) == 1
    assert echoed(call) == ([value for key, value in metadata if key == ECHO_INITIAL], values)


def test_empty_binary_metadata_comes_back(stub):
    _, call = stub.UnaryCall.with_call(small(), timeout=TIMEOUT, metadata=[(ECHO_TRAILING, b""), (ECHO_TRAILING, b"x")])
    assert echoed(call)[1] == [b"", b"x"]


def test_metadata_comes_with_an_error(stub):
    metadata = [(ECHO_INITIAL, "initial"), (ECHO_TRAILING, b"\x00\xff")]
    with pytest.raises(grpc.RpcError) as error:
        stub.UnaryCall(small(response_status=pb.EchoStatus(code=9, message="no")), timeout=TIMEOUT, metadata=metadata)
    assert (error.value.code(), error.value.details()) == (CODE.FAILED_PRECONDITION, "no")
    assert [value for key, value in error.value.trailing_metadata() if key == ECHO_TRAILING] == [b"\x00\xff"]


def test_metadata_over_the_limit_of_headers_is_refused(stub):
    """max-header-bytes is 16 KiB; the connection goes on."""
    assert stub.UnaryCall(small(), timeout=TIMEOUT, metadata=[("x-long", "v" * 12_000)])
    code, _ = failure(lambda: stub.UnaryCall(small(), timeout=TIMEOUT, metadata=[("x-long", "v" * 20_000)]))
    assert code == CODE.RESOURCE_EXHAUSTED
    assert stub.UnaryCall(small(), timeout=TIMEOUT)


@pytest.mark.parametrize("code", range(1, 17))
def test_every_status_code_comes_through(stub, code):
    message = f"{code}: 100 % of \u263a"
    wanted = (interop_server.CODES[code], message)
    assert failure(lambda: stub.UnaryCall(small(response_status=pb.EchoStatus(code=code, message=message)), timeout=TIMEOUT)) == wanted
    request = output(3, response_status=pb.EchoStatus(code=code, message=message))
    call = stub.StreamingOutputCall(request, timeout=TIMEOUT)
    assert len(next(call).message.payload.body) == 3
    assert failure(lambda: next(call)) == wanted


def test_details_of_a_status_do_not_hurt_the_client():
    """A server that explains itself (google.rpc.Status in grpc-status-details-bin): code and message come through."""
    class Explains(interop_server.Service):
        def UnaryCall(self, received, context):
            status = status_pb2.Status(code=9, message="not \u263a now")
            status.details.add().Pack(pb.SimpleRequest(response_size=1, payload=payload(1000)))
            context.abort_with_status(rpc_status.to_status(status))

    server, port = interop_server.serve(service=Explains())
    try:
        result = programs.interop_client("--server_host=127.0.0.1", f"--server_port={port}", "--test_case=probe_unary")
    finally:
        server.stop(0).wait()
    assert (result.returncode, result.stdout) == (0, "STATUS 9 not \u263a now\n"), result.stderr


# Compression


@pytest.mark.parametrize("size", [0, 1, 100, 100_000, 4 * MIB])
def test_gzip_both_ways(stub, size):
    request = pb.SimpleRequest(response_size=size, payload=payload(100_000), response_compressed=flag(True), expect_compressed=flag(True))
    reply = stub.UnaryCall(request, timeout=TIMEOUT, compression=GZIP)
    assert reply.message.payload.body == bytes(size)
    assert reply.compressed or size < 100


def test_gzip_by_default_of_the_channel(interop):
    with programs.channel(interop.port(), as_sent=True, default_compression_algorithm=int(GZIP)) as channel:
        stub = Stub(channel)
        requests = [pb.StreamingInputCallRequest(payload=payload(size), expect_compressed=flag(True)) for size in (1000, 50_000, 2_000_000)]
        assert stub.StreamingInputCall(iter(requests), timeout=TIMEOUT).message.aggregated_payload_size == 2_051_000


def test_gzip_to_the_services(seeded):
    writer, reader = seeded
    text = "Police arrested 12 people in Leeds. " + "Inquiries went on. " * 10_000
    with programs.channel(writer.port()) as channel:
        reply = ingestion_pb2_grpc.IngestionStub(channel).DryRun(
            ingestion_pb2.DryRunRequest(document=ingestion_pb2.DocumentInput(text=text)), timeout=TIMEOUT, compression=GZIP)
        assert len(reply.claims) == 1
    with programs.channel(reader.port()) as channel:
        get = query_pb2_grpc.QueryStub(channel).GetFigures
        request = query_pb2.GetFiguresRequest(region="West Midlands", operation="x" * 100)
        # The replica may still be reading: an answer at the last revision is one that stays.
        end = time.monotonic() + TIMEOUT
        while get(request, timeout=TIMEOUT).revision < 5 and time.monotonic() < end:
            time.sleep(0.05)
        assert get(request, timeout=TIMEOUT, compression=GZIP) == get(request, timeout=TIMEOUT)


def test_an_algorithm_that_is_not_served_is_unimplemented(stub):
    """And the answer says which are."""
    code, details = failure(lambda: stub.UnaryCall(small(payload=payload(1000)), timeout=TIMEOUT, compression=grpc.Compression.Deflate))
    assert code == CODE.UNIMPLEMENTED and "grpc-encoding" in details and "gzip" in details


def test_a_message_that_inflates_over_the_limit_is_refused(stub):
    request = small(payload=payload(64 * MIB), expect_compressed=flag(True))
    code, details = failure(lambda: stub.UnaryCall(request, timeout=TIMEOUT, compression=GZIP))
    assert code == CODE.RESOURCE_EXHAUSTED and "max-message-bytes" in details
    assert stub.UnaryCall(small(), timeout=TIMEOUT)


# Deadlines and cancellation


SLOW = pb.ResponseParameters(size=1, interval_us=30_000_000)


@pytest.mark.parametrize("seconds", [0.001, 0.01, 0.3])
@pytest.mark.parametrize("method", ["StreamingOutputCall", "FullDuplexCall", "HalfDuplexCall"])
def test_a_deadline_ends_a_slow_call(stub, method, seconds):
    request = pb.StreamingOutputCallRequest(response_parameters=[SLOW])
    started = time.monotonic()
    call = getattr(stub, method)(request if method == "StreamingOutputCall" else iter([request]), timeout=seconds)
    assert failure(lambda: next(call))[0] == CODE.DEADLINE_EXCEEDED
    assert time.monotonic() - started < seconds + 2


def test_a_millisecond_is_enough_or_exceeded_and_nothing_else(seeded):
    _, reader = seeded
    with programs.channel(reader.port()) as channel:
        stub = query_pb2_grpc.QueryStub(channel)
        stub.Status(query_pb2.QueryStatusRequest(), timeout=TIMEOUT)
        calls = [stub.Status.future(query_pb2.QueryStatusRequest(), timeout=0.001) for _ in range(300)]
        assert {call.code() for call in calls} <= {CODE.OK, CODE.DEADLINE_EXCEEDED}
        assert stub.Status(query_pb2.QueryStatusRequest(), timeout=TIMEOUT)


def test_a_deadline_in_the_far_future_is_none(stub):
    for seconds in (86_400, 99_999_999, 6_000_000_000):
        assert stub.UnaryCall(small(), timeout=seconds)


@pytest.mark.parametrize("timeout, seconds", [("1n", 0), ("1000u", 0.001), ("300m", 0.3), ("1S", 1)])
def test_the_server_keeps_the_deadline_itself(stub, timeout, seconds):
    """The caller says how long it waits, and then waits longer: so it is the server that ends the call."""
    started = time.monotonic()
    call = stub.StreamingOutputCall(pb.StreamingOutputCallRequest(response_parameters=[SLOW]), metadata=[("grpc-timeout", timeout)])
    code, details = failure(lambda: next(call))
    assert code == CODE.DEADLINE_EXCEEDED and details == "the deadline passed before the call was answered"
    assert seconds <= time.monotonic() - started < seconds + 2


def test_cancelled_calls_make_room(tmp_path):
    """As many slow calls as may be open at once, cancelled one after the other: their places are free again."""
    with own_stub(tmp_path) as (server, stub):
        for _ in range(2):
            calls = [stub.StreamingOutputCall(pb.StreamingOutputCallRequest(response_parameters=[pb.ResponseParameters(size=1), SLOW]), timeout=TIMEOUT) for _ in range(256)]
            assert [len(next(call).message.payload.body) for call in calls] == [1] * 256
            time.sleep(2)  # a reset within the first second is counted against the caller
            for call in calls:
                call.cancel()
            assert {failure(lambda: next(call))[0] for call in calls} == {CODE.CANCELLED}
        assert stub.UnaryCall(small(), timeout=TIMEOUT)


def test_a_cancelled_upload_leaves_the_connection_whole(stub):
    """Windows that a cancelled stream had used come back: the connection carries more than its window afterwards."""
    for _ in range(20):
        requests = Requests(*[pb.StreamingInputCallRequest(payload=payload(100_000)) for _ in range(3)])
        call = stub.StreamingInputCall.future(iter(requests), timeout=TIMEOUT)
        time.sleep(0.01)
        call.cancel()
        requests.end()
    assert stub.UnaryCall(small(payload=payload(3 * MIB)), timeout=TIMEOUT)


# Bounds of messages


def test_a_request_of_4_mib_goes_through_and_a_larger_one_is_refused(stub):
    """The test server takes a payload of 4 MiB and what is around it."""
    assert stub.UnaryCall(small(payload=payload(4 * MIB)), timeout=TIMEOUT)
    for size in (4 * MIB + 64 * 1024, 16 * MIB):
        code, details = failure(lambda: stub.UnaryCall(small(payload=payload(size)), timeout=TIMEOUT))
        assert code == CODE.RESOURCE_EXHAUSTED and "max-message-bytes" in details
    requests = [pb.StreamingInputCallRequest(payload=payload(size)) for size in (10, 5 * MIB, 10)]
    code, details = failure(lambda: stub.StreamingInputCall(iter(requests), timeout=TIMEOUT))
    assert code == CODE.RESOURCE_EXHAUSTED and "max-message-bytes" in details
    assert stub.UnaryCall(small(), timeout=TIMEOUT)


def test_the_limit_of_a_service_is_exact(seeded):
    """figures-query: 4 MiB pass, and fail for what they say; a byte more does not pass."""
    _, reader = seeded
    with programs.channel(reader.port()) as channel:
        call = channel.unary_unary("/figures.v1.Query/ResolveRegion")

        def request(size):  # field 1 with a name that makes the message as long as is wanted
            message = query_pb2.ResolveRegionRequest(name="x" * (size - 5)).SerializeToString()
            assert len(message) == size
            return message

        within = _outcome(lambda: call(request(4 * MIB), timeout=TIMEOUT))
        assert within[0] in (CODE.OK, CODE.INVALID_ARGUMENT), within
        code, details = failure(lambda: call(request(4 * MIB + 1), timeout=TIMEOUT))
        assert code == CODE.RESOURCE_EXHAUSTED and "max-message-bytes" in details and str(4 * MIB) in details


def _outcome(call):
    try:
        call()
        return CODE.OK, ""
    except grpc.RpcError as error:
        return error.code(), error.details()


def test_a_reply_over_the_limit_of_grpcio_is_refused_there(interop):
    """grpcio's limit is 4 MiB of message; with a higher one the same reply comes through."""
    request = pb.SimpleRequest(response_size=4 * MIB)
    for options, wanted in (({}, CODE.RESOURCE_EXHAUSTED), ({"max_receive_message_length": 5 * MIB}, CODE.OK)):
        with programs.channel(interop.port(), **options) as channel:
            assert _outcome(lambda: Stub(channel).UnaryCall(request, timeout=TIMEOUT))[0] == wanted
            assert Stub(channel).UnaryCall(small(), timeout=TIMEOUT)


@pytest.mark.parametrize("size", [4 * MIB - 100, 4 * MIB + 1])
def test_a_reply_over_the_limit_of_the_client_is_refused_there(size):
    """The other way round: `grpc-interop client` takes 4 MiB."""
    class Large(interop_server.Service):
        def UnaryCall(self, received, context):
            return pb.SimpleResponse(payload=payload(size))

    server, port = interop_server.serve(service=Large())
    try:
        result = programs.interop_client("--server_host=127.0.0.1", f"--server_port={port}", "--test_case=probe_unary")
    finally:
        server.stop(0).wait()
    assert result.returncode == 0, result.stderr
    wanted = CODE.OK if size < 4 * MIB else CODE.RESOURCE_EXHAUSTED
    assert result.stdout.startswith(f"STATUS {wanted.value[0]} "), result.stdout


def test_a_reply_size_that_is_not_allowed_is_named(stub):
    for size in (-1, 4 * MIB + 1):
        code, details = failure(lambda: stub.UnaryCall(pb.SimpleRequest(response_size=size), timeout=TIMEOUT))
        assert code == CODE.INVALID_ARGUMENT and str(size) in details


# Streams


def test_a_hundred_streams_half_close_in_every_order(stub):
    """Before the replies, between them, after them, and half-duplex; the streams end out of the order they began in."""
    def talk(number):
        sizes = [number + 1, 10_000 - number, 3]
        requests = Requests()
        method = stub.HalfDuplexCall if number % 4 == 3 else stub.FullDuplexCall
        call = method(iter(requests), timeout=TIMEOUT, metadata=[(ECHO_INITIAL, str(number))])
        barrier.wait()  # all are open
        got = []
        for place, size in enumerate(sizes):
            requests.send(output(size, size=number))
            if number % 4 == 1:
                got.append(next(call))
            if number % 4 == 2 and place == 1:
                got.append(next(call))
        time.sleep((number * 37 % 100) / 300)
        requests.end()
        got += call
        assert [len(reply.message.payload.body) for reply in got] == sizes
        assert echoed(call)[0] == [str(number)] and call.code() == CODE.OK
        return number

    barrier = threading.Barrier(100, timeout=TIMEOUT)
    with futures.ThreadPoolExecutor(100) as pool:
        assert sorted(pool.map(talk, range(100))) == list(range(100))


def test_a_gigabyte_that_is_not_read_waits_at_the_server(tmp_path):
    """Eight streams of 1 GiB, of which the client reads one message each: neither side holds the rest."""
    # grpcio widens its windows to hundreds of megabytes where it measures a fast way; here they stay as they begin.
    with own_stub(tmp_path, **{"http2.bdp_probe": 0}) as (server, stub):
        request = output(*[MIB] * 1024)
        calls = [stub.StreamingOutputCall(request, timeout=60) for _ in range(8)]
        assert [len(next(call).message.payload.body) for call in calls] == [MIB] * 8
        here, there = programs.resident_bytes(os.getpid()), server.resident_bytes()
        peak = 0
        for _ in range(30):
            time.sleep(0.1)
            peak = max(peak, server.resident_bytes() - there)
        assert peak < 16 * MIB, peak
        assert programs.resident_bytes(os.getpid()) - here < 32 * MIB
        assert server.resident_bytes() < 128 * MIB
        # What is read goes on, in order, and others are not held up.
        assert [len(next(calls[3]).message.payload.body) for _ in range(50)] == [MIB] * 50
        assert stub.UnaryCall(small(), timeout=TIMEOUT)
        for call in calls:
            call.cancel()
        assert stub.UnaryCall(small(), timeout=TIMEOUT)


def test_an_upload_is_read_as_it_comes(tmp_path):
    """256 MiB in one stream: the server keeps none of it."""
    with own_stub(tmp_path) as (server, stub):
        message = pb.StreamingInputCallRequest(payload=payload(MIB))
        peak = []

        def requests():
            for _ in range(256):
                yield message
                peak.append(server.resident_bytes())

        reply = stub.StreamingInputCall(requests(), timeout=60)
        assert reply.message.aggregated_payload_size == 256 * MIB
        assert max(peak) < 128 * MIB


# Keepalive


def open_call(stub):
    """A call on which nothing moves."""
    return stub.FullDuplexCall(iter(Requests()), timeout=110)


@concurrently
def test_pings_every_second_are_too_many(folder):
    """The server takes one in 10 s: two strikes, then GOAWAY. grpcio then doubles its time."""
    with own_stub(folder, keepalive_time_ms=1000, keepalive_permit_without_calls=1, **{"http2.max_pings_without_data": 0}) as (_, stub):
        started = time.monotonic()
        code, details = failure(lambda: next(open_call(stub)))
        assert code == CODE.UNAVAILABLE and "too_many_pings" in details, details
        # The first is as good as any, the second and the third are strikes, and the fourth is one too many.
        assert 3 < time.monotonic() - started < 15
        assert stub.UnaryCall(small(), timeout=TIMEOUT, wait_for_ready=True)


@concurrently
def test_pings_every_11_seconds_are_welcome(folder):
    """Long enough for the PING that would be one too many."""
    options = {"keepalive_time_ms": 11_000, "keepalive_permit_without_calls": 1, "http2.max_pings_without_data": 0}
    with own_stub(folder, **options) as (_, stub):
        call = open_call(stub)
        ended = threading.Event()
        call.add_callback(ended.set)
        assert not ended.wait(48), (call.code(), call.details())
        call.cancel()


# TLS


@contextlib.contextmanager
def query_with(folder, *arguments, **options):
    with programs.ingest(folder) as writer, programs.query(folder, writer.address(), *arguments, **options) as reader:
        reader.address()
        yield writer, reader


def answer(channel, **options):
    return health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT, **options)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, authority, server_files):
    """figures-query that asks for certificates."""
    folder = tmp_path_factory.mktemp("guarded")
    certificate, key = server_files
    with query_with(folder, "--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", authority.certificate) as (_, reader):
        yield reader


def test_a_client_with_a_certificate_is_served(guarded, authority):
    certificate, key = authority.sign("client")
    with programs.channel(guarded.port(), authority.certificate.read_bytes(), certificate.read_bytes(), key.read_bytes()) as channel:
        assert query_pb2_grpc.QueryStub(channel).Status(query_pb2.QueryStatusRequest(), timeout=TIMEOUT)
    flags = "--server", guarded.address(), "--tls-ca", authority.certificate
    assert programs.client("status", *flags, "--tls-cert", certificate, "--tls-key", key).returncode == 0


def test_a_client_without_a_certificate_is_refused(guarded, authority):
    with programs.channel(guarded.port(), authority.certificate.read_bytes()) as channel:
        assert failure(lambda: answer(channel))[0] == CODE.UNAVAILABLE
    assert programs.client("status", "--server", guarded.address(), "--tls-ca", authority.certificate).returncode == 3


def test_a_client_with_a_certificate_of_a_stranger_is_refused(guarded, authority, tmp_path):
    certificate, key = programs.Authority(tmp_path, "stranger").sign("client")
    with programs.channel(guarded.port(), authority.certificate.read_bytes(), certificate.read_bytes(), key.read_bytes()) as channel:
        assert failure(lambda: answer(channel))[0] == CODE.UNAVAILABLE


def test_a_client_in_clear_text_is_refused(guarded):
    with programs.channel(guarded.port()) as channel:
        assert failure(lambda: answer(channel))[0] == CODE.UNAVAILABLE
    assert programs.client("status", "--server", guarded.address()).returncode == 3


def shown_certificate(port):
    """What a new connection is shown, as PEM."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection, context.wrap_socket(connection) as secured:
        assert secured.selected_alpn_protocol() == "h2"
        return ssl.DER_cert_to_PEM_cert(secured.getpeercert(True))


@concurrently
def test_certificates_are_read_again(folder):
    """New connections see the new one; one that is open goes on; files that can't be used change nothing."""
    old, new = (programs.Authority(folder, name) for name in ("old", "new"))
    certificate, key = folder / "current.pem", folder / "current.key"

    def replace(files):
        for source, target in zip(files, (certificate, key)):
            beside = target.with_suffix(".new")
            shutil.copy(source, beside)
            beside.rename(target)

    first, second = old.sign("first"), new.sign("second")
    replace(first)
    with query_with(folder, "--tls-cert", certificate, "--tls-key", key) as (_, reader):
        port = reader.port()
        assert shown_certificate(port) == first[0].read_text()
        with programs.channel(port, old.certificate.read_bytes()) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service="nobody"), timeout=60)
            next(watch)
            certificate.write_text("not a certificate")
            eventually(lambda: "the old ones stay" in reader.log(), 8, "nothing in the log of the certificate that can't be used")
            assert shown_certificate(port) == first[0].read_text()
            replace(second)
            eventually(lambda: shown_certificate(port) == second[0].read_text(), 8, "the new certificate does not show")
            with programs.channel(port, new.certificate.read_bytes()) as fresh:
                assert answer(fresh)
            # A new connection could not be made with what this channel trusts, so it is the old one.
            assert answer(channel) and watch.is_active()
            with programs.channel(port, old.certificate.read_bytes()) as late:
                assert failure(lambda: answer(late))[0] == CODE.UNAVAILABLE


# Sockets, ages and ends


@pytest.fixture
def short_folder():
    """A path of a socket has at most 107 bytes."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="figures-"))
    yield folder
    shutil.rmtree(folder)


def test_unix_sockets(short_folder, tmp_path):
    places = [f"unix:{short_folder / name}" for name in ("ingest", "query")]
    with programs.ingest(tmp_path, listen=places[0]) as writer, programs.query(tmp_path, places[0], listen=places[1]) as reader:
        assert [writer.address(), reader.address()] == places
        result = programs.client("ingest", programs.ROOT / "seeds", "--ingest", places[0])
        assert result.returncode == 0, result.stderr
        with programs.channel(places[1]) as channel:
            stub = query_pb2_grpc.QueryStub(channel)
            eventually(lambda: stub.Status(query_pb2.QueryStatusRequest(), timeout=TIMEOUT).documents == 5)
            assert len(stub.GetFigures(query_pb2.GetFiguresRequest(region="West Midlands"), timeout=TIMEOUT).facts) > 10
        result = programs.client("get", "--region", "West Midlands", "--server", places[1])
        assert result.returncode == 0 and "arrests" in result.stdout, result.stderr
        assert reader.stop() == 0 and writer.stop() == 0


def local_ports(port):
    """The ports on our side of the open connections to a port."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].rpartition(":")[2] for row in rows if row[3] == "01" and int(row[2].rpartition(":")[2], 16) == port}


@concurrently
def test_connections_of_age_are_replaced_and_no_call_fails(folder):
    with query_with(folder, env={"FIGURES_QUERY_MAX_CONNECTION_AGE": "2"}) as (_, reader):
        port = reader.port()
        with programs.channel(port) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service="nobody"), timeout=60)
            next(watch)
            seen, end = set(), time.monotonic() + 9

            def go_on():
                count = 0
                while time.monotonic() < end:
                    answer(channel)
                    count += 1
                    if count % 50 == 0:
                        seen.update(local_ports(port))
                return count

            with futures.ThreadPoolExecutor(4) as pool:
                counts = list(pool.map(lambda _: go_on(), range(4)))
            assert min(counts) > 100
            assert len(seen) >= 3, seen
            # Without a grace, a call that was open goes on on its old connection.
            assert watch.is_active()
            watch.cancel()


@concurrently
def test_a_grace_ends_what_is_still_open_on_a_connection_of_age(folder):
    env = {"FIGURES_QUERY_MAX_CONNECTION_AGE": "2", "FIGURES_QUERY_MAX_CONNECTION_AGE_GRACE": "1"}
    with query_with(folder, env=env) as (_, reader), programs.channel(reader.port()) as channel:
        started = time.monotonic()
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service="nobody"), timeout=60)
        next(watch)
        assert failure(lambda: next(watch))[0] == CODE.UNAVAILABLE
        assert 2 < time.monotonic() - started < 8
        assert answer(channel)


@concurrently
def test_sigterm_lets_an_open_stream_end(folder):
    """The stream is answered to its end; new calls are refused; the exit code is 0 as soon as it has ended."""
    with programs.services(folder) as (_, reader), programs.channel(reader.port()) as channel:
        requests = Requests()
        stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter(requests), timeout=60)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        requests.send(request)
        assert next(stream).list_services_response.service
        reader.process.send_signal(signal.SIGTERM)
        time.sleep(1.5)
        assert reader.process.poll() is None
        assert failure(lambda: answer(channel))[0] == CODE.UNAVAILABLE
        with programs.channel(reader.port()) as late:
            assert failure(lambda: answer(late))[0] == CODE.UNAVAILABLE
        for _ in range(3):
            requests.send(request)
            assert next(stream).list_services_response.service
        requests.end()
        assert list(stream) == [] and stream.code() == CODE.OK
        assert reader.process.wait(3) == 0


@concurrently
def test_sigterm_lets_calls_under_way_end(folder):
    """Four extractions, each of about a second, are on their way; each is answered."""
    sentence = "Inquiries went on. "
    with programs.ingest(folder) as writer, programs.channel(writer.port()) as channel:
        stub = ingestion_pb2_grpc.IngestionStub(channel)

        def request(sentences):
            text = "Police arrested 12 people in Leeds. " + sentence * sentences
            return ingestion_pb2.DryRunRequest(document=ingestion_pb2.DocumentInput(text=text))

        started = time.monotonic()
        stub.DryRun(request(5000), timeout=TIMEOUT)
        # Four of the longest are within max-pending-bytes.
        long = request(min(int(5000 / (time.monotonic() - started)), 180_000))
        calls = [stub.DryRun.future(long, timeout=60) for _ in range(4)]
        time.sleep(0.2)
        under_way = sum(not call.done() for call in calls)
        writer.process.send_signal(signal.SIGTERM)
        outcomes = [call.code() for call in calls]
        assert under_way and outcomes == [CODE.OK] * 4, (under_way, outcomes)
        assert writer.process.wait(10) == 0


def end_with_an_open_stream(folder, *arguments, authorities=None):
    """Ends figures-query, with a drain-timeout of 2 s, while a stream is open that its caller does not end."""
    with query_with(folder, "--drain-timeout", 2, *arguments) as (_, reader), programs.channel(reader.port(), authorities) as channel:
        requests = Requests(reflection_pb2.ServerReflectionRequest(list_services=""))
        stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter(requests), timeout=60)
        next(stream)
        started = time.monotonic()
        reader.process.send_signal(signal.SIGTERM)
        assert failure(lambda: next(stream))[0] == CODE.UNAVAILABLE
        assert reader.process.wait(10) == 0
        assert 1.5 < time.monotonic() - started < 5


@concurrently
def test_sigterm_ends_a_stream_that_does_not_end_after_the_drain_timeout(folder):
    end_with_an_open_stream(folder)


@concurrently
def test_sigterm_ends_such_a_stream_over_tls_too(folder):
    """Without waiting for a close_notify that grpcio does not send."""
    authority = programs.Authority(folder)
    certificate, key = authority.sign("server")
    end_with_an_open_stream(folder, "--tls-cert", certificate, "--tls-key", key, authorities=authority.certificate.read_bytes())


@concurrently
def test_sigterm_over_tls_ends_soon(folder):
    """Idle connections of grpcio over TLS do not hold it up."""
    authority = programs.Authority(folder)
    certificate, key = authority.sign("server")
    with query_with(folder, "--tls-cert", certificate, "--tls-key", key) as (_, reader):
        with programs.channel(reader.port(), authority.certificate.read_bytes()) as channel:
            assert answer(channel)
            started = time.monotonic()
            assert reader.stop() == 0
            assert time.monotonic() - started < 4
