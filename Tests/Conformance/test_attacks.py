# SPDX-License-Identifier: Apache-2.0
"""Hostile and broken clients against a gRPC server.

Each case asserts the answer that RFC 9113, RFC 7541 or gRPC's documents ask for where they ask for one, and that
the attacker gets no success otherwise. After each case a well-formed call on a new connection must succeed within
a second, the memory that the case cost must stay under a limit, and the descriptors must come back. Meanwhile a
process of its own makes a well-formed call every 50 ms on a connection of its own; the last test reads how it fared.
"""

import os
import concurrent.futures
import pathlib
import random
import struct
import subprocess
import sys
import time
import zlib

import pytest

import wire
from wire import (
    ACK,
    CANCEL,
    COMPRESSION_ERROR,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    FRAME_SIZE_ERROR,
    MAX_WINDOW,
    PADDED,
    PREFACE,
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    STREAM_CLOSED,
    continuation,
    data_frame,
    frame,
    headers_frame,
    indexed,
    literal,
    message,
    ping,
    priority,
    rst_stream,
    settings_frame,
    size_update,
    window_update,
)

OK, CANCELLED, INVALID_ARGUMENT, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 0, 1, 3, 4, 8, 12, 13

MEBIBYTE = 1 << 20
MEMORY = 64 * MEBIBYTE  # what a case may cost at its peak
PATIENCE = float(os.environ.get("FIGURES_PATIENCE", "1"))  # seconds a well-formed call may take
HELD = 20.0  # seconds after which a half-open connection must be gone

TABLE = []  # (name, function, memory limit)
SLOW = []  # (name, function): take long, and run at the same time


def case(name, memory=MEMORY):
    def add(function):
        TABLE.append((name, function, memory))
        return function

    return add


def cases(name, values, memory=MEMORY):
    def add(function):
        for label, *arguments in values:
            TABLE.append((f"{name}: {label}", lambda a, f=function, v=arguments: f(a, *v), memory))
        return function

    return add


def slow(name):
    def add(function):
        SLOW.append((name, function))
        return function

    return add


class Attack:
    def __init__(self, target):
        self.target, self.port, self.path = target, target.port, target.path

    def connect(self, settings=None, **options):
        return wire.Connection(self.port, settings, **options)

    def fields(self, extra=(), path=None, **changes):
        return wire.grpc_request(path or self.path, self.port, extra, **changes)

    def head(self, stream, end_stream=False, fields=None, **options):
        return headers_frame(stream, wire.block(fields or self.fields()), end_stream, **options)

    def whole(self, stream, body=message(), fields=None):
        """The two frames of a call."""
        return self.head(stream, fields=fields) + data_frame(stream, body)

    def exchange(self, body=message(), fields=None, timeout=3.0, connection=None):
        """A call with this body, given as bytes of DATA, or None for a call that ends with its HEADERS."""
        c = connection or self.connect()
        s = c.stream()
        if body is None:
            c.send(self.head(s, True, fields))
        else:
            limit = 16_384
            sent = self.head(s, False, fields)
            pieces = [body[i : i + limit] for i in range(0, len(body), limit)] or [b""]
            c.send(sent + b"".join(data_frame(s, piece, i == len(pieces) - 1) for i, piece in enumerate(pieces[:3])))
            used = sum(map(len, pieces[:3]))
            window = c.settings.get(wire.INITIAL_WINDOW_SIZE, DEFAULT_WINDOW)
            for i, piece in enumerate(pieces[3:], 3):
                room = lambda: used + len(piece) <= min(window + c.stream_credit.get(s, 0), DEFAULT_WINDOW + c.credit)
                if not c.wait(lambda: room() or c.reply(s).over, timeout) or c.reply(s).over:
                    break
                c.send(data_frame(s, piece, i == len(pieces) - 1))
                used += len(piece)
        reply = c.reply(s)
        c.wait(lambda: reply.over or c.ended, timeout)
        return c, reply

    def alive(self):
        """Well-formed calls on four new connections, as a server may have several event loops."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            took = max(pool.map(lambda _: wire.one_call(self.port, self.path, PATIENCE), range(4)))
        assert took < PATIENCE, f"a well-formed call took {took:.2f} s"

    # Verdicts

    def over(self, c, reply):
        assert reply.over or c.ended, f"neither answered nor reset: {c}"

    def succeeded(self, c, reply):
        assert reply.ended and reply.http_status == "200" and reply.grpc_status == OK, c

    def refused(self, c, reply):
        """No success: an HTTP error, a gRPC error, RST_STREAM or the end of the connection."""
        self.over(c, reply)
        if reply.reset is None and not c.ended:
            assert reply.http_status != "200" or reply.grpc_status, f"a success: {c}"
        assert reply.grpc_status != OK, f"a success: {c}"

    def status(self, c, reply, *codes):
        assert reply.ended and reply.http_status == "200" and reply.grpc_status in codes, f"not status {codes}: {c}"

    def malformed(self, c, reply):
        """RFC 9113, 8.1.1: a stream error PROTOCOL_ERROR, before which an HTTP error may be sent."""
        self.refused(c, reply)
        c.wait(lambda: reply.reset is not None or c.ended, 0.3)
        right = (
            reply.reset == PROTOCOL_ERROR
            or any(g.error_code == PROTOCOL_ERROR for g in c.goaways)
            or (reply.http_status or "").startswith("4")
        )
        assert right or c.closed, f"not PROTOCOL_ERROR: {c}"

    def connection_error(self, c, *codes, timeout=2.0):
        c.wait(lambda: c.ended, timeout)
        assert c.ended, f"no connection error: {c}"
        assert not c.goaways or any(g.error_code in codes for g in c.goaways), f"another code: {c}"
        self.gone(c)

    def stream_error(self, c, stream, *codes, timeout=2.0):
        reply = c.reply(stream)
        c.wait(lambda: reply.reset is not None or c.ended, timeout)
        right = reply.reset in codes or any(g.error_code in codes for g in c.goaways) or (c.closed and not c.goaways)
        assert right, f"no stream error: {c}"

    def gone(self, c, timeout=3.0):
        """The TCP connection ends."""
        c.wait(lambda: c.closed, timeout)
        assert c.closed, f"the connection stays open: {c}"

    def serves(self, c):
        """A further call on the same connection succeeds."""
        assert not c.ended, f"ended: {c}"
        reply = c.call(self.path)
        self.succeeded(c, reply)

    def flood(self, c, frames, seconds=3.0, reading=True):
        """Sends until all is out, the server ends the connection or time is up. False if it was not all sent."""
        end, view = time.monotonic() + seconds, memoryview(frames)
        while view and not c.ended and time.monotonic() < end:
            if not c.send(view[: 1 << 16], timeout=max(0.01, end - time.monotonic()), reading=reading):
                return False
            view = view[1 << 16 :]
            if reading:
                c.parse()
        return not view


# Requests that are no calls


@cases("method", [(name, name) for name in ("GET", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "post", "PRI")])
def _(a, method):
    a.refused(*a.exchange(fields=a.fields(_method=method)))


@case("method: GET without a body")
def _(a):
    a.refused(*a.exchange(None, a.fields(_method="GET")))


@cases("malformed method", [("empty", ""), ("with a space", "PO ST"), ("with NUL", "POST\0"), ("CONNECT with a path", "CONNECT")])
def _(a, method):
    a.malformed(*a.exchange(fields=a.fields(_method=method)))


@cases(
    "malformed path",
    [
        ("without slash", "grpc.health.v1.Health/Check"),
        ("*", "*"),
        ("empty", ""),
        ("with NUL", "/a\0b"),
        ("with LF", "/a\nb"),
        ("with a space before", " /a/b"),
    ],
)
def _(a, path):
    a.malformed(*a.exchange(fields=a.fields(_path=path)))


@cases(
    "path",
    [
        ("unknown method", "/grpc.health.v1.Health/Nothing"),
        ("unknown service", "/nobody.v1.Nothing/Check"),
        ("/", "/"),
        ("//", "//"),
        ("service only", "/grpc.health.v1.Health"),
        ("no method", "/grpc.health.v1.Health/"),
        ("too many parts", "/grpc.health.v1.Health/Check/more"),
        ("other case", "/grpc.health.v1.health/check"),
        ("no service", "//Check"),
        ("percent-encoded", "/grpc.health.v1.Health%2FCheck"),
        ("dots", "/../grpc.health.v1.Health/Check"),
        ("quotes and markup", "/<a>'\"/%00%0a"),
    ],
)
def _(a, path):
    a.status(*a.exchange(fields=a.fields(_path=path)), UNIMPLEMENTED)


@cases(
    "odd path",
    [("a query", "/grpc.health.v1.Health/Check?x=1"), ("8000 bytes", "/" + "a" * 8000), ("octets over 0x7f", b"/\xff\xfe/\xc3\x28")],
)
def _(a, path):
    a.refused(*a.exchange(fields=a.fields(_path=path)))


def dropped(a, name):
    return [(n, v) for n, v in a.fields() if n != name]


@cases(
    "malformed",
    [
        ("no :method", lambda a: dropped(a, ":method")),
        ("no :path", lambda a: dropped(a, ":path")),
        ("no :scheme", lambda a: dropped(a, ":scheme")),
        ("two :method", lambda a: [(":method", "POST"), *a.fields()]),
        ("two :path", lambda a: [(":path", "/x"), *a.fields()]),
        ("two :scheme", lambda a: [(":scheme", "https"), *a.fields()]),
        ("two :authority", lambda a: [(":authority", "x"), *a.fields()]),
        ("unknown pseudo-header", lambda a: [(":unknown", "x"), *a.fields()]),
        (":status", lambda a: [(":status", "200"), *a.fields()]),
        ("pseudo-header after regular", lambda a: [*dropped(a, ":path"), (":path", a.path)]),
        ("uppercase name", lambda a: a.fields([("X-Upper", "1")])),
        ("uppercase known name", lambda a: [("TE" if n == "te" else n, v) for n, v in a.fields()]),
        ("no field at all", lambda a: [("x", "y")]),
    ],
)
def _(a, fields):
    a.malformed(*a.exchange(fields=fields(a)))


@cases(
    "malformed field",
    [
        (f"{name}: {value}", name, value)
        for name, value in (
            ("connection", "keep-alive"),
            ("connection", "te"),
            ("keep-alive", "timeout=1"),
            ("proxy-connection", "close"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("te", "gzip"),
            ("te", "trailers, gzip"),
        )
    ],
)
def _(a, name, value):
    fields = a.fields([(name, value)], te=None) if name == "te" else a.fields([(name, value)])
    a.malformed(*a.exchange(fields=fields))


@cases(
    "malformed value",
    [
        ("NUL", "a\0b"),
        ("CR", "a\rb"),
        ("LF", "a\nb"),
        ("CRLF and a field", "a\r\nx-admin: 1"),
        ("space before", " a"),
        ("tab after", "a\t"),
    ],
)
def _(a, value):
    a.malformed(*a.exchange(fields=a.fields([("x-probe", value)])))


@cases(
    "malformed name",
    [
        ("space", "x probe"),
        ("colon", "x:probe"),
        ("DEL", "x\x7f"),
        ("NUL", "x\0"),
        ("octet over 0x7f", b"x\xff"),
        ("LF", "x\ny"),
        ("parentheses", "x(1)"),
    ],
)
def _(a, name):
    c, reply = a.exchange(fields=a.fields([(name, "1")]))
    if name == "x(1)":  # no token of HTTP, but outside the ranges that HTTP/2 forbids
        return a.over(c, reply)
    a.malformed(c, reply)


@case("malformed name: empty")
def _(a):
    a.over(*a.exchange(fields=a.fields([("", "1")])))


@case("pseudo-header in trailers")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(), False) + headers_frame(1, wire.block([(":path", "/x")])))
    a.stream_error(c, 1, PROTOCOL_ERROR)


@case("trailers of a call are tolerated")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(), False) + headers_frame(1, wire.block([("x-trailer", "1")])))
    a.succeeded(c, c.answer(1))


@case("trailers without END_STREAM")
def _(a):
    c = a.connect()
    c.send(a.head(1) + headers_frame(1, wire.block([("x-trailer", "1")]), end_stream=False))
    a.stream_error(c, 1, PROTOCOL_ERROR)


@case("te is missing")
def _(a):
    # The field lets a server find incompatible proxies; no document says what a server does without it.
    a.over(*a.exchange(fields=a.fields(te=None)))


@cases(
    "content-length",
    [
        ("too small", "4"),
        ("too big", "6"),
        ("0", "0"),
        ("no number", "five"),
        ("negative", "-5"),
        ("2^64", str(2**64)),
        ("signed", "+5"),
        ("list", "5, 5, 6"),
    ],
)
def _(a, value):
    a.malformed(*a.exchange(fields=a.fields([("content-length", value)])))


@case("content-length 5 and END_STREAM on HEADERS")
def _(a):
    a.malformed(*a.exchange(None, a.fields([("content-length", "5")])))


@case("content-length that is true")
def _(a):
    a.succeeded(*a.exchange(fields=a.fields([("content-length", "5")])))


@cases(
    "content-type",
    [
        ("missing", None),
        ("text/plain", "text/plain"),
        ("application/json", "application/json"),
        ("empty", ""),
        ("application/grp", "application/grp"),
        ("html", "text/html; charset=application/grpc"),
    ],
)
def _(a, value):
    c, reply = a.exchange(fields=a.fields(content_type=value))
    a.refused(c, reply)
    assert reply.http_status == "415", f"not 415: {c}"


@cases(
    "content-type refused",
    [
        (value, value)
        for value in (
            "application/grpc-web",
            "application/grpc-web+proto",
            "application/grpc-web-text",
            "application/grpc+json",
            "application/grpc+thrift",
        )
    ],
)
def _(a, value):
    a.refused(*a.exchange(fields=a.fields(content_type=value)))


@case("content-type application/grpc+proto")
def _(a):
    a.succeeded(*a.exchange(fields=a.fields(content_type="application/grpc+proto")))


@cases(
    "odd content-type",
    [
        ("uppercase", "Application/GRPC"),
        ("with parameter", "application/grpc; charset=utf-8"),
        ("application/grpcx", "application/grpcx"),
        ("application/grpc+", "application/grpc+"),
    ],
)
def _(a, value):
    a.over(*a.exchange(fields=a.fields(content_type=value)))


# Messages


@cases(
    "cardinality",
    [
        ("no message, END_STREAM on HEADERS", None),
        ("no message, empty DATA", b""),
        ("two messages", message() * 2),
        ("a thousand messages", message() * 1000),
    ],
)
def _(a, body):
    a.status(*a.exchange(body), UNIMPLEMENTED)


@case("two messages in separate segments")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(), False))
    time.sleep(0.02)
    c.send(data_frame(1, message()))
    c.wait(lambda: c.reply(1).over)
    a.status(c, c.reply(1), UNIMPLEMENTED)


@cases(
    "length prefix over the limit",
    [
        ("2^32-1", 0xFFFF_FFFF, 0),
        ("2^31", 0x8000_0000, 0),
        ("2^31-1", 0x7FFF_FFFF, 0),
        ("1 GiB", 1 << 30, 0),
        ("2^32-1, compressed", 0xFFFF_FFFF, 1),
    ],
)
def _(a, length, flag):
    c, reply = a.exchange(message(b"x", flag, length), a.fields([("grpc-encoding", "gzip")]) if flag else None)
    a.refused(c, reply)
    assert reply.grpc_status == RESOURCE_EXHAUSTED or flag and reply.grpc_status == UNIMPLEMENTED, c


@case("length prefix over the limit is refused before its data come")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(b"", 0, 0xFFFF_FFFF), False))
    c.wait(lambda: c.reply(1).over)
    a.status(c, c.reply(1), RESOURCE_EXHAUSTED)


@case("trailers before the request's end are followed by RST_STREAM")
def _(a):
    # PROTOCOL-HTTP2.md, Early Server Closure: with NO_ERROR.
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(b"", 0, 0xFFFF_FFFF), False))
    c.wait(lambda: c.reply(1).reset is not None, 1)
    assert c.reply(1).ended and c.reply(1).reset == wire.NO_ERROR, c
    a.serves(c)


@cases(
    "broken message",
    [
        ("length larger than the data", message(b"", 0, 10)),
        ("length one too large", message(b"\x0a\x00", 0, 3)),
        ("length smaller than the data", message(b"\x0a\x01x", 0, 1)),
        ("1 byte of prefix", b"\0"),
        ("4 bytes of prefix", b"\0\0\0\0"),
        ("a message and 3 bytes more", message() + b"\0\0\0"),
        ("length one too small", message(b"\x0a\x00\x00", 0, 2)),
    ],
)
def _(a, body):
    a.refused(*a.exchange(body))


@cases("flag", [(str(flag), flag) for flag in (2, 3, 0x7F, 0x80, 0xFF)])
def _(a, flag):
    a.refused(*a.exchange(message(b"", flag)))


@cases("message in pieces", [("byte by byte", 1), ("in twos", 2), ("in threes", 3)])
def _(a, size):
    c = a.connect()
    body = message(b"\x0a\x00")
    c.send(a.head(1))
    for i in range(0, len(body), size):
        c.send(data_frame(1, body[i : i + size], i + size >= len(body)))
        time.sleep(0.005)
    a.succeeded(c, c.answer(1))


# Compression


def gzipped(data, wbits=31):
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return packer.compress(data) + packer.flush()


def bomb(mebibytes):
    """A gzip stream of zeros, made of one flushed block repeated; about a thousandth of what it unpacks to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + piece * mebibytes + b"\x03\0" + struct.pack("<II", 0, (mebibytes * MEBIBYTE) & 0xFFFF_FFFF)


