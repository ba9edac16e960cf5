# SPDX-License-Identifier: Apache-2.0
"""Header fields that are malformed or too many, HPACK that does not decode, and CONTINUATION."""

from registry import BROKEN, DEADLINE_EXCEEDED, LOST, MALFORMED, OK, RESOURCE_EXHAUSTED, SILENT, add, behaviour
from peer import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    HEADER_TABLE_SIZE,
    OK_TRAILERS,
    PING,
    REPLY,
    RESPONSE,
    block,
    body_frame,
    frame,
    head_frame,
    integer,
    literal,
    message,
    tail_frame,
)

STATUS_200 = b"\x88"
# A header list over the client's limit: the stream or the connection ends, or the list is taken.
LARGE = {OK, RESOURCE_EXHAUSTED} | MALFORMED


def with_fields(name, why, codes, fields, trailers=(), first=RESPONSE):
    def play(peer):
        stream = peer.begin()
        peer.headers(stream, block(list(first)) + block(fields))
        peer.data(stream, message(REPLY))
        peer.headers(stream, block(OK_TRAILERS) + block(list(trailers)), end=True)

    add(name, play, why, codes)


# Malformed by RFC 9113 sections 8.2.1, 8.2.2 and 8.1.1; clients must not accept malformed responses.
with_fields("upper_case_name", "Field names are lower case.", MALFORMED, [("X-Trace", "1")])
with_fields("upper_case_in_trailers", "Field names are lower case.", MALFORMED, [], [("X-Trace", "1")])
with_fields(
    "connection_close", "Connection-specific fields do not exist in HTTP/2.", MALFORMED, [("connection", "close")]
)
with_fields(
    "transfer_encoding",
    "Connection-specific fields do not exist in HTTP/2.",
    MALFORMED,
    [("transfer-encoding", "chunked")],
)
with_fields("upgrade", "Connection-specific fields do not exist in HTTP/2.", MALFORMED, [("upgrade", "h2c")])
with_fields(
    "keep_alive", "Connection-specific fields do not exist in HTTP/2.", MALFORMED, [("keep-alive", "timeout=5")]
)
with_fields(
    "proxy_connection",
    "Connection-specific fields do not exist in HTTP/2.",
    MALFORMED,
    [("proxy-connection", "keep-alive")],
)
with_fields(
    "content_length_too_large", "The sum of DATA differs from content-length.", MALFORMED, [("content-length", "20")]
)
with_fields(
    "content_length_too_small", "The sum of DATA differs from content-length.", MALFORMED, [("content-length", "18")]
)
with_fields("content_length_not_a_number", "content-length is digits.", MALFORMED, [("content-length", "many")])
with_fields("content_length_negative", "content-length is digits.", MALFORMED, [("content-length", "-19")])
with_fields("content_length_wraps", "2^64+19 is not 19.", MALFORMED, [("content-length", str((1 << 64) + 19))])
with_fields("content_length_right", "The sum of DATA is 19.", {OK}, [("content-length", "19")])
# Malformed as well, but a client that drops the one field harms nobody.
with_fields(
    "name_with_space", "A name with a space: refused, or the field dropped.", {OK} | MALFORMED, [("x trace", "1")]
)
with_fields("name_empty", "A name without characters: refused, or the field dropped.", {OK} | MALFORMED, [("", "1")])
with_fields(
    "name_with_colon", "A colon within a name: refused, or the field dropped.", {OK} | MALFORMED, [("x:y", "1")]
)
with_fields("name_with_nul", "NUL within a name: refused, or the field dropped.", {OK} | MALFORMED, [("x\0", "1")])
with_fields(
    "value_with_newline",
    "A value with CR LF: refused, or the field dropped.",
    {OK} | MALFORMED,
    [("x", "1\r\ngrpc-status: 5")],
)
with_fields(
    "value_with_space_around",
    "Blanks around a value are malformed in HTTP/2, and gRPC allows to strip them.",
    {OK} | MALFORMED,
    [("x", " 1 ")],
)
with_fields("reserved_grpc_name", "Names with grpc- may be used by later versions.", {OK}, [("grpc-later", "1")])
with_fields(
    "many_small_fields", "100 fields of 20 bytes are within 8 KiB.", {OK}, [(f"x-{n:05}", "v" * 13) for n in range(100)]
)
with_fields("fields_repeated", "A name may come often.", {OK}, [("x-trace", str(n)) for n in range(50)])

