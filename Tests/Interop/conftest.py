# SPDX-License-Identifier: Apache-2.0
"""Interoperability with grpcio. The programs are those in the folder FIGURES_BIN.

Scenarios that mostly wait (`programs.concurrently`) start together as the session starts; their tests take the outcome.
"""
import pathlib
import sys
from concurrent import futures

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
pytest.register_assert_rewrite("contract", "interop_client", "programs")

import programs  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "concurrently(scenario): runs beside the other tests, from the start of the session")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("concurrently") is not None)  # they are waited for last


@pytest.fixture(scope="session", autouse=True)
def scenarios(request, tmp_path_factory):
    """The scenarios of the tests that were chosen, under way."""
    marked = {}
    for item in request.session.items:
        marker = item.get_closest_marker("concurrently")
        if marker:
            marked[item.nodeid] = marker.kwargs["scenario"]
    with futures.ThreadPoolExecutor(max(len(marked), 1)) as pool:
        yield {node: pool.submit(scenario, tmp_path_factory.mktemp("scenario")) for node, scenario in marked.items()}


@pytest.fixture
def outcome(request, scenarios):
    """Waits for the test's scenario; what it raised is raised here."""
    return lambda: scenarios[request.node.nodeid].result(120)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return programs.Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def server_files(authority):
    """The certificate of a server and its key."""
    return authority.sign("server")


@pytest.fixture(scope="session")
def interop(tmp_path_factory):
    """`grpc-interop server` in clear text."""
    with programs.interop_server(tmp_path_factory.mktemp("interop")) as server:
        server.port()
        yield server


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """figures-ingest and figures-query that have read the seeds; for tests that change nothing."""
    with programs.services(tmp_path_factory.mktemp("seeded")) as (writer, reader):
        result = programs.client("ingest", programs.ROOT / "seeds", "--ingest", writer.address())
        assert result.returncode == 0, result.stderr
        programs.eventually(lambda: programs.client("status", "--server", reader.address()).returncode == 0)
        yield writer, reader
