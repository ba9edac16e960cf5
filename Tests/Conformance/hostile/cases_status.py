# SPDX-License-Identifier: Apache-2.0
"""HTTP statuses, content types, grpc-status and grpc-message."""

from registry import (
    CARDINALITY,
    FAILED_PRECONDITION,
    INTERNAL,
    MALFORMED,
    NOT_FOUND,
    NO_STATUS,
    OK,
    OUT_OF_RANGE,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    SILENT,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNIMPLEMENTED,
    UNKNOWN,
    add,
    behaviour,
)
from peer import OK_TRAILERS, REPLY, RESPONSE, body_frame, message, tail_frame

HTML = b"<html><body>Something is wrong here.</body></html>"

# http-grpc-status-mapping.md, for answers without grpc-status; what is not in the table is UNKNOWN. 431 is in its later
# versions only.
HTTP = {
    201: UNKNOWN,
    204: UNKNOWN,
    302: UNKNOWN,
    400: INTERNAL,
    401: UNAUTHENTICATED,
    403: PERMISSION_DENIED,
    404: UNIMPLEMENTED,
    405: UNKNOWN,
    415: UNKNOWN,
    429: UNAVAILABLE,
    431: {INTERNAL, UNKNOWN},
    500: UNKNOWN,
    502: UNAVAILABLE,
    503: UNAVAILABLE,
    504: UNAVAILABLE,
    505: UNKNOWN,
    600: UNKNOWN,
    999: UNKNOWN,
}


def http_statuses():
    for status, code in HTTP.items():

        def play(peer, status=status):
            stream = peer.begin()
            bodyless = status == 204
            peer.headers(stream, [(":status", str(status)), ("content-type", "text/html")], end=bodyless)
            if not bodyless:
                peer.data(stream, HTML, end=True)

        add(f"http_{status}", play, f"HTTP {status} in http-grpc-status-mapping.md.", code)


http_statuses()


@behaviour(UNAVAILABLE)
def http_503_without_body(peer):
    """A proxy's answer of one frame."""
    peer.headers(peer.begin(), [(":status", "503")], end=True)


@behaviour(UNAVAILABLE)
def http_503_as_grpc(peer):
    """content-type application/grpc without grpc-status: the table still applies."""
    peer.headers(peer.begin(), [(":status", "503"), ("content-type", "application/grpc")], end=True)


@behaviour(SILENT)
def http_503_body_never_ends(peer):
    """The header says it all; a client may also wait for the end of the body, up to the deadline."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "503"), ("content-type", "text/html")])
    peer.data(stream, HTML)


@behaviour(FAILED_PRECONDITION)
def http_404_with_grpc_status(peer):
    """If grpc-status was provided it must be used, http-grpc-status-mapping.md."""
    peer.headers(
        peer.begin(), [(":status", "404"), ("content-type", "application/grpc"), ("grpc-status", "9")], end=True
    )


@behaviour(UNKNOWN)
def http_200_html(peer):
    """A text/html answer of 200 without grpc-status: UNKNOWN by the table."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "200"), ("content-type", "text/html")])
    peer.data(stream, HTML, end=True)


