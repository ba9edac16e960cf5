# SPDX-License-Identifier: Apache-2.0
"""Runs the client under test and measures it.

FIGURES_BIN is the folder with grpc-interop; PROBE_COMMAND names another client with the same arguments.
PROBE_SLACK is how long after its deadlines the client may take to end, in seconds.
"""

import dataclasses
import errno
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import time

DEADLINE = 3
SLACK = float(os.environ.get("PROBE_SLACK", "3"))
STATUS = re.compile(r"^STATUS (-?\d+)(?: (.*))?$", re.MULTILINE)
MOST_OUTPUT = 1 << 20


def command():
    """The client's first words, or None if nobody said which client."""
    if "PROBE_COMMAND" in os.environ:
        return shlex.split(os.environ["PROBE_COMMAND"])
    if "FIGURES_BIN" in os.environ:
        return [str(pathlib.Path(os.environ["FIGURES_BIN"]) / "grpc-interop"), "client"]
    return None


@dataclasses.dataclass
class Outcome:
    """What one run of the client left behind; `exit_code` is negative for a signal, `peak` in MiB.

    `processor` is the time on all processors, user and system, in seconds.
    """

    exit_code: int
    seconds: float
    peak: float
    processor: float
    output: str
    errors: str
    limit: float
    killed: bool = False
    faults: list = dataclasses.field(default_factory=list)
    connections: int = 0

    @property
    def statuses(self):
        return [(int(code), text or "") for code, text in STATUS.findall(self.output)]

    def __str__(self):
        return (
            f"exit code {self.exit_code} after {self.seconds:.2f} s, peak {self.peak:.0f} MiB, "
            f"{self.processor:.2f} s of processor, "
            f"{self.connections} connections\n{self.output[:600]}{self.errors[-1500:]}"
        )


def high_water(pid):
    """The process's peak of resident memory in KiB, 0 once it is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    except (OSError, ValueError):
        return 0


def spawn(words, output, errors):
    """Starts the client; a second time where the system could not take its arguments, no fault of the client's."""
    try:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
    except OSError as error:
        if error.errno != errno.EFAULT:
            raise
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)


def run(port, case, limit):
    """Runs one test case against the port; the process is killed a little after `limit` seconds."""
    words = [*command(), "--server_host=127.0.0.1", f"--server_port={port}", f"--test_case={case}"]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        # A child starts with its parent's peak in ru_maxrss: only what exceeds it was the child's own.
        inherited = high_water(os.getpid())
        start = time.monotonic()
        process = spawn(words, output, errors)
        peak, status, usage, killed = 0, None, None, False
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, high_water(process.pid))
            if time.monotonic() - start > limit + 2:
                killed = True
                process.kill()
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.01)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if usage.ru_maxrss > max(inherited, high_water(os.getpid())):
            peak = max(peak, usage.ru_maxrss)
        output.seek(0)
        errors.seek(0)
        return Outcome(
            process.returncode,
            seconds,
            peak / 1024,
            usage.ru_utime + usage.ru_stime,
            output.read(MOST_OUTPUT).decode(errors="replace"),
            errors.read(MOST_OUTPUT).decode(errors="replace"),
            limit,
            killed,
        )