def offers(reply, name):
    return name in (reply.field("grpc-accept-encoding") or "").replace(" ", "").split(",")


def encoded(a, data, encoding="gzip", flag=1):
    return a.exchange(message(data, flag), a.fields([("grpc-encoding", encoding)]))


@cases("compressed flag", [("without grpc-encoding", ()), ("with identity", [("grpc-encoding", "identity")])])
def _(a, extra):
    a.status(*a.exchange(message(gzipped(b""), 1), a.fields(extra)), INTERNAL)


@cases("unknown grpc-encoding", [(name or "empty", name) for name in ("br", "zstd", "snappy", "x" * 200, "", "gzip,gzip", "GZIP")])
def _(a, name):
    c, reply = encoded(a, gzipped(b""), name)
    if name in ("", "GZIP"):  # an absent encoding by one reading, a known one by another
        return a.over(c, reply)
    a.status(c, reply, UNIMPLEMENTED)
    assert reply.field("grpc-accept-encoding") is not None, f"no grpc-accept-encoding: {reply.headers} {reply.trailers}"
    assert not offers(reply, name)


@case("unknown grpc-encoding and a message that is not compressed")
def _(a):
    c, reply = encoded(a, b"", "br", 0)
    a.status(c, reply, OK, UNIMPLEMENTED)


@cases("valid", [("gzip", "gzip", 31), ("deflate", "deflate", 15)])
def _(a, name, wbits):
    c, reply = encoded(a, gzipped(b"", wbits), name)
    a.status(c, reply, OK, UNIMPLEMENTED)
    assert reply.grpc_status == OK or not offers(reply, name), f"{name} is offered and refused: {c}"


@case("a message that is not compressed, with grpc-encoding gzip")
def _(a):
    c, reply = encoded(a, b"", "gzip", 0)
    a.status(c, reply, OK, UNIMPLEMENTED)


BAD_GZIP = [
    ("no gzip at all", b"hello"),
    ("empty", b""),
    ("header only", gzipped(b"x")[:10]),
    ("half", gzipped(bytes(1000))[:15]),
    ("without its trailer", gzipped(b"x")[:-8]),
    ("half of its trailer", gzipped(b"x")[:-4]),
    ("wrong checksum", gzipped(b"\x0a\0")[:-8] + bytes(4) + gzipped(b"\x0a\0")[-4:]),
    ("wrong size", gzipped(b"\x0a\0")[:-4] + b"\xff\xff\0\0"),
    ("reserved flags", b"\x1f\x8b\x08\xe0" + gzipped(b"")[4:]),
    ("another method", b"\x1f\x8b\x07" + gzipped(b"")[3:]),
    ("a name without end", b"\x1f\x8b\x08\x08" + b"\0\0\0\0\0\3" + b"n" * 5000),
    ("a back reference before the start", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\x03\x02\0" + bytes(8)),
    ("a reserved block type", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\x07" + bytes(12)),
    ("zlib instead", gzipped(b"\x0a\0", 15)),
    ("raw deflate instead", gzipped(b"\x0a\0", -15)),
    ("random", random.Random(1).randbytes(3000)),
]


@cases("bad gzip", BAD_GZIP)
def _(a, data):
    c, reply = encoded(a, data)
    if not data:
        return a.over(c, reply)  # nothing, compressed to nothing: some servers take it
    a.status(c, reply, INTERNAL, UNIMPLEMENTED)


@cases(
    "gzip with more behind it",
    [("garbage", b"garbage"), ("zeros", bytes(16)), ("half a header", b"\x1f\x8b\x08"), ("half a member", gzipped(bytes(100))[:12])],
)
def _(a, more):
    c, reply = encoded(a, gzipped(b"\x0a\0") + more)
    a.status(c, reply, INTERNAL, UNIMPLEMENTED)


@cases("gzip bomb", [("16 KiB to 16 MiB", 16, 0), ("1 MiB to 1 GiB", 1024, 1), ("4 MiB to 4 GiB", 4096, 1)], memory=128 * MEBIBYTE)
def _(a, mebibytes, over):
    started = time.monotonic()
    c, reply = encoded(a, bomb(mebibytes))
    a.refused(c, reply)  # what it unpacks to has a wrong checksum, should it be under the limit
    if over and reply.ended:
        a.status(c, reply, RESOURCE_EXHAUSTED, UNIMPLEMENTED)
    assert time.monotonic() - started < 3, "the server unpacked too long"


@case("deflate bomb: 1 MiB to 1 GiB", memory=128 * MEBIBYTE)
def _(a):
    c, reply = encoded(a, b"\x78\xda" + bomb(1024)[10:], "deflate")
    a.refused(c, reply)


@cases(
    "replies are compressed only with leave",
    [
        ("no leave", ()),
        ("identity", ("identity",)),
        ("gzip", ("identity,gzip",)),
        ("unknown names", ("br,zstd",)),
        ("gzip and spaces", (" gzip , deflate".strip(),)),
    ],
)
def _(a, names):
    path, data = a.target.large or (a.path, b"")
    c = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW})
    c.send(window_update(0, 1 << 30))
    c.tracks = False
    c, reply = a.exchange(message(data), a.fields([("grpc-accept-encoding", name) for name in names], path=path), connection=c)
    a.succeeded(c, reply)
    if reply.data[:1] != b"\x01":
        assert reply.data[:1] == b"\0", bytes(reply.data[:5])
        return
    used = reply.field("grpc-encoding")
    assert any(used in name.replace(" ", "").split(",") for name in names), f"compressed with {used}, allowed were {names}"
    zlib.decompress(bytes(reply.data[5:]), 47)  # gzip or zlib


