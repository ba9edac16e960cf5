# SPDX-License-Identifier: Apache-2.0
"""The list of behaviours, and the status codes each of them may end with."""

import dataclasses
from collections.abc import Callable

(
    OK,
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED,
) = range(17)

# The connection fails: PROTOCOL-HTTP2.md, Connection failure.
LOST = {UNAVAILABLE}
# The server stays silent: the deadline passes, or the client gives the connection up before that.
SILENT = {DEADLINE_EXCEEDED, UNAVAILABLE}
# A connection error that the client finds (RFC 9113 section 5.4.1): the connection fails, and its framing was corrupt.
BROKEN = {INTERNAL, UNAVAILABLE}
# A malformed response (RFC 9113 section 8.1.1): a stream error, which a client may also take as a connection error.
# Without a usable header the status is UNKNOWN by http-grpc-status-mapping.md.
MALFORMED = {UNKNOWN, INTERNAL, UNAVAILABLE}
# No grpc-status where one must be: UNKNOWN by http-grpc-status-mapping.md, INTERNAL as the stream was cut short.
NO_STATUS = {UNKNOWN, INTERNAL}
# A unary call with no message or with two: statuscodes.md says UNIMPLEMENTED at the client, many clients say INTERNAL.
CARDINALITY = {UNIMPLEMENTED, INTERNAL}
# A client that stands the flood answers as usual, one that does not may end the connection for it.
FLOODED = {OK, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE}


@dataclasses.dataclass(frozen=True)
class Behaviour:
    name: str
    play: Callable
    codes: tuple  # the set of right codes of each call
    why: str
    heavy: bool = False  # runs with no other heavy one
    listens: bool = True
    message: Callable | None = None  # must hold for the first status message
    connections: int | None = None  # how many the client must have used
    extra: float = 0  # seconds beyond one deadline that the calls rightly take

    @property
    def probe(self):
        return "probe_unary" if len(self.codes) == 1 else "probe_twice"


BEHAVIOURS = {}


def add(name, play, why, *codes, **more):
    assert name not in BEHAVIOURS, f"two behaviours are called {name}"
    sets = tuple(frozenset([code] if isinstance(code, int) else code) for code in codes)
    BEHAVIOURS[name] = Behaviour(name, play, sets, " ".join(why.split()), **more)


def behaviour(*codes, **more):
    """Adds the function under its own name; its docstring is the reason for the codes."""

    def decorate(play):
        add(play.__name__, play, play.__doc__, *codes, **more)
        return play

    return decorate
