# SPDX-License-Identifier: Apache-2.0
"""Servers that are absent, silent, not HTTP/2, or wrong from the first frame, and GOAWAY."""

import random
import socket

from registry import BROKEN, DEADLINE_EXCEEDED, LOST, OK, RESOURCE_EXHAUSTED, SILENT, UNAVAILABLE, add, behaviour
from peer import (
    ACK,
    ENABLE_PUSH,
    GOAWAY,
    HEADER_TABLE_SIZE,
    INITIAL_WINDOW_SIZE,
    MAX_FRAME_SIZE,
    PING,
    SETTINGS,
    Violation,
    frame,
    settings_frame,
)


@behaviour(OK, connections=1)
def ordinary(peer):
    """The yardstick: an ordinary answer. Also checks the request's headers against PROTOCOL-HTTP2.md."""
    peer.open()
    request = peer.request()
    wanted = {":method": "POST", ":scheme": "http", ":path": "/grpc.testing.TestService/UnaryCall", "te": "trailers"}
    for name, value in wanted.items():
        if request.field(name) != value:
            raise Violation(f"{name} is {request.field(name)!r}")
    if not (request.field("content-type") or "").startswith("application/grpc"):
        raise Violation("content-type is not application/grpc")
    timeout = request.field("grpc-timeout") or ""
    units = {"H": 3600, "M": 60, "S": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9}
    if timeout[-1:] not in units or not timeout[:-1].isdigit() or len(timeout) > 9:
        raise Violation(f"grpc-timeout is {timeout!r}")
    if not 0 < int(timeout[:-1]) * units[timeout[-1]] <= 3:
        raise Violation(f"grpc-timeout {timeout} is not the rest of 3 s")
    if request.body[:1] != b"\0" or int.from_bytes(request.body[1:5], "big") != len(request.body) - 5:
        raise Violation("the request is not one uncompressed message")
    peer.answer(request.stream)


@behaviour(LOST, listens=False)
def refuse_connection(peer):
    """Nobody listens: the call is not wait-for-ready, so it fails before its deadline."""


@behaviour(LOST)
def accept_and_close(peer):
    """The connection ends before the server's preface."""
    peer.close()


@behaviour(LOST)
def accept_and_reset(peer):
    """As accept_and_close, by a TCP reset."""
    peer.abort()


@behaviour(SILENT)
def accept_and_say_nothing(peer):
    """No byte ever comes; the deadline holds while the connection is being set up."""
    peer.receive(1 << 20)


@behaviour(SILENT)
def accept_and_read_nothing(peer):
    """As accept_and_say_nothing, and the client's bytes stay unread."""
    peer.sleep(60)


@behaviour(SILENT)
def reads_but_never_sends_settings(peer):
    """The peer answers PINGs and reads, but its preface never comes."""
    peer.acks_settings = False
    peer.read_preface()


# A call that has not left the client when its connection fails may wait for the next one, up to the deadline.


@behaviour(SILENT)
def close_after_settings(peer):
    """The connection ends right after the server's preface, before any request."""
    peer.settings()
    peer.close()


@behaviour(BROKEN)
def http1_answer_and_close(peer):
    """An HTTP/1.1 server answers 400: not a SETTINGS frame, RFC 9113 section 3.4."""
    peer.receive(24)
    peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    peer.close()


@behaviour(BROKEN)
def http1_answer_and_wait(peer):
    """The same without the close: the client sees a frame of the wrong type and need not wait."""
    peer.receive(24)
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello")
    peer.receive(1 << 20)


@behaviour(BROKEN)
def tls_alert_and_close(peer):
    """A TLS server sends a fatal alert, seven bytes, and closes."""
    peer.send(b"\x15\x03\x01\x00\x02\x02\x46")
    peer.close()


@behaviour(BROKEN | SILENT)
def tls_alert_and_wait(peer):
    """Seven bytes are not a frame header: the client may wait."""
    peer.send(b"\x15\x03\x01\x00\x02\x02\x46")
    peer.receive(1 << 20)


@behaviour(BROKEN)
def garbage_first(peer):
    """64 KiB of noise where the preface should be."""
    peer.send(random.Random(1).randbytes(1 << 16))
    peer.receive(1 << 20)


@behaviour(BROKEN)
def garbage_after_request(peer):
    """64 KiB of noise where the answer should be."""
    peer.begin()
    peer.send(b"\xff" * 9 + random.Random(2).randbytes(1 << 16))


@behaviour(SILENT)
def half_settings_and_wait(peer):
    """The preface stops in the middle of a frame."""
    peer.send(settings_frame({INITIAL_WINDOW_SIZE: 70000})[:11])
    peer.receive(1 << 20)


@behaviour(LOST)
def half_settings_and_close(peer):
    """The preface stops in the middle of a frame and the connection ends."""
    peer.send(settings_frame({INITIAL_WINDOW_SIZE: 70000})[:11])
    peer.close()