@case("eight gzip bombs at once", memory=256 * MEBIBYTE)
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW})
    data = message(bomb(64), 1)
    head = a.fields([("grpc-encoding", "gzip")])
    for i in range(8):
        s = c.stream()
        c.send(
            a.head(s, fields=head)
            + b"".join(data_frame(s, data[j : j + 16_384], j + 16_384 >= len(data)) for j in range(0, len(data), 16_384))
        )
    c.wait(lambda: c.ended or sum(reply.over for reply in c.replies.values()) == 8, 3)
    assert all(reply.grpc_status != OK for reply in c.replies.values())


# Protobuf


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


BAD_PROTO = [
    ("tag without value", b"\x0a"),
    ("truncated varint", b"\x08\xff"),
    ("varint of 11 bytes", b"\x08" + b"\xff" * 10 + b"\x01"),
    ("tag without end", b"\xff" * 12),
    ("length larger than the rest", b"\x0a\x05abc"),
    ("length of 2^32-1", b"\x0a\xff\xff\xff\xff\x0f"),
    ("length of 2^63", b"\x0a" + b"\x80" * 9 + b"\x01"),
    ("length of 2^31", b"\x0a\x80\x80\x80\x80\x08"),
    ("field number 0", b"\x00\x01"),
    ("field number 0, bytes", b"\x02\x00"),
    ("wire type 6", b"\x0e"),
    ("wire type 7", b"\x0f"),
    ("end of a group that did not begin", b"\x0c"),
    ("group without end", b"\x0b"),
    ("group ended by another field", b"\x0b\x14"),
    ("truncated fixed64", b"\x09\0\0\0"),
    ("truncated fixed32", b"\x0d\0"),
    ("100,000 groups without end", b"\x0b" * 100_000),
    ("100,000 groups within groups", b"\xfb\x3e" * 100_000 + b"\xfc\x3e" * 100_000),
]


@cases("malformed protobuf", BAD_PROTO)
def _(a, data):
    wrong = []
    for path in a.target.methods:
        c, reply = a.exchange(message(data), a.fields(path=path), timeout=1.0)
        if reply.grpc_status not in (INTERNAL, INVALID_ARGUMENT):
            wrong.append((path, reply))
    assert not wrong, wrong


@cases(
    "odd protobuf",
    [
        ("varint for a string", b"\x08\x01"),
        ("fixed64 for a string", b"\x09" + bytes(8)),
        ("a group for a string", b"\x0b\x0c"),
        ("bytes that are no UTF-8", b"\x0a\x02\xc3\x28"),
        ("NUL in a string", b"\x0a\x01\0"),
        ("unknown fields", b"\xf8\x7f\x01" * 1000),
        ("the highest field number", b"\xf8\xff\xff\xff\x0f\x01"),
        ("a field 100,000 times", b"\x0a\x00" * 100_000),
        ("1 MB in a string", b"\x0a\xc0\x84\x3d" + b"a" * 1_000_000),
        ("a varint with needless bytes", b"\x0a\x80\x80\x80\x00"),
        ("enum out of range", b"\x10\xff\xff\xff\xff\x07"),
        ("negative number", b"\x48" + b"\xff" * 9 + b"\x01"),
        ("overlong UTF-8", b"\x0a\x02\xc0\x80"),
        ("surrogate in UTF-8", b"\x0a\x03\xed\xa0\x80"),
        ("90 groups within groups", b"\xfb\x3e" * 90 + b"\xfc\x3e" * 90),
    ],
)
def _(a, data):
    for path in a.target.methods:
        if path.endswith("/Subscribe"):
            continue  # goes on for ever where the message is good
        a.over(*a.exchange(message(data), a.fields(path=path)))


@cases("a long name that an error message could quote", [("20 KB", 20_000), ("100 KB", 100_000), ("1 MB", 1_000_000)])
def _(a, size):
    data = b"\x0a" + varint(size) + b"n" * size
    for path in a.target.methods:
        if path.endswith(("/Subscribe", "/SubmitDocument", "/DryRun")):
            continue
        c, reply = a.exchange(message(data), a.fields(path=path))
        a.over(c, reply)
        # 8 KiB is the limit that gRPC's document suggests to clients for trailers.
        for section in (reply.headers or (), reply.trailers or ()):
            assert wire.list_size(section) <= 8192, f"{wire.list_size(section)} bytes of {path}"


@cases("a path that an error message could quote", [("9 KB", 9000), ("15 KB", 15_000)])
def _(a, size):
    c, reply = a.exchange(fields=a.fields(_path="/" + "p" * size))
    a.refused(c, reply)
    assert wire.list_size(reply.headers or ()) + wire.list_size(reply.trailers or ()) <= 8192, c


@case("requests that are much work", memory=256 * MEBIBYTE)
def _(a):
    """Eight at once; others must be served meanwhile."""
    if not a.target.heavy:
        pytest.skip("none is known of this server")
    path, data = a.target.heavy
    body = message(data)
    c = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW})
    c.send(window_update(0, 1 << 30))
    for _ in range(8):
        s = c.stream()
        c.send(
            a.head(s, fields=a.fields(path=path))
            + b"".join(data_frame(s, body[i : i + 16_384], i + 16_384 >= len(body)) for i in range(0, len(body), 16_384))
        )
    for _ in range(4):
        a.alive()
        c.pause(0.05)


@case("random protobuf")
def _(a):
    chance = random.Random(9113)
    for path in a.target.methods:
        if path.endswith("/Subscribe"):
            continue
        c = a.connect()
        for _ in range(40):
            if c.ended:
                break
            c, reply = a.exchange(message(chance.randbytes(chance.choice((1, 2, 3, 5, 10, 100, 1000)))), a.fields(path=path), connection=c)
            a.over(c, reply)


# Metadata and timeouts


@cases(
    "grpc-timeout, broken",
    [
        (repr(value)[:20], value)
        for value in (
            "",
            "1",
            "S",
            "1s",
            "1h",
            "-1S",
            "+1S",
            "1.5S",
            "0x10S",
            "1 S",
            "1SS",
            "1X",
            "S1",
            "1e3S",
            "123456789S",
            "999999999999999999999S",
            "1\u00bd".encode(),
            "\u0661S".encode(),
            "1S,2S",
            "nan",
            "infinity",
        )
    ],
)
def _(a, value):
    # The grammar has no room for these; what a server does with them is left open. It must not hang.
    c, reply = a.exchange(fields=a.fields([("grpc-timeout", value)]))
    a.over(c, reply)
    a.serves(c)


@cases(
    "grpc-timeout",
    [(value, value) for value in ("99999999H", "00000005S", "1H", "1M", "5S", "5000m", "5000000u", "99999999S", "99999999M")],
)
def _(a, value):
    a.succeeded(*a.exchange(fields=a.fields([("grpc-timeout", value)])))


@cases("grpc-timeout that is over at once", [(value, value) for value in ("0S", "0n", "0H", "1n", "1u")])
def _(a, value):
    c, reply = a.exchange(fields=a.fields([("grpc-timeout", value)]))
    a.over(c, reply)
    assert (
        reply.reset == CANCEL or reply.grpc_status in (OK, DEADLINE_EXCEEDED, INVALID_ARGUMENT, INTERNAL) or reply.http_status == "400"
    ), c
    a.serves(c)


@case("two values of grpc-timeout")
def _(a):
    a.over(*a.exchange(fields=a.fields([("grpc-timeout", "5S"), ("grpc-timeout", "1H")])))


@cases("a deadline ends a stream", [("1n", "1n", 1.0), ("100m", "100m", 1.0), ("1S", "1S", 2.0)])
def _(a, value, limit):
    c = a.connect()
    started = time.monotonic()
    s = c.stream()
    c.send(a.whole(s, fields=a.fields([("grpc-timeout", value)], path=a.target.stream)))
    c.wait(lambda: c.reply(s).over, 4)
    took = time.monotonic() - started
    assert c.reply(s).grpc_status == DEADLINE_EXCEEDED or c.reply(s).reset == CANCEL, f"after {took:.2f} s: {c}"
    assert took < limit, f"{took:.2f} s"


@case("a deadline ends a request that does not end")
def _(a):
    c = a.connect()
    s = c.stream()
    c.send(a.head(s, fields=a.fields([("grpc-timeout", "100m")])))
    c.wait(lambda: c.reply(s).over, 2)
    assert c.reply(s).grpc_status == DEADLINE_EXCEEDED or c.reply(s).reset == CANCEL, c


@cases(
    "-bin metadata that is no base64",
    [(repr(value)[:20], value) for value in ("!!!!", "a", "====", "ab=c", "a b", "abc\x7f", "%%%", "AAA=AAAA", "\u00e9".encode())],
)
def _(a, value):
    c, reply = a.exchange(fields=a.fields([("x-probe-bin", value)]))
    a.over(c, reply)


@cases(
    "-bin metadata",
    [
        ("padded", "aGVsbG8="),
        ("not padded", "aGVsbG8"),
        ("empty", ""),
        ("joined", "aGVsbG8,aGVsbG8="),
        ("of the other alphabet's digits", "+/+/"),
    ],
)
def _(a, value):
    a.succeeded(*a.exchange(fields=a.fields([("x-probe-bin", value)])))


@cases("metadata that HTTP allows and gRPC does not", [("octets over 0x7f", b"caf\xc3\xa9 \xff"), ("a tab within", "a\tb"), ("empty", "")])
def _(a, value):
    a.succeeded(*a.exchange(fields=a.fields([("x-probe", value)])))


@cases(
    "reserved metadata",
    [
        (name, name, value)
        for name, value in (
            ("grpc-status", "0"),
            ("grpc-message", "%"),
            ("grpc-unknown", "1"),
            ("grpc-accept-encoding", "x" * 500),
            ("grpc-accept-encoding", ",,,"),
            ("grpc-message-type", "x"),
            ("host", "x"),
            ("content-encoding", "gzip"),
            ("expect", "100-continue"),
            ("cookie", "a=b"),
            ("user-agent", ""),
        )
    ],
)
def _(a, name, value):
    a.over(*a.exchange(fields=a.fields([(name, value)])))


def limit_of(c):
    return c.settings.get(wire.MAX_HEADER_LIST_SIZE, 16_384)


