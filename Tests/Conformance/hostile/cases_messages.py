# SPDX-License-Identifier: Apache-2.0
"""Length prefixes, compression and protobuf."""

import gzip
import zlib

from registry import CARDINALITY, INTERNAL, NOT_FOUND, OK, RESOURCE_EXHAUSTED, UNIMPLEMENTED, add, behaviour
from peer import REPLY, RESPONSE, field, message, reply, varint

MIB = 1 << 20
GZIP = RESPONSE + [("grpc-encoding", "gzip")]
# A message stream that stops making sense: INTERNAL, or a call without its one message.
CORRUPT = {INTERNAL} | CARDINALITY


def with_body(name, why, codes, body, headers=RESPONSE, trailers=(("grpc-status", "0"),), **more):
    def play(peer):
        stream = peer.begin()
        peer.headers(stream, headers)
        peer.paced(stream, body)
        peer.trailers(stream, list(trailers))

    add(name, play, why, codes, **more)


with_body("no_message", "OK without the message of a unary call.", CARDINALITY, b"")
with_body("two_messages", "statuscodes.md: response cardinality violation.", CARDINALITY, message(REPLY) * 2)
with_body("two_messages_one_empty", "As two_messages.", CARDINALITY, message(REPLY) + message(b""))
with_body("empty_message", "An empty message is a SimpleResponse without fields.", {OK}, message(b""))
with_body(
    "length_4_gib",
    "Sent or received message was larger than configured limit.",
    {RESOURCE_EXHAUSTED},
    message(REPLY, length=0xFFFFFFFF),
)
with_body("length_2_gib", "As length_4_gib, negative in 32 bits.", {RESOURCE_EXHAUSTED}, message(REPLY, length=1 << 31))
with_body(
    "length_80_mib", "As length_4_gib, over any limit in use.", {RESOURCE_EXHAUSTED}, message(REPLY, length=80 * MIB)
)
with_body(
    "length_4_gib_with_error",
    "The status of the trailers may win over the limit.",
    {RESOURCE_EXHAUSTED, NOT_FOUND},
    message(REPLY, length=0xFFFFFFFF),
    trailers=[("grpc-status", "5")],
)
with_body(
    "length_too_short",
    "Two bytes are left over: the first message does not parse, the second is cut.",
    CORRUPT,
    message(REPLY, length=len(REPLY) - 2),
)
with_body("length_too_long", "The stream ends within the message.", CORRUPT, message(REPLY, length=len(REPLY) + 10))
with_body(
    "length_too_long_with_error",
    "The stream ends within the message, with an error.",
    {INTERNAL, NOT_FOUND},
    message(REPLY, length=len(REPLY) + 10),
    trailers=[("grpc-status", "5")],
)
with_body("length_prefix_cut", "The stream ends within the prefix.", CORRUPT, message(REPLY)[:3])
with_body("message_then_prefix_cut", "The stream ends within a second prefix.", CORRUPT, message(REPLY) + b"\0\0")

