"""A server of somebody else: it hands out an installer and takes whatever is sent."""

from __future__ import annotations

import http.server
import socketserver
import threading
from typing import Any


class Server:
    """Serves an installer and takes whatever is sent."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"GET {self.path}")
                python = b"import os\nopen(os.path.expanduser('~/.bashrc'), 'a').write('x')\n"
                body = python if self.path.endswith(".py") else b"#!/bin/sh\necho x >> ~/.bashrc\n"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked.append(f"POST {self.path}")
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._http = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)