@behaviour(BROKEN | {DEADLINE_EXCEEDED})
def answer_without_settings(peer):
    """SETTINGS must be the server's first frame; anything else is a connection error, RFC 9113 section 3.4.
    A client that waits for SETTINGS before its request sees silence here."""
    peer.acks_settings = False
    peer.read_preface()
    peer.answer(peer.request().stream)


@behaviour(BROKEN)
def ping_before_settings(peer):
    """A good answer follows, but the first frame was not SETTINGS, RFC 9113 section 3.4."""
    peer.ping(b"too soon")
    peer.serve_from_preface()


@behaviour(BROKEN)
def ack_before_settings(peer):
    """An acknowledgement is not the server's preface, RFC 9113 section 3.4."""
    peer.send(frame(SETTINGS, ACK, 0))
    peer.serve_from_preface()


@behaviour(OK)
def settings_late(peer):
    """The preface comes after 800 ms, well within the deadline."""
    peer.sleep(0.8)
    peer.answer(peer.begin())


@behaviour(OK)
def settings_never_acknowledged(peer):
    """The server may acknowledge late; its answer stands, RFC 9113 section 6.5.3."""
    peer.acks_settings = False
    peer.answer(peer.begin())


@behaviour(OK)
def settings_unknown(peer):
    """Unknown settings must be ignored, RFC 9113 section 6.5.2; 9 is RFC 9218, 0xfe03 is Google's."""
    peer.answer(peer.begin([(0x9, 1), (0xFE03, 1), (0xFFFF, 0xFFFFFFFF), (0, 7)]))


@behaviour(OK)
def settings_repeated(peer):
    """Values are processed in order and the last one holds, RFC 9113 section 6.5.3."""
    peer.answer(peer.begin([(INITIAL_WINDOW_SIZE, 0), (INITIAL_WINDOW_SIZE, 1), (INITIAL_WINDOW_SIZE, 65535)]))


@behaviour(BROKEN | {OK})
def settings_of_2000_entries(peer):
    """Legal, but a client may take it for an attack."""
    peer.answer(peer.begin([(0x1000 + n, n) for n in range(2000)]))


def wrong_settings(name, why, data, good_first=False):
    def play(peer):
        if good_first:
            peer.settings()
        peer.send(data)
        peer.serve_from_preface()

    # Behind a good preface the connection was up: as for close_after_settings.
    add(name, play, why, BROKEN | SILENT if good_first else BROKEN)


# All are connection errors by RFC 9113 sections 6.5 and 6.5.2, and a good answer follows each.
wrong_settings("settings_enable_push_1", "A server must not set ENABLE_PUSH to 1.", settings_frame({ENABLE_PUSH: 1}))
wrong_settings("settings_enable_push_2", "ENABLE_PUSH is 0 or 1.", settings_frame({ENABLE_PUSH: 2}))
wrong_settings(
    "settings_window_too_large", "INITIAL_WINDOW_SIZE is below 2^31.", settings_frame({INITIAL_WINDOW_SIZE: 1 << 31})
)
wrong_settings("settings_frame_size_tiny", "MAX_FRAME_SIZE is at least 2^14.", settings_frame({MAX_FRAME_SIZE: 100}))
wrong_settings(
    "settings_frame_size_16383", "MAX_FRAME_SIZE is at least 2^14.", settings_frame({MAX_FRAME_SIZE: (1 << 14) - 1})
)
wrong_settings("settings_frame_size_huge", "MAX_FRAME_SIZE is below 2^24.", settings_frame({MAX_FRAME_SIZE: 1 << 24}))
wrong_settings("settings_length_7", "The length of SETTINGS is a multiple of six.", frame(SETTINGS, 0, 0, bytes(7)))
wrong_settings("settings_on_stream_1", "SETTINGS belongs to stream 0.", settings_frame({}, stream=1))
wrong_settings(
    "settings_ack_with_payload",
    "An acknowledgement is empty.",
    settings_frame({HEADER_TABLE_SIZE: 4096}, flags=ACK),
    good_first=True,
)
wrong_settings("ping_length_7", "PING has eight bytes, section 6.7.", frame(PING, 0, 0, bytes(7)), good_first=True)
wrong_settings(
    "ping_on_stream_1", "PING belongs to stream 0, section 6.7.", frame(PING, 0, 1, bytes(8)), good_first=True
)
wrong_settings(
    "goaway_on_stream_1", "GOAWAY belongs to stream 0, section 6.8.", frame(GOAWAY, 0, 1, bytes(8)), good_first=True
)
wrong_settings(
    "goaway_of_4_bytes", "GOAWAY has eight bytes or more, section 6.8.", frame(GOAWAY, 0, 0, bytes(4)), good_first=True
)


