# SPDX-License-Identifier: Apache-2.0
"""Frames of the wrong size, on the wrong stream, of unknown type, or badly padded."""

import struct

from registry import BROKEN, MALFORMED, OK, add, behaviour
from peer import (
    CONTINUATION,
    DATA,
    DEFAULT_FRAME,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    MAX_FRAME_SIZE,
    OK_TRAILERS,
    PADDED,
    PING,
    PRIORITY,
    PRIORITY_FLAG,
    PUSH_PROMISE,
    REPLY,
    RESPONSE,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    block,
    body_frame,
    frame,
    head_frame,
    message,
    reply,
    tail_frame,
)


def before_answer(name, why, codes, make):
    """Sends what `make` returns for the stream, then an ordinary answer in the same segment."""

    def play(peer):
        stream = peer.begin()
        peer.send(make(stream), peer.good(stream))

    add(name, play, why, codes)


# Streams. Connection errors by RFC 9113 sections 5.1 and 6.

before_answer("data_on_stream_0", "DATA belongs to a stream.", BROKEN, lambda stream: frame(DATA, 0, 0, b"x"))
before_answer("headers_on_stream_0", "HEADERS belong to a stream.", BROKEN, lambda stream: head_frame(0))
before_answer(
    "rst_on_stream_0", "RST_STREAM belongs to a stream.", BROKEN, lambda stream: frame(RST_STREAM, 0, 0, bytes(4))
)
before_answer(
    "priority_on_stream_0", "PRIORITY belongs to a stream.", BROKEN, lambda stream: frame(PRIORITY, 0, 0, bytes(5))
)
before_answer(
    "continuation_on_stream_0",
    "CONTINUATION belongs to a stream.",
    BROKEN,
    lambda stream: frame(CONTINUATION, END_HEADERS, 0, block(RESPONSE)),
)
before_answer(
    "push_promise_on_stream_0",
    "PUSH_PROMISE belongs to a stream.",
    BROKEN,
    lambda stream: frame(PUSH_PROMISE, END_HEADERS, 0, struct.pack(">I", 2)),
)
before_answer(
    "data_on_idle_stream",
    "Nothing but HEADERS and PRIORITY on an idle stream.",
    BROKEN,
    lambda stream: frame(DATA, 0, stream + 4, b"x"),
)
before_answer(
    "headers_on_idle_stream",
    "A server cannot open a stream of the client's.",
    BROKEN,
    lambda stream: frame(HEADERS, END_HEADERS, stream + 4, block(RESPONSE)),
)
before_answer(
    "headers_on_even_stream",
    "A server cannot open a stream without PUSH_PROMISE.",
    BROKEN,
    lambda stream: head_frame(2),
)
before_answer(
    "data_on_even_stream", "A stream that was never promised is idle.", BROKEN, lambda stream: frame(DATA, 0, 2, b"x")
)
before_answer(
    "rst_on_idle_stream",
    "RST_STREAM on an idle stream.",
    BROKEN,
    lambda stream: frame(RST_STREAM, 0, stream + 4, bytes(4)),
)
before_answer(
    "window_update_on_idle_stream",
    "WINDOW_UPDATE on an idle stream.",
    BROKEN,
    lambda stream: frame(WINDOW_UPDATE, 0, stream + 4, struct.pack(">I", 1)),
)
before_answer(
    "priority_on_idle_stream",
    "PRIORITY is allowed in any state.",
    {OK},
    lambda stream: frame(PRIORITY, 0, stream + 4, struct.pack(">IB", 0, 15)),
)


@behaviour(BROKEN | {OK})
def answer_before_request(peer):
    """An answer on stream 1 in the segment of the preface: wrong if it outruns the request, else just quick."""
    peer.settings()
    peer.send(peer.good(1))
    peer.read_preface()


# Sizes. FRAME_SIZE_ERROR by RFC 9113 sections 4.2 and 6; of the connection, unless only one stream suffers.