def sized(a, size, parts):
    """Fields whose size, as SETTINGS_MAX_HEADER_LIST_SIZE counts it, is this."""
    fields = a.fields()
    rest = size - wire.list_size(fields)
    each = rest // parts
    values = [each] * (parts - 1) + [rest - each * (parts - 1)]
    return fields + [(f"x-{i:04}", "v" * (value - 38)) for i, value in enumerate(values)]


def send_large(a, c, fields):
    s, head = c.stream(), wire.block(fields)
    pieces = [head[i : i + 16_384] for i in range(0, len(head), 16_384)]
    c.send(
        b"".join(
            headers_frame(s, piece, False, len(pieces) == 1) if i == 0 else continuation(s, piece, i == len(pieces) - 1)
            for i, piece in enumerate(pieces)
        )
        + data_frame(s, message())
    )
    c.wait(lambda: c.reply(s).over or c.ended, 2)
    return c, c.reply(s)


@cases("metadata up to the limit", [("one field", 1), ("ten fields", 10), ("a hundred fields", 100)])
def _(a, parts):
    c = a.connect()
    a.succeeded(*send_large(a, c, sized(a, min(limit_of(c), 1 << 20) - 64, parts)))


@case("7 KiB of metadata")
def _(a):
    a.succeeded(*send_large(a, a.connect(), sized(a, 7 * 1024, 20)))


@cases(
    "metadata over the limit",
    [("by a little", 1.1, 1), ("by a little, in a hundred fields", 1.1, 100), ("twice", 2, 3), ("eight times", 8, 20)],
)
def _(a, factor, parts):
    c = a.connect()
    c, reply = send_large(a, c, sized(a, int(min(limit_of(c), 1 << 17) * factor), parts))
    a.over(c, reply)
    if wire.MAX_HEADER_LIST_SIZE in (c.settings or {}):
        a.refused(c, reply)
    if not c.ended:
        a.serves(c)


@case("metadata over the limit, again and again on one connection")
def _(a):
    c = a.connect()
    for _ in range(20):
        if c.ended:
            break
        send_large(a, c, sized(a, min(limit_of(c), 1 << 17) * 2, 4))


# HPACK


@cases(
    "HPACK bomb", [("16 KiB of indexes of a 4 KB field", 12_000, 1), ("in ten frames", 12_000, 10), ("in a thousand blocks", 12_000, -300)]
)
def _(a, count, blocks):
    c = a.connect()
    first = wire.block(a.fields()) + literal("x-bomb", "b" * 4000, wire.INDEXING)
    if blocks > 0:
        c.send(
            headers_frame(1, first, True, False) + b"".join(continuation(1, indexed(62) * count, i == blocks - 1) for i in range(blocks))
        )
        c.wait(lambda: c.ended or c.reply(1).over)
        a.refused(c, c.reply(1))
    else:
        c.send(headers_frame(1, first))
        head = wire.block(a.fields())
        a.flood(c, b"".join(headers_frame(3 + 2 * i, head + indexed(62) * count) for i in range(-blocks)))
        c.wait(lambda: c.ended or c.reply(1 - 2 * blocks).over, 2)


@case("thousands of tiny fields")
def _(a):
    c = a.connect()
    c.send(headers_frame(1, wire.block(a.fields()) + literal("x", "") * 4000, True))
    c.wait(lambda: c.ended or c.reply(1).over)
    a.refused(c, c.reply(1))


@cases(
    "HPACK error",
    [
        ("size update over the limit", lambda a: size_update(1 << 20) + wire.block(a.fields())),
        ("size update without end", lambda a: b"\x3f" + b"\xff" * 30),
        ("size update within the block", lambda a: wire.block(a.fields()) + size_update(0)),
        ("index 0", lambda a: b"\x80"),
        ("index 62 of an empty table", lambda a: indexed(62)),
        ("index 2^28", lambda a: indexed(1 << 28)),
        ("index without end", lambda a: b"\xff" * 100),
        ("EOS in a Huffman string", lambda a: b"\x00\x01x\x84\xff\xff\xff\xff"),
        ("Huffman padding too long", lambda a: b"\x00\x01x\x82" + wire.huffman("a")[:1] + b"\xff"),
        ("Huffman padding of zeros", lambda a: b"\x00\x01x\x81\x18"),
        ("string over the block", lambda a: b"\x00\x7f\xff\xff\x7f"),
        ("string length 2^60", lambda a: b"\x00\x01x\x7f" + b"\x80" * 8 + b"\x10"),
        ("a block cut in a field", lambda a: wire.block(a.fields())[:-3]),
    ],
)
def _(a, head):
    c = a.connect()
    c.send(headers_frame(1, head(a)))
    a.connection_error(c, COMPRESSION_ERROR)


@case("the table resized in every block")
def _(a):
    c = a.connect()
    limit = c.settings.get(wire.HEADER_TABLE_SIZE, 4096)
    for i in range(50):
        s = c.stream()
        c.send(
            headers_frame(s, size_update(0) + size_update(limit if i % 2 else limit // 2) + wire.block(a.fields(), wire.INDEXING), False)
            + data_frame(s, message())
        )
        a.succeeded(c, c.answer(s))


@case("a thousand size updates in a block")
def _(a):
    c = a.connect()
    c.send(headers_frame(1, size_update(0) * 8000 + wire.block(a.fields()), False) + data_frame(1, message()))
    c.wait(lambda: c.ended or c.reply(1).over)
    a.over(c, c.reply(1))


@case("a table filled and evicted without end")
def _(a):
    c = a.connect()
    for i in range(100):
        s = c.stream()
        c.send(
            headers_frame(s, wire.block(a.fields()) + b"".join(literal(f"x-{i}-{j}", "v" * 50, wire.INDEXING) for j in range(60)), False)
            + data_frame(s, message())
        )
        assert c.answer(s).over, c


@case("SETTINGS_HEADER_TABLE_SIZE 0, then large, then 0")
def _(a):
    c = a.connect({wire.HEADER_TABLE_SIZE: 0})
    a.serves(c)
    c.change({wire.HEADER_TABLE_SIZE: 2**32 - 1})
    a.serves(c)
    c.change({wire.HEADER_TABLE_SIZE: 0})
    a.serves(c)
    a.serves(c)


# Floods


def ends(a, c, *codes):
    c.wait(lambda: c.ended, 2)
    assert c.ended, f"the flood is taken: {c}"
    if codes and c.goaways:
        assert c.goaways[-1].error_code in codes, f"another code: {c}"
    a.gone(c)


@cases(
    "CONTINUATION flood",
    [
        ("of 1 KB without END_HEADERS", 1024, 4000),
        ("of 16 KB without END_HEADERS", 16_000, 1000),
        ("of 1 byte", 1, 20_000),
        ("empty", 0, 20_000),
    ],
)
def _(a, size, count):
    c = a.connect()
    name = literal("x-flood", "f" * max(0, size - 11)) if size > 20 else b"\x00\x01x\x00"[:size]
    c.send(a.head(1, end_headers=False))
    fill = (
        continuation(1, name, False)
        if size > 20 or not size
        else b"".join(continuation(1, bytes([octet]), False) for octet in b"\x00\x01x\x00")
    )
    a.flood(c, fill * (count if size != 1 else count // 4))
    ends(a, c)


@case("CONTINUATION flood that ends with END_HEADERS")
def _(a):
    c = a.connect()
    c.send(a.head(1, end_headers=False))
    a.flood(c, continuation(1, literal("x-flood", "f" * 200), False) * 2000 + continuation(1, b"", True))
    c.wait(lambda: c.ended or c.reply(1).over)
    a.refused(c, c.reply(1))


@case("HEADERS of 1 byte and CONTINUATION, again and again")
def _(a):
    c = a.connect()
    head = wire.block(a.fields())
    a.flood(c, b"".join(headers_frame(1 + 2 * i, head[:1], True, False) + continuation(1 + 2 * i, head[1:]) for i in range(5000)))
    c.wait(lambda: c.ended, 0.2)


@case("empty HEADERS, again and again")
def _(a):
    c = a.connect()
    a.flood(c, b"".join(headers_frame(1 + 2 * i, b"") for i in range(5000)))
    ends(a, c)


@case("empty HEADERS without END_HEADERS, then an empty CONTINUATION")
def _(a):
    c = a.connect()
    c.send(
        headers_frame(1, b"", False, False)
        + continuation(1, b"", False)
        + continuation(1, wire.block(a.fields()))
        + data_frame(1, message())
    )
    ends(a, c)


@case("one empty DATA frame is taken")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, b"", False) + data_frame(1, message()))
    a.succeeded(c, c.answer(1))


@cases("two empty DATA frames in a row", [("at once", 0), ("apart", 0.02)])
def _(a, gap):
    c = a.connect()
    c.gap = gap
    c.send(a.head(1))
    c.send(data_frame(1, b"", False))
    c.send(data_frame(1, b"", False))
    ends(a, c)


@cases("empty DATA flood", [("without padding", None), ("with padding", 100)])
def _(a, padding):
    c = a.connect()
    c.send(a.head(1))
    a.flood(c, data_frame(1, b"", False, padding) * 20_000)
    ends(a, c)


@case("DATA of 1 byte, 100,000 times")
def _(a):
    c = a.connect()
    body = message(bytes(60_000))
    c.send(a.head(1) + data_frame(1, body[:5], False))
    a.flood(c, data_frame(1, b"\x0a", False) * 50_000)
    c.wait(lambda: c.ended, 0.2)


@case("PING: two in a row are taken")
def _(a):
    c = a.connect()
    c.send(ping(b"first...") + ping(b"second.."))
    assert c.wait(lambda: len(c.pongs) == 2), c
    a.serves(c)


@case("PING: one after each call is taken")
def _(a):
    c = a.connect()
    for _ in range(8):
        a.serves(c)
        c.send(ping())
    c.wait(lambda: len(c.pongs) == 8)
    a.serves(c)


@cases("PING: ten in a row", [("at once", 0), ("apart", 0.02), ("with a call open", None)])
def _(a, gap):
    c = a.connect()
    if gap is None:
        c.send(a.head(1))
    c.gap = gap or 0
    for _ in range(10):
        c.send(ping())
    c.wait(lambda: c.ended)
    assert c.goaways, f"no GOAWAY: {c}"
    assert c.goaways[-1].error_code == ENHANCE_YOUR_CALM and bytes(c.goaways[-1].additional_data) == b"too_many_pings", c
    a.gone(c)


@case("PING flood")
def _(a):
    c = a.connect()
    a.flood(c, ping() * 100_000)
    ends(a, c, ENHANCE_YOUR_CALM)


@case("PING ACK flood")
def _(a):
    c = a.connect()
    a.flood(c, ping(flags=ACK) * 50_000)
    c.wait(lambda: c.ended, 0.2)


@cases(
    "SETTINGS flood",
    [
        ("empty", settings_frame(), 50_000),
        ("of unknown settings", settings_frame({0x7777: 1}), 50_000),
        ("of window sizes", settings_frame({wire.INITIAL_WINDOW_SIZE: 1}) + settings_frame({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW}), 25_000),
    ],
)
def _(a, sent, count):
    c = a.connect()
    c.tracks = False
    a.flood(c, sent * count)
    c.wait(lambda: c.ended, 0.2)


@case("SETTINGS of window sizes with many streams open")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    c.tracks = False
    c.send(b"".join(a.whole(1 + 2 * i) for i in range(100)))
    a.flood(c, (settings_frame({wire.INITIAL_WINDOW_SIZE: 0}) + settings_frame({wire.INITIAL_WINDOW_SIZE: 1})) * 5000)
    c.wait(lambda: c.ended, 0.2)


@case("SETTINGS frame of 2,700 entries")
def _(a):
    c = a.connect()
    c.pending.append({})
    c.send(settings_frame([(0x7000 + i % 100, i) for i in range(2700)]))
    c.wait(lambda: c.ended or not c.pending, 1)
    assert c.ended or not c.pending, c


@case("SETTINGS ACK flood")
def _(a):
    c = a.connect()
    a.flood(c, settings_frame(flags=ACK) * 50_000)
    c.wait(lambda: c.ended, 0.2)


@cases("nobody reads the answers", [("PING", ping(), 500_000), ("SETTINGS", settings_frame(), 500_000)])
def _(a, sent, count):
    c = a.connect(receive_buffer=4096)
    everything = a.flood(c, sent * count, seconds=2.5, reading=False)
    time.sleep(0.2)
    assert not everything or c.wait(lambda: c.ended, 2), f"half a million answers are waiting: {c}"


@case("nobody reads the replies")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW}, receive_buffer=4096)
    c.send(window_update(0, 1 << 30))
    a.flood(c, b"".join(a.whole(1 + 2 * i) for i in range(40_000)), seconds=3, reading=False)
    time.sleep(0.2)


