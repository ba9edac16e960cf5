# SPDX-License-Identifier: Apache-2.0
"""Finds the servers under test.

TARGET_PORT, TARGET_PID and TARGET_PATH name one that runs already, with TARGET_METHODS its other unary methods,
joined by commas; for a plain HTTP server, which only the conformance suite suits, TARGET_PATH is "/".
Without them figures-ingest and figures-query are started on loopback from the folder FIGURES_BIN; attacks go
against both, conformance against figures-query.
"""

import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import wire

collect_ignore = ["hostile"]  # a suite of its own, against clients; run it by its folder

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("FIGURES_BIN", ROOT / ".build" / "debug")).resolve()
HEALTH = "/grpc.health.v1.Health/Check"
WATCH = "/grpc.health.v1.Health/Watch"


@dataclasses.dataclass
class Target:
    name: str
    port: int
    pid: int
    path: str = HEALTH  # a unary method that answers OK to an empty message
    stream: str = WATCH  # a method that goes on answering
    methods: tuple = (HEALTH,)  # unary methods for malformed messages
    heavy: tuple = ()  # a method and a message that is much work
    large: tuple = ()  # a method and a message whose reply is large


def string(field, data):
    """A length-delimited field of a message."""
    size, value = bytearray(), len(data)
    while value > 127:
        size.append(value & 127 | 128)
        value >>= 7
    return bytes([field << 3 | 2]) + bytes(size) + bytes([value]) + data


def dry_run(sentences):
    """A DryRunRequest of a document with this many figures."""
    return string(1, string(5, b"Police arrested 12 people in Leeds. " * sentences))


class Programs:
    """figures-ingest and figures-query over an empty journal."""

    def __init__(self, folder):
        self.folder, self.processes = folder, {}
        ingest = self.start("figures-ingest", "--data", str(folder / "data"))
        query = self.start("figures-query", "--ingest", f"127.0.0.1:{ingest}")
        self.targets = {
            "query": Target(
                "query",
                query,
                self.processes["figures-query"].pid,
                heavy=("/figures.v1.Query/ResolveRegion", string(1, b"Birmingam " * 10_000)),
                large=("/figures.v1.Query/ListMetrics", b""),
                methods=(
                    HEALTH,
                    *(
                        f"/figures.v1.Query/{name}"
                        for name in ("GetFigures", "GetFact", "ResolveRegion", "ListDocuments", "GetDocument", "Status")
                    ),
                ),
            ),
            "ingest": Target(
                "ingest",
                ingest,
                self.processes["figures-ingest"].pid,
                heavy=("/figures.v1.Ingestion/DryRun", dry_run(3000)),
                large=("/figures.v1.Ingestion/DryRun", dry_run(200)),
                methods=(
                    HEALTH,
                    "/figures.v1.Ingestion/SubmitDocument",
                    "/figures.v1.Ingestion/DryRun",
                    "/figures.v1.Journal/Status",
                    "/figures.v1.Journal/Subscribe",
                ),
            ),
        }

    def start(self, name, *arguments):
        out = self.folder / f"{name}.out"
        process = subprocess.Popen(
            [str(BIN / name), "--listen", "127.0.0.1:0", *arguments], stdout=open(out, "wb"), stderr=open(self.folder / f"{name}.log", "wb")
        )
        self.processes[name] = process
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for line in out.read_text().splitlines():
                if line.startswith("listening on "):
                    return int(line.rsplit(":", 1)[1])
            assert process.poll() is None, (self.folder / f"{name}.log").read_text()[-2000:]
            time.sleep(0.02)
        raise AssertionError(f"{name} does not listen")

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait(10)


def given():
    """The server that the environment names."""
    if "TARGET_PORT" not in os.environ:
        return None
    path = os.environ.get("TARGET_PATH", HEALTH)
    methods = tuple(filter(None, os.environ.get("TARGET_METHODS", path).split(",")))
    return Target("given", int(os.environ["TARGET_PORT"]), int(os.environ.get("TARGET_PID", 0)), path, methods=methods)


def pytest_generate_tests(metafunc):
    if "target" in metafunc.fixturenames:
        both = metafunc.module.__name__ == "test_attacks"
        names = ["given"] if given() else ["query", "ingest"] if both else ["query"]
        metafunc.parametrize("target", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    if given():
        yield None
        return
    running = Programs(tmp_path_factory.mktemp("programs"))
    end = time.monotonic() + 10
    for target in running.targets.values():
        while True:  # query serves when it follows ingest
            try:
                wire.one_call(target.port, target.path, 2)
                break
            except (AssertionError, OSError):
                assert time.monotonic() < end, f"{target.name} does not serve"
                time.sleep(0.1)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def target(request, programs):
    return given() or programs.targets[request.param]


@pytest.fixture(autouse=True)
def connections():
    """Closes what a case opened, and fails it where the server broke a rule of its own side."""
    wire.opened().clear()
    yield
    offences = [text for connection in wire.opened() for text in connection.violations]
    wire.close_all()
    assert not offences, f"the server sent: {offences[:3]}"
