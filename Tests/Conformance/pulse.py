# SPDX-License-Identifier: Apache-2.0
"""A well-behaved caller: python pulse.py PORT PATH SECONDS FILE

Makes a call every 50 ms on one connection, with the h2 library, and writes a line for each into the file:
when it began (monotonic), how long it took, and what it got. It connects again only if the connection ends.
A process of its own, so that the attackers do not slow it.
"""

import socket
import struct
import sys
import time

import h2.config
import h2.connection
import h2.events

EVERY, PATIENCE = 0.05, 5.0


class Caller:
    def __init__(self, port, path):
        self.path, self.port = path, port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.http.initiate_connection()
        self.socket.sendall(self.http.data_to_send())

    def call(self):
        stream = self.http.get_next_available_stream_id()
        self.http.send_headers(
            stream,
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":path", self.path),
                (":authority", f"127.0.0.1:{self.port}"),
                ("te", "trailers"),
                ("content-type", "application/grpc"),
                ("user-agent", "pulse"),
            ],
        )
        self.http.send_data(stream, struct.pack(">BI", 0, 0), end_stream=True)
        self.socket.sendall(self.http.data_to_send())
        end, status = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            received = self.socket.recv(65_536)
            if not received:
                raise ConnectionError("closed")
            for event in self.http.receive_data(received):
                if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)) and event.stream_id == stream:
                    status = dict(event.headers).get("grpc-status", status)
                elif isinstance(event, h2.events.DataReceived):
                    self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded) and event.stream_id == stream:
                    self.socket.sendall(self.http.data_to_send())
                    if status != "0":
                        raise ConnectionError(f"grpc-status {status}")
                    return
                elif isinstance(event, h2.events.StreamReset) and event.stream_id == stream:
                    raise ConnectionError(f"RST_STREAM {event.error_code}")
                elif isinstance(event, h2.events.ConnectionTerminated):
                    raise ConnectionError(f"GOAWAY {event.error_code} {event.additional_data}")
            self.socket.sendall(self.http.data_to_send())
        raise TimeoutError("no answer")


def main(port, path, seconds, name):
    caller, stop = None, time.monotonic() + seconds
    with open(name, "w", buffering=1) as out:
        while time.monotonic() < stop:
            started, result = time.monotonic(), "ok"
            try:
                caller = caller or Caller(port, path)
                caller.call()
            except Exception as error:
                result, caller = f"{type(error).__name__}: {error}".replace("\n", " "), None
            took = time.monotonic() - started
            out.write(f"{started:.6f} {took:.6f} {result}\n")
            time.sleep(max(0.0, EVERY - took))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4])
