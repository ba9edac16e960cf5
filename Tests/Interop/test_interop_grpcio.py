# SPDX-License-Identifier: Apache-2.0
"""gRPC's interoperability cases between `grpc-interop` and grpcio, each as the server and as the client.

A test's name says which part `grpc-interop` plays. As a check of the reference itself, the cases also run between
grpcio and grpcio.
"""
import time
from concurrent import futures

import pytest

import interop_client
import interop_server
import programs


@pytest.fixture(scope="module")
def interop_tls(tmp_path_factory, server_files):
    certificate, key = server_files
    with programs.interop_server(
            tmp_path_factory.mktemp("interop-tls"), "--use_tls", f"--tls_cert_file={certificate}", f"--tls_key_file={key}") as server:
        server.port()
        yield server


@pytest.fixture(scope="module")
def reference():
    server, port = interop_server.serve()
    yield port
    server.stop(0).wait()


@pytest.fixture(scope="module")
def reference_tls(server_files):
    certificate, key = server_files
    server, port = interop_server.serve(certificate=certificate.read_bytes(), key=key.read_bytes())
    yield port
    server.stop(0).wait()


def run_client(port, case, *arguments, host="127.0.0.1"):
    return programs.interop_client(f"--server_host={host}", f"--server_port={port}", f"--test_case={case}", *arguments)


def tls_flags(authority):
    return "--use_tls", f"--ca_file={authority.certificate}"


@pytest.fixture(scope="module")
def clients(reference, reference_tls, authority):
    """Runs all cases with `grpc-interop client` at once. - Returns: futures of the results by transport and case."""
    places = {"clear": (reference, ()), "tls": (reference_tls, tls_flags(authority))}
    with futures.ThreadPoolExecutor(20) as pool:
        yield {
            (transport, case): pool.submit(run_client, port, case, *flags)
            for transport, (port, flags) in places.items() for case in interop_client.CASES}


@pytest.mark.parametrize("case", interop_client.CASES)
@pytest.mark.parametrize("transport", ["clear", "tls"])
@pytest.mark.parametrize("role", ["server", "client"])
def test_case(request, authority, role, transport, case):
    if role == "server":
        server = request.getfixturevalue("interop" if transport == "clear" else "interop_tls")
        authorities = authority.certificate.read_bytes() if transport == "tls" else None
        interop_client.run(case, "127.0.0.1", server.port(), authorities)
    else:
        result = request.getfixturevalue("clients")[transport, case].result()
        assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("case", interop_client.CASES)
def test_the_reference_agrees_with_itself(reference, case):
    interop_client.run(case, "127.0.0.1", reference)


@pytest.mark.parametrize("host, override", [("localhost", None), ("127.0.0.1", "localhost")])
def test_the_client_takes_a_certificate_of_the_name_it_called_or_was_given(reference_tls, authority, host, override):
    arguments = [f"--server_host_override={override}"] if override else []
    result = run_client(reference_tls, "empty_unary", *tls_flags(authority), *arguments, host=host)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("names", ["DNS:localhost", "DNS:localhost, IP:127.0.0.1"])
def test_the_client_refuses_a_certificate_of_another_name(authority, names):
    """Also where the certificate has the server's address: the caller gave a name, and that is what must be in it."""
    certificate, key = authority.sign(f"names-{len(names)}", names)
    server, port = interop_server.serve(certificate=certificate.read_bytes(), key=key.read_bytes())
    try:
        result = run_client(port, "empty_unary", *tls_flags(authority), "--server_host_override=other.test")
    finally:
        server.stop(0).wait()
    assert result.returncode == 1, "the client called a server whose certificate has other names"
    assert "empty_unary" in result.stderr and "UNAVAILABLE" in result.stderr.upper(), result.stderr


def test_the_client_refuses_a_certificate_that_a_stranger_signed(reference_tls, tmp_path):
    result = run_client(reference_tls, "empty_unary", *tls_flags(programs.Authority(tmp_path, "stranger")))
    assert result.returncode == 1 and "UNAVAILABLE" in result.stderr.upper(), result.stderr


def test_the_client_fails_in_clear_text_against_tls_and_the_other_way_round(reference, reference_tls, authority):
    assert run_client(reference_tls, "empty_unary").returncode == 1
    assert run_client(reference, "empty_unary", *tls_flags(authority)).returncode == 1


def test_the_client_ends_at_once_over_tls(reference_tls, authority):
    """grpcio does not answer close_notify; a client that waits for it stays for seconds after its last call."""
    started = time.monotonic()
    assert run_client(reference_tls, "empty_unary", *tls_flags(authority)).returncode == 0
    assert time.monotonic() - started < 3


def test_a_case_that_does_not_hold_fails(reference):
    """The client's exit code means something."""
    class Wrong(interop_server.Service):
        def UnaryCall(self, received, context):
            reply = super().UnaryCall(received, context)
            reply.payload.body = reply.payload.body[:-1]
            return reply

    server, port = interop_server.serve(service=Wrong())
    try:
        result = run_client(port, "large_unary")
    finally:
        server.stop(0).wait()
    assert result.returncode == 1 and "314158" in result.stderr, result.stderr
    assert run_client(reference, "no_such_case").returncode not in (0, 1)
