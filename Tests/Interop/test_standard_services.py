# SPDX-License-Identifier: Apache-2.0
"""Reflection (v1 and v1alpha) and health of every server, asked with grpcio's own clients."""
import dataclasses
import itertools
import signal
import socket

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2 as v1alpha, reflection_pb2_grpc as v1alpha_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

import contract
import programs
from standard.reflection.v1 import reflection_pb2 as v1, reflection_pb2_grpc as v1_grpc

VERSIONS = {"v1": (v1, v1_grpc), "v1alpha": (v1alpha, v1alpha_grpc)}
STANDARD = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]


@dataclasses.dataclass
class Server:
    process: object
    services: list


@pytest.fixture(scope="module", params=["grpc-interop", "figures-query", "figures-ingest"])
def server(request):
    """Each server under test, with the services that are its own."""
    if request.param == "grpc-interop":
        return Server(request.getfixturevalue("interop"), [contract.SERVICE])
    writer, reader = request.getfixturevalue("seeded")
    if request.param == "figures-query":
        return Server(reader, ["figures.v1.Query"])
    return Server(writer, ["figures.v1.Ingestion", "figures.v1.Journal"])


@pytest.fixture
def channel(server):
    with programs.channel(server.process.port()) as channel:
        yield channel


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


class AsV1:
    """A channel on which grpcio's reflection client, which knows v1alpha only, calls v1: on the wire both are the same."""

    def __init__(self, channel):
        self.channel = channel

    def stream_stream(self, path, *arguments, **options):
        return self.channel.stream_stream(path.replace(".v1alpha.", ".v1."), *arguments, **options)


def database(channel, version):
    return ProtoReflectionDescriptorDatabase(channel if version == "v1alpha" else AsV1(channel))


def ask(channel, version, requests):
    """The answers to requests on one stream. - Parameter requests: fields of ServerReflectionRequest, one dictionary each."""
    messages, stubs = VERSIONS[version]
    requests = [messages.ServerReflectionRequest(host="somewhere", **fields) for fields in requests]
    answers = list(stubs.ServerReflectionStub(channel).ServerReflectionInfo(iter(requests), timeout=20))
    assert [answer.original_request for answer in answers] == requests
    assert {answer.valid_host for answer in answers} == {"somewhere"}
    return answers


def files(answer):
    return [descriptor_pb2.FileDescriptorProto.FromString(data) for data in answer.file_descriptor_response.file_descriptor_proto]


def whole_contract():
    """Each file of proto/ by its name, as protoc describes it."""
    described = descriptor_pb2.FileDescriptorSet.FromString((contract.GENERATED / "descriptors.pb").read_bytes())
    return {file.name: file for file in described.file}


def names_in(message, scope):
    """The full names that a message declares: itself, its fields, what is nested in it."""
    full = f"{scope}.{message.name}"
    yield full
    for field in message.field:
        yield f"{full}.{field.name}"
    for nested in message.nested_type:
        yield from names_in(nested, full)
    for enum in message.enum_type:
        yield from names_in_enum(enum, full)


def names_in_enum(enum, scope):
    yield f"{scope}.{enum.name}"
    for value in enum.value:  # values stand beside their enum
        yield f"{scope}.{value.name}"


def names(file):
    """The full name of every symbol of a file."""
    for message in file.message_type:
        yield from names_in(message, file.package)
    for enum in file.enum_type:
        yield from names_in_enum(enum, file.package)
    for service in file.service:
        yield f"{file.package}.{service.name}"
        for method in service.method:
            yield f"{file.package}.{service.name}.{method.name}"


def reached(channel, version, services):
    """Every file that the services lead to, by name."""
    answers = ask(channel, version, [{"file_containing_symbol": service} for service in services])
    return {file.name: file for answer in answers for file in files(answer)}


def test_all_services_are_listed(server, channel, version):
    listed = database(channel, version).get_services()
    assert sorted(listed) == sorted(server.services + STANDARD) and len(set(listed)) == len(listed)


