# SPDX-License-Identifier: Apache-2.0
"""A client that speaks HTTP/2 frame by frame, and can be made to speak it wrongly.

It keeps no rule of its own when sending. What it receives it checks: frames parse, header blocks decode,
windows and announced limits are kept, replies have the right shape. Offences are in `violations`.
"""

import os
import pathlib
import re
import select
import socket
import struct
import threading
import time

import hpack
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from hyperframe.frame import Frame as Parsed

HOST = "127.0.0.1"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITIZED = 0x1, 0x1, 0x4, 0x8, 0x20

(
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
) = range(12)
ERRORS = (
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
)

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = range(1, 7)

DEFAULT_WINDOW = 65_535
MAX_WINDOW = 2**31 - 1


def error_name(code):
    return ERRORS[code] if code is not None and code < len(ERRORS) else str(code)


# Frames


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    """One frame; `length` states another length than the payload has."""
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings_frame(values=(), flags=0, stream=0):
    pairs = values.items() if isinstance(values, dict) else values
    return frame(SETTINGS, flags, stream, b"".join(struct.pack(">HI", key, value) for key, value in pairs))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def rst_stream(stream, code=CANCEL):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def goaway(last=0, code=NO_ERROR, debug=b""):
    return frame(GOAWAY, 0, 0, struct.pack(">II", last, code) + debug)


def priority(stream, depends=0, weight=15, exclusive=False):
    return frame(PRIORITY, 0, stream, struct.pack(">IB", depends | (0x8000_0000 if exclusive else 0), weight))


def ping(payload=b"\0" * 8, flags=0):
    return frame(PING, flags, 0, payload)


def headers_frame(stream, block, end_stream=True, end_headers=True, padding=None, depends=None, weight=15, exclusive=False, flags=0):
    flags |= (END_STREAM if end_stream else 0) | (END_HEADERS if end_headers else 0)
    payload = block
    if depends is not None:
        flags |= PRIORITIZED
        payload = struct.pack(">IB", depends | (0x8000_0000 if exclusive else 0), weight) + payload
    if padding is not None:
        flags |= PADDED
        payload = bytes([padding]) + payload + bytes(padding)
    return frame(HEADERS, flags, stream, payload)


def data_frame(stream, data=b"", end_stream=True, padding=None, flags=0):
    flags |= END_STREAM if end_stream else 0
    if padding is not None:
        flags |= PADDED
        data = bytes([padding]) + data + bytes(padding)
    return frame(DATA, flags, stream, data)


def continuation(stream, block=b"", end_headers=True):
    return frame(CONTINUATION, END_HEADERS if end_headers else 0, stream, block)


# Header blocks by hand: without state, so that a case says exactly what goes over the wire.


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def integer(value, prefix, flags=0):
    """RFC 7541, 5.1."""
    limit = (1 << prefix) - 1
    if value < limit:
        return bytes([flags | value])
    out, value = bytearray([flags | limit]), value - limit
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    out.append(value)
    return bytes(out)


def huffman(data):
    """RFC 7541, 5.2, padded with the first bits of EOS."""
    bits = length = 0
    for octet in as_bytes(data):
        bits = bits << REQUEST_CODES_LENGTH[octet] | REQUEST_CODES[octet]
        length += REQUEST_CODES_LENGTH[octet]
    pad = -length % 8
    return ((bits << pad) | ((1 << pad) - 1)).to_bytes((length + pad) // 8, "big")


def string(text, coded=False):
    data = huffman(text) if coded else as_bytes(text)
    return integer(len(data), 7, 0x80 if coded else 0) + data


PLAIN, INDEXING, NEVER = (4, 0x00), (6, 0x40), (4, 0x10)  # kinds of literals: prefix and pattern


def literal(name, value, kind=PLAIN, coded=False):
    """A literal field; `name` is an index or text."""
    prefix, pattern = kind
    head = integer(name, prefix, pattern) if isinstance(name, int) else bytes([pattern]) + string(name, coded)
    return head + string(value, coded)


def indexed(index):
    return integer(index, 7, 0x80)


def size_update(size):
    return integer(size, 5, 0x20)


def block(fields, kind=PLAIN, coded=False):
    return b"".join(literal(name, value, kind, coded) for name, value in fields)


def list_size(fields):
    """A header list's size as SETTINGS_MAX_HEADER_LIST_SIZE counts it."""
    return sum(len(as_bytes(name)) + len(as_bytes(value)) + 32 for name, value in fields)


def get_request(port=0, method="GET", path="/", extra=()):
    return [(":method", method), (":scheme", "http"), (":path", path), (":authority", f"{HOST}:{port}"), *extra]


def grpc_request(path, port=0, extra=(), **changes):
    """The header list of a call. `changes` replaces fields by name (underscores for hyphens); None drops one."""
    fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", f"{HOST}:{port}"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
    ]
    for key, value in changes.items():
        name = key.replace("_", "-") if not key.startswith("_") else ":" + key[1:]
        fields = [(n, value if n == name else v) for n, v in fields if n != name or value is not None]
    return fields + list(extra)