# Clients may limit headers and trailers, PROTOCOL-HTTP2.md.
with_fields("header_of_6_kib", "Within the suggested limit of 8 KiB.", {OK}, [("x", "v" * 6000)])
with_fields("headers_of_1_mib", "A hundred fields of 10 KiB.", LARGE, [(f"x-{n}", "v" * 10240) for n in range(100)])
with_fields("header_of_1_mib", "One field.", LARGE, [("x", "v" * (1 << 20))])
with_fields(
    "trailers_of_1_mib",
    "A hundred fields of 10 KiB behind the message.",
    LARGE,
    [],
    [(f"x-{n}", "v" * 10240) for n in range(100)],
)
with_fields(
    "fields_100000",
    "Empty fields: the list is far larger than its octets, RFC 9113 section 6.5.2.",
    LARGE,
    [("a", "")] * 100000,
)


# HPACK: what does not decode is a connection error of COMPRESSION_ERROR, RFC 9113 section 4.3.


def with_block(name, why, data, codes=frozenset(BROKEN), before=b""):
    def play(peer):
        stream = peer.begin()
        peer.send(
            frame(HEADERS, END_HEADERS, stream, before + block(RESPONSE) + data), body_frame(stream), tail_frame(stream)
        )

    add(name, play, why, codes)


with_block("hpack_index_0", "Index 0 is not used, RFC 7541 section 6.1.", b"\x80")
with_block("hpack_index_beyond", "Index 62 of an empty dynamic table, section 2.3.3.", b"\xbe")
with_block("hpack_index_huge", "Index 2^28.", integer(1 << 28, 7, 0x80))
with_block("hpack_name_index_beyond", "A literal whose name is not in the table.", integer(100, 4) + b"\x01v")
with_block("hpack_integer_overflow", "An integer that never ends, section 5.1.", b"\xff" + b"\xff" * 60)
with_block("hpack_integer_64_bits", "An integer of 2^64.", integer(1 << 64, 7, 0x80))
with_block("hpack_string_beyond", "A string longer than the block.", b"\x00\x01x\x7f\xff\x01v")
with_block("hpack_string_huge", "A string of 2^32 bytes.", b"\x00\x01x" + integer(1 << 32, 7) + b"v")
with_block("hpack_block_cut", "The block ends after a name.", b"\x00\x01x")
with_block("hpack_huffman_eos", "The string EOS in a Huffman string, section 5.2.", b"\x00\x01x\x84\xff\xff\xff\xfc")
with_block("hpack_huffman_padding_long", "More than seven bits of padding, section 5.2.", b"\x00\x01x\x82\x1f\xff")
with_block("hpack_huffman_padding_zero", "Padding that is not of ones, section 5.2.", b"\x00\x01x\x81\x18")
with_block(
    "hpack_table_too_large",
    "A table size above the limit of the settings, section 6.3.",
    b"",
    before=integer(1 << 30, 5, 0x20),
)
with_block("hpack_table_update_late", "A size update behind a field, section 4.2.", b"\x20")


@behaviour(OK)
def hpack_huffman(peer):
    """Huffman coding, indexed names and never-indexed fields are all legal."""
    stream = peer.begin()
    head = (
        b"\x88"
        + b"\x5f\x8b\x1d\x75\xd0\x62\x0d\x26\x3d\x4c\x4d\x65\x64"  # application/grpc, coded
        + b"\x10\x01x\x01y"
        + b"\x0f\x11\x01z"
    )
    peer.send(frame(HEADERS, END_HEADERS, stream, head), body_frame(stream), tail_frame(stream))


@behaviour(OK)
def hpack_table_updates(peer):
    """Size updates at the start of a block, to 0 and back, are legal and empty the table."""
    stream = peer.begin()
    head = b"\x20" + b"\x20" + STATUS_200 + literal("content-type", "application/grpc")
    tail = b"\x20" + literal("grpc-status", "0")
    peer.send(
        frame(HEADERS, END_HEADERS, stream, head),
        body_frame(stream),
        frame(HEADERS, END_HEADERS | END_STREAM, stream, tail),
    )


@behaviour(OK)
def hpack_dynamic_table(peer):
    """A field from the headers' insertions is used in the trailers."""
    stream = peer.begin()
    if peer.their_settings.get(HEADER_TABLE_SIZE, 4096) < 4096:
        peer.answer(stream)
        return
    # What is inserted last has index 62.
    head = STATUS_200 + literal("x-status", "1", b"\x40") + literal("content-type", "application/grpc", b"\x40")
    peer.send(
        frame(HEADERS, END_HEADERS, stream, head),
        body_frame(stream),
        frame(HEADERS, END_HEADERS | END_STREAM, stream, b"\xbf" + literal("grpc-status", "0")),
    )


@behaviour(LARGE | {DEADLINE_EXCEEDED}, heavy=True)
def hpack_bomb(peer):
    """One field of 4000 bytes in the table, then 1.5 million references of a byte each: 6 GB of headers."""
    stream = peer.begin()
    head = block(RESPONSE) + literal("x", "v" * 3900, b"\x40")
    peer.send(frame(HEADERS, 0, stream, head))
    peer.blast(frame(CONTINUATION, 0, stream, b"\xbe" * 16384), 96, 3)
    peer.send(frame(CONTINUATION, END_HEADERS, stream), body_frame(stream), tail_frame(stream))


