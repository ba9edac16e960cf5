# SPDX-License-Identifier: Apache-2.0
"""Starts the programs on loopback, and makes certificates. FIGURES_BIN is the folder of the programs."""
import contextlib
import os
import pathlib
import signal
import subprocess
import time

import grpc
import pytest

from contract import AS_SENT, ROOT

BIN = pathlib.Path(os.environ.get("FIGURES_BIN", ROOT / ".build" / "debug")).resolve()


class Process:
    """A program with its standard output and error in files; it is killed as its context ends."""

    def __init__(self, folder, name, *arguments, env=None):
        self.name = name
        stem = folder / f"{name}.{time.monotonic_ns()}"
        self.out, self.err = stem.with_suffix(".out"), stem.with_suffix(".err")
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen([str(BIN / name), *map(str, arguments)], stdout=out, stderr=err, env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)

    def address(self, timeout=20):
        """What follows "listening on", once it is there."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for line in self.out.read_text().splitlines():
                if line.startswith("listening on "):
                    return line.removeprefix("listening on ")
            assert self.process.poll() is None, f"{self.name} ended: {self.log()[-2000:]}"
            time.sleep(0.02)
        raise AssertionError(f"{self.name} does not listen: {self.log()[-2000:]}")

    def port(self):
        return int(self.address().rsplit(":", 1)[1])

    def log(self):
        return self.err.read_text(errors="replace")

    def stop(self, timeout=20):
        """Ends it with SIGTERM. - Returns: its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def resident_bytes(self):
        return resident_bytes(self.process.pid)


def resident_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def interop_server(folder, *arguments):
    return Process(folder, "grpc-interop", "server", "--port=0", *arguments)


def ingest(folder, *arguments, listen="127.0.0.1:0", **options):
    return Process(folder, "figures-ingest", "--listen", listen, "--data", folder / "data", *arguments, **options)


def query(folder, ingest_address, *arguments, listen="127.0.0.1:0", **options):
    return Process(folder, "figures-query", "--listen", listen, "--ingest", ingest_address, *arguments, **options)


@contextlib.contextmanager
def services(folder):
    """figures-ingest and figures-query that follows it."""
    with ingest(folder) as writer, query(folder, writer.address()) as reader:
        reader.address()
        yield writer, reader


def client(*arguments, timeout=60):
    return subprocess.run([str(BIN / "figures-client"), *map(str, arguments)], capture_output=True, text=True, timeout=timeout)


def interop_client(*arguments, timeout=30):
    return subprocess.run([str(BIN / "grpc-interop"), "client", *arguments], capture_output=True, text=True, timeout=timeout)


def channel(address, authorities=None, certificate=None, key=None, as_sent=False, **options):
    """A channel with a connection of its own. Options: `keepalive_time_ms=…` is grpc.keepalive_time_ms.

    - Parameter address: a port of 127.0.0.1, or a target.
    - Parameter authorities: PEM of those who may sign the server's certificate; None for clear text.
    """
    target = f"127.0.0.1:{address}" if isinstance(address, int) else address
    settings = {"enable_http_proxy": 0, "use_local_subchannel_pool": 1, **options}
    given = [(f"grpc.{name}", value) for name, value in settings.items()] + ([AS_SENT] if as_sent else [])
    if authorities is None:
        return grpc.insecure_channel(target, given)
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(authorities, key, certificate), given)


class Authority:
    """Signs certificates for localhost and 127.0.0.1; all files go into one folder."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self.certificate, self.key = self.make(name, "basicConstraints = critical, CA:TRUE\nkeyUsage = keyCertSign, digitalSignature")

    def sign(self, name, names="DNS:localhost, IP:127.0.0.1"):
        """- Returns: the files of a certificate and its key."""
        extensions = f"basicConstraints = critical, CA:FALSE\nsubjectAltName = {names}\nextendedKeyUsage = serverAuth, clientAuth"
        return self.make(name, extensions, "-CA", self.certificate, "-CAkey", self.key)

    def make(self, name, extensions, *signer):
        certificate, key, settings = (self.folder / f"{name}.{end}" for end in ("pem", "key", "cnf"))
        settings.write_text(f"[req]\nprompt = no\ndistinguished_name = subject\nx509_extensions = extensions\n[subject]\nCN = {name}\n[extensions]\n{extensions}\n")
        subprocess.run(
            ["openssl", "req", "-x509", "-config", settings, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "2", "-keyout", key, "-out", certificate, *signer], check=True, capture_output=True)
        return certificate, key


def eventually(condition, timeout=10, what="it did not come to that"):
    """Waits until a condition holds. - Returns: its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, what
        time.sleep(0.05)


def concurrently(scenario):
    """Makes a test of a scenario that mostly waits: a function of a folder for its files, which runs beside other tests."""
    def test(outcome):
        outcome()
    test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
    return pytest.mark.concurrently(scenario=scenario)(test)
