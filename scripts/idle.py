#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds idle HTTP/2 connections to a server on loopback and tells what one of them costs it in memory.

    scripts/idle.py PORT PID [CONNECTIONS] [CALLS]

CONNECTIONS: default 10000. CALLS: well-formed health checks on each connection before it falls idle (default 1).
"""
import resource
import socket
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"


def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def call(stream):
    block = b"".join(literal(*field) for field in [
        (b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/grpc.health.v1.Health/Check"),
        (b":authority", b"localhost"), (b"te", b"trailers"), (b"content-type", b"application/grpc")])
    return frame(1, 4, stream, block) + frame(0, 1, stream, bytes(5))


def memory(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("no VmRSS")


def main():
    port, pid = int(sys.argv[1]), int(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    calls = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    before, held = memory(pid), []
    for index in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(PREFACE + frame(4, 1, 0) + b"".join(call(1 + 2 * n) for n in range(calls)))
        held.append(connection)
        if index % 100 == 99:
            time.sleep(0.01)
    time.sleep(3)
    alive = 0
    for connection in held:
        data = connection.recv(65536)
        alive += bool(data) and (calls == 0 or b"grpc-status" in data or len(data) > 60)
    after = memory(pid)
    print(f"{alive} of {count} connections held, {calls} calls each: {(after - before) / count / 1024:.1f} KiB a connection")
    return 0 if alive == count else 1


sys.exit(main())
