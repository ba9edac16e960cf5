# SPDX-License-Identifier: Apache-2.0
"""The servers of gRPC's negative HTTP/2 interop tests, one test case each.

By hand: python negative_http2_server.py --test_case=goaway [--port=P] [--seconds=S]. It prints its address, checks
what the client does, and exits with 1 at the end (SIGTERM, SIGINT or after S seconds) if the client did wrong.

The cases goaway, rst_after_header, rst_during_data, rst_after_data, ping and max_streams have clients of the same
name. data_frame_padding and no_df_padding_sanity_test are for the ordinary client large_unary.
"""

import argparse
import signal
import struct
import sys
import threading
import time

from hostile_server import HostileServer
from peer import MAX_CONCURRENT_STREAMS, Violation, message, reply

REQUEST_SIZE, RESPONSE_SIZE = 271828, 314159
CONCURRENT_CALLS = 10


class Case:
    """A behaviour for each connection, and a check of the whole once the client has ended."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests_of = {}  # connection number -> requests answered

    def play(self, peer):
        peer.open()
        while True:
            self.answer(peer, self.next_request(peer))

    def next_request(self, peer):
        request = peer.request()
        if len(request.body) < REQUEST_SIZE:
            raise Violation(f"a request of {len(request.body)} bytes")
        with self.lock:
            self.requests_of[peer.number] = self.requests_of.get(peer.number, 0) + 1
        return request

    def answer(self, peer, request):
        peer.headers(request.stream)
        peer.paced(request.stream, message(reply(RESPONSE_SIZE)))
        peer.trailers(request.stream)

    def faults(self):
        """What the client did wrong, seen over all connections."""
        return self.expect([1])

    def expect(self, wanted):
        counts = [self.requests_of[number] for number in sorted(self.requests_of)]
        return [] if counts == wanted else [f"requests by connection {counts} instead of {wanted}"]


class Goaway(Case):
    """Answers the first call, then GOAWAY: the second call must come on another connection."""

    def answer(self, peer, request):
        super().answer(peer, request)
        if peer.number == 0:
            peer.goaway(request.stream)

    def faults(self):
        return self.expect([1, 1])


class ResetAfterHeader(Case):
    """Headers, then RST_STREAM(NO_ERROR)."""

    def answer(self, peer, request):
        peer.headers(request.stream)
        peer.rst(request.stream, 0)


class ResetDuringData(Case):
    """Headers and half of the message, then RST_STREAM(NO_ERROR)."""

    def answer(self, peer, request):
        peer.headers(request.stream)
        body = message(reply(RESPONSE_SIZE))
        peer.paced(request.stream, body[: len(body) // 2])
        peer.rst(request.stream, 0)


class ResetAfterData(Case):
    """Headers and the whole message, then RST_STREAM(NO_ERROR) instead of trailers."""

    def answer(self, peer, request):
        peer.headers(request.stream)
        peer.paced(request.stream, message(reply(RESPONSE_SIZE)))
        peer.rst(request.stream, 0)


class Ping(Case):
    """PINGs before and after the headers and the data. All must be answered, in order, with their own octets."""

    def __init__(self):
        super().__init__()
        self.sent = []
        self.seen = []

    def ping(self, peer):
        self.sent.append(struct.pack(">Q", 0x70696E6700000000 + len(self.sent)))
        peer.ping(self.sent[-1])

    def answer(self, peer, request):
        self.ping(peer)
        peer.headers(request.stream)
        self.ping(peer)
        self.ping(peer)
        peer.paced(request.stream, message(reply(RESPONSE_SIZE)))
        self.ping(peer)
        # The trailers wait for the answers: after them the client may leave.
        patience = time.monotonic() + 2
        while len(peer.pings_acked) < len(self.sent) and peer.readable(patience):
            peer.next_frame()
        self.seen = list(peer.pings_acked)
        peer.trailers(request.stream)

    def faults(self):
        wrong = [] if self.sent and self.seen == self.sent else [f"{len(self.seen)} of {len(self.sent)} PINGs answered"]
        return super().faults() + wrong


class MaxStreams(Case):
    """MAX_CONCURRENT_STREAMS 1: one call, then ten at once, and never two streams open on a connection."""

    def play(self, peer):
        peer.open({MAX_CONCURRENT_STREAMS: 1})
        while True:
            request = self.next_request(peer)
            self.watch(peer, 0.02)
            self.answer(peer, request)

    def answer(self, peer, request):
        super().answer(peer, request)
        # Streams that were opened before the client could know of the END_STREAM just sent.
        self.late(peer, request.stream)

    @staticmethod
    def late(peer, stream):
        early = [other for other in peer.requests if other > stream]
        if early and peer.settings_acked:
            raise Violation(f"streams {early} were open together with stream {stream}")

    @staticmethod
    def watch(peer, seconds):
        """Gives a client that ignores the limit the time to show it."""
        until = time.monotonic() + seconds
        while peer.readable(until):
            peer.next_frame()

    def faults(self):
        total = sum(self.requests_of.values())
        return [] if total == 1 + CONCURRENT_CALLS else [f"{total} requests instead of {1 + CONCURRENT_CALLS}"]


class DataFramePadding(Case):
    """Each DATA frame has 5 bytes of message and 255 of padding, which count against the windows."""

    pad = 255

    def answer(self, peer, request):
        peer.headers(request.stream)
        peer.paced(request.stream, message(reply(RESPONSE_SIZE)), size=5, pad=self.pad, batch=64)
        peer.trailers(request.stream)


class SmallDataFrames(DataFramePadding):
    """Each DATA frame has 5 bytes of message and no padding."""

    pad = None


# Test case -> server and the client's test case.
CASES = {
    "goaway": (Goaway, "goaway"),
    "rst_after_header": (ResetAfterHeader, "rst_after_header"),
    "rst_during_data": (ResetDuringData, "rst_during_data"),
    "rst_after_data": (ResetAfterData, "rst_after_data"),
    "ping": (Ping, "ping"),
    "max_streams": (MaxStreams, "max_streams"),
    "data_frame_padding": (DataFramePadding, "large_unary"),
    "no_df_padding_sanity_test": (SmallDataFrames, "large_unary"),
}


class NegativeServer(HostileServer):
    def __init__(self, name, seconds, port=0):
        self.case = CASES[name][0]()
        super().__init__(self.case.play, seconds, port)

    def all_faults(self):
        """To be asked after `close`."""
        return self.faults + self.case.faults()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--test_case", choices=CASES, required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seconds", type=float, default=60)
    chosen = options.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with NegativeServer(chosen.test_case, chosen.seconds, chosen.port) as server:
        print(f"listening on 127.0.0.1:{server.port}", flush=True)
        over.wait(chosen.seconds)
    faults = server.all_faults()
    print(*faults or ["no faults"], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