@case("nobody reads the RST_STREAM frames")
def _(a):
    c = a.connect(receive_buffer=4096)
    bad = wire.block(a.fields([("connection", "close")]))
    a.flood(c, b"".join(headers_frame(1 + 2 * i, bad) for i in range(100_000)), seconds=3, reading=False)
    time.sleep(0.2)


@case("PRIORITY: 50 frames are taken")
def _(a):
    c = a.connect()
    c.send(b"".join(priority(1 + 2 * i) for i in range(50)))
    c.next_stream = 101
    a.serves(c)


@cases("PRIORITY flood", [("of one stream", lambda i: 1), ("of many streams", lambda i: 1 + 2 * i)])
def _(a, stream):
    c = a.connect()
    a.flood(c, b"".join(priority(stream(i), 0, i % 256) for i in range(10_000)))
    ends(a, c)


@case("PRIORITY in HEADERS with deep dependencies")
def _(a):
    c = a.connect()
    c.send(
        b"".join(
            headers_frame(1 + 2 * i, wire.block(a.fields()), False, depends=max(0, 2 * i - 1), exclusive=True)
            + data_frame(1 + 2 * i, message())
            for i in range(90)
        )
    )
    assert c.wait(lambda: c.ended or sum(reply.over for reply in c.replies.values()) == 90, 3), c


@case("WINDOW_UPDATE: five are taken")
def _(a):
    c = a.connect()
    for _ in range(5):
        c.grant(0, 1)
    a.serves(c)


@cases("WINDOW_UPDATE flood", [("of the connection", 0), ("of a stream", 1)])
def _(a, stream):
    c = a.connect()
    c.send(a.head(1))
    a.flood(c, window_update(stream, 1) * 20_000)
    ends(a, c)


@cases("WINDOW_UPDATE", [("0 on the connection", 0, 0, 0), ("over 2^31-1 on the connection", 0, MAX_WINDOW, 1)])
def _(a, stream, increment, twice):
    c = a.connect()
    c.send(window_update(stream, increment) * (2 if twice else 1))
    a.connection_error(c, FLOW_CONTROL_ERROR if twice else PROTOCOL_ERROR)


@cases("WINDOW_UPDATE on a stream", [("0", 0, PROTOCOL_ERROR), ("over 2^31-1", MAX_WINDOW, FLOW_CONTROL_ERROR)])
def _(a, increment, code):
    c = a.connect()
    c.send(a.head(1) + window_update(1, increment))
    a.stream_error(c, 1, code)


@case("frames of unknown types, 100,000 times")
def _(a):
    c = a.connect()
    a.flood(c, frame(0xFA, 0xFF, 0, b"x") * 100_000)
    c.wait(lambda: c.ended, 0.1)


@case("16 MiB in frames of an unknown type")
def _(a):
    c = a.connect()
    a.flood(c, frame(0xFA, 0, 0, bytes(16_384)) * 1024)
    c.wait(lambda: c.ended, 0.1)


@case("GOAWAY flood")
def _(a):
    c = a.connect()
    a.flood(c, wire.goaway(0, 0, b"x" * 100) * 20_000)
    c.wait(lambda: c.ended, 0.1)


# Resets


@case("two hundred cancelled calls are taken")
def _(a):
    c = a.connect()
    for _ in range(200):
        s = c.stream()
        c.send(a.head(s) + rst_stream(s))
    a.serves(c)


@case("six hundred calls, a hundred of them cancelled, are taken")
def _(a):
    c = a.connect()
    for i in range(600):
        s = c.stream()
        if i % 6 == 0:
            c.send(a.head(s) + rst_stream(s))
        else:
            c.send(a.whole(s))
            assert c.answer(s).over and not c.ended, c
    a.serves(c)


RESETS = 700  # over the 500 after which a connection must end if half of them were early resets


@cases(
    "rapid reset",
    [
        ("of HEADERS", lambda a, s, h: headers_frame(s, h, False) + rst_stream(s)),
        ("of whole calls", lambda a, s, h: headers_frame(s, h, False) + data_frame(s, message()) + rst_stream(s)),
        ("of GET requests", lambda a, s, h: headers_frame(s, wire.block(wire.get_request())) + rst_stream(s)),
        ("of calls that go on", lambda a, s, h: headers_frame(s, h, False) + data_frame(s, message(), False) + rst_stream(s)),
        ("with NO_ERROR", lambda a, s, h: headers_frame(s, h, False) + rst_stream(s, 0)),
        ("of a stream method", lambda a, s, h: a.whole(s, fields=a.fields(path=a.target.stream)) + rst_stream(s)),
        (
            "after a part of a message",
            lambda a, s, h: headers_frame(s, h, False) + data_frame(s, message(b"x" * 100, 0, 1000), False) + rst_stream(s),
        ),
    ],
)
def _(a, attempt):
    c = a.connect()
    head = wire.block(a.fields())
    a.flood(c, b"".join(attempt(a, 1 + 2 * i, head) for i in range(RESETS)), 4)
    ends(a, c)


@case("rapid reset, a hundred streams at a time")
def _(a):
    c = a.connect()
    head = wire.block(a.fields())
    for j in range(10):
        if c.ended:
            break
        streams = range(1 + 200 * j, 201 + 200 * j, 2)
        c.send(b"".join(headers_frame(s, head, False) for s in streams))
        c.send(b"".join(rst_stream(s) for s in streams))
        c.parse()
    ends(a, c)


@case("rapid reset while replies wait")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    for i in range(RESETS):
        if c.ended:
            break
        s = c.stream()
        c.send(a.whole(s))
        if i % 50 == 0:
            c.pause(0.002)
        c.send(rst_stream(s))
    ends(a, c)


@cases(
    "resets that the server is made to send",
    [
        ("WINDOW_UPDATE of 0", lambda a, s, h: headers_frame(s, h, False) + window_update(s, 0)),
        ("WINDOW_UPDATE over 2^31-1", lambda a, s, h: headers_frame(s, h, False) + window_update(s, MAX_WINDOW)),
        ("DATA after END_STREAM", lambda a, s, h: headers_frame(s, h) + data_frame(s, b"x")),
        ("HEADERS after END_STREAM", lambda a, s, h: headers_frame(s, h) + headers_frame(s, h)),
        ("trailers without END_STREAM", lambda a, s, h: headers_frame(s, h, False) + headers_frame(s, b"", False)),
        (
            "content-length that lies",
            lambda a, s, h: headers_frame(s, wire.block(a.fields([("content-length", "1")])), False) + data_frame(s, b"xx"),
        ),
        ("malformed fields", lambda a, s, h: headers_frame(s, wire.block(a.fields([("connection", "x")])))),
        ("PRIORITY of 4 bytes", lambda a, s, h: headers_frame(s, h, False) + frame(wire.PRIORITY, 0, s, bytes(4))),
        ("a stream that depends on itself", lambda a, s, h: headers_frame(s, h, False, depends=s)),
        ("pseudo-header in trailers", lambda a, s, h: headers_frame(s, h, False) + headers_frame(s, wire.block([(":path", "/")]))),
    ],
)
def _(a, attempt):
    c = a.connect()
    head = wire.block(a.fields())
    a.flood(c, b"".join(attempt(a, 1 + 2 * i, head) for i in range(RESETS)), 4)
    ends(a, c)


@case("calls of broken messages without end")
def _(a):
    c = a.connect()
    head = wire.block(a.fields())
    a.flood(c, b"".join(headers_frame(1 + 2 * i, head, False) + data_frame(1 + 2 * i, message(b"", 9), False) for i in range(3000)), 4)
    c.wait(lambda: c.ended, 0.2)


@case("RST_STREAM of a stream again and again")
def _(a):
    c = a.connect()
    c.send(a.head(1))
    a.flood(c, rst_stream(1) * 20_000)
    c.wait(lambda: c.ended, 0.2)


@case("RST_STREAM on an idle stream")
def _(a):
    c = a.connect()
    c.send(rst_stream(1))
    a.connection_error(c, PROTOCOL_ERROR)


# Streams


@case("more streams than announced")
def _(a):
    c = a.connect()
    limit = c.settings.get(wire.MAX_CONCURRENT_STREAMS)
    assert limit is not None, "SETTINGS_MAX_CONCURRENT_STREAMS is not announced"
    if limit > 2000:
        pytest.skip("too many to try")
    c.send(b"".join(a.head(1 + 2 * i) for i in range(limit + 10)))
    extra = [1 + 2 * i for i in range(limit, limit + 10)]
    c.wait(lambda: c.ended or all(c.reply(s).over for s in extra))
    for s in extra:
        a.stream_error(c, s, REFUSED_STREAM, PROTOCOL_ERROR)
    if not c.ended:
        c.send(data_frame(1, message()))
        a.succeeded(c, c.answer(1))


@case("more streams than announced, again and again")
def _(a):
    c = a.connect()
    limit = min(c.settings.get(wire.MAX_CONCURRENT_STREAMS, 100), 2000)
    a.flood(c, b"".join(a.head(1 + 2 * i) for i in range(limit + 5000)))
    c.wait(lambda: c.ended, 0.3)


@cases("stream identifier", [("even", 2), ("0", 0)])
def _(a, stream):
    c = a.connect()
    c.send(a.head(stream, True))
    a.connection_error(c, PROTOCOL_ERROR)


@case("stream identifier lower than the last")
def _(a):
    c = a.connect()
    c.send(a.whole(9))
    c.answer(9)
    c.send(a.whole(3))
    a.connection_error(c, PROTOCOL_ERROR, STREAM_CLOSED)