def message(data=b"", flag=0, length=None):
    return struct.pack(">BI", flag, len(data) if length is None else length) + data


class Reply:
    """What came back on one stream."""

    def __init__(self, stream):
        self.stream = stream
        self.informational = []
        self.headers = None
        self.trailers = None
        self.data = bytearray()
        self.sizes = []  # payload sizes of DATA frames
        self.ended = False  # END_STREAM came
        self.reset = None  # code of RST_STREAM

    @property
    def over(self):
        return self.ended or self.reset is not None

    def field(self, name):
        for section in (self.trailers, self.headers):
            for key, value in section or ():
                if key == name:
                    return value
        return None

    @property
    def http_status(self):
        return self.field(":status")

    @property
    def grpc_status(self):
        value = self.field("grpc-status")
        return None if value is None else int(value)

    @property
    def messages(self):
        out, rest = [], bytes(self.data)
        while len(rest) >= 5:
            size = struct.unpack(">I", rest[1:5])[0]
            out.append(rest[5 : 5 + size])
            rest = rest[5 + size :]
        return out

    def __repr__(self):
        if self.headers is None and not self.over:
            return f"stream {self.stream}: nothing"
        reset = "" if self.reset is None else f" RST_STREAM {error_name(self.reset)}"
        return (
            f"stream {self.stream}: :status {self.http_status} grpc-status {self.grpc_status} {self.field('grpc-message') or ''} "
            f"{len(self.data)} bytes{' END_STREAM' if self.ended else ''}{reset}"
        )


MESSAGE = re.compile(r"([ -$&-~]|%[0-9A-F]{2})*")  # Percent-Encoded of gRPC's grammar
LOCAL = threading.local()


def opened():
    """What this thread has opened."""
    if not hasattr(LOCAL, "connections"):
        LOCAL.connections = set()
    return LOCAL.connections


