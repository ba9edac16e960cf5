# SPDX-License-Identifier: Apache-2.0
"""Listens on loopback and plays one behaviour on each connection; a fault of the client is kept for the test.

By hand: python hostile_server.py --behaviour NAME [--port P] [--seconds S], or --list.
"""

import argparse
import socket
import sys
import threading
import time
import traceback

from peer import Gone, Peer, Violation

MOST_CONNECTIONS = 200


class HostileServer:
    """Plays `play(peer)` on every connection until `close`, at most `seconds` long."""

    def __init__(self, play, seconds, port=0, listen=True):
        self.play, self.until = play, time.monotonic() + seconds
        self.stopped = threading.Event()
        self.faults, self.connections, self.threads, self.sockets = [], 0, [], []
        self.lock = threading.Lock()
        self.listener = self.bind(port)
        self.port = self.listener.getsockname()[1]
        if listen:
            self.start()

    @staticmethod
    def bind(port):
        listener = socket.socket()
        # A free port must be free indeed; only one that was ours before may still have connections.
        if port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return listener

    def start(self):
        self.listener.listen(32)
        thread = threading.Thread(target=self.accept, args=(self.listener,), daemon=True)
        thread.start()
        self.threads.append(thread)

    def accept(self, listener):
        listener.settimeout(0.05)
        while not self.stopped.is_set() and time.monotonic() < self.until and self.connections < MOST_CONNECTIONS:
            try:
                sock, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            peer = Peer(sock, self.connections, self.until, self)
            self.connections += 1
            self.sockets.append(sock)
            thread = threading.Thread(target=self.run, args=(peer,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def run(self, peer):
        try:
            self.play(peer)
            peer.drain()
        except Gone:
            pass
        except Violation as fault:
            self.faults.append(f"the client broke the protocol: {fault}")
        except Exception:
            self.faults.append("the server failed:\n" + traceback.format_exc())
        finally:
            peer.sock.close()

    def shut(self):
        """Stops listening but keeps the port; connections go on."""
        with self.lock:
            if not self.stopped.is_set():
                self.close_listener()
                self.listener = self.bind(self.port)

    def listen_again(self):
        """The opposite of `shut`."""
        with self.lock:
            if not self.stopped.is_set():
                self.start()

    def close_listener(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def close(self):
        with self.lock:
            self.stopped.set()
            self.close_listener()
        for sock in list(self.sockets):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in list(self.threads):
            thread.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main():
    from cases import BEHAVIOURS

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--behaviour", choices=sorted(BEHAVIOURS))
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--list", action="store_true")
    chosen = options.parse_args()
    if chosen.list or not chosen.behaviour:
        for case in BEHAVIOURS.values():
            print(f"{case.name}: {case.why}")
        return 0
    case = BEHAVIOURS[chosen.behaviour]
    with HostileServer(case.play, chosen.seconds, chosen.port, case.listens) as server:
        print(f"listening on 127.0.0.1:{server.port}", flush=True)
        try:
            time.sleep(chosen.seconds)
        except KeyboardInterrupt:
            pass
    print(*server.faults, sep="\n")
    return 1 if server.faults else 0


if __name__ == "__main__":
    sys.exit(main())
