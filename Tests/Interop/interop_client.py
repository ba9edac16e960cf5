# SPDX-License-Identifier: Apache-2.0
"""The cases of gRPC's doc/interop-test-descriptions.md that need no accounts, with grpcio as the client.

    interop_client.py --server_port=N --test_case=NAME [--server_host=H] [--use_tls --ca_file=F --server_host_override=NAME]
"""
import argparse
import os
import time

import grpc

from contract import AS_SENT, ECHO_INITIAL, ECHO_TRAILING, Requests, Stub, output, payload, pb

LARGE_REQUEST, LARGE_REPLY = 271_828, 314_159
REQUEST_SIZES = (27_182, 8, 1_828, 45_904)
REPLY_SIZES = (31_415, 9, 2_653, 58_979)
GZIP = grpc.Compression.Gzip
# Nothing here takes long: what hangs should say so.
TIMEOUT = 20


def flag(value):
    return pb.BoolValue(value=value)


def large(**fields):
    return pb.SimpleRequest(response_size=LARGE_REPLY, payload=payload(LARGE_REQUEST), **fields)


def check_large(reply):
    assert reply.message.payload.body == bytes(LARGE_REPLY)


def failure(call):
    """The status that a call ends with, which must not be OK."""
    try:
        result = call()
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError(f"the call succeeded: {str(result)[:200]}")


def expect(code, call):
    got = failure(call)
    assert got[0] == code, f"the status is {got}, not {code}"


def sizes(replies):
    return [len(reply.message.payload.body) for reply in replies]


def empty_unary(stub, channel):
    assert stub.EmptyCall(pb.Empty(), timeout=TIMEOUT).message.ByteSize() == 0


def cacheable_unary(stub, channel):
    request = pb.SimpleRequest(response_size=10, payload=pb.Payload(body=str(time.time_ns()).encode()))
    answers = [stub.CacheableUnaryCall(request, timeout=TIMEOUT, metadata=[("x-user-ip", "1.2.3.4")]).message for _ in range(2)]
    assert answers[0] == answers[1] and len(answers[0].payload.body) == 10


def large_unary(stub, channel):
    check_large(stub.UnaryCall(large(), timeout=TIMEOUT))


def client_compressed_unary(stub, channel):
    # Uncompressed where compression is expected: a server that does not refuse this does not look.
    expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: stub.UnaryCall(large(expect_compressed=flag(True)), timeout=TIMEOUT))
    check_large(stub.UnaryCall(large(expect_compressed=flag(True)), timeout=TIMEOUT, compression=GZIP))
    check_large(stub.UnaryCall(large(expect_compressed=flag(False)), timeout=TIMEOUT))


def server_compressed_unary(stub, channel):
    for compressed in (True, False):
        reply = stub.UnaryCall(large(response_compressed=flag(compressed)), timeout=TIMEOUT)
        check_large(reply)
        assert reply.compressed == compressed


def client_streaming(stub, channel):
    requests = [pb.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES]
    assert stub.StreamingInputCall(iter(requests), timeout=TIMEOUT).message.aggregated_payload_size == 74_922


def client_compressed_streaming(stub, channel):
    probe = pb.StreamingInputCallRequest(payload=payload(27_182), expect_compressed=flag(True))
    expect(grpc.StatusCode.INVALID_ARGUMENT, lambda: stub.StreamingInputCall(iter([probe]), timeout=TIMEOUT))
    # grpcio can't switch compression off for one message of a client; but it leaves what would not get smaller
    # as it is, so the second has random bytes.
    second = pb.StreamingInputCallRequest(payload=pb.Payload(body=os.urandom(45_904)), expect_compressed=flag(False))
    reply = stub.StreamingInputCall(iter([probe, second]), timeout=TIMEOUT, compression=GZIP)
    assert reply.message.aggregated_payload_size == 73_086


def server_streaming(stub, channel):
    assert sizes(stub.StreamingOutputCall(output(*REPLY_SIZES), timeout=TIMEOUT)) == list(REPLY_SIZES)


def server_compressed_streaming(stub, channel):
    wanted = [(31_415, True), (92_653, False)]
    request = pb.StreamingOutputCallRequest(response_parameters=[
        pb.ResponseParameters(size=size, compressed=flag(compressed)) for size, compressed in wanted])
    replies = list(stub.StreamingOutputCall(request, timeout=TIMEOUT))
    assert [(len(reply.message.payload.body), reply.compressed) for reply in replies] == wanted


def ping_pong(stub, channel):
    requests = Requests()
    call = stub.FullDuplexCall(iter(requests), timeout=TIMEOUT)
    for size, reply_size in zip(REQUEST_SIZES, REPLY_SIZES):
        requests.send(output(reply_size, size=size))
        assert len(next(call).message.payload.body) == reply_size
    requests.end()
    assert list(call) == [] and call.code() == grpc.StatusCode.OK


