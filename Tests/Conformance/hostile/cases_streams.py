# SPDX-License-Identifier: Apache-2.0
"""Streams that end too soon: RST_STREAM with every code at every point, and connections cut at every point."""

from registry import (
    CANCELLED,
    DEADLINE_EXCEEDED,
    INTERNAL,
    LOST,
    NOT_FOUND,
    NO_STATUS,
    OK,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    UNAVAILABLE,
    UNKNOWN,
    add,
    behaviour,
)
from peer import (
    END_STREAM,
    INITIAL_WINDOW_SIZE,
    REPLY,
    RESPONSE,
    RST_STREAM,
    body_frame,
    frame,
    head_frame,
    message,
    tail_frame,
)

# The table of PROTOCOL-HTTP2.md. STREAM_CLOSED has no mapping there; HTTP_1_1_REQUIRED and unknown codes are not in it,
# and RFC 9113 section 7 lets an unknown code stand for INTERNAL_ERROR.
RESETS = {
    "no_error": (0x0, {INTERNAL}),
    "protocol_error": (0x1, {INTERNAL}),
    "internal_error": (0x2, {INTERNAL}),
    "flow_control_error": (0x3, {INTERNAL}),
    "settings_timeout": (0x4, {INTERNAL}),
    "stream_closed": (0x5, {UNKNOWN, INTERNAL, UNAVAILABLE}),
    "frame_size_error": (0x6, {INTERNAL}),
    "refused_stream": (0x7, {UNAVAILABLE}),
    "cancel": (0x8, {CANCELLED}),
    "compression_error": (0x9, {INTERNAL}),
    "connect_error": (0xA, {INTERNAL}),
    "enhance_your_calm": (0xB, {RESOURCE_EXHAUSTED}),
    "inadequate_security": (0xC, {PERMISSION_DENIED}),
    "http_1_1_required": (0xD, {UNKNOWN, INTERNAL, UNAVAILABLE}),
    "unknown_code": (0xDEADBEEF, {UNKNOWN, INTERNAL}),
}


def resets():
    for name, (code, right) in RESETS.items():

        def before_headers(peer, code=code):
            peer.rst(peer.begin(), code)

        def after_headers(peer, code=code):
            stream = peer.begin()
            peer.headers(stream)
            peer.rst(stream, code)

        def after_message(peer, code=code):
            stream = peer.begin()
            peer.headers(stream)
            peer.data(stream, message(REPLY))
            peer.rst(stream, code)

        for play in (before_headers, after_headers, after_message):
            add(f"rst_{name}_{play.__name__}", play, f"RST_STREAM {code:#x} in the table of PROTOCOL-HTTP2.md.", right)


resets()


@behaviour(OK)
def rst_no_error_after_answer(peer):
    """The stream was closed with a status already."""
    stream = peer.begin()
    peer.send(peer.good(stream), frame(RST_STREAM, 0, stream, bytes(4)))


@behaviour(OK)
def rst_cancel_after_answer(peer):
    """A reset behind END_STREAM comes too late to change the status."""
    stream = peer.begin()
    peer.send(peer.good(stream), frame(RST_STREAM, 0, stream, bytes([0, 0, 0, 8])))


@behaviour(OK)
def answer_before_request_ends(peer):
    """The client's window is 0, so its request may be incomplete: the status stands, PROTOCOL-HTTP2.md."""
    stream = peer.begin({INITIAL_WINDOW_SIZE: 0}, complete=False)
    peer.send(peer.good(stream), frame(RST_STREAM, 0, stream, bytes(4)))


@behaviour(OK)
def answer_before_request_ends_no_reset(peer):
    """The same without RST_STREAM: the client closes the stream itself."""
    peer.answer(peer.begin({INITIAL_WINDOW_SIZE: 0}, complete=False))


@behaviour(NOT_FOUND)
def error_before_request_ends(peer):
    """A trailers-only error with RST_STREAM(NO_ERROR) behind it: the error stands."""
    stream = peer.begin({INITIAL_WINDOW_SIZE: 0}, complete=False)
    peer.send(tail_frame(stream, RESPONSE + [("grpc-status", "5")]), frame(RST_STREAM, 0, stream, bytes(4)))


@behaviour(OK)
def answer_on_request_headers(peer):
    """The server answers as soon as it sees the request's headers."""
    peer.answer(peer.begin(complete=False))


def cuts():
    """The connection ends after each part of an answer: PROTOCOL-HTTP2.md, Connection failure."""
    head = head_frame(1)
    body = body_frame(1)
    tail = tail_frame(1)
    points = {
        "before_headers": b"",
        "in_frame_header": head[:4],
        "in_headers": head[:20],
        "after_headers": head,
        "in_data": head + body[:16],
        "after_part_of_message": head + frame(0, 0, 1, message(REPLY)[:9]),
        "after_message": head + body,
        "in_trailers": head + body + tail[:14],
    }
    for name, part in points.items():
        for how in ("close", "abort"):

            def play(peer, part=part, how=how):
                stream = peer.begin()
                assert stream == 1
                peer.send(part)
                if how == "abort":
                    peer.sleep(0.1)
                getattr(peer, how)()

            add(f"{how}_{name}", play, "The connection fails before the status.", LOST)


cuts()


@behaviour(NO_STATUS)
def end_stream_on_headers_only(peer):
    """Headers that end the stream, without grpc-status: UNKNOWN by http-grpc-status-mapping.md."""
    peer.headers(peer.begin(), end=True)


@behaviour(NO_STATUS)
def end_stream_on_data(peer):
    """Headers, message, END_STREAM on DATA, no status: HTTP 200 without grpc-status is UNKNOWN."""
    stream = peer.begin()
    peer.headers(stream)
    peer.data(stream, message(REPLY), end=True)


@behaviour(NO_STATUS)
def end_stream_on_empty_data(peer):
    """As end_stream_on_data, on an empty frame."""
    stream = peer.begin()
    peer.headers(stream)
    peer.data(stream, message(REPLY))
    peer.data(stream, b"", end=True)


@behaviour(NO_STATUS | LOST)
def end_stream_twice(peer):
    """The status comes after END_STREAM on DATA, when the stream is closed, which may cost the connection."""
    stream = peer.begin()
    peer.send(head_frame(stream), body_frame(stream, flags=END_STREAM), tail_frame(stream))


@behaviour(DEADLINE_EXCEEDED)
def end_stream_never(peer):
    """Headers and message, then silence: a unary call needs its status."""
    stream = peer.begin()
    peer.headers(stream)
    peer.data(stream, message(REPLY))


@behaviour(DEADLINE_EXCEEDED)
def headers_then_silence(peer):
    """Headers alone."""
    peer.headers(peer.begin())


@behaviour(DEADLINE_EXCEEDED)
def silence_after_request(peer):
    """No answer at all, on a connection that acknowledges PINGs."""
    peer.begin()