def test_every_file_is_found_and_is_the_contract(server, channel, version):
    found = reached(channel, version, server.services + STANDARD)
    assert {"grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto", "grpc/reflection/v1alpha/reflection.proto"} < found.keys()
    for name, answer in zip(found, ask(channel, version, [{"file_by_filename": name} for name in found])):
        described = files(answer)
        assert described[0].name == name
        # With everything that it imports, so that a client may build it at once.
        have = {file.name for file in described}
        assert all(imported in have for file in described for imported in file.dependency)
        assert {file.name: file for file in described} == {name: whole_contract()[name] for name in have}


def test_every_symbol_is_found_in_its_file(server, channel, version):
    found = reached(channel, version, server.services + STANDARD)
    wanted = [(name, file.name) for file in found.values() for name in names(file)]
    assert len(wanted) > 60
    answers = ask(channel, version, [{"file_containing_symbol": name} for name, _ in wanted])
    assert [(name, files(answer)[0].name if files(answer) else answer.error_response) for (name, _), answer in zip(wanted, answers)] == wanted


def test_a_pool_is_built_from_the_server_alone(server, channel, version):
    """Every service with all its types, through the descriptor pool that generic tools use."""
    client = database(channel, version)
    pool = descriptor_pool.DescriptorPool(client)
    for name in client.get_services():
        service = pool.FindServiceByName(name)
        for method in service.methods:
            assert pool.FindMessageTypeByName(method.input_type.full_name) is method.input_type
            for side in (method.input_type, method.output_type):
                message_factory.GetMessageClass(side)()
    for name in client.get_services():
        assert list(pool.FindAllExtensions(pool.FindServiceByName(name).methods[0].input_type)) == []


def call(channel, pool, service, method, fields):
    """Calls a method that only the server described. - Returns: the reply, or a list of them."""
    method = pool.FindServiceByName(service).FindMethodByName(method)
    request, reply = (message_factory.GetMessageClass(side) for side in (method.input_type, method.output_type))
    shape = "unary_stream" if method.server_streaming else "unary_unary"
    stub = getattr(channel, shape)(
        f"/{service}/{method.name}", request_serializer=request.SerializeToString, response_deserializer=reply.FromString)
    answer = stub(request(**fields), timeout=20)
    return list(answer) if method.server_streaming else answer


def test_a_method_is_called_that_only_reflection_described(server, channel, version):
    pool = descriptor_pool.DescriptorPool(database(channel, version))
    if contract.SERVICE in server.services:
        reply = call(channel, pool, contract.SERVICE, "UnaryCall", {"response_size": 10, "payload": {"body": b"x"}})
        assert reply.payload.body == bytes(10)
        replies = call(channel, pool, contract.SERVICE, "StreamingOutputCall", {"response_parameters": [{"size": 3}, {"size": 4}]})
        assert [len(reply.payload.body) for reply in replies] == [3, 4]
    elif "figures.v1.Query" in server.services:
        reply = call(channel, pool, "figures.v1.Query", "GetFigures", {"region": "West Midlands"})
        assert reply.region.name == "West Midlands" and any(fact.ByteSize() for fact in reply.facts)
    else:
        reply = call(channel, pool, "figures.v1.Ingestion", "DryRun", {"document": {"text": "Police arrested 12 people in Leeds."}})
        assert len(reply.claims) == 1
    reply = call(channel, pool, "grpc.health.v1.Health", "Check", {"service": server.services[0]})
    assert reply.status == 1