@case("stream identifier used again")
def _(a):
    c = a.connect()
    c.send(a.whole(1))
    c.answer(1)
    seen = len(c.blocks)
    c.send(a.whole(1))
    c.pause(0.2)
    assert len(c.blocks) == seen, f"answered twice: {c}"


@case("stream identifiers run out")
def _(a):
    c = a.connect()
    c.send(a.whole(MAX_WINDOW))
    a.succeeded(c, c.answer(MAX_WINDOW))
    c.send(a.whole(1))
    a.connection_error(c, PROTOCOL_ERROR, STREAM_CLOSED)


@cases(
    "idle stream",
    [
        ("DATA", data_frame(1, b"x")),
        ("WINDOW_UPDATE", window_update(1, 1)),
        ("RST_STREAM", rst_stream(1)),
        ("CONTINUATION", continuation(1)),
    ],
)
def _(a, sent):
    c = a.connect()
    c.send(sent)
    a.connection_error(c, PROTOCOL_ERROR)


@cases("after END_STREAM", [("DATA at once", 0, 0), ("DATA later", 0.05, 0), ("HEADERS at once", 0, 1), ("HEADERS later", 0.05, 1)])
def _(a, gap, head):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    c.send(a.whole(1))
    time.sleep(gap)
    c.send(a.head(1, True) if head else data_frame(1, message()))
    a.stream_error(c, 1, STREAM_CLOSED)


@case("DATA on a closed stream is no second call")
def _(a):
    c = a.connect()
    c.send(a.whole(1))
    c.answer(1)
    c.send(data_frame(1, message()))
    c.pause(0.1)
    if not c.ended:
        a.serves(c)


@case("DATA without end on a closed stream")
def _(a):
    c = a.connect()
    c.send(a.whole(1))
    c.answer(1)
    a.flood(c, data_frame(1, bytes(16_000), False) * 2000)
    c.wait(lambda: c.ended, 0.3)


# Frames


@cases("padding over the frame", [("DATA", wire.DATA), ("HEADERS", wire.HEADERS)])
def _(a, kind):
    c = a.connect()
    c.send(a.head(1))
    c.send(frame(kind, PADDED | END_STREAM | END_HEADERS, 1 if kind == wire.DATA else 3, b"\xff" + message()))
    a.connection_error(c, PROTOCOL_ERROR)


@cases(
    "oversize",
    [
        (name, kind, stream)
        for name, kind, stream in (
            ("DATA", 0, 1),
            ("HEADERS", 1, 3),
            ("PRIORITY", 2, 1),
            ("RST_STREAM", 3, 1),
            ("SETTINGS", 4, 0),
            ("PUSH_PROMISE", 5, 1),
            ("PING", 6, 0),
            ("GOAWAY", 7, 0),
            ("WINDOW_UPDATE", 8, 0),
            ("an unknown type", 0xAA, 0),
        )
    ],
)
def _(a, kind, stream):
    c = a.connect()
    c.send(a.head(1))
    c.send(frame(kind, 0, stream, bytes(c.settings.get(wire.MAX_FRAME_SIZE, 16_384) + 6)))
    c.wait(lambda: c.ended or c.reply(1).reset is not None)
    assert c.ended or kind in (wire.DATA, wire.PRIORITY) and c.reply(1).reset == FRAME_SIZE_ERROR, c
    assert not c.goaways or c.goaways[-1].error_code in (FRAME_SIZE_ERROR, PROTOCOL_ERROR), c


@cases("a length of 2^24-1 and no payload", [("DATA", 0, 1), ("HEADERS", 1, 3), ("SETTINGS", 4, 0), ("an unknown type", 0xAA, 0)])
def _(a, kind, stream):
    c = a.connect()
    c.send(a.head(1))
    c.send(frame(kind, 0, stream, length=2**24 - 1))
    c.wait(lambda: c.ended or c.reply(1).reset is not None, 2)
    assert c.ended or c.reply(1).reset == FRAME_SIZE_ERROR, c


@cases(
    "wrong size",
    [
        (f"{name} of {size}", kind, flags, stream, size)
        for name, kind, flags, stream, size in (
            ("PING", 6, 0, 0, 7),
            ("PING", 6, 0, 0, 9),
            ("RST_STREAM", 3, 0, 1, 3),
            ("RST_STREAM", 3, 0, 1, 5),
            ("WINDOW_UPDATE", 8, 0, 0, 3),
            ("WINDOW_UPDATE", 8, 0, 0, 5),
            ("SETTINGS", 4, 0, 0, 5),
            ("SETTINGS ACK", 4, 1, 0, 6),
            ("GOAWAY", 7, 0, 0, 7),
        )
    ],
)
def _(a, kind, flags, stream, size):
    c = a.connect()
    c.send(a.head(1) + frame(kind, flags, stream, bytes(size)))
    a.connection_error(c, FRAME_SIZE_ERROR)


@cases("wrong stream", [("PING", 6, 8), ("SETTINGS", 4, 0), ("GOAWAY", 7, 8)])
def _(a, kind, size):
    c = a.connect()
    c.send(a.head(1) + frame(kind, 0, 1, bytes(size)))
    a.connection_error(c, PROTOCOL_ERROR)


@cases(
    "SETTINGS",
    [
        ("ENABLE_PUSH 2", wire.ENABLE_PUSH, 2, PROTOCOL_ERROR),
        ("INITIAL_WINDOW_SIZE 2^31", wire.INITIAL_WINDOW_SIZE, 2**31, FLOW_CONTROL_ERROR),
        ("MAX_FRAME_SIZE 16383", wire.MAX_FRAME_SIZE, 16_383, PROTOCOL_ERROR),
        ("MAX_FRAME_SIZE 2^24", wire.MAX_FRAME_SIZE, 2**24, PROTOCOL_ERROR),
    ],
)
def _(a, key, value, code):
    c = a.connect()
    c.send(settings_frame({key: value}))
    a.connection_error(c, code)


@case("PUSH_PROMISE")
def _(a):
    c = a.connect()
    c.send(a.head(1) + frame(wire.PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + wire.block(a.fields())))
    a.connection_error(c, PROTOCOL_ERROR)


@cases(
    "header block broken into",
    [
        ("CONTINUATION without HEADERS", lambda a: continuation(1)),
        ("DATA between", lambda a: a.head(1, end_headers=False) + data_frame(1, message())),
        ("PING between", lambda a: a.head(1, end_headers=False) + ping()),
        ("CONTINUATION of another stream", lambda a: a.head(1, end_headers=False) + continuation(3)),
        ("an unknown frame between", lambda a: a.head(1, end_headers=False) + frame(0xFA, 0, 1, b"x")),
        ("CONTINUATION after its end", lambda a: a.head(1) + continuation(1)),
    ],
)
def _(a, sent):
    c = a.connect()
    c.send(sent(a))
    a.connection_error(c, PROTOCOL_ERROR)


@case("unknown frames, flags and settings are ignored")
def _(a):
    c = a.connect({0x4321: 7, 0xFFFF: 2**32 - 1})
    c.send(frame(0xFA, 0xFF, 0, b"x") + a.head(1, flags=0xD2) + frame(0xFB, 0xFF, 1, b"y") + data_frame(1, message(), flags=0xF6))
    a.succeeded(c, c.answer(1))


@case("the client's GOAWAY: the call ends")
def _(a):
    c = a.connect()
    c.send(a.head(1) + wire.goaway() + data_frame(1, message()))
    a.succeeded(c, c.answer(1))


@case("the client's GOAWAY, then new calls")
def _(a):
    c = a.connect()
    c.send(wire.goaway(0, PROTOCOL_ERROR) + a.whole(1) + a.whole(3))
    c.wait(lambda: c.ended or c.reply(3).over, 0.5)


@cases("frames that other documents define", [("ALTSVC", 0x0A), ("ORIGIN", 0x0C), ("PRIORITY_UPDATE", 0x10)])
def _(a, kind):
    c = a.connect()
    c.send(frame(kind, 0, 0, b"\0\0\0\1u=1") + frame(kind, 0xFF, 0, b"") + frame(kind, 0, 0, b"\xff" * 300))
    c.pause(0.05)
    if not c.ended:
        a.serves(c)
    c = a.connect()
    a.flood(c, frame(kind, 0, 0, b"\0\0\0\1u=1") * 20_000)
    c.wait(lambda: c.ended, 0.1)


@case("a header block cut in two at every byte")
def _(a):
    c = a.connect()
    head = wire.block(a.fields())
    for cut in range(len(head) + 1):
        s = c.stream()
        c.send(headers_frame(s, head[:cut], False, False) + continuation(s, head[cut:]) + data_frame(s, message()))
        a.succeeded(c, c.answer(s))


@case("a connection cut in two segments at every byte")
def _(a):
    whole = PREFACE + settings_frame() + a.whole(1, message(b"\x0a\x00"))
    for cut in range(1, len(whole)):
        c = a.connect(handshake=False)
        c.pending.append({})
        c.send(whole[:cut])
        time.sleep(0.001)
        c.send(whole[cut:])
        a.succeeded(c, c.answer(1))
        c.close()


@case("connections broken off at every byte")
def _(a):
    whole = PREFACE + settings_frame() + a.whole(1, message(b"\x0a\x00"))
    for cut in range(1, len(whole)):
        c = a.connect(handshake=False)
        c.send(whole[:cut])
        c.close(hard=cut % 2 == 0)


@case("random bytes after the handshake")
def _(a):
    chance = random.Random(7541)
    for _ in range(10):
        c = a.connect()
        c.send(chance.randbytes(20_000))
        c.wait(lambda: c.closed, 1)
        c.close()


@case("random frames")
def _(a):
    chance = random.Random(8441)
    for _ in range(20):
        c = a.connect()
        for _ in range(200):
            if c.ended:
                break
            size = chance.choice((0, 1, 4, 5, 6, 8, 17, 100))
            c.send(frame(chance.randrange(11), chance.randrange(256), chance.choice((0, 1, 1, 3, 5, 2)), chance.randbytes(size)))
            c.parse()
        c.close()


