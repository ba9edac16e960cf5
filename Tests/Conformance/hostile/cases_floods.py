# SPDX-License-Identifier: Apache-2.0
"""Floods: legal frames in such numbers that a client must bound what it does and keeps for them."""

import struct

from registry import DEADLINE_EXCEEDED, FLOODED, MALFORMED, OK, RESOURCE_EXHAUSTED, add, behaviour
from peer import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    INITIAL_WINDOW_SIZE,
    PING,
    PRIORITY,
    REPLY,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    Gone,
    Violation,
    body_frame,
    frame,
    head_frame,
    literal,
    message,
    settings_frame,
    tail_frame,
)


def flood(
    name, why, make, times=200, each=1000, reading=False, codes=frozenset(FLOODED | {DEADLINE_EXCEEDED}), begin=b""
):
    """`times` segments of `each` frames, then an ordinary answer if the client still takes it.

    Without `reading` the client's own answers pile up: it may stop reading, and then its deadline ends the call.
    """

    def play(peer):
        stream = peer.begin()
        peer.send(begin)
        peer.blast(make(stream) * each, times, 2.5, reading)
        peer.send(peer.good(stream))

    add(name, play, why, codes, heavy=True)


flood(
    "ping_flood", "200000 PINGs; the server does not read the answers.", lambda stream: frame(PING, 0, 0, b"flooding")
)
flood("ping_flood_read", "The same, read.", lambda stream: frame(PING, 0, 0, b"flooding"), reading=True)
flood(
    "settings_flood",
    "200000 SETTINGS; the server does not read the acknowledgements.",
    lambda stream: settings_frame({}),
)
flood(
    "settings_flood_full",
    "The same with six values each, read.",
    lambda stream: settings_frame({n: 65536 for n in (1, 3, 4, 5, 6, 9)}),
    reading=True,
)
flood("settings_ack_flood", "200000 acknowledgements of nothing.", lambda stream: frame(SETTINGS, 1, 0))
flood("ping_ack_flood", "200000 answers to no PING.", lambda stream: frame(PING, 1, 0, bytes(8)))
flood(
    "priority_flood",
    "200000 PRIORITY frames on as many streams as there are.",
    lambda stream: b"".join(frame(PRIORITY, 0, 2 * n + 1, struct.pack(">IB", 2 * n + 3, 1)) for n in range(10)),
    each=100,
)
flood(
    "window_update_flood",
    "200000 WINDOW_UPDATEs of 1 byte on the connection.",
    lambda stream: frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1"),
)
flood(
    "window_update_flood_on_stream",
    "200000 WINDOW_UPDATEs of 1 byte on the stream.",
    lambda stream: frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\1"),
)
flood("unknown_frame_flood", "200000 frames of an unknown type.", lambda stream: frame(0xBB, 0, 0, b"flooding"))
flood(
    "interim_flood",
    "200000 responses of 103 before the answer.",
    lambda stream: frame(HEADERS, END_HEADERS, stream, literal(":status", "103")),
    codes=FLOODED | MALFORMED | {DEADLINE_EXCEEDED},
)
flood(
    "rst_flood_on_closed_stream",
    "200000 RST_STREAMs for the stream of the call; the first one ends it.",
    lambda stream: frame(RST_STREAM, 0, stream, b"\0\0\0\x0b"),
    codes={RESOURCE_EXHAUSTED},
)


@behaviour(FLOODED | {DEADLINE_EXCEEDED}, heavy=True)
def data_flood_empty(peer):
    """200000 empty DATA frames between headers and message: they cost no window."""
    stream = peer.begin()
    peer.headers(stream)
    peer.blast(frame(DATA, 0, stream) * 1000, 200)
    peer.data(stream, message(REPLY))
    peer.trailers(stream)


@behaviour(OK, heavy=True)
def data_empty_1000(peer):
    """A thousand of them are no flood yet, but a clumsy server."""
    stream = peer.begin()
    peer.headers(stream)
    peer.send(frame(DATA, 0, stream) * 1000)
    peer.data(stream, message(REPLY))
    peer.trailers(stream)


@behaviour(FLOODED | {DEADLINE_EXCEEDED}, heavy=True)
def window_toggle_flood(peer):
    """INITIAL_WINDOW_SIZE goes up and down 100000 times with a stream open."""
    stream = peer.begin({INITIAL_WINDOW_SIZE: 0}, complete=False)
    peer.blast(
        (settings_frame({INITIAL_WINDOW_SIZE: 1}) + settings_frame({INITIAL_WINDOW_SIZE: 0})) * 500, 200, reading=True
    )
    peer.send(peer.good(stream))


@behaviour(MALFORMED | {DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED}, heavy=True)
def interim_endless(peer):
    """103 without end: the deadline holds if nothing else does."""
    stream = peer.begin()
    chunk = frame(HEADERS, END_HEADERS, stream, literal(":status", "103") + literal("link", "l" * 1000)) * 100
    peer.blast(chunk, 10000, 10, reading=True)


@behaviour(MALFORMED | {DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED}, heavy=True)
def trailers_endless(peer):
    """Header blocks that never end the stream, again and again: malformed at the second."""
    stream = peer.begin()
    peer.headers(stream)
    peer.blast(frame(HEADERS, END_HEADERS, stream, literal("grpc-status", "0")) * 1000, 1000, reading=True)


@behaviour(OK)
def ping_100(peer):
    """A hundred PINGs are no flood: each is answered with its own octets, RFC 9113 section 6.7."""
    stream = peer.begin()
    sent = [struct.pack(">Q", n * 0x0101010101010101) for n in range(100)]
    peer.send(*(frame(PING, 0, 0, payload) for payload in sent))
    try:
        while len(peer.pings_acked) < len(sent):
            peer.next_frame()
    except Gone as error:
        raise Violation(f"{len(peer.pings_acked)} of {len(sent)} PINGs answered") from error
    if peer.pings_acked != sent:
        raise Violation("the answers to PINGs differ from the PINGs")
    peer.answer(stream)


@behaviour(OK)
def settings_100(peer):
    """A hundred SETTINGS, each acknowledged, RFC 9113 section 6.5.3."""
    stream = peer.begin()
    before = peer.settings_acked
    peer.send(settings_frame({}) * 100)
    wanted = 101 if before == 0 else before + 100
    try:
        while peer.settings_acked < wanted:
            peer.next_frame()
    except Gone as error:
        raise Violation(f"{peer.settings_acked} of {wanted} SETTINGS acknowledged") from error
    peer.answer(stream)


@behaviour(MALFORMED | {DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED}, heavy=True)
def data_after_end_endless(peer):
    """The stream ends without a status, and empty DATA goes on for it."""
    stream = peer.begin()
    peer.send(head_frame(stream), body_frame(stream, flags=END_STREAM))
    peer.blast(frame(DATA, END_STREAM, stream) * 1000, 1000, reading=True)


@behaviour(OK, heavy=True)
def answer_then_flood(peer):
    """The answer is complete; 200000 PINGs behind it must not keep the client."""
    stream = peer.begin()
    peer.send(peer.good(stream))
    peer.blast(frame(PING, 0, 0, b"too late") * 1000, 200)


@behaviour(OK)
def ping_behind_each_frame(peer):
    """PINGs between all frames of an answer."""
    stream = peer.begin()
    ping = frame(PING, 0, 0, b"between!")
    peer.send(ping, head_frame(stream), ping, body_frame(stream), ping, tail_frame(stream), ping)