# compression.md: the flag without grpc-encoding, or with identity, must fail with INTERNAL.
with_body("compressed_without_encoding", "The flag needs grpc-encoding.", {INTERNAL}, message(gzip.compress(REPLY), 1))
with_body(
    "compressed_with_identity",
    "identity is no compression.",
    {INTERNAL},
    message(REPLY, 1),
    RESPONSE + [("grpc-encoding", "identity")],
)
with_body("flag_7", "The flag is 0 or 1.", {INTERNAL}, message(REPLY, 7))
with_body("flag_255_with_gzip", "The flag is 0 or 1.", {INTERNAL}, message(gzip.compress(REPLY), 255), GZIP)
with_body(
    "identity",
    "identity without the flag is an ordinary answer.",
    {OK},
    message(REPLY),
    RESPONSE + [("grpc-encoding", "identity")],
)
with_body("gzip_declared_not_used", "A message may go uncompressed.", {OK}, message(REPLY), GZIP)
with_body("gzip_empty_message", "Nothing, compressed.", {OK}, message(gzip.compress(b""), 1), GZIP)
with_body(
    "gzip_zero_bytes",
    "Zero bytes are not gzip; some clients take them for an empty message.",
    {OK, INTERNAL},
    message(b"", 1),
    GZIP,
)
with_body("gzip_cut", "Could not decompress.", {INTERNAL}, message(gzip.compress(REPLY)[:-12], 1), GZIP)
with_body("gzip_without_trailer", "The checksum is missing.", {INTERNAL}, message(gzip.compress(REPLY)[:-8], 1), GZIP)
with_body(
    "gzip_wrong_checksum",
    "The checksum is wrong.",
    {INTERNAL},
    message(gzip.compress(REPLY)[:-8] + b"abcd" + gzip.compress(REPLY)[-4:], 1),
    GZIP,
)
with_body("gzip_wrong_magic", "Not gzip at all.", {INTERNAL}, message(REPLY, 1), GZIP)
with_body(
    "gzip_with_deflate_inside",
    "zlib's format under gzip's name.",
    {INTERNAL, OK},
    message(zlib.compress(REPLY), 1),
    GZIP,
)
with_body(
    "gzip_with_tail",
    "Bytes behind the end: refused or ignored.",
    {OK, INTERNAL},
    message(gzip.compress(REPLY) + b"tail", 1),
    GZIP,
)
with_body(
    "gzip_two_members",
    "Legal by RFC 1952; joined they are one message, cut they are another.",
    {OK, INTERNAL},
    message(gzip.compress(REPLY[:6]) + gzip.compress(REPLY[6:]), 1),
    GZIP,
)
# compression.md says INTERNAL; gRPC's C core says UNIMPLEMENTED.
with_body(
    "encoding_unknown",
    "compression.md: compressed with an algorithm not supported by the client.",
    {INTERNAL, UNIMPLEMENTED},
    message(b"whatever", 1),
    RESPONSE + [("grpc-encoding", "lzma")],
)
with_body(
    "encoding_unknown_not_used",
    "Unknown, but the message is not compressed.",
    {OK, INTERNAL, UNIMPLEMENTED},
    message(REPLY),
    RESPONSE + [("grpc-encoding", "lzma")],
)
with_body(
    "encoding_empty",
    "An empty name is no encoding.",
    {OK, INTERNAL, UNIMPLEMENTED},
    message(REPLY),
    RESPONSE + [("grpc-encoding", "")],
)


@behaviour(OK)
def gzip_answer(peer):
    """A compressed answer to a client that accepts gzip. One that does not may say INTERNAL."""
    peer.open()
    request = peer.request()
    packed = "gzip" in (request.field("grpc-accept-encoding") or "")
    body = message(gzip.compress(REPLY), 1) if packed else message(REPLY)
    peer.send(peer.good(request.stream, GZIP if packed else RESPONSE, body))


# Bombs. The peak of memory is asserted for every behaviour; here it is the point.


def zeros(mebibytes):
    """A gzip stream of that many MiB of zeros, whole and with a true checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(mebibytes)) + packer.flush()


def endless_zeros(size):
    """A gzip stream of about `size` bytes that unpacks to a thousand times as much and never ends."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + piece * (size // len(piece))


def bomb(name, why, packed):
    def play(peer):
        stream = peer.begin()
        peer.headers(stream, GZIP)
        peer.paced(stream, message(packed(), 1))
        peer.trailers(stream)

    add(name, play, why, RESOURCE_EXHAUSTED, heavy=True)


bomb("gzip_80_mib_of_zeros", "Unpacked it is over the limit.", lambda: zeros(80))
bomb("gzip_bomb_1_gib", "1 MiB that unpacks to 1 GiB.", lambda: endless_zeros(MIB))
bomb("gzip_bomb_3_gib", "3 MiB, below the smallest limit, that unpacks to 3 GiB.", lambda: endless_zeros(3 * MIB))