@case("whole calls with one bit wrong")
def _(a):
    chance = random.Random(9110)
    for _ in range(60):
        c = a.connect()
        sent = bytearray(a.whole(1, message(b"\x0a\x00")) + a.whole(3))
        bit = chance.randrange(len(sent) * 8)
        sent[bit // 8] ^= 1 << bit % 8
        c.send(bytes(sent))
        c.wait(lambda: c.ended or c.reply(3).over, 0.05)
        c.close()


# Flow control


@cases("more DATA than the window", [("of the stream", 1), ("of the connection", 40)])
def _(a, streams):
    c = a.connect()
    window = c.settings.get(wire.INITIAL_WINDOW_SIZE, DEFAULT_WINDOW)
    c.send(b"".join(a.head(1 + 2 * i) + data_frame(1 + 2 * i, message(b"", 0, 3_500_000), False) for i in range(streams)))
    total, most, end = 0, min(2 * max(window, DEFAULT_WINDOW + c.credit), 8 << 20), time.monotonic() + 2
    while total < most and not c.ended and time.monotonic() < end:
        for i in range(streams):
            c.send(data_frame(1 + 2 * i, bytes(16_384), False))
            total += 16_384
        c.parse()
    c.wait(lambda: c.ended or any(reply.over for reply in c.replies.values()), 0.3)
    allowed = DEFAULT_WINDOW + c.credit if streams > 1 else window + c.stream_credit.get(1, 0)
    if total > allowed:  # the server did not give as much as it got
        assert c.ended or any(reply.over for reply in c.replies.values()), f"{total} bytes into a window of {allowed}: {c}"


@case("parts of messages on every stream", memory=128 * MEBIBYTE)
def _(a):
    # 200 MB within the windows the server grants, in messages that never end.
    c = a.connect()
    window = c.settings.get(wire.INITIAL_WINDOW_SIZE, DEFAULT_WINDOW)
    count = min(200, c.settings.get(wire.MAX_CONCURRENT_STREAMS, 100))
    c.send(b"".join(a.head(1 + 2 * i) + data_frame(1 + 2 * i, message(b"", 0, 3_500_000), False) for i in range(count)))
    used, total, end = {1 + 2 * i: 5 for i in range(count)}, 5 * count, time.monotonic() + 4
    piece = bytes(16_384)
    while total < 200_000_000 and not c.ended and time.monotonic() < end:
        progress = False
        for s in used:
            room = min(window + c.stream_credit.get(s, 0) - used[s], DEFAULT_WINDOW + c.credit - total)
            if room >= len(piece) and not c.reply(s).over and used[s] < 1_000_000:
                c.send(data_frame(s, piece, False))
                used[s] += len(piece)
                total += len(piece)
                progress = True
        if not progress and not c.wait(lambda: c.ended or DEFAULT_WINDOW + c.credit - total > len(piece), 0.5):
            break
        c.parse()


@cases(
    "the connection's window comes back after",
    [
        ("reset uploads", lambda a: a.fields(), message(b"", 0, 100_000), True),
        ("uploads to an unknown method", lambda a: a.fields(_path="/a/b"), b"", True),
        ("uploads that are no calls", lambda a: a.fields(content_type="text/plain"), b"", True),
        ("malformed uploads", lambda a: a.fields([("connection", "close")]), b"", False),
        ("messages over the limit", lambda a: a.fields(), message(b"", 0, 0xFFFF_FFFF), True),
        ("broken messages", lambda a: a.fields(), b"\xff" * 100, True),
    ],
)
def _(a, fields, body, reset):
    """60 KB on each of forty streams, which come to nothing."""
    c = a.connect()
    size, sent = len(body) + 60_000, 0
    for _ in range(40):
        room = c.wait(lambda: c.ended or sent + size <= DEFAULT_WINDOW + c.credit, 1)
        assert room, f"the window does not come back, {sent} of {DEFAULT_WINDOW + c.credit} bytes are used: {c}"
        if c.ended:
            return
        s = c.stream()
        frames = a.head(s, fields=fields(a)) + (data_frame(s, body, False) if body else b"") + data_frame(s, bytes(15_000), False) * 4
        c.send(frames + (rst_stream(s) if reset else b""))
        sent += size
        c.parse()
    c.wait(lambda: c.ended or DEFAULT_WINDOW + c.credit - sent >= DEFAULT_WINDOW, 1)
    assert (
        c.ended or DEFAULT_WINDOW + c.credit - sent >= DEFAULT_WINDOW
    ), f"{DEFAULT_WINDOW + c.credit - sent} bytes are left of the window: {c}"
    if not c.ended:
        a.serves(c)


@case("ten thousand calls leave nothing", memory=32 * MEBIBYTE)
def _(a):
    for _ in range(5):
        c = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW})
        for batch in range(20):
            streams = [c.stream() for _ in range(100)]
            for s in streams:
                c.reply(s)
            fields = a.fields() if batch % 2 else a.fields(_path="/a/b")
            c.send(b"".join(a.whole(s, fields=fields) for s in streams))
            assert c.wait(lambda: all(c.reply(s).over for s in streams), 5), c
            c.grant(0, 100 * 16)
            c.replies.clear()
            c.next_stream = streams[-1] + 2
        c.close()


@case("a thousand calls whose deadline is over at once")
def _(a):
    c = a.connect()
    for _ in range(10):
        streams = [c.stream() for _ in range(100)]
        c.send(b"".join(a.whole(s, fields=a.fields([("grpc-timeout", "1n")])) for s in streams))
        if not c.wait(lambda: c.ended or all(c.reply(s).over for s in streams), 3):
            raise AssertionError(f"calls that do not end: {c}")


@case("two thousand streams that go on")
def _(a):
    held = [a.connect() for _ in range(20)]
    for c in held:
        c.send(b"".join(a.whole(1 + 2 * i, fields=a.fields(path=a.target.stream)) for i in range(100)))
    for c in held:
        c.wait(lambda: c.ended or sum(reply.headers is not None for reply in c.replies.values()) >= 100, 2)
    a.alive()


@case("two thousand calls without a message")
def _(a):
    held = [a.connect() for _ in range(20)]
    for c in held:
        c.send(b"".join(a.head(1 + 2 * i) for i in range(100)))
    a.alive()
    for c in held:
        c.send(data_frame(1, message()))
        a.succeeded(c, c.answer(1))


@case("subscribers that do not read")
def _(a):
    """Entries that are appended while fifty subscriptions wait for a window."""
    if a.target.name != "ingest":
        pytest.skip("only figures-ingest has subscriptions")
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    c.send(b"".join(a.whole(1 + 2 * i, fields=a.fields(path="/figures.v1.Journal/Subscribe")) for i in range(50)))
    writer = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW})
    for i in range(100):
        text = f"Police arrested {i + 2} people in Leeds. ".encode() + b"Inquiries went on. " * 1500
        document = b"\x2a" + varint(len(text)) + text
        data = message(b"\x0a" + varint(len(document)) + document)
        s = writer.stream()
        writer.send(
            a.head(s, fields=a.fields(path="/figures.v1.Ingestion/SubmitDocument"))
            + b"".join(data_frame(s, data[j : j + 16_384], j + 16_384 >= len(data)) for j in range(0, len(data), 16_384))
        )
        a.succeeded(writer, writer.answer(s, 15))  # a debug build reads 27 KB for each
    a.alive()


@case("replies that wait for a window")
def _(a):
    held = [a.connect({wire.INITIAL_WINDOW_SIZE: 0}) for _ in range(20)]
    for c in held:
        c.send(b"".join(a.whole(1 + 2 * i) for i in range(100)))
    for c in held:
        c.pause(0.02)
    a.alive()
    for c in held[:3]:
        c.settle({wire.INITIAL_WINDOW_SIZE: DEFAULT_WINDOW})
        assert c.wait(lambda: c.ended or sum(reply.over for reply in c.replies.values()) >= 100, 3), c


@case("replies that wait for the connection's window")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW})
    sent = 0
    while c.window > 100 and sent < 12_000 and not c.ended:
        streams = [c.stream() for _ in range(100)]
        c.send(b"".join(a.whole(s) for s in streams))
        sent += 100
        if not c.wait(lambda: c.ended or all(c.reply(s).over for s in streams), 1):
            break
    a.alive()


@case("a window of one byte and dribbled updates")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    s = c.stream()
    c.send(a.whole(s))
    for _ in range(64):
        if c.reply(s).over or c.ended:
            break
        seen = len(c.reply(s).data)
        c.grant(s, 1)
        c.wait(lambda: c.ended or c.reply(s).over or len(c.reply(s).data) > seen)
    a.succeeded(c, c.answer(s))


@case("a large reply through windows of 4 KB")
def _(a):
    if not a.target.large:
        pytest.skip("none is known of this server")
    path, data = a.target.large
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    s = c.stream()
    c.send(a.whole(s, message(data), a.fields(path=path)))
    for _ in range(1000):
        if c.reply(s).over or c.ended:
            break
        seen = len(c.reply(s).data)
        c.grant(s, 4096)
        c.grant(0, 4096)
        c.wait(lambda: c.ended or c.reply(s).over or len(c.reply(s).data) > seen, 5)
    a.succeeded(c, c.answer(s))
    assert len(c.reply(s).data) == 5 + int.from_bytes(c.reply(s).data[1:5], "big") > 4096


@cases(
    "calls under odd settings",
    [
        ("MAX_HEADER_LIST_SIZE 0", {wire.MAX_HEADER_LIST_SIZE: 0}),
        ("MAX_CONCURRENT_STREAMS 0", {wire.MAX_CONCURRENT_STREAMS: 0}),
        ("HEADER_TABLE_SIZE 1", {wire.HEADER_TABLE_SIZE: 1}),
        ("ENABLE_PUSH 0", {wire.ENABLE_PUSH: 0}),
        (
            "the highest values",
            {
                wire.HEADER_TABLE_SIZE: 2**32 - 1,
                wire.MAX_CONCURRENT_STREAMS: 2**32 - 1,
                wire.INITIAL_WINDOW_SIZE: MAX_WINDOW,
                wire.MAX_FRAME_SIZE: 2**24 - 1,
                wire.MAX_HEADER_LIST_SIZE: 2**32 - 1,
            },
        ),
    ],
)
def _(a, values):
    c = a.connect(values)
    c, reply = a.exchange(connection=c)
    a.over(c, reply) if values.get(wire.MAX_HEADER_LIST_SIZE) == 0 else a.succeeded(c, reply)


@case("a window that becomes negative and comes back")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 3})
    s = c.stream()
    c.send(a.whole(s))
    assert c.wait(lambda: len(c.reply(s).data) == 3), c
    c.change({wire.INITIAL_WINDOW_SIZE: 0})
    c.pause(0.05)
    assert len(c.reply(s).data) == 3
    c.change({wire.INITIAL_WINDOW_SIZE: 100})
    a.succeeded(c, c.answer(s))


@case("INITIAL_WINDOW_SIZE 0 and 2^31-1 in turn under a call")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    s = c.stream()
    c.send(a.whole(s))
    for i in range(10):
        c.settle({wire.INITIAL_WINDOW_SIZE: MAX_WINDOW if i % 2 else 0})
    a.succeeded(c, c.answer(s))


# Connections


