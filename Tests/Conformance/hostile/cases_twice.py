# SPDX-License-Identifier: Apache-2.0
"""Two calls on one channel, 300 ms apart: what one call suffers must not spoil the next one."""

import threading

from registry import BROKEN, DEADLINE_EXCEEDED, INTERNAL, LOST, MALFORMED, OK, SILENT, UNAVAILABLE, behaviour
from peer import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    HEADER_TABLE_SIZE,
    MAX_CONCURRENT_STREAMS,
    REPLY,
    Gone,
    Violation,
    body_frame,
    frame,
    literal,
    message,
)


def second(peer):
    """The stream of the second request on the same connection."""
    return peer.request().stream


@behaviour(OK, OK, connections=1)
def twice_ordinary(peer):
    """Two answers on one connection."""
    peer.open()
    peer.serve()


@behaviour(OK, OK, connections=2)
def twice_closed_between(peer):
    """The connection ends behind the first answer: the second call opens another one."""
    peer.answer(peer.begin())
    if peer.number == 0:
        peer.close()


@behaviour(OK, OK, connections=2)
def twice_closed_between_late(peer):
    """As twice_closed_between, 150 ms behind the answer, while the client is idle."""
    peer.answer(peer.begin())
    if peer.number == 0:
        peer.sleep(0.15)
        peer.close()


@behaviour(OK, OK, connections=2)
def twice_reset_between(peer):
    """A TCP reset while the client is idle."""
    peer.answer(peer.begin())
    if peer.number == 0:
        peer.sleep(0.1)
        peer.abort()


@behaviour(OK, OK, connections=2)
def twice_goaway_between(peer):
    """GOAWAY behind the first answer; the connection stays open, and must not be used for another stream."""
    stream = peer.begin()
    peer.answer(stream)
    if peer.number == 0:
        peer.goaway(stream)
        peer.request()
        raise Violation("a stream was opened after GOAWAY")


@behaviour(OK, OK, connections=2)
def twice_goaway_and_close_between(peer):
    """GOAWAY and the end of the connection behind the first answer."""
    stream = peer.begin()
    peer.answer(stream)
    if peer.number == 0:
        peer.goaway(stream)
        peer.close()


@behaviour(OK, OK, connections=2)
def twice_goaway_calm_between(peer):
    """ENHANCE_YOUR_CALM for the first connection does not concern calls on the next."""
    stream = peer.begin()
    peer.answer(stream)
    if peer.number == 0:
        peer.goaway(stream, 0xB, b"too_many_pings")
        peer.close()


@behaviour(OK, OK, connections=2)
def twice_goaway_during_first(peer):
    """GOAWAY before the first answer, which still comes; the second call goes elsewhere."""
    stream = peer.begin()
    if peer.number == 0:
        peer.goaway(stream)
    peer.answer(stream)


@behaviour(OK, OK)
def twice_goaway_graceful_only(peer):
    """Last stream 2^31-1: the client should move, and whatever it still opens here is served."""
    peer.open()
    peer.answer(peer.request().stream)
    peer.goaway((1 << 31) - 1)
    peer.serve()


@behaviour(OK, OK, connections=2)
def twice_restart_between(peer):
    """The server goes away behind the first answer and is back 50 ms later."""
    peer.answer(peer.begin())
    if peer.number == 0:
        server = peer.server
        server.shut()
        threading.Timer(0.05, server.listen_again).start()
        peer.close()


@behaviour(OK, LOST)
def twice_down_after_first(peer):
    """The server goes away for good: the second call fails at once, not at its deadline."""
    peer.answer(peer.begin())
    peer.server.shut()
    peer.close()


@behaviour(LOST, {OK, UNAVAILABLE})
def twice_first_connection_fails(peer):
    """The first connection ends at once; 300 ms later the client may still wait before it tries again."""
    if peer.number == 0:
        peer.close()
    peer.open()
    peer.serve()


@behaviour(BROKEN, {OK, UNAVAILABLE})
def twice_first_connection_garbage(peer):
    """As twice_first_connection_fails, with noise instead of an end."""
    if peer.number == 0:
        peer.send(b"\x99" * 4096)
        peer.receive(1 << 20)
    peer.open()
    peer.serve()


@behaviour(BROKEN, OK, connections=2)
def twice_first_breaks_connection(peer):
    """A connection error during the first call: the second one needs, and gets, a new connection."""
    stream = peer.begin()
    if peer.number == 0:
        peer.send(frame(DATA, 0, 0, b"x"))
    else:
        peer.answer(stream)


@behaviour(INTERNAL, OK, connections=1)
def twice_first_reset(peer):
    """RST_STREAM ends the first call only."""
    peer.rst(peer.begin(), 2)
    peer.answer(second(peer))


@behaviour({OK, UNAVAILABLE}, OK)
def twice_first_refused(peer):
    """REFUSED_STREAM: the client may try again by itself; the second call is answered."""
    if peer.number == 0:
        peer.rst(peer.begin(), 7)
    else:
        peer.open()
    peer.serve()


@behaviour(MALFORMED, OK)
def twice_first_malformed(peer):
    """A stream error, which may cost the connection but not the second call."""
    peer.open()
    stream = peer.request().stream
    if peer.number == 0:
        peer.headers(stream, [("content-type", "application/grpc")])
        peer.data(stream, message(REPLY))
        peer.trailers(stream)
    else:
        peer.answer(stream)
    peer.serve()


