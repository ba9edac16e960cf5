# SPDX-License-Identifier: Apache-2.0
"""The contract in Python: the protos of proto/, compiled into a temporary folder as this module is imported.

grpcio takes a message's compression off before the program sees it. Both sides here leave it on
(`grpc.per_message_decompression` = 0) and take it off themselves, so that they know how each message came:
`Received.compressed`.
"""
import atexit
import dataclasses
import gzip
import pathlib
import queue
import shutil
import sys
import tempfile
import zlib

import grpc_tools
from google.protobuf import message_factory
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICE = "grpc.testing.TestService"
# For both sides, see above.
AS_SENT = ("grpc.per_message_decompression", 0)
ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"

GENERATED = pathlib.Path(tempfile.mkdtemp(prefix="interop-proto-"))
atexit.register(shutil.rmtree, GENERATED, ignore_errors=True)


def compile_protos():
    """Makes the modules, and descriptors.pb with the files under the names they have in the repository."""
    include = f"-I{pathlib.Path(grpc_tools.__file__).parent / '_proto'}"
    names = sorted(str(path.relative_to(ROOT / "proto")) for path in (ROOT / "proto").rglob("*.proto"))
    described = ["protoc", f"-I{ROOT / 'proto'}", include, "--include_imports", f"--descriptor_set_out={GENERATED / 'descriptors.pb'}"]
    assert protoc.main([*described, *names]) == 0, "the protos do not compile"
    # A folder grpc/ of modules would hide the package grpc: those go under another name. Health and the older
    # reflection are in grpcio's own packages.
    packaged = ("grpc/health/v1/health.proto", "grpc/reflection/v1alpha/reflection.proto")
    tree = GENERATED / "tree"
    renamed = []
    for name in names:
        if name in packaged:
            continue
        renamed.append(name.replace("grpc/", "standard/"))
        target = tree / renamed[-1]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((ROOT / "proto" / name).read_text())
    generated = [f"--python_out={GENERATED}", f"--grpc_python_out={GENERATED}"]
    assert protoc.main(["protoc", f"-I{tree}", include, *generated, *renamed]) == 0, "the protos do not compile"
    sys.path.insert(0, str(GENERATED))


compile_protos()

from standard.testing import interop_pb2 as pb  # noqa: E402


@dataclasses.dataclass
class Received:
    """A message and whether it was compressed on its way."""
    message: object
    compressed: bool


def reader(kind):
    """Reads messages of a kind in either form. No message starts with the bytes of gzip or deflate here:
    1f would be a tag of a wire type that does not exist, 78 of a field that these messages do not have."""
    def read(data):
        if data[:2] == b"\x1f\x8b":
            return Received(kind.FromString(gzip.decompress(data)), True)
        if data[:1] == b"\x78":
            return Received(kind.FromString(zlib.decompress(data)), True)
        return Received(kind.FromString(data), False)
    return read


def methods(service):
    """Name, shape ("unary_stream", …), request and reply class of each method of a service's descriptor."""
    shapes = ("unary", "stream")
    for method in service.methods:
        shape = f"{shapes[method.client_streaming]}_{shapes[method.server_streaming]}"
        yield method.name, shape, *map(message_factory.GetMessageClass, (method.input_type, method.output_type))


class Stub:
    """The methods of TestService on a channel; replies are `Received`."""

    def __init__(self, channel):
        for name, shape, request, reply in methods(pb.DESCRIPTOR.services_by_name["TestService"]):
            setattr(self, name, getattr(channel, shape)(
                f"/{SERVICE}/{name}", request_serializer=request.SerializeToString, response_deserializer=reader(reply)))


class Requests:
    """The requests of a stream, one at a time; `end` is the half-close."""

    def __init__(self, *messages):
        self.queue = queue.SimpleQueue()
        for message in messages:
            self.send(message)

    def send(self, message):
        self.queue.put(message)

    def end(self):
        self.queue.put(None)

    def __iter__(self):
        return iter(self.queue.get, None)


def payload(size):
    return pb.Payload(body=bytes(size))


def output(*sizes, size=0, **fields):
    """A StreamingOutputCallRequest for replies of these sizes, with a payload of its own of a size."""
    return pb.StreamingOutputCallRequest(
        response_parameters=[pb.ResponseParameters(size=each) for each in sizes],
        payload=payload(size) if size else None, **fields)