class Connection:
    """A TCP connection and, unless told otherwise, an HTTP/2 handshake on it."""

    def __init__(self, port, settings=None, handshake=True, gap=0.0, receive_buffer=None, acknowledge=True):
        self.port, self.gap, self.acknowledge = port, gap, acknowledge
        self.together = False  # whether what is sent waits until something is awaited, and leaves at once
        self.outbox = bytearray()
        self.tracks = True  # whether the windows are known; not if a case changes them by hand
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(5)
        self.socket.connect((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        opened().add(self)
        self.buffer = bytearray()
        self.closed = None  # "end" or "reset"
        self.goaways = []  # parsed GOAWAY frames
        self.replies = {}
        self.frames = []  # (kind, flags, stream, length), bounded
        self.pongs = []
        self.settings = None  # the server's
        self.acks = 0
        self.violations = []
        self.decoder = hpack.Decoder()
        self.decoder.max_header_list_size = 1 << 24
        self.blocks = []  # raw header blocks as received
        self.fragments = None
        self.window = DEFAULT_WINDOW
        self.credit = 0  # what the server granted on the connection beyond the default
        self.initial = DEFAULT_WINDOW
        self.frame_limit = 16_384
        self.windows = {}
        self.stream_credit = {}
        self.pending = []  # settings sent and not yet acknowledged
        self.next_stream = 1
        if handshake:
            self.preface(settings or {})
            assert self.wait(lambda: self.settings is not None and not self.pending), f"no handshake: {self}"

    def __repr__(self):
        last = [f"{kind}/{flags:#x} on {stream}, {length} bytes" for kind, flags, stream, length in self.frames[-4:]]
        ended = "".join(f" GOAWAY {error_name(g.error_code)} {bytes(g.additional_data)!r}" for g in self.goaways)
        return f"<connection{ended} {('closed by ' + self.closed) if self.closed else 'open'}; {list(self.replies.values())[-3:]}; last frames {last}>"

    # Sending

    def preface(self, settings=None):
        values = settings if settings is not None else {}
        self.pending.append(dict(values) if not isinstance(values, dict) else values)
        self.send(PREFACE + settings_frame(values))

    def send(self, data, timeout=5.0, reading=True):
        if self.together:
            self.outbox += data
            return True
        done = self.write(data, timeout, reading)
        if self.gap:
            time.sleep(self.gap)
        return done

    def write(self, data, timeout=5.0, reading=True):
        """Writes all of it, and meanwhile takes in what arrives. False if the peer closed or does not take it."""
        view, end = memoryview(data), time.monotonic() + timeout
        while view:
            if self.closed == "reset":
                return False
            try:
                view = view[self.socket.send(view[: 1 << 18]) :]
                if reading and len(view):
                    self.take(0)
                continue
            except BlockingIOError:
                pass
            except OSError:
                if self.closed is None:
                    self.drain()
                    self.closed = self.closed or "reset"
                return False
            left = end - time.monotonic()
            if left <= 0:
                return False
            readable, _, _ = select.select([self.socket] if reading and not self.closed else [], [self.socket], [], left)
            if readable:
                self.take(0)
        return True

    def change(self, values):
        """Sends SETTINGS and waits for the acknowledgement."""
        before = self.acks
        self.settle(values)
        assert self.wait(lambda: self.acks > before), f"SETTINGS not acknowledged: {self}"

    def settle(self, values):
        self.pending.append(dict(values))
        self.send(settings_frame(values))

    def stream(self):
        """The next identifier that nothing was sent or received on."""
        used = max((stream for stream in self.replies if stream % 2), default=-1)
        self.next_stream = max(self.next_stream, used + 2) + 2
        return self.next_stream - 2

    def request(self, fields, stream=None, end_stream=True, **options):
        stream = stream or self.stream()
        self.send(headers_frame(stream, block(fields), end_stream, **options))
        return stream

    def grant(self, stream, increment):
        if stream:
            self.windows[stream] = self.windows.get(stream, self.initial) + increment
        else:
            self.window += increment
        self.send(window_update(stream, increment))

    # Receiving

    def drain(self):
        try:
            while self.take(0):
                pass
        except OSError:
            pass

    def take(self, timeout):
        """Reads what is there; False if nothing came."""
        if self.closed:
            return False
        try:
            readable, _, _ = select.select([self.socket], [], [], max(0, timeout))
            if not readable:
                return False
            received = self.socket.recv(1 << 18)
        except BlockingIOError:
            return False
        except OSError:
            self.closed = "reset"
            return False
        if not received:
            self.closed = "end"
            return False
        self.buffer += received
        return True

    def parse(self):
        if self.outbox:
            waiting, self.outbox = bytes(self.outbox), bytearray()
            self.write(waiting)
        offset, buffer = 0, self.buffer
        while len(buffer) - offset >= 9:
            length = int.from_bytes(buffer[offset : offset + 3], "big")
            if len(buffer) - offset < 9 + length:
                break
            raw = bytes(buffer[offset : offset + 9 + length])
            offset += 9 + length
            self.handle(raw)
        del buffer[:offset]

    def wait(self, condition, timeout=2.0):
        """Takes in frames until the condition holds, the peer closes or time is up."""
        end = time.monotonic() + timeout
        while True:
            self.parse()
            if condition():
                return True
            left = end - time.monotonic()
            if self.closed or left <= 0:
                return False
            self.take(left)

    def pause(self, seconds):
        self.wait(lambda: False, seconds)

    def blame(self, text):
        if len(self.violations) < 20:
            self.violations.append(text)

    def reply(self, stream):
        if stream not in self.replies:
            self.replies[stream] = Reply(stream)
        return self.replies[stream]

    def handle(self, raw):
        kind, flags, stream = raw[3], raw[4], int.from_bytes(raw[5:9], "big") & MAX_WINDOW
        length = len(raw) - 9
        self.frames.append((kind, flags, stream, length))
        if len(self.frames) > 4096:
            del self.frames[:2048]
        if length > self.frame_limit:
            self.blame(f"a frame of {length} bytes, over SETTINGS_MAX_FRAME_SIZE {self.frame_limit}")
        if self.settings is None and (kind != SETTINGS or flags & ACK):
            self.blame(f"the first frame is of type {kind}, not SETTINGS")
        try:
            parsed, _ = Parsed.parse_frame_header(memoryview(raw[:9]))
            parsed.parse_body(memoryview(raw[9:]))
        except Exception as error:
            self.blame(f"a frame that does not parse: {raw[:32].hex()}: {error!r}")
            return
        if self.fragments is not None and (kind != CONTINUATION or stream != self.fragments[0]):
            self.blame("a frame within a header block")
        getattr(self, "on_" + str(kind), self.on_other)(parsed, flags, stream)

    def on_other(self, parsed, flags, stream):
        pass

    def on_0(self, parsed, flags, stream):
        reply = self.reply(stream)
        size = parsed.flow_controlled_length
        if reply.headers is None:
            self.blame(f"DATA before HEADERS on stream {stream}")
        if reply.over:
            self.blame(f"DATA on stream {stream} after its end")
        reply.sizes.append(size)
        reply.data += parsed.data
        self.window -= size
        self.windows[stream] = self.windows.get(stream, self.initial) - size
        if size and self.tracks and (self.window < 0 or self.windows[stream] < 0):
            self.blame(f"DATA over the window: {size} bytes on stream {stream}, connection {self.window}, stream {self.windows[stream]}")
        if flags & END_STREAM:
            self.finish(reply)

    def on_1(self, parsed, flags, stream):
        self.fragments = (stream, flags, bytearray(parsed.data))
        if flags & END_HEADERS:
            self.fields()

    def on_9(self, parsed, flags, stream):
        if self.fragments is None:
            return self.blame("CONTINUATION without HEADERS")
        self.fragments[2].extend(parsed.data)
        if flags & END_HEADERS:
            self.fields()

    def fields(self):
        (stream, flags, data), self.fragments = self.fragments, None
        self.blocks.append(bytes(data))
        try:
            fields = self.decoder.decode(bytes(data))
        except Exception as error:
            return self.blame(f"a header block that does not decode: {error!r}")
        fields = [(str(name), str(value)) for name, value in fields]
        reply = self.reply(stream)
        if reply.over:
            self.blame(f"HEADERS on stream {stream} after its end")
        for name, _ in fields:
            if name != name.lower() or name in ("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"):
                self.blame(f"the field {name}")
        pseudo = [name for name, _ in fields if name.startswith(":")]
        if reply.headers is None:
            if pseudo != [":status"] or fields[0][0] != ":status":
                self.blame(f"pseudo-header fields {pseudo} in a reply")
            elif fields[0][1].startswith("1"):
                reply.informational.append(fields)
                return
            reply.headers = fields
        else:
            if pseudo or reply.trailers is not None or not flags & END_STREAM:
                self.blame(f"malformed trailers {fields}")
            reply.trailers = fields
        if flags & END_STREAM:
            self.finish(reply)

    def finish(self, reply):
        reply.ended = True
        kind = dict(reply.headers or ()).get("content-type", "")
        if reply.grpc_status is not None and not kind.startswith("application/grpc"):
            self.blame(f"grpc-status with the content-type {kind!r}")
        if reply.grpc_status is None and kind.startswith("application/grpc") and reply.http_status == "200":
            self.blame("an end without grpc-status")
        text = reply.field("grpc-message")
        if text is not None and not MESSAGE.fullmatch(text):
            self.blame(f"grpc-message is not percent-encoded: {text[:100]!r}")

    def on_3(self, parsed, flags, stream):
        reply = self.reply(stream)
        if reply.reset is None:
            reply.reset = parsed.error_code

    def on_4(self, parsed, flags, stream):
        if flags & ACK:
            self.acks += 1
            if not self.pending:  # of SETTINGS that a case wrote by hand
                return
            values = self.pending.pop(0)
            if INITIAL_WINDOW_SIZE in values:
                change = values[INITIAL_WINDOW_SIZE] - self.initial
                self.initial = values[INITIAL_WINDOW_SIZE]
                for key in self.windows:
                    self.windows[key] += change
            if HEADER_TABLE_SIZE in values:
                self.decoder.max_allowed_table_size = values[HEADER_TABLE_SIZE]
            self.frame_limit = values.get(MAX_FRAME_SIZE, self.frame_limit)
        else:
            self.settings = {**(self.settings or {}), **parsed.settings}
            if self.acknowledge and not self.closed:
                self.write(settings_frame(flags=ACK), reading=False)

    def on_5(self, parsed, flags, stream):
        self.blame("PUSH_PROMISE")

    def on_6(self, parsed, flags, stream):
        if flags & ACK:
            self.pongs.append(bytes(parsed.opaque_data))
        elif not self.closed:
            self.write(ping(bytes(parsed.opaque_data), ACK), reading=False)

    def on_7(self, parsed, flags, stream):
        if self.goaways and parsed.last_stream_id > self.goaways[-1].last_stream_id:
            self.blame("a GOAWAY whose last stream rises")
        self.goaways.append(parsed)

    def on_8(self, parsed, flags, stream):
        if stream:
            self.stream_credit[stream] = self.stream_credit.get(stream, 0) + parsed.window_increment
        else:
            self.credit += parsed.window_increment

    # Questions

    @property
    def ended(self):
        """The server has ended the connection for an error or closed it."""
        return self.closed is not None or any(g.error_code != NO_ERROR for g in self.goaways)

    def answer(self, stream, timeout=2.0):
        """The whole reply of a stream."""
        reply = self.reply(stream)
        self.wait(lambda: reply.over, timeout)
        return reply

    def call(self, path, body=b"", extra=(), timeout=2.0, **changes):
        """A well-formed unary call on a new stream."""
        stream = self.stream()
        head = headers_frame(stream, block(grpc_request(path, self.port, extra, **changes)), end_stream=False)
        self.send(head + data_frame(stream, message(body)))
        return self.answer(stream, timeout)

    def close(self, hard=False):
        if hard:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.closed = self.closed or "us"


def close_all():
    for connection in list(opened()):
        connection.close()
    opened().clear()


def one_call(port, path, timeout=1.0):
    """Connects, calls, checks the answer; the seconds it took. Raises if it did not succeed in time."""
    started = time.monotonic()
    connection = Connection(port, handshake=False)
    try:
        connection.pending.append({})
        head = headers_frame(1, block(grpc_request(path, port)), end_stream=False)
        connection.send(PREFACE + settings_frame() + head + data_frame(1, message()))
        reply = connection.answer(1, timeout - (time.monotonic() - started))
        assert reply.ended and reply.http_status == "200" and reply.grpc_status == 0, f"a well-formed call got {reply}, {connection}"
        assert len(reply.messages) == 1, f"{len(reply.messages)} messages"
        return time.monotonic() - started
    finally:
        connection.close()
        opened().discard(connection)


# The server's process


def memory(pid, key="VmRSS"):
    """Kilobytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    raise AssertionError(f"no {key} of process {pid}")


def reset_peak(pid):
    """Lets VmHWM start anew; False where the system does not allow it."""
    try:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
        return True
    except OSError:
        return False


def descriptors(pid):
    """Open sockets, and all descriptors. (Those of files come and go with a store's readers.)"""
    folder, sockets, count = f"/proc/{pid}/fd", 0, 0
    for name in os.listdir(folder):
        try:
            sockets += os.readlink(f"{folder}/{name}").startswith("socket:")
            count += 1
        except FileNotFoundError:
            pass
    return sockets, count


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
