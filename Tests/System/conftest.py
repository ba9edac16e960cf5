# SPDX-License-Identifier: Apache-2.0
"""Starts the real programs on loopback and talks to them with gRPC's own Python client.

FIGURES_BIN is the folder of the programs. The protos are compiled into a temporary folder, so that the
client under test knows nothing but the contract.
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import grpc
import pytest
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("FIGURES_BIN", ROOT / ".build" / "debug")).resolve()
GENERATED = tempfile.mkdtemp(prefix="figures-proto-")


def pytest_configure(config):
    protos = [str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto").rglob("*.proto")]
    import grpc_tools
    include = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    # The folder grpc/ of the protos would hide the package grpc: it is compiled under another name.
    tree = pathlib.Path(GENERATED) / "tree"
    for proto in protos:
        target = tree / proto.replace("grpc/", "standard/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((ROOT / "proto" / proto).read_text())
    names = [p.replace("grpc/", "standard/") for p in protos]
    code = protoc.main(["protoc", f"-I{tree}", f"-I{include}", f"--python_out={GENERATED}", f"--grpc_python_out={GENERATED}", *names])
    assert code == 0, "the protos do not compile"
    sys.path.insert(0, GENERATED)


class Process:
    """A program with its standard output and error in files."""

    def __init__(self, name, *arguments, folder, env=None):
        self.log = open(folder / f"{name}.log", "ab")
        self.out = folder / f"{name}.{time.monotonic_ns()}.out"
        self.process = subprocess.Popen(
            [str(BIN / name), *arguments], stdout=open(self.out, "wb"), stderr=self.log,
            env={**os.environ, **(env or {})})
        self.folder, self.name = folder, name

    def port(self, timeout=20):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for line in self.out.read_text().splitlines():
                if line.startswith("listening on "):
                    return int(line.rsplit(":", 1)[1])
            assert self.process.poll() is None, (self.folder / f"{self.name}.log").read_text()[-2000:]
            time.sleep(0.02)
        raise AssertionError(f"{self.name} does not listen")

    def stop(self, how=signal.SIGTERM, timeout=20):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout)


class Services:
    """figures-ingest and figures-query over one data folder."""

    def __init__(self, folder, *ingest_arguments):
        self.folder = folder
        self.ingest_arguments = ingest_arguments
        self.ingest = Process("figures-ingest", "--listen", "127.0.0.1:0", "--data", str(folder / "data"), *ingest_arguments, folder=folder)
        self.ingest_port = self.ingest.port()
        self.query = None
        self.query_arguments = ()
        self.start_query()

    def start_query(self):
        self.query = Process("figures-query", "--listen", "127.0.0.1:0", "--ingest", f"127.0.0.1:{self.ingest_port}", *self.query_arguments, folder=self.folder)
        self.query_port = self.query.port()

    def start_ingest(self):
        """Starts ingest again on the port it had."""
        self.ingest = Process("figures-ingest", "--listen", f"127.0.0.1:{self.ingest_port}", "--data", str(self.folder / "data"), *self.ingest_arguments, folder=self.folder)
        self.ingest.port()

    def stop(self):
        for process in (self.query, self.ingest):
            if process and process.process.poll() is None:
                process.stop(signal.SIGKILL)

    # Stubs on fresh channels; the caller closes nothing, the process ends soon.
    def channel(self, port, **options):
        return grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.enable_http_proxy", 0), *options.items()])

    def ingestion(self):
        from figures.v1 import ingestion_pb2_grpc
        return ingestion_pb2_grpc.IngestionStub(self.channel(self.ingest_port))

    def queries(self):
        from figures.v1 import query_pb2_grpc
        return query_pb2_grpc.QueryStub(self.channel(self.query_port))

    def journal(self):
        from figures.v1 import journal_pb2_grpc
        return journal_pb2_grpc.JournalStub(self.channel(self.ingest_port))

    def submit(self, text, timeout=30, **fields):
        from figures.v1 import ingestion_pb2 as pb
        return self.ingestion().SubmitDocument(
            pb.SubmitDocumentRequest(document=pb.DocumentInput(text=text, **fields)), timeout=timeout, wait_for_ready=True)

    def caught_up(self, revision, timeout=20):
        """Waits until query has folded the journal up to a revision."""
        from figures.v1 import query_pb2 as pb
        stub, end = self.queries(), time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                status = stub.Status(pb.QueryStatusRequest(), timeout=5, wait_for_ready=True)
                if status.revision >= revision and status.caught_up:
                    return status
            except grpc.RpcError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"query did not reach revision {revision}")

    def client(self, *arguments, **options):
        return subprocess.run(
            [str(BIN / "figures-client"), *arguments, "--server", f"127.0.0.1:{self.query_port}", "--ingest", f"127.0.0.1:{self.ingest_port}"],
            capture_output=True, text=True, timeout=60, **options)


@pytest.fixture
def services(tmp_path):
    running = Services(tmp_path)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """Services that have read the five seeds; for tests that change nothing."""
    running = Services(tmp_path_factory.mktemp("seeded"))
    result = subprocess.run(
        [str(BIN / "figures-client"), "ingest", str(ROOT / "seeds"), "--ingest", f"127.0.0.1:{running.ingest_port}"],
        capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    running.caught_up(5)
    yield running
    running.stop()