@behaviour(NO_STATUS)
def http_200_html_long(peer):
    """As http_200_html, with a body longer than any window."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "200"), ("content-type", "text/html")])
    peer.paced(stream, HTML * 4000)
    peer.data(stream, b"", end=True)


@behaviour({OK} | NO_STATUS)
def html_type_with_good_answer(peer):
    """Everything else is right; no document says which wins."""
    stream = peer.begin()
    peer.send(peer.good(stream, [(":status", "200"), ("content-type", "text/html")]))


@behaviour({OK} | NO_STATUS)
def no_content_type(peer):
    """As html_type_with_good_answer, without any type."""
    stream = peer.begin()
    peer.send(peer.good(stream, [(":status", "200")]))


@behaviour(OK)
def content_type_proto(peer):
    """application/grpc+proto is a gRPC content type."""
    stream = peer.begin()
    peer.send(peer.good(stream, [(":status", "200"), ("content-type", "application/grpc+proto")]))


# Malformed or missing :status, with an answer behind it that is right otherwise: RFC 9113 sections 8.1.1 and 8.3.2.


def odd_status(name, why, fields, codes=MALFORMED):
    def play(peer):
        stream = peer.begin()
        peer.send(peer.good(stream, fields + [("content-type", "application/grpc")]))

    add(name, play, why, codes)


odd_status("status_missing", ":status must be in every response.", [])
odd_status("status_twice", "A pseudo-header field appears once.", [(":status", "200"), (":status", "200")])
odd_status("status_twice_different", "A pseudo-header field appears once.", [(":status", "200"), (":status", "503")])
odd_status("status_abc", ":status is a number.", [(":status", "abc")])
odd_status("status_empty", ":status is a number.", [(":status", "")])
odd_status("status_two_digits", ":status has three digits.", [(":status", "20")])
odd_status("status_four_digits", ":status has three digits.", [(":status", "2000")])
odd_status("status_with_phrase", ":status carries no phrase.", [(":status", "200 OK")])
odd_status("status_signed", ":status has digits only.", [(":status", "+20")])
odd_status("status_request_path", "A response has no :path.", [(":status", "200"), (":path", "/")])
odd_status("status_unknown_pseudo", "Other pseudo-header fields are malformed.", [(":status", "200"), (":grpc", "1")])
odd_status("status_after_regular", "Pseudo-header fields come first.", [("x", "y"), (":status", "200")])


@behaviour(MALFORMED)
def status_099(peer):
    """Three digits that are no HTTP status, and no grpc-status."""
    peer.headers(peer.begin(), [(":status", "099"), ("content-type", "application/grpc")], end=True)


@behaviour(MALFORMED)
def status_000(peer):
    """As status_099."""
    peer.headers(peer.begin(), [(":status", "000")], end=True)


# Interim responses: skip the header and read the next one, http-grpc-status-mapping.md.


@behaviour(OK)
def interim_100(peer):
    """100, then the answer."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "100")])
    peer.answer(stream)


@behaviour(OK)
def interim_three(peer):
    """100, 102 and 103 with fields, 50 ms apart."""
    stream = peer.begin()
    for status in ("100", "102", "103"):
        peer.headers(stream, [(":status", status), ("link", "</style.css>; rel=preload"), ("grpc-status", "5")])
        peer.sleep(0.05)
    peer.answer(stream)


