# SPDX-License-Identifier: Apache-2.0
"""Changes of an area's figures as they come, and going on from a checkpoint."""
import time

import grpc
import pytest


def events(call, until):
    """Reads up to the checkpoint of a revision: what changed on the way, in order."""
    result = []
    for event in call:
        if event.kind:
            result.append((event.revision, event.kind, event.fact.quantity.text))
        elif event.revision >= until:
            return result
    raise AssertionError("the watch ended")


def test_changes_come_once_and_a_watch_goes_on_from_its_checkpoint(services):
    from figures.v1 import query_pb2 as pb
    ADDED, CHANGED, REMOVED = pb.ADDED, pb.CHANGED, pb.REMOVED
    first = services.submit("Operation Test: 12 people were arrested in Leeds.")
    services.caught_up(first.revision)
    call = services.queries().Watch(pb.WatchRequest(region="Leeds"), timeout=60)
    assert events(call, 1) == [(1, ADDED, "12")]
    # Of another area: nothing but a checkpoint.
    services.submit("Operation Test: 7 people were arrested in Dudley.")
    assert events(call, 2) == []
    services.submit("Operation Test: 12 people were arrested and 3 people were charged in Leeds.")
    # The arrests have a second source now; the charges are new.
    assert sorted(e[1:] for e in events(call, 3)) == [(ADDED, "3"), (CHANGED, "12")]
    told = services.client("retract", first.document_id, "--reason", "withdrawn")
    assert told.returncode == 0
    assert [e[1:] for e in events(call, 4)] == [(CHANGED, "12")]
    call.cancel()
    # Cut off at revision 2, a watcher learns the rest, and that alone; cut off at 4, nothing.
    again = services.queries().Watch(pb.WatchRequest(region="Leeds", after_revision=2), timeout=60)
    assert sorted(e[2] for e in events(again, 4)) == ["12", "3"]
    again.cancel()
    nothing = services.queries().Watch(pb.WatchRequest(region="Leeds", after_revision=4), timeout=60)
    assert events(nothing, 4) == []
    nothing.cancel()
    charged = services.queries().Watch(pb.WatchRequest(region="Leeds", metrics=["charges"]), timeout=60)
    assert [e[2] for e in events(charged, 4)] == ["3"]
    charged.cancel()


def test_a_watch_survives_a_killed_replica(services):
    from figures.v1 import query_pb2 as pb
    services.submit("Operation Test: 12 people were arrested in Leeds.")
    services.caught_up(1)
    call = services.queries().Watch(pb.WatchRequest(region="Leeds"), timeout=60)
    assert len(events(call, 1)) == 1
    services.query.stop()  # a drain ends watches at once
    with pytest.raises(grpc.RpcError) as error:
        events(call, 9)
    assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    services.submit("Operation Test: 3 people were charged in Leeds.")
    services.start_query()
    services.caught_up(2)
    again = services.queries().Watch(pb.WatchRequest(region="Leeds", after_revision=1), timeout=60)
    assert [e[2] for e in events(again, 2)] == ["3"]
    again.cancel()


def test_the_client_shows_changes(services):
    services.submit("Operation Test: 12 people were arrested in Leeds.")
    services.caught_up(1)
    shown = services.client("watch", "--region", "Leeds", "--once")
    assert shown.returncode == 0 and "1  added  12 arrests, Leeds" in shown.stdout
    assert services.client("watch", "--region", "Leeds", "--once", "--after", "1").stdout == ""


@pytest.mark.parametrize("fields, code, message", [
    ({}, grpc.StatusCode.INVALID_ARGUMENT, "region: it is empty"),
    ({"region": "Atlantis"}, grpc.StatusCode.NOT_FOUND, "no area is named"),
    ({"region": "gb", "metrics": ["joy"]}, grpc.StatusCode.INVALID_ARGUMENT, "is no metric"),
    ({"region": "gb", "after_revision": 99}, grpc.StatusCode.UNAVAILABLE, "revision 99 is not reached"),
])
def test_what_is_wrong_is_named(seeded, fields, code, message):
    from figures.v1 import query_pb2 as pb
    with pytest.raises(grpc.RpcError) as error:
        next(seeded.queries().Watch(pb.WatchRequest(**fields), timeout=10))
    assert error.value.code() == code and message in error.value.details()
