# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the client under test, built on gRPC's own Python client: it shows that the suite itself works.

PROBE_COMMAND="python grpcio_probe.py" pytest test_hostile_server.py
"""

import argparse
import concurrent.futures
import sys
import time

import grpc

METHOD = "/grpc.testing.TestService/UnaryCall"
DEADLINE = 3
LARGE_REQUEST, LARGE_RESPONSE = 271828, 314159


def varint(value):
    out = []
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def request(response_size, body):
    payload = b"\x12" + varint(body) + bytes(body)
    return b"\x10" + varint(response_size) + b"\x1a" + varint(len(payload)) + payload


def fields(data):
    """Number and value of each field; ValueError for what is not protobuf. Groups are refused."""
    at = 0

    def read_varint():
        nonlocal at
        value = 0
        for shift in range(0, 70, 7):
            if at == len(data):
                raise ValueError("a varint is cut short")
            byte, at = data[at], at + 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a varint is too long")

    while at < len(data):
        key = read_varint()
        number, kind = key >> 3, key & 7
        if number == 0 or kind not in (0, 1, 2, 5):
            raise ValueError(f"field {number} of type {kind}")
        if kind == 0:
            yield number, read_varint()
            continue
        size = {1: 8, 5: 4}[kind] if kind != 2 else read_varint()
        if size > len(data) - at:
            raise ValueError("a field is cut short")
        yield number, data[at : at + size]
        at += size


def body_size(data):
    """The length of the body in a SimpleResponse."""
    size = 0
    for number, value in fields(data):
        if number in (1, 2, 3, 6) and not isinstance(value, bytes):
            raise ValueError(f"field {number} is not length-delimited")
        if number == 1:
            size = sum(len(inner) for field, inner in fields(value) if field == 2)
        elif number in (2, 3, 6):
            value.decode()
    return size


class Client:
    def __init__(self, target):
        options = [("grpc.enable_retries", 0), ("grpc.enable_http_proxy", 0)]
        self.channel = grpc.insecure_channel(target, options=options)
        self.call = self.channel.unary_unary(METHOD, None, body_size)

    def probe(self):
        try:
            self.call(request(10, 10), timeout=DEADLINE)
            print("STATUS 0 ", flush=True)
        except grpc.RpcError as error:
            details = (error.details() or "").replace("\n", " ")
            print("STATUS", error.code().value[0], details, flush=True)

    def large(self, timeout=10):
        return self.call(request(LARGE_RESPONSE, LARGE_REQUEST), timeout=timeout) == LARGE_RESPONSE

    def fails(self):
        try:
            self.large()
        except grpc.RpcError:
            return True
        return False


def goaway(client):
    first = client.large()
    time.sleep(1)
    return first and client.large()


def max_streams(client):
    if not client.large():
        return False
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        return all(pool.map(lambda _: client.large(), range(10)))


def twice(client):
    client.probe()
    time.sleep(0.3)
    client.probe()
    return True


CASES = {
    "probe_unary": lambda client: client.probe() is None,
    "probe_twice": twice,
    "goaway": goaway,
    "rst_after_header": Client.fails,
    "rst_during_data": Client.fails,
    "rst_after_data": Client.fails,
    "ping": Client.large,
    "max_streams": max_streams,
    "large_unary": Client.large,
}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--server_host", default="127.0.0.1")
    options.add_argument("--server_port", type=int, required=True)
    options.add_argument("--test_case", choices=CASES, required=True)
    chosen = options.parse_args()
    client = Client(f"{chosen.server_host}:{chosen.server_port}")
    try:
        return 0 if CASES[chosen.test_case](client) else 1
    finally:
        client.channel.close()


if __name__ == "__main__":
    sys.exit(main())