before_answer(
    "rst_of_3_bytes", "RST_STREAM has four bytes.", BROKEN, lambda stream: frame(RST_STREAM, 0, stream, bytes(3))
)
before_answer(
    "rst_of_5_bytes", "RST_STREAM has four bytes.", BROKEN, lambda stream: frame(RST_STREAM, 0, stream, bytes(5))
)
before_answer(
    "priority_of_4_bytes",
    "PRIORITY has five bytes: a stream error.",
    MALFORMED,
    lambda stream: frame(PRIORITY, 0, stream, bytes(4)),
)
before_answer(
    "window_update_of_3_bytes",
    "WINDOW_UPDATE has four bytes.",
    BROKEN,
    lambda stream: frame(WINDOW_UPDATE, 0, 0, bytes(3)),
)
before_answer(
    "window_update_of_5_bytes",
    "WINDOW_UPDATE has four bytes.",
    BROKEN,
    lambda stream: frame(WINDOW_UPDATE, 0, stream, bytes(5)),
)
before_answer(
    "settings_of_5_bytes",
    "SETTINGS have a multiple of six bytes.",
    BROKEN,
    lambda stream: frame(SETTINGS, 0, 0, bytes(5)),
)
before_answer(
    "goaway_of_7_bytes", "GOAWAY has eight bytes or more.", BROKEN, lambda stream: frame(GOAWAY, 0, 0, bytes(7))
)
before_answer("ping_of_0_bytes", "PING has eight bytes.", BROKEN, lambda stream: frame(PING, 0, 0))


def oversized(name, why, kind, stream_of, size):
    def play(peer):
        stream = peer.begin()
        over = peer.their_settings.get(MAX_FRAME_SIZE, DEFAULT_FRAME) + 1 if size is None else size
        if kind == DATA:
            peer.headers(stream)
        flags = END_HEADERS if kind == HEADERS else 0
        peer.blast(frame(kind, flags, stream_of(stream), bytes(min(over, 1 << 20)), length=over), 1)
        peer.send(peer.good(stream))

    add(name, play, why, BROKEN)


oversized("data_too_large", "One byte more than the client's MAX_FRAME_SIZE.", DATA, lambda stream: stream, None)
oversized("headers_too_large", "One byte more than the client's MAX_FRAME_SIZE.", HEADERS, lambda stream: stream, None)
oversized(
    "unknown_type_too_large", "The limit holds for every type, RFC 9113 section 4.2.", 0xBB, lambda stream: 0, None
)
oversized("data_of_16_mib", "The largest length there is.", DATA, lambda stream: stream, (1 << 24) - 1)
oversized("ping_of_16_mib", "The largest length there is.", PING, lambda stream: 0, (1 << 24) - 1)


@behaviour(OK)
def largest_legal_frames(peer):
    """Frames of exactly 16384 bytes, which every peer must take, RFC 9113 section 4.2."""
    stream = peer.begin()
    # The prefix has five bytes and the heads of the two fields three each.
    body = message(reply(DEFAULT_FRAME - 5 - 6))
    assert len(body) == DEFAULT_FRAME
    peer.send(
        frame(0xBB, 0, 0, bytes(DEFAULT_FRAME)), head_frame(stream), frame(DATA, 0, stream, body), tail_frame(stream)
    )


# Unknown things must be ignored, RFC 9113 sections 4.1 and 5.5.


@behaviour(OK)
def unknown_frame_types(peer):
    """Types without a meaning here, on any stream, between all frames of an answer."""
    peer.settings()
    peer.send(frame(0xA, 0, 0, b"\0\0alt"), frame(0xC, 0, 0, b"\0\x05a.test"))
    peer.read_preface()
    stream = peer.request().stream
    odd = b"".join(
        frame(kind, 0xFF, where, bytes(kind))
        for kind in (0xB, 0x10, 0x42, 0xFA, 0xFF)
        for where in (0, stream, stream + 8, 2)
    )
    peer.send(odd, head_frame(stream), odd, body_frame(stream), odd, tail_frame(stream), odd)


@behaviour(OK)
def unknown_flags(peer):
    """Flags that a type does not define are ignored."""
    stream = peer.begin()
    peer.send(
        frame(PING, 0xFE, 0, b"flagged!"),
        frame(SETTINGS, 0xFE, 0),
        frame(WINDOW_UPDATE, 0xFF, 0, b"\0\0\0\1"),
        frame(HEADERS, END_HEADERS | 0xD2, stream, block(RESPONSE)),
        frame(DATA, 0xF6, stream, message(REPLY)),
        frame(HEADERS, END_HEADERS | END_STREAM | 0xD2, stream, block(OK_TRAILERS)),
    )


@behaviour(OK)
def reserved_bits(peer):
    """The reserved bit before stream identifiers is ignored, RFC 9113 section 4.1."""
    stream = peer.begin()
    peer.send(frame(PING, 0, 1 << 31, bytes(8)), peer.good(1 << 31 | stream))