@cases(
    "not HTTP/2",
    [
        ("HTTP/1.1", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (
            "HTTP/1.1 POST",
            b"POST /grpc.health.v1.Health/Check HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0",
        ),
        (
            "an upgrade to h2c",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
        ),
        ("a TLS ClientHello", bytes.fromhex("16030100c8010000c40303") + bytes(190)),
        ("an old TLS record", b"\x80\x2e\x01\x03\x01" + bytes(60)),
        ("zeros", bytes(1000)),
        ("0xff", b"\xff" * 1000),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n"),
        ("PROXY", b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"),
        ("the preface in lower case", PREFACE.lower() + settings_frame()),
        ("a megabyte of text", b"hello " * 180_000),
    ],
)
def _(a, data):
    c = a.connect(handshake=False)
    c.settings = {}  # what comes back need not be HTTP/2
    c.send(data)
    end = time.monotonic() + 2
    while not c.closed and time.monotonic() < end:
        c.take(0.1)
    assert c.closed, "the connection stays open"


@cases(
    "after the preface",
    [
        ("HEADERS without SETTINGS", lambda a: a.head(1)),
        ("PING", lambda a: ping()),
        ("the preface again", lambda a: settings_frame() + PREFACE),
        ("0xff", lambda a: b"\xff" * 64),
    ],
)
def _(a, data):
    c = a.connect(handshake=False)
    c.send(PREFACE + data(a))
    c.wait(lambda: c.closed, 2)
    assert c.closed, f"stays open: {c}"


@case("an error is followed by a close, even if nobody reads")
def _(a):
    if not a.target.pid:
        pytest.skip("no TARGET_PID")
    before = wire.descriptors(a.target.pid)
    held = []
    for i in range(20):
        c = a.connect(receive_buffer=4096)
        c.send(data_frame(0, b"x") + bytes(100) * i)
        held.append(c)
    settles(a.target, before, 3)


@case("a preface and the end of the client's side")
def _(a):
    for sent in (b"", PREFACE[:5], PREFACE, PREFACE + settings_frame(), PREFACE + settings_frame() + a.head(1)):
        c = a.connect(handshake=False)
        c.send(sent)
        c.socket.shutdown(wire.socket.SHUT_WR)
        a.gone(c)


@case("two thousand connections that say nothing")
def _(a):
    for _ in range(2000):
        wire.socket.create_connection((wire.HOST, a.port), timeout=2).close()


@case("five hundred connections that greet and go")
def _(a):
    for i in range(500):
        c = a.connect(handshake=False)
        c.send(PREFACE + settings_frame() + a.whole(1))
        c.close(hard=i % 2 == 0)


@case("three hundred calls given up by closing")
def _(a):
    for i in range(300):
        c = a.connect(handshake=False)
        c.send(PREFACE + settings_frame() + a.whole(1, fields=a.fields(path=a.target.stream)))
        if i % 3 == 0:
            c.take(0.01)
        c.close(hard=i % 2 == 0)


@case("four hundred connections at a time")
def _(a):
    held = [a.connect(handshake=False) for _ in range(400)]
    for c in held:
        c.send(PREFACE + settings_frame())
    a.alive()
    for c in held[::40]:
        c.pending.append({})
        c.send(a.whole(1))
        a.succeeded(c, c.answer(1))


@case("the client closes its sending side after a call")
def _(a):
    # Whether the call is still answered is left open; the connection must end.
    c = a.connect()
    c.send(a.whole(1))
    c.socket.shutdown(wire.socket.SHUT_WR)
    a.gone(c)


@case("a well-formed call with everything")
def _(a):
    extra = [
        ("grpc-timeout", "5S"),
        ("user-agent", "probe/1"),
        ("grpc-accept-encoding", "identity,deflate,gzip"),
        ("x-probe", "value"),
        ("x-probe-bin", "AAEC"),
        ("x-probe", "again"),
    ]
    c, reply = a.exchange(fields=a.fields(extra))
    a.succeeded(c, reply)
    assert (reply.field("content-type") or "").startswith("application/grpc"), reply.headers
    assert ("grpc-status", "0") in reply.trailers, reply.trailers


# Slow ones: all at the same time


def held(a, c, dribble=None):
    """The server must end the connection by itself."""
    started, step = time.monotonic(), 0
    while time.monotonic() - started < HELD + 1.5:
        c.wait(lambda: c.closed, 0.5)
        if c.closed:
            return
        if dribble and step < len(dribble):
            c.send(dribble[step : step + 1])
        step += 1
    raise AssertionError(f"open after {HELD:.0f} s: {c}")


@slow("nothing is sent")
def _(a):
    held(a, a.connect(handshake=False))


@slow("half a preface")
def _(a):
    c = a.connect(handshake=False)
    c.send(PREFACE[:12])
    held(a, c)


@slow("a preface byte by byte, half a second each")
def _(a):
    held(a, a.connect(handshake=False), PREFACE + bytes(40))


@slow("a preface without SETTINGS")
def _(a):
    c = a.connect(handshake=False)
    c.send(PREFACE)
    held(a, c)


@slow("a preface and half of SETTINGS")
def _(a):
    c = a.connect(handshake=False)
    c.send(PREFACE + settings_frame({wire.MAX_FRAME_SIZE: 16_384})[:11])
    held(a, c)


@slow("half of a frame header")
def _(a):
    c = a.connect()
    c.send(ping()[:5])
    held(a, c)


@slow("half of a HEADERS frame")
def _(a):
    c = a.connect()
    c.send(a.head(1)[:40])
    held(a, c)


@slow("half of a DATA frame")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(bytes(100)))[:50])
    held(a, c)


@slow("HEADERS without END_HEADERS")
def _(a):
    c = a.connect()
    c.send(a.head(1, end_headers=False))
    held(a, c)


@slow("HEADERS byte by byte, half a second each")
def _(a):
    held(a, a.connect(), a.head(1))


@slow("CONTINUATION frames, one every half second")
def _(a):
    c = a.connect()
    c.send(a.head(1, end_headers=False))
    end = time.monotonic() + HELD + 1
    while time.monotonic() < end and not c.closed:
        c.wait(lambda: c.closed, 0.5)
        c.send(continuation(1, literal("x-slow", "1"), False))
    assert c.closed, c


@slow("two hundred half prefaces")
def _(a):
    held = [a.connect(handshake=False) for _ in range(200)]
    for c in held:
        c.send(PREFACE[:7])
    end = time.monotonic() + HELD + 1.5
    while any(not c.closed for c in held) and time.monotonic() < end:
        for c in held:
            c.take(0)
        time.sleep(0.2)
    assert all(c.closed for c in held), f"{sum(not c.closed for c in held)} of 200 are open after {HELD:.0f} s"


# Those may stay, or be closed; others must be served meanwhile.


def idle(a, c):
    c.wait(lambda: c.closed, 8)


@slow("a length of 16 KiB and a byte every half second")
def _(a):
    c = a.connect()
    c.send(a.head(1) + frame(wire.DATA, 0, 1, length=16_384) + message(b"", 0, 20_000))
    for _ in range(16):
        c.send(b"\x0a")
        c.wait(lambda: c.closed, 0.5)


@slow("a handshake and nothing more")
def _(a):
    idle(a, a.connect())


@slow("SETTINGS that are not acknowledged")
def _(a):
    c = a.connect(handshake=False, acknowledge=False)
    c.preface()
    idle(a, c)


@slow("a call without a message")
def _(a):
    c = a.connect()
    c.send(a.head(1))
    idle(a, c)


@slow("half of a message")
def _(a):
    c = a.connect()
    c.send(a.head(1) + data_frame(1, message(b"", 0, 100), False))
    idle(a, c)


@slow("a hundred calls whose replies wait")
def _(a):
    c = a.connect({wire.INITIAL_WINDOW_SIZE: 0})
    c.send(b"".join(a.whole(1 + 2 * i) for i in range(100)))
    idle(a, c)


@slow("a reply of a stream that nobody reads")
def _(a):
    c = a.connect(receive_buffer=4096)
    c.send(a.whole(1, fields=a.fields(path=a.target.stream)))
    time.sleep(8)


# The runs


class Pulse:
    """The well-behaved caller and what ran beside it."""

    def __init__(self, target, folder):
        self.file = folder / f"pulse-{target.name}.txt"
        self.process = subprocess.Popen(
            [sys.executable, str(pathlib.Path(__file__).with_name("pulse.py")), str(target.port), target.path, "600", str(self.file)]
        )
        self.running = []

    def lines(self):
        out = []
        for line in self.file.read_text().splitlines():
            parts = line.split(" ", 2)
            if len(parts) == 3:
                out.append((float(parts[0]), float(parts[1]), parts[2]))
        return out

    def beside(self, at, took):
        return [name for name, begin, end in self.running if begin < at + took and at < end]

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


@pytest.fixture(scope="session")
def pulse(target, tmp_path_factory):
    caller = Pulse(target, tmp_path_factory.mktemp("pulse"))
    yield caller
    caller.stop()


@pytest.fixture(scope="session")
def start(target):
    """What the server held before the attacks."""
    wire.one_call(target.port, target.path, 5)
    return (wire.memory(target.pid), wire.descriptors(target.pid)) if target.pid else None


def settles(target, before, seconds=4.0):
    """Descriptors come back."""
    end = time.monotonic() + seconds
    while True:
        now = wire.descriptors(target.pid)
        if now[0] <= before[0] + 2 and now[1] <= before[1] + 16:
            return
        assert time.monotonic() < end, f"sockets and descriptors: {now}, before {before}"
        time.sleep(0.02)


@pytest.mark.parametrize("function, memory", [pytest.param(function, memory, id=name) for name, function, memory in TABLE])
def test_attack(target, start, pulse, function, memory):
    if target.pid:
        exact = wire.reset_peak(target.pid)
        before, files = wire.memory(target.pid), wire.descriptors(target.pid)
    began = time.monotonic()
    try:
        function(Attack(target))
    finally:
        name = next(name for name, f, _ in TABLE if f is function)
        pulse.running.append((name, began, time.monotonic()))
        Attack(target).alive()
    if target.pid:
        for connection in wire.opened():
            connection.close()
        growth = (wire.memory(target.pid, "VmHWM" if exact else "VmRSS") - before) * 1024
        assert growth < memory, f"{growth / MEBIBYTE:.0f} MiB more"
        settles(target, files)


@pytest.fixture(scope="session")
def together(target, pulse):
    """Starts the slow cases, each in a thread."""
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(SLOW)) as pool:

        def run(function):
            try:
                function(Attack(target))
                assert not [text for connection in wire.opened() for text in connection.violations]
            finally:
                wire.close_all()

        yield {name: pool.submit(run, function) for name, function in SLOW}
    pulse.running.append(("the slow cases", began, time.monotonic()))


@pytest.mark.parametrize("name", [name for name, _ in SLOW])
def test_slow(target, start, pulse, together, name):
    together[name].result(HELD + 10)
    Attack(target).alive()


def test_what_the_attacks_cost(target, start):
    """All in all."""
    if not start:
        pytest.skip("no TARGET_PID")
    settles(target, start[1], 10)
    growth = wire.memory(target.pid) - start[0]
    assert growth < 2 * MEMORY / 1024, f"{growth / 1024:.0f} MiB more than before the attacks"


def test_the_server_rests(target, start):
    """With the attackers gone, nothing keeps a processor busy."""
    if not start:
        pytest.skip("no TARGET_PID")
    before = wire.processor_seconds(target.pid)
    time.sleep(1)
    assert wire.processor_seconds(target.pid) - before < 0.3


def test_others_were_served_all_the_time(target, pulse):
    """No call of the well-behaved caller failed, none took over a second."""
    end = time.monotonic() + 5
    while len(pulse.lines()) < 10 and time.monotonic() < end:
        time.sleep(0.1)
    lines = pulse.lines()
    assert len(lines) >= 10
    failed = [(result, pulse.beside(at, took)) for at, took, result in lines if result != "ok"]
    late = [(f"{took:.2f} s", pulse.beside(at, took)) for at, took, result in lines if result == "ok" and took > PATIENCE]
    assert not failed, f"{len(failed)} of {len(lines)} calls failed: {failed[:5]}"
    assert not late, f"{len(late)} of {len(lines)} calls were late: {late[:5]}"
