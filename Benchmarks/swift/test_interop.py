# SPDX-License-Identifier: Apache-2.0
"""gRPC's interoperability cases between the project's `grpc-interop` and grpc-swift 2, both ways.

FIGURES_BIN is the folder of the project's programs, PEER_BIN that of `grpc-swift-interop`. Every case is a run of one
side's client against the other side's server, and holds where the client ends with 0. Skipped is what grpc-swift 2
has no words for, in either role: its client ends with 3, and its server refuses a call with a message that says so.
"""
import os
import pathlib
import subprocess
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
FIGURES = pathlib.Path(os.environ.get("FIGURES_BIN", HERE.parents[1] / ".build" / "debug")).resolve() / "grpc-interop"
PEER = pathlib.Path(os.environ.get("PEER_BIN", HERE.parent / ".build" / "swift" / "release")).resolve() / "grpc-swift-interop"

DIRECTIONS = {"figures-calls-swift": (FIGURES, PEER), "swift-calls-figures": (PEER, FIGURES)}  # client, server
CASES = (
    "empty_unary", "cacheable_unary", "large_unary", "client_compressed_unary", "server_compressed_unary",
    "client_streaming", "client_compressed_streaming", "server_streaming", "server_compressed_streaming",
    "ping_pong", "empty_stream", "custom_metadata", "status_code_and_message", "special_status_message",
    "unimplemented_method", "unimplemented_service", "cancel_after_begin", "cancel_after_first_response",
    "timeout_on_sleeping_server")

INEXPRESSIBLE = 3
LIMIT = "grpc-swift 2 cannot"  # how grpc-swift-interop begins to tell of what the library lacks
# The cases in which its server may say so; in any other that is a failure.
SERVER_LIMITED = ("server_compressed_unary", "server_compressed_streaming")


class Server:
    def __init__(self, program, folder):
        self.out, self.log = folder / "out", folder / "log"
        self.process = subprocess.Popen([str(program), "server", "--port=0"], stdout=open(self.out, "wb"), stderr=open(self.log, "wb"))
        self.port = self.listening()

    def listening(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for line in self.out.read_text().splitlines():
                if line.startswith("listening on "):
                    return int(line.rsplit(":", 1)[1])
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.02)
        self.stop()
        raise AssertionError("the server does not listen")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """One server of each program, started when the first case needs it."""
    running = {}

    def of(program):
        if program not in running:
            running[program] = Server(program, tmp_path_factory.mktemp(program.name))
        return running[program]

    yield of
    for server in running.values():
        server.stop()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_case(servers, direction, case):
    client, program = DIRECTIONS[direction]
    server = servers(program)
    run = subprocess.run(
        [str(client), "client", "--server_host=127.0.0.1", f"--server_port={server.port}", f"--test_case={case}"],
        capture_output=True, text=True, timeout=60)
    said = run.stderr.strip()
    assert server.process.poll() is None, f"the server ended: {server.log.read_text()[-2000:]}"
    if client == PEER and run.returncode == INEXPRESSIBLE:
        assert LIMIT in said, said
        pytest.skip(said)
    if program == PEER and run.returncode != 0 and case in SERVER_LIMITED and LIMIT in said:
        pytest.skip(said)
    assert run.returncode == 0, said
