# SPDX-License-Identifier: Apache-2.0
"""grpc.testing.TestService on grpcio, after gRPC's doc/interop-test-descriptions.md.

    interop_server.py --port=0 [--use_tls --tls_cert_file=F --tls_key_file=F]
"""
import argparse
import signal
import sys
import time
from concurrent import futures

import grpc

from contract import AS_SENT, ECHO_INITIAL, ECHO_TRAILING, SERVICE, methods, payload, pb, reader

CODES = {code.value[0]: code for code in grpc.StatusCode}


def echo(context):
    """Sends back what the echo names of the caller's metadata hold."""
    metadata = context.invocation_metadata()
    initial = [(key, value) for key, value in metadata if key == ECHO_INITIAL]
    trailing = [(key, value) for key, value in metadata if key == ECHO_TRAILING]
    if initial:
        context.send_initial_metadata(initial)
    if trailing:
        context.set_trailing_metadata(trailing)


def end_as_asked(request, context):
    status = request.response_status
    if status.code:
        context.abort(CODES.get(status.code, grpc.StatusCode.UNKNOWN), status.message)


def check_compression(received, context):
    request = received.message
    if request.HasField("expect_compressed") and request.expect_compressed.value != received.compressed:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"expect_compressed is {request.expect_compressed.value}, and the message came the other way")


def replies(request, context):
    """The replies that a StreamingOutputCallRequest asks for."""
    for parameter in request.response_parameters:
        if parameter.interval_us:
            time.sleep(parameter.interval_us / 1e6)
        if not context.is_active():
            return
        if not parameter.compressed.value:
            context.disable_next_message_compression()
        yield pb.StreamingOutputCallResponse(payload=payload(parameter.size))
    end_as_asked(request, context)


class Service:
    """The methods under their names; UnimplementedCall is left out on purpose."""

    def EmptyCall(self, received, context):
        echo(context)
        return pb.Empty()

    def UnaryCall(self, received, context):
        request = received.message
        check_compression(received, context)
        # The algorithm goes out with the initial metadata, so it is chosen first.
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        echo(context)
        end_as_asked(request, context)
        return pb.SimpleResponse(payload=payload(request.response_size))

    CacheableUnaryCall = UnaryCall

    def StreamingOutputCall(self, received, context):
        if any(parameter.compressed.value for parameter in received.message.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        echo(context)
        yield from replies(received.message, context)

    def StreamingInputCall(self, stream, context):
        echo(context)
        total = 0
        for received in stream:
            check_compression(received, context)
            total += len(received.message.payload.body)
        return pb.StreamingInputCallResponse(aggregated_payload_size=total)

    def FullDuplexCall(self, stream, context):
        echo(context)
        for received in stream:
            yield from replies(received.message, context)

    def HalfDuplexCall(self, stream, context):
        echo(context)
        for received in list(stream):
            yield from replies(received.message, context)


def serve(port=0, certificate=None, key=None, service=None):
    """Starts the service on 127.0.0.1. - Returns: the server, and its port."""
    service = service or Service()
    server = grpc.server(futures.ThreadPoolExecutor(64), options=[AS_SENT, ("grpc.so_reuseport", 0)])
    handlers = {
        name: getattr(grpc, f"{shape}_rpc_method_handler")(
            getattr(service, name), request_deserializer=reader(request), response_serializer=reply.SerializeToString)
        for name, shape, request, reply in methods(pb.DESCRIPTOR.services_by_name["TestService"])
        if hasattr(service, name)
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
    address = f"127.0.0.1:{port}"
    if certificate:
        port = server.add_secure_port(address, grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port(address)
    server.start()
    return server, port


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--use_tls", action="store_true")
    parser.add_argument("--tls_cert_file", type=argparse.FileType("rb"))
    parser.add_argument("--tls_key_file", type=argparse.FileType("rb"))
    arguments = parser.parse_args()
    if arguments.use_tls:
        server, port = serve(arguments.port, arguments.tls_cert_file.read(), arguments.tls_key_file.read())
    else:
        server, port = serve(arguments.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on 127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