@behaviour({RESOURCE_EXHAUSTED, INTERNAL}, heavy=True)
def gzip_bomb_in_bomb(peer):
    """16 messages of 1 GiB each in one answer; the second would be one too many anyway."""
    stream = peer.begin()
    peer.headers(stream, GZIP)
    peer.paced(stream, message(endless_zeros(MIB // 4), 1) * 16)
    peer.trailers(stream)


@behaviour(RESOURCE_EXHAUSTED, heavy=True)
def over_limit_streamed(peer):
    """A message of 4 GiB, sent as fast as the client takes it."""
    stream = peer.begin()
    peer.headers(stream)
    peer.paced(stream, message(b"", length=0xFFFFFFFF) + bytes(64 * MIB), batch=16)


@behaviour({OK, RESOURCE_EXHAUSTED}, heavy=True)
def message_of_4_mib(peer):
    """A legal answer of 4 MiB less a little: a client's limit decides, and its windows must keep moving."""
    stream = peer.begin()
    size = 4 * MIB - 100
    peer.headers(stream)
    peer.paced(stream, message(reply(size)), batch=16)
    peer.trailers(stream)


# Protobuf: error parsing response proto is INTERNAL, statuscodes.md.


def with_proto(name, why, data, codes=frozenset([INTERNAL])):
    with_body(name, why, codes, message(data))


with_proto("proto_cut_varint", "A varint without its end.", b"\x08\xff\xff")
with_proto("proto_long_varint", "A varint of eleven bytes.", b"\x08" + b"\xff" * 10 + b"\x01")
with_proto("proto_length_beyond", "A field longer than the message.", b"\x0a\x7f\x12")
with_proto("proto_inner_length_beyond", "An inner field longer than the outer one.", b"\x0a\x02\x12\x0a" + bytes(10))
with_proto("proto_length_huge", "A length of 2^63.", b"\x0a" + varint(1 << 63) + b"abc")
with_proto("proto_length_minus_1", "A length of 2^64-1.", b"\x0a" + varint((1 << 64) - 1) + b"abc")
with_proto("proto_field_0", "Field number 0 does not exist.", b"\x02\x01x")
with_proto("proto_wire_type_7", "Wire types 6 and 7 do not exist.", b"\x0f\x01\x01")
with_proto("proto_end_group_alone", "A group that ends without a start.", b"\x0c")
with_proto("proto_group_never_ends", "A group that starts without an end.", b"\x0b\x08\x01")
with_proto("proto_cut_fixed64", "Eight bytes announced, two there.", b"\x09\x01\x02")
with_proto("proto_noise", "Nothing like protobuf.", b"\xff" * 40)
with_proto(
    "proto_string_not_utf8",
    "proto3 strings are UTF-8; some parsers do not look.",
    field(2, b"\xff\xfe"),
    {INTERNAL, OK},
)
with_proto(
    "proto_unknown_fields",
    "Unknown fields are skipped.",
    field(1000, b"abc") + b"\xf8\x07\x05" + b"\xf9\x07" + bytes(8) + b"\xfd\x07" + bytes(4) + REPLY,
    {OK},
)
with_proto("proto_payload_in_pieces", "Fields may be repeated and are merged.", field(1, b"\x08\x00") + REPLY, {OK})
with_proto(
    "proto_other_wire_type",
    "A known number with another wire type is an unknown field or an error.",
    b"\x08\x05" + REPLY,
    {OK, INTERNAL},
)
with_proto(
    "proto_groups_100000_deep",
    "Unknown groups within groups: skipped or refused, never a crash.",
    b"\xf3\x01" * 100000 + b"\xf4\x01" * 100000,
    {OK, INTERNAL},
)
with_proto("proto_groups_100000_deep_open", "As above, without the ends.", b"\xf3\x01" * 100000)


@behaviour(OK)
def answer_in_1_byte_frames(peer):
    """Frame boundaries mean nothing to messages, PROTOCOL-HTTP2.md."""
    stream = peer.begin()
    peer.headers(stream)
    for octet in message(REPLY):
        peer.data(stream, bytes([octet]))
    peer.trailers(stream)


@behaviour(OK)
def answer_in_1_byte_padded_frames(peer):
    """The same with 255 bytes of padding each, and frames of padding alone."""
    stream = peer.begin()
    peer.headers(stream)
    for octet in message(REPLY):
        peer.data(stream, bytes([octet]), pad=255)
        peer.data(stream, b"", pad=9)
    peer.trailers(stream)


@behaviour(OK)
def answer_dribbles(peer):
    """Every byte of the answer is its own segment, 8 ms apart: slow, but within the deadline."""
    stream = peer.begin()
    for octet in peer.good(stream):
        peer.send(bytes([octet]))
        peer.sleep(0.008)


@behaviour(OK)
def connection_dribbles(peer):
    """The same for the preface and its acknowledgement."""
    for octet in bytes(9)[:3] + b"\x04" + bytes(5):
        peer.send(bytes([octet]))
        peer.sleep(0.01)
    peer.read_preface()
    peer.acks_settings = False
    stream = peer.request().stream
    for octet in b"\0\0\0\x04\x01\0\0\0\0" + peer.good(stream):
        peer.send(bytes([octet]))
        peer.sleep(0.008)