@behaviour(LARGE | {DEADLINE_EXCEEDED}, heavy=True)
def hpack_bomb_in_trailers(peer):
    """The same behind the message, 64 MB from one frame, again and again in one block of 1 MiB."""
    stream = peer.begin()
    peer.send(
        frame(HEADERS, END_HEADERS, stream, block(RESPONSE) + literal("x", "v" * 3900, b"\x40")),
        body_frame(stream),
        frame(HEADERS, END_STREAM, stream, block(OK_TRAILERS)),
    )
    peer.blast(frame(CONTINUATION, 0, stream, b"\xbe" * 16384), 64, 3)
    peer.send(frame(CONTINUATION, END_HEADERS, stream))


# CONTINUATION.


@behaviour(OK)
def continuation_in_pieces(peer):
    """A header block may be cut anywhere."""
    stream = peer.begin()
    head = block(RESPONSE)
    peer.send(
        frame(HEADERS, 0, stream, head[:1]),
        *(frame(CONTINUATION, 0, stream, head[at : at + 3]) for at in range(1, len(head), 3)),
        frame(CONTINUATION, END_HEADERS, stream),
        body_frame(stream),
        frame(HEADERS, END_STREAM, stream),
        frame(CONTINUATION, END_HEADERS, stream, block(OK_TRAILERS)),
    )


@behaviour(SILENT)
def continuation_never_comes(peer):
    """The header block never ends."""
    stream = peer.begin()
    peer.send(frame(HEADERS, 0, stream, block(RESPONSE)))


@behaviour(LOST)
def continuation_cut_off(peer):
    """The connection ends within a header block."""
    stream = peer.begin()
    peer.send(frame(HEADERS, 0, stream, block(RESPONSE)), frame(CONTINUATION, 0, stream, literal("x", "y")))
    peer.close()


def flood_of_continuation(name, why, piece, times, heavy=True):
    def play(peer):
        stream = peer.begin()
        peer.send(frame(HEADERS, 0, stream, block(RESPONSE)))
        peer.blast(frame(CONTINUATION, 0, stream, piece) * 1000, times, 3, reading=True)

    # A client may also swallow them up to the deadline, as long as its memory stays bounded.
    add(name, play, why, MALFORMED | {RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED}, heavy=heavy)


flood_of_continuation("continuation_flood_empty", "A million frames without a byte.", b"", 1000)
flood_of_continuation("continuation_flood_fields", "Half a million frames with one field each.", literal("a", "b"), 500)
flood_of_continuation("continuation_flood_one_field", "A field of 256 MiB that never ends.", b"v" * 1024, 256)


def between(name, why, *frames):
    """Frames within a header block: a connection error, RFC 9113 section 6.10."""

    def play(peer):
        stream = peer.begin()
        head = block(RESPONSE)
        middle = b"".join(make(stream) for make in frames)
        peer.send(
            frame(HEADERS, 0, stream, head[:9]),
            middle,
            frame(CONTINUATION, END_HEADERS, stream, head[9:]),
            body_frame(stream),
            tail_frame(stream),
        )

    add(name, play, why, BROKEN)


between("ping_in_header_block", "Nothing but CONTINUATION may follow.", lambda stream: frame(PING, 0, 0, bytes(8)))
between("data_in_header_block", "Nothing but CONTINUATION may follow.", lambda stream: frame(DATA, 0, stream, b"x"))
between(
    "headers_in_header_block",
    "Nothing but CONTINUATION may follow.",
    lambda stream: frame(HEADERS, END_HEADERS, stream, b"\x88"),
)
between(
    "unknown_frame_in_header_block",
    "Not even an unknown type, RFC 9113 section 5.5.",
    lambda stream: frame(0xBB, 0, 0, b"x"),
)
between(
    "continuation_on_other_stream",
    "CONTINUATION belongs to the same stream.",
    lambda stream: frame(CONTINUATION, 0, stream + 2, b""),
)


@behaviour(BROKEN)
def continuation_alone(peer):
    """CONTINUATION without HEADERS, RFC 9113 section 6.10."""
    stream = peer.begin()
    peer.send(frame(CONTINUATION, END_HEADERS, stream, block(RESPONSE)), peer.good(stream))


@behaviour(BROKEN)
def continuation_after_end(peer):
    """CONTINUATION behind END_HEADERS, RFC 9113 section 6.10."""
    stream = peer.begin()
    peer.send(
        head_frame(stream), frame(CONTINUATION, END_HEADERS, stream, b"\x88"), body_frame(stream), tail_frame(stream)
    )
