# SPDX-License-Identifier: Apache-2.0
"""Flow control, concurrency limits and the settings that rule them."""

import struct

from hyperframe import frame as hyperframe

from registry import (
    BROKEN,
    DEADLINE_EXCEEDED,
    INTERNAL,
    MALFORMED,
    OK,
    RESOURCE_EXHAUSTED,
    SILENT,
    UNAVAILABLE,
    UNKNOWN,
    add,
    behaviour,
)
from peer import (
    DATA,
    HEADER_TABLE_SIZE,
    INITIAL_WINDOW_SIZE,
    MAX_CONCURRENT_STREAMS,
    MAX_FRAME_SIZE,
    MAX_HEADER_LIST_SIZE,
    WINDOW_UPDATE,
    Violation,
    body_frame,
    frame,
    head_frame,
    message,
    reply,
    settings_frame,
    tail_frame,
)

LARGEST = (1 << 31) - 1


def updates(name, why, codes, make):
    def play(peer):
        stream = peer.begin()
        peer.send(
            *(frame(WINDOW_UPDATE, 0, where, struct.pack(">I", increment)) for where, increment in make(stream)),
            peer.good(stream),
        )

    add(name, play, why, codes)


# An increment of 0 is PROTOCOL_ERROR and a window above 2^31-1 FLOW_CONTROL_ERROR, RFC 9113 sections 6.9 and 6.9.1.
updates("window_update_0_on_connection", "A connection error.", BROKEN, lambda stream: [(0, 0)])
updates("window_update_0_on_stream", "A stream error.", MALFORMED, lambda stream: [(stream, 0)])
updates("window_overflow_on_connection", "A connection error.", BROKEN, lambda stream: [(0, LARGEST)])
updates("window_overflow_on_connection_in_steps", "A connection error.", BROKEN, lambda stream: [(0, 1 << 30)] * 2)
updates(
    "window_just_not_over",
    "2^31-1 itself is legal; the small request has taken more than 1 of it.",
    {OK},
    lambda stream: [(0, LARGEST - 65535)],
)


