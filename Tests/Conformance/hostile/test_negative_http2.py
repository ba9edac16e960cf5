# SPDX-License-Identifier: Apache-2.0
"""gRPC's negative HTTP/2 interop tests: the client of each test case against the server of the same one."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import probe  # noqa: E402
from negative_http2_server import CASES, NegativeServer  # noqa: E402

pytestmark = pytest.mark.skipif(probe.command() is None, reason="neither FIGURES_BIN nor PROBE_COMMAND is set")
LIMIT = 20


@pytest.mark.parametrize("name", CASES)
def test_negative_http2(name):
    with NegativeServer(name, LIMIT + 3) as server:
        outcome = probe.run(server.port, CASES[name][1], LIMIT)
    outcome.connections = server.connections
    assert not outcome.killed, f"killed after {LIMIT} s: {outcome}"
    assert outcome.exit_code == 0, str(outcome)
    assert not server.all_faults(), f"{server.all_faults()}: {outcome}"