def test_what_is_unknown_is_not_found_and_the_stream_goes_on(server, channel, version):
    own = server.services[0]
    unknown = [
        {"file_containing_symbol": name} for name in ("", "nobody", f"{own}.Nothing", f"{own}.", f".{own}", own.upper(), own.rsplit(".", 1)[0], "x" * 5000)
    ] + [
        {"file_by_filename": name} for name in ("", "nobody.proto", "google/protobuf/descriptor.proto", "../grpc/health/v1/health.proto")
    ] + [
        {"all_extension_numbers_of_type": "nobody.Nothing"},
        {"file_containing_extension": {"containing_type": "nobody.Nothing", "extension_number": 1}},
        {"file_containing_extension": {"containing_type": "grpc.health.v1.HealthCheckRequest", "extension_number": 100}},
    ]
    known = {"file_containing_symbol": own}
    answers = ask(channel, version, itertools.chain.from_iterable((fields, known) for fields in unknown))
    for fields, answer in zip(unknown, answers[::2]):
        assert answer.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0], fields
        assert answer.error_response.error_message
    assert all(files(answer) for answer in answers[1::2])


def test_a_type_without_extensions_has_none(channel, version):
    answer, = ask(channel, version, [{"all_extension_numbers_of_type": "grpc.health.v1.HealthCheckRequest"}])
    numbers = answer.all_extension_numbers_response
    assert numbers.base_type_name == "grpc.health.v1.HealthCheckRequest" and list(numbers.extension_number) == []


def test_a_request_that_asks_nothing_is_invalid(channel, version):
    answer, = ask(channel, version, [{}])
    assert answer.error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


def test_the_reflection_client_raises_key_errors(channel, version):
    client = database(channel, version)
    pool = descriptor_pool.DescriptorPool(client)
    for find in (pool.FindServiceByName, pool.FindMessageTypeByName, pool.FindFileByName, pool.FindFileContainingSymbol, client.FindAllExtensionNumbers):
        with pytest.raises(KeyError):
            find("nobody.Nothing")


# Health


def status(stub, service, timeout=10):
    return stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout).status


def test_check_and_watch_know_each_service(server, channel):
    stub = health_pb2_grpc.HealthStub(channel)
    for service in ("", *server.services):
        assert status(stub, service) == health_pb2.HealthCheckResponse.SERVING
        watch = stub.Watch(health_pb2.HealthCheckRequest(service=service), timeout=20)
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        watch.cancel()


@pytest.mark.parametrize("service", ["nobody", "figures.v1", "grpc.testing.testservice", "é" * 400])
def test_check_of_an_unknown_service_is_not_found(channel, service):
    with pytest.raises(grpc.RpcError) as error:
        status(health_pb2_grpc.HealthStub(channel), service)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND


def test_watch_of_an_unknown_service_says_so_and_stays_open(channel):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service="nobody"), timeout=1)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    with pytest.raises(grpc.RpcError) as error:
        next(watch)
    assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


@programs.concurrently
def test_watch_tells_of_every_change(folder):
    """figures-query serves once it follows figures-ingest, and no more when it is told to end."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{reserved.getsockname()[1]}"
        with programs.query(folder, place) as reader, programs.channel(reader.port()) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            watches = [stub.Watch(health_pb2.HealthCheckRequest(service=service), timeout=60) for service in ("", "figures.v1.Query")]
            assert [next(watch).status for watch in watches] == [health_pb2.HealthCheckResponse.NOT_SERVING] * 2
            assert status(stub, "figures.v1.Query") == health_pb2.HealthCheckResponse.NOT_SERVING
            reserved.close()
            with programs.ingest(folder, listen=place) as writer:
                writer.address()
                assert [next(watch).status for watch in watches] == [health_pb2.HealthCheckResponse.SERVING] * 2
                assert status(stub, "figures.v1.Query") == health_pb2.HealthCheckResponse.SERVING
                reader.process.send_signal(signal.SIGTERM)
                assert [next(watch).status for watch in watches] == [health_pb2.HealthCheckResponse.NOT_SERVING] * 2
                for watch in watches:
                    watch.cancel()
                assert reader.process.wait(10) == 0


@programs.concurrently
def test_watchers_do_not_hold_up_the_end(folder):
    """A watch has no end of its own: one that is still open must not keep a server that was told to end."""
    with programs.services(folder) as (writer, reader):
        for server in (reader, writer):
            with programs.channel(server.port()) as channel:
                watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=60)
                next(watch)
                assert server.stop(timeout=5) == 0