def empty_stream(stub, channel):
    call = stub.FullDuplexCall(iter([]), timeout=TIMEOUT)
    assert list(call) == [] and call.code() == grpc.StatusCode.OK


def custom_metadata(stub, channel):
    metadata = [(ECHO_INITIAL, "test_initial_metadata_value"), (ECHO_TRAILING, b"\xab\xab\xab")]

    def check(call):
        assert [value for key, value in call.initial_metadata() if key == ECHO_INITIAL] == ["test_initial_metadata_value"]
        assert [value for key, value in call.trailing_metadata() if key == ECHO_TRAILING] == [b"\xab\xab\xab"]

    reply, call = stub.UnaryCall.with_call(large(), timeout=TIMEOUT, metadata=metadata)
    check_large(reply)
    check(call)
    call = stub.FullDuplexCall(iter([output(LARGE_REPLY, size=LARGE_REQUEST)]), timeout=TIMEOUT, metadata=metadata)
    assert sizes(call) == [LARGE_REPLY]
    check(call)


def status_code_and_message(stub, channel):
    wanted = pb.EchoStatus(code=2, message="test status message")
    assert failure(lambda: stub.UnaryCall(pb.SimpleRequest(response_status=wanted), timeout=TIMEOUT)) == (grpc.StatusCode.UNKNOWN, wanted.message)
    request = pb.StreamingOutputCallRequest(response_status=wanted)
    assert failure(lambda: list(stub.FullDuplexCall(iter([request]), timeout=TIMEOUT))) == (grpc.StatusCode.UNKNOWN, wanted.message)


def special_status_message(stub, channel):
    wanted = pb.EchoStatus(code=2, message="\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n")
    assert failure(lambda: stub.UnaryCall(pb.SimpleRequest(response_status=wanted), timeout=TIMEOUT)) == (grpc.StatusCode.UNKNOWN, wanted.message)


def unimplemented_method(stub, channel):
    expect(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.UnimplementedCall(pb.Empty(), timeout=TIMEOUT))


def unimplemented_service(stub, channel):
    call = channel.unary_unary("/grpc.testing.UnimplementedService/UnimplementedCall")
    expect(grpc.StatusCode.UNIMPLEMENTED, lambda: call(b"", timeout=TIMEOUT))


def cancel_after_begin(stub, channel):
    requests = Requests()
    call = stub.StreamingInputCall.future(iter(requests), timeout=TIMEOUT)
    call.cancel()
    assert call.cancelled() and call.code() == grpc.StatusCode.CANCELLED
    requests.end()


def cancel_after_first_response(stub, channel):
    requests = Requests(output(REPLY_SIZES[0], size=REQUEST_SIZES[0]))
    call = stub.FullDuplexCall(iter(requests), timeout=TIMEOUT)
    assert len(next(call).message.payload.body) == REPLY_SIZES[0]
    call.cancel()
    expect(grpc.StatusCode.CANCELLED, lambda: next(call))
    requests.end()


def timeout_on_sleeping_server(stub, channel):
    requests = Requests(output(size=REQUEST_SIZES[0]))
    call = stub.FullDuplexCall(iter(requests), timeout=0.001)
    expect(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(call))
    requests.end()


CASES = {case.__name__: case for case in (
    empty_unary, cacheable_unary, large_unary, client_compressed_unary, server_compressed_unary, client_streaming,
    client_compressed_streaming, server_streaming, server_compressed_streaming, ping_pong, empty_stream, custom_metadata,
    status_code_and_message, special_status_message, unimplemented_method, unimplemented_service, cancel_after_begin,
    cancel_after_first_response, timeout_on_sleeping_server)}


def open_channel(host, port, authorities=None, override=None):
    """- Parameter authorities: PEM of those who may sign the server's certificate; None for clear text."""
    options = [AS_SENT, ("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
    if override:
        options.append(("grpc.ssl_target_name_override", override))
    if authorities is None:
        return grpc.insecure_channel(f"{host}:{port}", options)
    return grpc.secure_channel(f"{host}:{port}", grpc.ssl_channel_credentials(authorities), options)


def run(case, host, port, authorities=None, override=None):
    """Runs a case on a connection of its own; raises where it does not hold."""
    with open_channel(host, port, authorities, override) as channel:
        CASES[case](Stub(channel), channel)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server_host", default="127.0.0.1")
    parser.add_argument("--server_port", type=int, required=True)
    parser.add_argument("--server_host_override")
    parser.add_argument("--test_case", choices=CASES, required=True)
    parser.add_argument("--use_tls", action="store_true")
    parser.add_argument("--ca_file", type=argparse.FileType("rb"))
    arguments = parser.parse_args()
    authorities = arguments.ca_file.read() if arguments.use_tls else None
    run(arguments.test_case, arguments.server_host, arguments.server_port, authorities, arguments.server_host_override)


if __name__ == "__main__":
    main()