@behaviour(INTERNAL, OK)
def twice_first_not_protobuf(peer):
    """A message that does not parse concerns its call only."""
    peer.open()
    stream = peer.request().stream
    peer.send(peer.good(stream, body=message(b"\xff" * 9)))
    peer.serve()


@behaviour(OK, SILENT)
def twice_second_unanswered(peer):
    """The connection stays, and the server does not answer any more."""
    peer.answer(peer.begin())


@behaviour(OK, SILENT)
def twice_second_unread(peer):
    """The connection stays, and the server does not even read any more."""
    peer.answer(peer.begin())
    peer.sleep(60)


@behaviour(DEADLINE_EXCEEDED, OK, extra=3)
def twice_first_unanswered(peer):
    """After a deadline the client resets the stream (PROTOCOL-HTTP2.md, Client Cancellation) and calls again."""
    peer.open()
    first = peer.request()
    answer = peer.request()
    if peer.number == 0 and first.reset != 8:
        raise Violation(f"the first stream was not reset with CANCEL but {first.reset}")
    peer.answer(answer.stream)


@behaviour(DEADLINE_EXCEEDED, OK, extra=3)
def twice_first_answered_late(peer):
    """The first answer comes after its deadline: frames on a reset stream are ignored, RFC 9113 section 5.1."""
    peer.open()
    first = peer.request().stream
    while peer.requests[first].reset is None:
        peer.next_frame()
    peer.answer(first)
    peer.serve()


@behaviour(DEADLINE_EXCEEDED, OK, extra=3)
def twice_table_kept_over_reset(peer):
    """Headers on a reset stream still change the HPACK table, RFC 9113 section 4.3; the second answer needs them."""
    peer.open()
    first = peer.request().stream
    while peer.requests[first].reset is None:
        peer.next_frame()
    if peer.their_settings.get(HEADER_TABLE_SIZE, 4096) < 4096:
        peer.serve()
    head = (
        literal(":status", "200")
        + literal("grpc-status", "0", b"\x40")
        + literal("content-type", "application/grpc", b"\x40")
    )
    peer.send(frame(HEADERS, END_HEADERS, first, head))
    stream = second(peer)
    peer.send(
        frame(HEADERS, END_HEADERS, stream, b"\x88\xbe"),
        body_frame(stream),
        frame(HEADERS, END_HEADERS | END_STREAM, stream, b"\xbf"),
    )


@behaviour(OK, OK)
def twice_table_shared(peer):
    """The second answer refers to fields that the first one put in the table."""
    stream = peer.begin()
    if peer.their_settings.get(HEADER_TABLE_SIZE, 4096) < 4096:
        peer.answer(stream)
        peer.serve()
    head = b"\x88" + literal("content-type", "application/grpc", b"\x40")
    tail = literal("grpc-status", "0", b"\x40")
    for fields, trailers in ((head, tail), (b"\x88\xbf", b"\xbe")):
        peer.send(
            frame(HEADERS, END_HEADERS, stream, fields),
            body_frame(stream),
            frame(HEADERS, END_HEADERS | END_STREAM, stream, trailers),
        )
        stream = second(peer)


def shrink_table(peer, size):
    stream = peer.begin()
    acked = peer.settings_acked
    peer.settings({HEADER_TABLE_SIZE: size})
    wanted = 2 if acked == 0 else acked + 1
    while peer.settings_acked < wanted:
        peer.next_frame()
    peer.decoder.max_allowed_table_size = size
    peer.answer(stream)
    peer.serve()


@behaviour(OK, OK)
def twice_table_size_0_between(peer):
    """Once acknowledged, the client's next block must begin with the new table size, RFC 7541 section 4.2."""
    shrink_table(peer, 0)


@behaviour(OK, OK)
def twice_table_size_64_between(peer):
    """As twice_table_size_0_between, with room for one field."""
    shrink_table(peer, 64)


@behaviour(OK, SILENT)
def twice_max_streams_0_between(peer):
    """No stream may be opened after the limit of 0 was acknowledged."""
    stream = peer.begin()
    peer.settings({MAX_CONCURRENT_STREAMS: 0})
    peer.answer(stream)
    peer.sleep(0.1)
    acked = peer.settings_acked
    try:
        peer.request()
    except Gone:
        return
    if acked > 1:
        raise Violation("a stream was opened beyond the limit")


@behaviour(OK, OK)
def twice_trailing_garbage_frames(peer):
    """Unknown frames and PINGs while the client is idle."""
    peer.answer(peer.begin())
    peer.send(frame(0xBB, 0, 0, b"idle"), frame(6, 0, 0, b"are you?"), frame(0xBB, 0, 1, b"late"))
    peer.serve()


@behaviour(OK, OK)
def twice_late_frames_for_first(peer):
    """RST_STREAM and WINDOW_UPDATE for the closed stream while the client is idle."""
    stream = peer.begin()
    peer.answer(stream)
    peer.sleep(0.1)
    peer.rst(stream, 0)
    peer.window_update(stream, 10)
    peer.serve()
