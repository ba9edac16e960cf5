# SPDX-License-Identifier: Apache-2.0
"""Judges what a server does with a frame it should not have got.

Lax, as h2spec judges: a stream error is RST_STREAM or GOAWAY with one of the codes, or a closed connection;
a connection error is GOAWAY with one of the codes, or a closed connection.
Strict, as RFC 9113 words it: the code must be seen, on the right stream, and after a GOAWAY for an error
the connection must close.
"""

import wire


class Judge:
    def __init__(self, port, path="/", gap=0.0, strict=False):
        self.port, self.path, self.gap, self.strict = port, path, gap, strict

    def connect(self, settings=None, **options):
        connection = wire.Connection(self.port, settings, **options)
        connection.gap, connection.together = self.gap, not self.gap
        return connection

    def request(self, method="GET", path="/", extra=()):
        return wire.get_request(self.port, method, path, extra)

    def block(self, method="GET", path="/", extra=()):
        return wire.block(self.request(method, path, extra))

    @property
    def literal(self):
        """Whether the case shall send just what h2spec sends."""
        return not self.gap and not self.strict

    def post(self, extra=()):
        """The fields of a request that goes on: a POST as h2spec sends it, or a call, which is not answered before its end."""
        return self.request("POST", extra=extra) if self.literal else wire.grpc_request(self.path, self.port, extra)

    def held(self):
        """Settings under which a reply with a body waits, so that its stream stays half-closed."""
        return {} if self.literal else {wire.INITIAL_WINDOW_SIZE: 0}

    # Verdicts

    def connection_error(self, connection, *codes, timeout=2.0):
        names = "/".join(wire.error_name(code) for code in codes)
        seen = lambda: any(goaway.error_code in codes for goaway in connection.goaways)
        if not self.strict:
            connection.wait(lambda: seen() or connection.closed, timeout)
            assert seen() or connection.closed, f"no connection error {names}: {connection}"
            return
        connection.wait(seen, timeout)
        assert seen(), f"no GOAWAY {names}: {connection}"
        connection.wait(lambda: connection.closed, timeout)
        assert connection.closed, f"not closed after GOAWAY: {connection}"

    def stream_error(self, connection, stream, *codes, timeout=2.0):
        names = "/".join(wire.error_name(code) for code in codes)
        goaway = lambda: any(g.error_code in codes for g in connection.goaways)
        if not self.strict:
            seen = lambda: goaway() or any(reply.reset in codes for reply in connection.replies.values())
            connection.wait(lambda: seen() or connection.closed, timeout)
            assert seen() or connection.closed, f"no stream error {names}: {connection}"
            return
        seen = lambda: goaway() or connection.reply(stream).reset in codes
        connection.wait(lambda: seen() or connection.reply(stream).reset is not None, timeout)
        assert seen(), f"no RST_STREAM {names} on stream {stream}: {connection}"

    def closed_stream(self, connection, verdict, *codes):
        """RFC 7540 has an error for frames on a closed stream, RFC 9113 also lets a server discard them."""
        if not self.strict:
            return verdict(*codes)
        connection.wait(
            lambda: connection.closed or connection.goaways or any(r.reset is not None for r in connection.replies.values()), 0.2
        )
        assert all(goaway.error_code in codes for goaway in connection.goaways), connection
        if not connection.ended:
            self.serves(connection)

    def closes(self, connection, timeout=2.0):
        connection.wait(lambda: connection.closed, timeout)
        assert connection.closed, f"not closed: {connection}"

    def answered(self, connection, stream, timeout=2.0):
        """HEADERS came on the stream."""
        reply = connection.reply(stream)
        connection.wait(lambda: reply.headers is not None, timeout)
        assert reply.headers is not None, f"no answer on stream {stream}: {connection}"
        return reply

    def pong(self, connection, payload=b"liveness"):
        connection.send(wire.ping(payload))
        connection.wait(lambda: payload in connection.pongs)
        assert payload in connection.pongs, f"no PING ACK: {connection}"

    def serves(self, connection):
        """A further request on the same connection is answered."""
        stream = connection.request(self.request())
        self.answered(connection, stream)

    def quiet(self, connection, condition, seconds=0.15):
        assert not connection.wait(condition, seconds), f"came without leave: {connection}"
        assert not connection.closed, f"closed: {connection}"