@behaviour(BROKEN | {OK})
def reserved_bit_of_window_update(peer):
    """The reserved bit before the increment: ignored in all likelihood, but no rule says so."""
    stream = peer.begin()
    peer.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 31 | 1)), peer.good(stream))


@behaviour(OK)
def ping_acks_unasked(peer):
    """An acknowledgement nobody asked for has no effect."""
    stream = peer.begin()
    peer.send(frame(PING, 1, 0, b"whatever") * 3, peer.good(stream))


@behaviour(BROKEN | {OK})
def settings_acks_unasked(peer):
    """More acknowledgements than SETTINGS: no reaction is named."""
    stream = peer.begin()
    peer.send(frame(SETTINGS, 1, 0) * 3, peer.good(stream))


# Padding and priority.


def padded(name, why, kind, payload, codes=frozenset(BROKEN)):
    flags = PADDED | (END_HEADERS if kind == HEADERS else 0)

    def play(peer):
        stream = peer.begin()
        first = b"" if kind == HEADERS else head_frame(stream)
        last = body_frame(stream) if kind == HEADERS else b""
        peer.send(first, frame(kind, flags, stream, payload), last, tail_frame(stream))

    add(name, play, why, codes)


# As much padding as payload or more is a connection error, RFC 9113 sections 6.1 and 6.2.
padded("padding_too_long", "One byte more than there is.", DATA, b"\x14" + message(REPLY))
padded("padding_far_too_long", "255 bytes announced.", DATA, b"\xff" + message(REPLY))
padded("padding_length_missing", "PADDED on an empty frame.", DATA, b"")
padded("padding_too_long_on_headers", "255 bytes announced.", HEADERS, b"\xff" + block(RESPONSE))
padded("padding_length_missing_on_headers", "PADDED on an empty frame.", HEADERS, b"")
padded("padding_of_zero", "A pad length of 0.", DATA, b"\0" + message(REPLY), frozenset([OK]))
padded("padding_on_headers", "Padding on headers.", HEADERS, b"\x20" + block(RESPONSE) + bytes(32), frozenset([OK]))
padded(
    "padding_not_zero",
    "A receiver may ignore it or take it for an error.",
    DATA,
    b"\x04" + message(REPLY) + b"evil",
    frozenset(BROKEN | {OK}),
)


@behaviour(OK)
def padding_only_frame(peer):
    """A DATA frame whose payload is all padding."""
    stream = peer.begin()
    peer.headers(stream)
    peer.data(stream, b"", pad=255)
    peer.data(stream, message(REPLY))
    peer.trailers(stream)


@behaviour(OK)
def priority_in_headers(peer):
    """Priority fields are deprecated and ignored, RFC 9113 section 5.3.2."""
    stream = peer.begin()
    peer.send(
        frame(HEADERS, END_HEADERS | PRIORITY_FLAG, stream, struct.pack(">IB", 0x80000000, 255) + block(RESPONSE)),
        body_frame(stream),
        tail_frame(stream),
    )


@behaviour(BROKEN)
def priority_in_headers_cut(peer):
    """The priority flag on a frame too short for it."""
    stream = peer.begin()
    peer.send(frame(HEADERS, END_HEADERS | PRIORITY_FLAG, stream, b"\0\0"), peer.good(stream))


@behaviour(MALFORMED | {OK})
def priority_on_itself(peer):
    """A stream that depends on itself: an error in RFC 7540, ignored in RFC 9113."""
    stream = peer.begin()
    peer.send(frame(PRIORITY, 0, stream, struct.pack(">IB", stream, 1)), peer.good(stream))


# Server push. With ENABLE_PUSH 0 a promise is a connection error, RFC 9113 section 6.6; without it, it may be refused.


def push(name, why, promised, fields):
    def play(peer):
        stream = peer.begin()
        peer.send(
            frame(PUSH_PROMISE, END_HEADERS, stream, struct.pack(">I", promised) + block(fields)), peer.good(stream)
        )

    add(name, play, why, BROKEN | {OK})


ASKED = [(":method", "GET"), (":scheme", "http"), (":authority", "localhost"), (":path", "/")]
push("push_promise", "No gRPC client wants a push.", 2, ASKED)
push("push_promise_odd_stream", "A promise of a client's stream.", 7, ASKED)
push("push_promise_stream_0", "A promise of stream 0.", 0, ASKED)
push("push_promise_without_fields", "A promise of nothing.", 2, [])
