# SPDX-License-Identifier: Apache-2.0
"""The server's end of one HTTP/2 connection, with nothing between the behaviour and the bytes.

Incoming frames go through hyperframe and hpack, so that what the client sends is checked. Outgoing ones are
built here by hand, because most of them are wrong on purpose. Header fields are literals that leave the
dynamic table alone unless a behaviour asks for it.
"""

import dataclasses
import select
import socket
import struct
import time

import hpack
from hyperframe import exceptions as hyperframe_errors
from hyperframe import frame as hyperframe

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# Frame types, RFC 9113 section 6.
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
# Flags.
ACK = END_STREAM = 0x1
END_HEADERS, PADDED, PRIORITY_FLAG = 0x4, 0x8, 0x20
# Settings.
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = (
    range(1, 7)
)

DEFAULT_WINDOW = 65535
DEFAULT_FRAME = 16384
RESPONSE = [(":status", "200"), ("content-type", "application/grpc")]
OK_TRAILERS = [("grpc-status", "0")]


class Gone(Exception):
    """The client has closed the connection, or the time of the behaviour is over."""


class Violation(Exception):
    """The client did what the RFC or gRPC forbids."""


def frame(kind, flags, stream, payload=b"", length=None):
    """One frame; `length` lies about the payload."""
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def settings_frame(values, flags=0, stream=0):
    pairs = values.items() if isinstance(values, dict) else values
    return frame(SETTINGS, flags, stream, b"".join(struct.pack(">HI", k, v) for k, v in pairs))


def integer(value, bits, first=0):
    """An HPACK integer, RFC 7541 section 5.1."""
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out, value = [first | limit], value - limit
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def octets(text):
    return text if isinstance(text, bytes) else text.encode()


def text(value):
    return integer(len(octets(value)), 7) + octets(value)


def literal(name, value, first=b"\x00"):
    """A literal field; first 0x00 leaves the dynamic table alone, 0x40 adds to it."""
    return first + text(name) + text(value)


def block(fields):
    return fields if isinstance(fields, bytes) else b"".join(literal(name, value) for name, value in fields)


def message(payload, flag=0, length=None):
    """A length-prefixed gRPC message; `length` lies about the payload."""
    return struct.pack(">BI", flag, len(payload) if length is None else length) + payload


def varint(value):
    """A protobuf varint."""
    out = []
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def field(number, data):
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def reply(size):
    """A SimpleResponse whose body has that many zero bytes."""
    return field(1, field(2, bytes(size)))


REPLY = reply(10)


def head_frame(stream, fields=RESPONSE, flags=0):
    """The headers of a response."""
    return frame(HEADERS, END_HEADERS | flags, stream, block(fields))


def body_frame(stream, body=message(REPLY), flags=0):
    return frame(DATA, flags, stream, body)


def tail_frame(stream, fields=OK_TRAILERS, flags=0):
    """Trailers, which end the stream."""
    return frame(HEADERS, END_HEADERS | END_STREAM | flags, stream, block(fields))


@dataclasses.dataclass
class Request:
    stream: int
    fields: list
    body: bytearray = dataclasses.field(default_factory=bytearray)
    complete: bool = False
    reset: int | None = None

    def field(self, name):
        return dict(self.fields).get(name)