# GOAWAY. A call whose stream is above the last one is UNAVAILABLE (PROTOCOL-HTTP2.md); one that never left the client
# may be tried again on new connections until its deadline.


@behaviour(SILENT)
def goaway_at_once(peer):
    """The server takes no stream, on any connection."""
    peer.settings()
    peer.goaway(0)
    peer.read_preface()


@behaviour(SILENT)
def goaway_at_once_and_close(peer):
    """As goaway_at_once, and the connection ends."""
    peer.settings()
    peer.goaway(0)
    peer.close()


@behaviour(SILENT | {RESOURCE_EXHAUSTED})
def goaway_at_once_calm(peer):
    """ENHANCE_YOUR_CALM stands for RESOURCE_EXHAUSTED in the table of reset codes; the call was not processed."""
    peer.settings()
    peer.goaway(0, 0xB, b"too_many_pings")
    peer.close()


@behaviour(UNAVAILABLE)
def goaway_unprocessed(peer):
    """Last stream 0 after the request: it was not processed, here and on a second try."""
    peer.begin()
    peer.goaway(0)


@behaviour({OK, UNAVAILABLE})
def goaway_unprocessed_once(peer):
    """The next connection answers: a client may try once more without being told to."""
    stream = peer.begin()
    if peer.number == 0:
        peer.goaway(0)
    else:
        peer.answer(stream)


@behaviour(OK)
def goaway_then_answer(peer):
    """The stream is not above the last one, so it goes on."""
    stream = peer.begin()
    peer.goaway(stream)
    peer.sleep(0.1)
    peer.answer(stream)


@behaviour(OK)
def goaway_after_headers_then_finish(peer):
    """As goaway_then_answer, between headers and message."""
    stream = peer.begin()
    peer.headers(stream)
    peer.goaway(stream)
    peer.sleep(0.1)
    peer.data(stream, b"\0\0\0\0\x0e\x0a\x0c\x12\x0a" + bytes(10))
    peer.trailers(stream)


@behaviour(OK)
def goaway_twice_then_answer(peer):
    """A graceful shutdown: last stream 2^31-1, then the true one, RFC 9113 section 6.8."""
    stream = peer.begin()
    peer.goaway((1 << 31) - 1)
    peer.sleep(0.1)
    peer.goaway(stream)
    peer.answer(stream)


@behaviour(OK)
def goaway_long_debug_data(peer):
    """Debug data of any length that fits a frame is legal."""
    stream = peer.begin()
    peer.goaway(stream, 0, b"d" * 16376)
    peer.answer(stream)


@behaviour(OK)
def goaway_with_answer_and_close(peer):
    """Answer, GOAWAY and FIN in one go: the answer was complete."""
    stream = peer.begin()
    peer.send(peer.good(stream), frame(GOAWAY, 0, 0, bytes(3) + bytes([stream]) + bytes(4)))
    peer.close()


@behaviour(BROKEN | {OK})
def goaway_last_stream_grows(peer):
    """Forbidden by RFC 9113 section 6.8, which names no reaction."""
    stream = peer.begin()
    peer.goaway(stream)
    peer.goaway(stream + 2)
    peer.answer(stream)


@behaviour(DEADLINE_EXCEEDED)
def goaway_then_silence(peer):
    """The stream was accepted, so the client waits for it, up to the deadline."""
    peer.goaway(peer.begin())


@behaviour(LOST)
def goaway_then_close(peer):
    """The stream was accepted, and then the connection fails."""
    peer.goaway(peer.begin())
    peer.close()


@behaviour(LOST | BROKEN)
def goaway_protocol_error_then_close(peer):
    """The server blames the client and leaves: a connection failure, or INTERNAL for the code."""
    peer.goaway(peer.begin(), 1, b"you broke it")
    peer.close()


@behaviour(LOST)
def goaway_after_half_answer_then_close(peer):
    """Headers and half a message, GOAWAY, end of connection."""
    stream = peer.begin()
    peer.headers(stream)
    peer.data(stream, b"\0\0\0\0\x0e\x0a\x0c")
    peer.goaway(stream)
    peer.close()


# Half-closed connections.


@behaviour(SILENT)
def shut_writing_after_settings(peer):
    """FIN after the preface, while the server reads on: no answer can come. As close_after_settings."""
    peer.settings()
    peer.sock.shutdown(socket.SHUT_WR)
    peer.acks_settings = False
    peer.replenishes = False
    peer.read_preface()


@behaviour(OK)
def shut_writing_after_answer(peer):
    """FIN behind a complete answer does not change it."""
    peer.answer(peer.begin())
    peer.sock.shutdown(socket.SHUT_WR)
    peer.receive(1 << 20)


@behaviour(OK)
def reset_after_answer(peer):
    """A TCP reset 100 ms behind a complete answer does not change it."""
    peer.answer(peer.begin())
    peer.sleep(0.1)
    peer.abort()