@behaviour(MALFORMED)
def window_overflow_on_stream(peer):
    """A stream error: the window of a stream whose request is still incomplete grows beyond 2^31-1."""
    stream = peer.begin({INITIAL_WINDOW_SIZE: 0}, complete=False)
    peer.send(frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", LARGEST)) * 2, peer.good(stream))


@behaviour(BROKEN)
def window_overflow_by_settings(peer):
    """INITIAL_WINDOW_SIZE lifts the window of an open stream beyond 2^31-1, RFC 9113 section 6.9.2."""
    stream = peer.begin({INITIAL_WINDOW_SIZE: 1}, complete=False)
    peer.send(
        frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", LARGEST - 100)),
        settings_frame({INITIAL_WINDOW_SIZE: LARGEST}),
    )
    peer.send(peer.good(stream))


def watch_window(peer):
    """Reads on; DATA in spite of an acknowledged window of 0 is the client's fault."""
    while True:
        item = peer.next_frame()
        if isinstance(item, hyperframe.DataFrame) and item.flow_controlled_length and peer.window_is_zero:
            raise Violation("DATA beyond the window")
        peer.window_is_zero = peer.settings_acked > 0


@behaviour(DEADLINE_EXCEEDED)
def window_0_forever(peer):
    """The request can never be sent; a client that sent it before it saw the setting gets no answer."""
    peer.replenishes = False
    peer.window_is_zero = False
    peer.open({INITIAL_WINDOW_SIZE: 0})
    watch_window(peer)


@behaviour(OK)
def window_0_then_setting(peer):
    """The window opens by a second SETTINGS after 300 ms."""
    peer.replenishes = False
    stream = peer.begin({INITIAL_WINDOW_SIZE: 0}, complete=False)
    peer.sleep(0.3)
    peer.settings({INITIAL_WINDOW_SIZE: 65535})
    while not peer.requests[stream].complete:
        peer.next_frame()
    peer.answer(stream)


@behaviour(OK)
def window_of_1(peer):
    """The request comes byte by byte: one WINDOW_UPDATE of 1 after each."""
    peer.replenishes = False
    stream = peer.begin({INITIAL_WINDOW_SIZE: 1}, complete=False)
    request = peer.requests[stream]
    while not request.complete:
        seen = len(request.body)
        peer.next_frame()
        if len(request.body) > seen:
            peer.window_update(stream, len(request.body) - seen)
    peer.answer(stream)


@behaviour(OK)
def window_negative(peer):
    """The window shrinks below what is in flight and recovers, RFC 9113 section 6.9.2."""
    peer.replenishes = False
    stream = peer.begin({INITIAL_WINDOW_SIZE: 8}, complete=False)
    peer.settings({INITIAL_WINDOW_SIZE: 0})
    peer.sleep(0.2)
    peer.settings({INITIAL_WINDOW_SIZE: 4})
    peer.sleep(0.1)
    peer.window_update(stream, 1000)
    while not peer.requests[stream].complete:
        peer.next_frame()
    peer.answer(stream)


@behaviour(OK)
def window_updates_after_answer(peer):
    """Late updates for a closed stream are ignored, RFC 9113 section 5.1."""
    stream = peer.begin()
    peer.send(peer.good(stream), frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\1") * 10)


# Concurrency.


@behaviour(SILENT)
def max_streams_0(peer):
    """The server takes no stream; one opened before the client knew stays without answer."""
    peer.open({MAX_CONCURRENT_STREAMS: 0})


@behaviour(OK)
def max_streams_0_then_1(peer):
    """The limit is lifted after 500 ms, and the call goes on."""
    peer.open({MAX_CONCURRENT_STREAMS: 0})
    peer.sleep(0.5)
    peer.settings({MAX_CONCURRENT_STREAMS: 1})
    peer.serve()


# Other settings. All are legal.


def with_settings(name, why, values, codes=frozenset([OK])):
    add(name, lambda peer: peer.answer(peer.begin(values)), why, codes)


with_settings("table_size_0", "The client must encode without a dynamic table.", {HEADER_TABLE_SIZE: 0})
with_settings("table_size_1", "Room for nothing.", {HEADER_TABLE_SIZE: 1})
with_settings("table_size_4_gib", "A client need not use it all.", {HEADER_TABLE_SIZE: (1 << 32) - 1})
with_settings(
    "table_size_changes",
    "The last one holds.",
    [(HEADER_TABLE_SIZE, 0), (HEADER_TABLE_SIZE, 65536), (HEADER_TABLE_SIZE, 100), (HEADER_TABLE_SIZE, 4096)],
)
with_settings("frame_size_largest", "A client need not use it.", {MAX_FRAME_SIZE: (1 << 24) - 1})
with_settings("window_largest", "The largest window.", {INITIAL_WINDOW_SIZE: LARGEST})
with_settings("max_streams_largest", "No limit, in effect.", {MAX_CONCURRENT_STREAMS: (1 << 32) - 1})
with_settings(
    "header_list_size_0",
    "Advice, RFC 9113 section 6.5.2: a client that follows it cannot send the call.",
    {MAX_HEADER_LIST_SIZE: 0},
    {OK, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE},
)


@behaviour(OK)
def settings_change_during_call(peer):
    """SETTINGS between all frames of an answer."""
    stream = peer.begin()
    changes = settings_frame({HEADER_TABLE_SIZE: 0, INITIAL_WINDOW_SIZE: 0}) + settings_frame(
        {HEADER_TABLE_SIZE: 4096, INITIAL_WINDOW_SIZE: 1 << 20, MAX_FRAME_SIZE: 1 << 20}
    )
    peer.send(changes, head_frame(stream), changes, body_frame(stream), changes, tail_frame(stream))


# A server that overruns the client's windows: FLOW_CONTROL_ERROR, INTERNAL in statuscodes.md. A client that gives
# its window back fast enough sees no violation.


@behaviour(BROKEN | {OK, RESOURCE_EXHAUSTED}, heavy=True)
def window_overrun(peer):
    """A good answer of 3 MiB that takes no notice of the windows."""
    stream = peer.begin()
    body = message(reply(3 << 20))
    peer.headers(stream)
    peer.blast(
        b"".join(frame(DATA, 0, stream, body[at : at + 16384]) for at in range(0, len(body), 16384)), 1, reading=True
    )
    peer.trailers(stream)


@behaviour(BROKEN | {RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED}, heavy=True)
def window_overrun_by_padding(peer):
    """2 GiB of padding, which counts against the windows as much as data."""
    stream = peer.begin()
    peer.headers(stream)
    peer.blast(frame(DATA, 0x8, stream, b"\xff" + bytes(255)) * 4000, 2000, reading=True)


@behaviour(BROKEN | {RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, UNKNOWN}, heavy=True)
def window_overrun_after_error(peer):
    """HTTP 500, UNKNOWN, with a body of 1 GiB that takes no notice of the windows."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "500"), ("content-type", "text/html")])
    peer.blast(frame(DATA, 0, stream, b"<" * 16384) * 64, 1024, reading=True)
