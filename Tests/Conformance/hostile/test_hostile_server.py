# SPDX-License-Identifier: Apache-2.0
"""One test for each behaviour of the hostile server: the client ends in time, with a right status, in bounded memory.

The probes of all selected tests run in pools beside each other, because many of them only wait.
PROBE_REPORT names a file for a table of all outcomes.
"""

import concurrent.futures
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import probe  # noqa: E402
from cases import BEHAVIOURS  # noqa: E402
from registry import DEADLINE_EXCEEDED  # noqa: E402
from hostile_server import HostileServer  # noqa: E402

pytestmark = pytest.mark.skipif(probe.command() is None, reason="neither FIGURES_BIN nor PROBE_COMMAND is set")
# The largest message a client takes is 64 MiB; packed, unpacked and as a value it may be there three times.
MOST_MEMORY = float(os.environ.get("PROBE_MEMORY", "256"))
# No server may keep the client's processor busy for longer than this, in seconds.
MOST_PROCESSOR = float(os.environ.get("PROBE_PROCESSOR", "0.75"))
# A connection that was up may be followed by another one at once, but not again and again: connection-backoff.md.
MOST_CONNECTIONS = int(os.environ.get("PROBE_CONNECTIONS", "10"))
# How many run at once: most of those that wait for a deadline, few of those that end at once and use the processor.
PROBES = {"waiting": 8, "quick": 3, "heavy": 1}


def kind_of(case):
    if case.heavy:
        return "heavy"
    return "waiting" if any(DEADLINE_EXCEEDED in codes for codes in case.codes) else "quick"


def play(case):
    """Runs the client against one behaviour."""
    limit = probe.DEADLINE + probe.SLACK + 0.3 * (len(case.codes) - 1) + case.extra
    with HostileServer(case.play, limit + 3, listen=case.listens) as server:
        outcome = probe.run(server.port, case.probe, limit)
    outcome.faults, outcome.connections = server.faults, server.connections
    return outcome


@pytest.fixture(scope="session")
def outcomes(request):
    """The outcomes of the selected behaviours, by name, as futures."""
    cases = [
        item.callspec.params["case"]
        for item in request.session.items
        if item.nodeid.split("::")[0].endswith("test_hostile_server.py") and hasattr(item, "callspec")
    ]
    pools = {kind: concurrent.futures.ThreadPoolExecutor(size) for kind, size in PROBES.items()}
    with pools["quick"], pools["waiting"], pools["heavy"]:
        futures = {case.name: pools[kind_of(case)].submit(play, case) for case in cases}
        yield futures
        for future in futures.values():
            future.cancel()
        if "PROBE_REPORT" in os.environ:
            report(futures)


def report(futures):
    """Writes a line for each behaviour: its name, the statuses, seconds, MiB, seconds of processor, connections."""
    with open(os.environ["PROBE_REPORT"], "w") as out:
        for name, future in futures.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                outcome = future.result()
                codes = ",".join(str(code) for code, _ in outcome.statuses)
                numbers = [f"{outcome.seconds:.2f}", f"{outcome.peak:.0f}", f"{outcome.processor:.2f}"]
                print(name, codes, *numbers, outcome.connections, sep="\t", file=out)


@pytest.mark.parametrize("case", BEHAVIOURS.values(), ids=list(BEHAVIOURS))
def test_hostile_server(case, outcomes):
    outcome = outcomes[case.name].result()
    context = f"{case.name}: {case.why}\n{outcome}"
    broken = [fault for fault in outcome.faults if fault.startswith("the server failed")]
    assert not broken, f"{broken[0]}\n{context}"
    assert not outcome.killed, f"killed {outcome.limit:.1f} s and more after its start: {context}"
    assert outcome.exit_code >= 0, f"ended by signal {-outcome.exit_code}: {context}"
    assert outcome.exit_code == 0, context
    codes = [code for code, _ in outcome.statuses]
    assert len(codes) == len(case.codes), f"{len(codes)} STATUS lines instead of {len(case.codes)}: {context}"
    for number, (code, right) in enumerate(zip(codes, case.codes), 1):
        assert code in right, f"call {number}: status {code}, right would be {sorted(right)}: {context}"
    assert outcome.seconds <= outcome.limit, f"not done after {outcome.limit:.1f} s: {context}"
    assert outcome.connections or not case.listens, f"the client never connected: {context}"
    if case.message is not None:
        assert case.message(outcome.statuses[0][1]), f"the message was damaged: {context}"
    assert outcome.peak <= MOST_MEMORY, f"over {MOST_MEMORY:.0f} MiB: {context}"
    assert outcome.processor <= MOST_PROCESSOR, f"over {MOST_PROCESSOR} s of processor: {context}"
    assert outcome.connections <= MOST_CONNECTIONS, f"over {MOST_CONNECTIONS} connections: {context}"
    if case.connections is not None:
        assert outcome.connections == case.connections, f"not {case.connections} connections: {context}"
    assert not outcome.faults, f"{outcome.faults}: {context}"