class Peer:
    """One accepted connection. Every wait ends at `until`, a monotonic time."""

    def __init__(self, sock, number, until, server=None):
        self.sock, self.number, self.until, self.server = sock, number, until, server
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.decoder = hpack.Decoder()
        self.their_settings = {}
        self.acks_settings = True
        self.settings_acked = 0
        self.pings_acked = []
        self.requests = {}
        self.taken = set()
        self.window, self.stream_windows = DEFAULT_WINDOW, {}
        self.opening = None  # stream whose header block is not complete
        self.fragments = b""
        self.in_step = True  # false once bytes were read without being parsed

    # Bytes.

    def left(self):
        left = self.until - time.monotonic()
        if left <= 0:
            raise Gone("time is over")
        return left

    def send(self, *parts):
        try:
            self.sock.settimeout(self.left())
            self.sock.sendall(b"".join(parts))
        except OSError as error:
            raise Gone(str(error)) from error

    def receive(self, size):
        out = bytearray()
        while len(out) < size:
            try:
                self.sock.settimeout(self.left())
                some = self.sock.recv(size - len(out))
            except OSError as error:
                raise Gone(str(error)) from error
            if not some:
                raise Gone("closed")
            out += some
        return bytes(out)

    def blast(self, chunk, times, seconds=2.5, reading=False):
        """Sends `chunk` up to `times` times, at most `seconds` long; without `reading` the client's answers pile up."""
        end = min(self.until, time.monotonic() + seconds)
        self.sock.setblocking(False)
        for _ in range(times):
            rest = memoryview(chunk)
            while rest:
                left = end - time.monotonic()
                if left <= 0:
                    raise Gone("the client does not read on")
                readable, writable, _ = select.select([self.sock] if reading else [], [self.sock], [], left)
                try:
                    if readable:
                        self.in_step = False
                        if not self.sock.recv(1 << 16):
                            raise Gone("closed")
                    if writable:
                        rest = rest[self.sock.send(rest) :]
                except BlockingIOError:
                    continue
                except OSError as error:
                    raise Gone(str(error)) from error

    def readable(self, until):
        """True as soon as there is something to read, False at the monotonic time `until`."""
        left = min(until, self.until) - time.monotonic()
        return left > 0 and bool(select.select([self.sock], [], [], left)[0])

    def sleep(self, seconds):
        if self.server is not None:
            if self.server.stopped.wait(min(seconds, self.left())):
                raise Gone("stopped")
        else:
            time.sleep(min(seconds, self.left()))

    def close(self):
        """An orderly end: FIN after what was sent, even when the client's bytes are still unread."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(min(0.2, self.left()))
            while self.sock.recv(1 << 16):
                pass
        except (OSError, Gone):
            pass
        self.sock.close()
        raise Gone("closed by the server")

    def abort(self):
        """A TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone("reset by the server")

    # Incoming frames.

    def next_frame(self):
        """Reads one frame and keeps the books: settings, windows, pings, requests."""
        header = self.receive(9)
        try:
            item, length = hyperframe.Frame.parse_frame_header(memoryview(header))
            if length > self.largest:
                raise Violation(f"a frame of {length} bytes")
            item.parse_body(memoryview(self.receive(length)))
        except hyperframe_errors.HyperframeError as error:
            raise Violation(f"a frame that does not parse: {header.hex()}: {error}") from error
        if self.opening is not None and not isinstance(item, hyperframe.ContinuationFrame):
            raise Violation("a frame inside a header block")
        self.note(item)
        return item

    def note(self, item):
        if isinstance(item, hyperframe.SettingsFrame):
            self.note_settings(item)
        elif isinstance(item, hyperframe.PingFrame):
            if "ACK" in item.flags:
                self.pings_acked.append(item.opaque_data)
            else:
                self.send(frame(PING, ACK, 0, item.opaque_data))
        elif isinstance(item, hyperframe.WindowUpdateFrame):
            if item.stream_id == 0:
                self.window += item.window_increment
            else:
                self.stream_windows[item.stream_id] = self.stream_window(item.stream_id) + item.window_increment
        elif isinstance(item, (hyperframe.HeadersFrame, hyperframe.ContinuationFrame)):
            self.note_headers(item)
        elif isinstance(item, hyperframe.DataFrame):
            self.note_data(item)
        elif isinstance(item, hyperframe.RstStreamFrame) and item.stream_id in self.requests:
            self.requests[item.stream_id].reset = item.error_code

    def note_settings(self, item):
        if "ACK" in item.flags:
            self.settings_acked += 1
            return
        before = self.their_settings.get(INITIAL_WINDOW_SIZE, DEFAULT_WINDOW)
        self.their_settings.update(item.settings)
        change = self.their_settings.get(INITIAL_WINDOW_SIZE, DEFAULT_WINDOW) - before
        self.stream_windows = {stream: size + change for stream, size in self.stream_windows.items()}
        if self.acks_settings:
            self.send(frame(SETTINGS, ACK, 0))

    def note_headers(self, item):
        self.fragments += item.data
        if isinstance(item, hyperframe.HeadersFrame):
            self.opening = (item.stream_id, "END_STREAM" in item.flags)
        if "END_HEADERS" not in item.flags:
            return
        (stream, end), self.opening = self.opening, None
        try:
            fields = self.decoder.decode(self.fragments)
        except hpack.HPACKError as error:
            raise Violation(f"a header block that does not decode: {error!r}") from error
        self.fragments = b""
        if stream in self.requests:
            raise Violation("a second header block on one request")
        if stream % 2 == 0 or any(other > stream for other in self.requests):
            raise Violation(f"stream {stream} out of order")
        self.requests[stream] = Request(stream, [(str(k), str(v)) for k, v in fields], complete=end)

    def note_data(self, item):
        request = self.requests.get(item.stream_id)
        if request is None:
            raise Violation(f"DATA on stream {item.stream_id}, which has no headers")
        if request.complete:
            raise Violation("DATA after END_STREAM")
        request.body += item.data
        request.complete = "END_STREAM" in item.flags
        if item.flow_controlled_length and self.replenishes:
            increment = struct.pack(">I", item.flow_controlled_length)
            self.send(frame(WINDOW_UPDATE, 0, 0, increment), frame(WINDOW_UPDATE, 0, item.stream_id, increment))

    replenishes = True  # gives the client its window back as it sends
    largest = DEFAULT_FRAME

    # What most behaviours begin and end with.

    def open(self, settings=()):
        """The server's preface, then the client's."""
        self.settings(settings)
        self.read_preface()

    def read_preface(self):
        preface = self.receive(len(PREFACE))
        if preface != PREFACE:
            raise Violation(f"not a connection preface: {preface!r}")

    def request(self, complete=True):
        """The next request nobody asked for yet; with `complete`, up to its END_STREAM."""
        while True:
            for stream, request in self.requests.items():
                if stream not in self.taken and (request.complete or not complete):
                    self.taken.add(stream)
                    return request
            self.next_frame()

    def begin(self, settings=(), complete=True):
        """Opens the connection and returns the stream of the first request."""
        self.open(settings)
        return self.request(complete).stream

    def answer(self, stream):
        self.send(self.good(stream))

    @staticmethod
    def good(stream, headers=RESPONSE, body=message(REPLY), trailers=OK_TRAILERS):
        """The three frames of an ordinary answer."""
        return head_frame(stream, headers) + body_frame(stream, body) + tail_frame(stream, trailers)

    def serve(self):
        """Answers every further request."""
        while True:
            self.answer(self.request().stream)

    def serve_from_preface(self):
        """Reads the client's preface and answers every request; the server's preface is the caller's."""
        self.read_preface()
        self.serve()

    def drain(self):
        """Reads until the client goes or the time is over."""
        while True:
            if self.in_step:
                self.next_frame()
            else:
                self.receive(1)

    # Outgoing frames.

    def settings(self, values=()):
        # The client may use a larger table as soon as it sees the setting; a smaller one is checked where it is tested.
        table = dict(values).get(HEADER_TABLE_SIZE, 0)
        self.decoder.max_allowed_table_size = max(self.decoder.max_allowed_table_size, table)
        self.send(settings_frame(values))

    def headers(self, stream, fields=RESPONSE, end=False):
        """A header block, split into CONTINUATION frames where it is too long for one frame."""
        data = block(fields)
        pieces = [data[at : at + DEFAULT_FRAME] for at in range(0, len(data), DEFAULT_FRAME)] or [b""]
        for at, piece in enumerate(pieces):
            flags = (END_HEADERS if at == len(pieces) - 1 else 0) | (END_STREAM if end and at == 0 else 0)
            self.send(frame(CONTINUATION if at else HEADERS, flags, stream, piece))

    def data(self, stream, body, end=False, pad=None):
        padded = b"" if pad is None else bytes([pad])
        flags = (END_STREAM if end else 0) | (0 if pad is None else PADDED)
        self.send(frame(DATA, flags, stream, padded + body + bytes(pad or 0)))

    def trailers(self, stream, fields=OK_TRAILERS):
        self.headers(stream, fields, end=True)

    def rst(self, stream, code):
        self.send(frame(RST_STREAM, 0, stream, struct.pack(">I", code)))

    def goaway(self, last, code=0, debug=b"", stream=0):
        self.send(frame(GOAWAY, 0, stream, struct.pack(">II", last, code) + debug))

    def window_update(self, stream, increment):
        self.send(frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment)))

    def ping(self, payload):
        self.send(frame(PING, 0, 0, payload))

    def stream_window(self, stream):
        return self.stream_windows.get(stream, self.their_settings.get(INITIAL_WINDOW_SIZE, DEFAULT_WINDOW))

    def paced(self, stream, body, size=DEFAULT_FRAME, pad=None, batch=1):
        """Sends `body` in DATA frames of `size`, never more than the client's windows allow."""
        overhead = 0 if pad is None else pad + 1
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        out = []
        for at, piece in enumerate(pieces):
            cost = len(piece) + overhead
            if min(self.window, self.stream_window(stream)) < cost and out:
                self.send(*out)
                out = []
            while min(self.window, self.stream_window(stream)) < cost:
                self.next_frame()
            self.window -= cost
            self.stream_windows[stream] = self.stream_window(stream) - cost
            head = b"" if pad is None else bytes([pad])
            out.append(frame(DATA, 0 if pad is None else PADDED, stream, head + piece + bytes(pad or 0)))
            if len(out) >= batch or at == len(pieces) - 1:
                self.send(*out)
                out = []