@behaviour({OK} | MALFORMED)
def interim_101(peer):
    """101 does not exist in HTTP/2, RFC 9113 section 8.6; no reaction is named."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "101")])
    peer.answer(stream)


@behaviour(MALFORMED)
def interim_ends_stream(peer):
    """END_STREAM on an interim response is malformed, RFC 9113 section 8.1."""
    peer.headers(peer.begin(), [(":status", "103")], end=True)


@behaviour(MALFORMED)
def interim_then_data(peer):
    """DATA before the final header."""
    stream = peer.begin()
    peer.headers(stream, [(":status", "103")])
    peer.data(stream, message(REPLY))
    peer.trailers(stream)


@behaviour(MALFORMED)
def interim_after_final(peer):
    """A header block without END_STREAM after the final header is malformed, RFC 9113 section 8.1."""
    stream = peer.begin()
    peer.headers(stream)
    peer.headers(stream, [(":status", "103")])
    peer.data(stream, message(REPLY))
    peer.trailers(stream)


# Trailers-only.


def trailers_only(name, why, fields, *codes, **more):
    add(name, lambda peer: peer.headers(peer.begin(), RESPONSE + fields, end=True), why, *codes, **more)


for number in range(1, 17):
    trailers_only(
        f"trailers_only_{number}",
        "The server's status is the status.",
        [("grpc-status", str(number)), ("grpc-message", "so it is")],
        number,
        message=lambda text: "so it is" in text,
    )
trailers_only("trailers_only_0", "OK without the message of a unary call.", [("grpc-status", "0")], CARDINALITY)
trailers_only("trailers_only_missing", "HTTP 200 without grpc-status is UNKNOWN.", [], UNKNOWN)

# statuscodes.md: error parsing returned status is UNKNOWN.
UNPARSABLE = {
    "17": "17",
    "99": "99",
    "minus_1": "-1",
    "abc": "abc",
    "empty": "",
    "hex": "0x5",
    "fraction": "5.0",
    "wraps_32": "4294967296",
    "wraps_64": "18446744073709551616",
    "wraps_8": "256",
    "digits_40": "9" * 40,
}
for label, value in UNPARSABLE.items():
    trailers_only(
        f"trailers_only_{label}", "A status that does not parse is UNKNOWN.", [("grpc-status", value)], UNKNOWN
    )
trailers_only(
    "trailers_only_leading_zeros",
    "Leading zeros are not allowed; reading them as 5 is harmless.",
    [("grpc-status", "005")],
    {UNKNOWN, NOT_FOUND},
)


def with_answer(name, why, codes, headers=RESPONSE, body=message(REPLY), trailers=OK_TRAILERS, **more):
    """An answer of three frames with something odd in one of them."""
    add(name, lambda peer: peer.send(peer.good(peer.begin(), headers, body, trailers)), why, codes, **more)


# The same in the trailers of a complete answer: a status that is not 0 must never be taken for 0.
for label in ("17", "minus_1", "abc", "empty", "wraps_32", "wraps_64", "wraps_8"):
    with_answer(
        f"trailers_{label}",
        "A status that does not parse is UNKNOWN.",
        {UNKNOWN},
        trailers=[("grpc-status", UNPARSABLE[label])],
    )
with_answer(
    "trailers_without_status", "HTTP 200 without grpc-status is UNKNOWN.", NO_STATUS, trailers=[("x-trace", "1")]
)
with_answer("trailers_without_fields", "An empty block is legal and has no status.", NO_STATUS, trailers=[])
with_answer(
    "error_after_message",
    "The trailers decide.",
    {NOT_FOUND},
    trailers=[("grpc-status", "5"), ("grpc-message", "gone")],
    message=lambda text: "gone" in text,
)
with_answer(
    "status_0_then_5",
    "Two statuses do not parse (UNKNOWN); the error may be taken, the success not.",
    {UNKNOWN, NOT_FOUND, INTERNAL},
    trailers=[("grpc-status", "0"), ("grpc-status", "5")],
)
with_answer(
    "status_5_then_0",
    "As status_0_then_5.",
    {UNKNOWN, NOT_FOUND, INTERNAL},
    trailers=[("grpc-status", "5"), ("grpc-status", "0")],
)
with_answer(
    "status_0_twice",
    "Both agree; joined they do not parse.",
    {OK, UNKNOWN, INTERNAL},
    trailers=[("grpc-status", "0"), ("grpc-status", "0")],
)
with_answer(
    "status_0_in_headers_5_in_trailers",
    "Status belongs to the trailers, PROTOCOL-HTTP2.md.",
    {NOT_FOUND, UNKNOWN, INTERNAL},
    headers=RESPONSE + [("grpc-status", "0")],
    trailers=[("grpc-status", "5")],
)
with_answer(
    "status_5_in_headers_0_in_trailers",
    "A status in headers that do not end the stream is not allowed for.",
    {OK, NOT_FOUND, UNKNOWN, INTERNAL},
    headers=RESPONSE + [("grpc-status", "5")],
)
with_answer(
    "bad_base64_in_metadata",
    "Not defined; the call may go on without the field.",
    {OK, UNKNOWN, INTERNAL},
    trailers=OK_TRAILERS + [("trace-bin", "!!! not base64 !!!")],
)
with_answer(
    "padded_and_joined_base64",
    "Padded and joined binary values must be accepted.",
    {OK},
    trailers=OK_TRAILERS + [("trace-bin", "AAE=,AAEC"), ("trace-bin", "AA==")],
)
with_answer(
    "status_details_not_proto",
    "grpc-status-details-bin is advice.",
    {NOT_FOUND},
    trailers=[("grpc-status", "5"), ("grpc-status-details-bin", "////")],
)


@behaviour({OK, NOT_FOUND} | NO_STATUS)
def status_in_headers_and_no_trailers(peer):
    """The status precedes the message, and DATA ends the stream."""
    stream = peer.begin()
    peer.headers(stream, RESPONSE + [("grpc-status", "5")])
    peer.data(stream, message(REPLY), end=True)


# grpc-message: decoding must not fail and must not throw the message away, PROTOCOL-HTTP2.md.


def with_message(name, why, value, codes=frozenset([OUT_OF_RANGE]), **more):
    trailers_only(name, why, [("grpc-status", "11"), ("grpc-message", value)], codes, **more)


with_message(
    "message_percent",
    "Well-formed percent-encoding is decoded.",
    "h%C3%A9llo %E2%9C%93 100%25",
    message=lambda text: text.strip() == "héllo ✓ 100%",
)
with_message(
    "message_percent_lower_case",
    "RFC 3986 takes lower-case digits too.",
    "%c3%a9",
    message=lambda text: text.strip() in ("é", "%c3%a9"),
)
with_message(
    "message_percent_broken",
    "Broken escapes stay as they are or are replaced.",
    "50% off %zz then %4",
    message=lambda text: "off" in text and "then" in text,
)
with_message(
    "message_percent_at_end", "A lone % at the end.", "all of it: 100%", message=lambda text: "all of it" in text
)
with_message(
    "message_percent_not_utf8",
    "Octets that are not UTF-8.",
    "a %ff%fe%80 b",
    message=lambda text: text.startswith("a") and text.rstrip().endswith("b"),
)
with_message("message_percent_nul", "An encoded NUL is a character like any other.", "a%00b")
with_message("message_percent_newline", "An encoded newline.", "first%0Asecond", message=lambda text: "first" in text)
with_message("message_empty", "An empty message.", "")
with_message(
    "message_raw_not_utf8", "A valid field value that is no ASCII-Value must not be an error.", b"a \xff\xfe b"
)
with_message("message_raw_utf8", "As message_raw_not_utf8.", "naïve")
with_message(
    "message_nul",
    "NUL makes the header malformed, RFC 9113 section 8.2.1; a client may drop the field.",
    b"a\x00b",
    {OUT_OF_RANGE} | MALFORMED,
)
with_message(
    "message_6_kib", "Within the suggested limit of 8 KiB.", "m" * 6144, message=lambda text: "m" * 6144 in text
)
with_message(
    "message_64_kib",
    "Over the suggested limit: kept, cut, or refused.",
    "m" * 65536,
    {OUT_OF_RANGE, RESOURCE_EXHAUSTED} | MALFORMED,
)
with_message("message_1_mib", "As message_64_kib.", "%41" * 349525, {OUT_OF_RANGE, RESOURCE_EXHAUSTED} | MALFORMED)


# The order of frames.


@behaviour(MALFORMED)
def data_before_headers(peer):
    """DATA first is malformed, RFC 9113 section 8.1."""
    stream = peer.begin()
    peer.data(stream, message(REPLY))
    peer.headers(stream)
    peer.trailers(stream)


@behaviour(MALFORMED)
def trailers_without_end_stream(peer):
    """Trailers must end the stream, RFC 9113 section 8.1."""
    stream = peer.begin()
    peer.headers(stream)
    peer.data(stream, message(REPLY))
    peer.headers(stream, OK_TRAILERS)


@behaviour(MALFORMED)
def trailers_with_pseudo_header(peer):
    """Pseudo-header fields must not be in trailers, RFC 9113 section 8.1."""
    stream = peer.begin()
    peer.send(peer.good(stream, trailers=[(":status", "200"), *OK_TRAILERS]))


@behaviour(MALFORMED)
def headers_twice(peer):
    """Two response headers."""
    stream = peer.begin()
    peer.headers(stream)
    peer.headers(stream)
    peer.data(stream, message(REPLY))
    peer.trailers(stream)


@behaviour(OK)
def headers_after_trailers(peer):
    """Frames on the closed stream may cost the connection; the status stands."""
    stream = peer.begin()
    peer.send(peer.good(stream), tail_frame(stream, [("grpc-status", "5")]))


@behaviour(OK)
def data_after_trailers(peer):
    """As headers_after_trailers."""
    stream = peer.begin()
    peer.send(peer.good(stream), body_frame(stream))


@behaviour(OK)
def garbage_after_answer(peer):
    """As headers_after_trailers, with frames that break the connection."""
    stream = peer.begin()
    peer.send(peer.good(stream), b"\xff" * 64)
