"""A scripted model server on loopback: it drives real agent clients without a network or a key.

It speaks the Anthropic Messages, OpenAI Responses and Gemini APIs. A scenario is
`{"turns": [TURN, ...], "lanes": [LANE, ...], "side": TURN, "default": TURN, "dedupe": true}`:

- TURN: `text`, `tools: [{name, input, custom?}]`, `when` (regex, searched in the last user or tool text;
  `when_in`: last, tail, system, first_user, all), `name`, `times` (0 = for ever), `usage`, `delay_ms`,
  `chunk_delay_ms`, `status` + `error` + `headers` (HTTP error), `disconnect` (before or mid), `stop_reason`.
- LANE: `name`, regexes `system`, `first_user`, `model` that choose it, its own `turns` and `default`.

The first unused turn whose `when` matches answers. `{{1}}` in texts is a group of `when`. An identical
repeated body gets the identical answer, so a client's own retry does not use up the script.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import re
import socketserver
import threading
import time
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from kit import modelreplies, modelviews
from twelve.factors.agents.harness import Usage

SECRET_HEADERS = {"authorization", "x-api-key", "x-goog-api-key", "cookie", "proxy-authorization"}
PROMPT_KEYS = ("tools", "system", "instructions", "systemInstruction", "messages", "input", "contents")
CACHE_FLOOR = 1024
"""Tokens below which a provider caches nothing."""


def substitute(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{\{(\w+)\}\}", lambda found: words.get(found.group(1), found.group(0)), value)
    if isinstance(value, list):
        return [substitute(item, words) for item in value]
    if isinstance(value, dict):
        return {key: substitute(item, words) for key, item in value.items()}
    return value


class Lane:
    """One conversation's script: the main one, or a sub-agent's."""

    def __init__(self, spec: dict[str, Any], default: dict[str, Any]) -> None:
        self.name = str(spec.get("name", "main"))
        self.spec = spec
        self.turns: list[dict[str, Any]] = list(spec.get("turns", []))
        self.left = [int(turn.get("times", 1)) or -1 for turn in self.turns]
        self.default: dict[str, Any] = spec.get("default", default)
        self.previous = ""

    def matches(self, view: modelviews.View) -> bool:
        fields = {"system": view.system, "first_user": view.first_user, "model": view.model}
        return all(re.search(self.spec[key], text, re.S) for key, text in fields.items() if key in self.spec)

    def pick(self, view: modelviews.View) -> tuple[str, dict[str, Any], re.Match[str] | None]:
        for i, turn in enumerate(self.turns):
            found = None
            if self.left[i] == 0:
                continue
            if turn.get("when"):
                found = re.search(turn["when"], view.where(turn.get("when_in", "last")), re.S)
                if not found:
                    continue
            self.left[i] -= self.left[i] > 0
            return str(turn.get("name", f"{self.name}[{i}]")), turn, found
        return f"{self.name}[default]", self.default, None

    def usage(self, view: modelviews.View, turn: dict[str, Any]) -> dict[str, int]:
        """Estimated tokens; what the lane's previous prompt shares with this one counts as read from the cache."""
        prompt = json.dumps([view.body.get(key) for key in PROMPT_KEYS], ensure_ascii=False)
        prompt = re.sub(r', "cache_control": \{[^}]*\}', "", prompt)
        read = len(os.path.commonprefix([self.previous, prompt])) // 4  # noqa: RUF071 - texts, not paths
        self.previous = prompt
        out = modelviews.estimate([turn.get("text", ""), turn.get("tools", [])])
        return {"total": modelviews.estimate(prompt), "read": read if read >= CACHE_FLOOR else 0, "out": out}


class State:
    """The scenario's progress and the log of requests; shared by the server's threads."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.lock = threading.Lock()
        self.records: list[dict[str, Any]] = []
        self.used: list[str] = []
        self.scenario = scenario
        default = scenario.get("default", {"text": "OK"})
        self.lanes = [Lane(lane, default) for lane in scenario.get("lanes", [])]
        self.main = Lane({"turns": scenario.get("turns", [])}, default)
        self.side = Lane({"name": "side", "default": scenario.get("side", {"text": '{"title": "scripted"}'})}, default)
        self.answered: dict[str, tuple[str, dict[str, Any]]] = {}
        self.counted = Usage()

    def deliver(self, usage: Usage) -> None:
        """Add what one whole answer cost."""
        with self.lock:
            self.counted = self.counted.plus(usage)

    def choose(self, view: modelviews.View) -> tuple[int, str, str, dict[str, Any], dict[str, int]]:
        """Request number, lane, turn name, turn, usage."""
        with self.lock:
            number = len(self.used) + 1
            lane = next((lane for lane in self.lanes if lane.matches(view)), self.side if view.side else self.main)
            key = hashlib.sha256(json.dumps(view.body, sort_keys=True).encode()).hexdigest()
            if key in self.answered and self.scenario.get("dedupe", True) and lane is not self.side:
                name, turn = self.answered[key]
                name += "(again)"
            else:
                name, turn, found = lane.pick(view)
                words = {"n": str(number), "lane": lane.name, "model": view.model}
                if found:
                    words |= {str(i): text or "" for i, text in enumerate((found.group(0), *found.groups()))}
                turn = substitute(turn, words)
                if not turn.get("status") and not turn.get("disconnect"):
                    self.answered[key] = (name, turn)
            self.used.append(name)
            return number, lane.name, name, turn, lane.usage(view, turn)

    def unused(self) -> list[str]:
        lanes = [self.main, *self.lanes]
        return [str(t.get("name", f"{lane.name}[{i}]")) for lane in lanes for i, t in enumerate(lane.turns) if lane.left[i] > 0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def body(self) -> dict[str, Any]:
        if "chunked" in (self.headers.get("transfer-encoding") or "").lower():
            raw = b""
            while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
                raw += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            value = json.loads(raw) if raw else {}
        except ValueError:
            value = {"_undecoded": len(raw)}
        return value if isinstance(value, dict) else {"_value": value}

    def send_value(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", "request-id": "req_fake", **(headers or {})}.items():
            self.send_header(name, str(text))
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_HEAD(self) -> None:
        self.send_value({})

    def do_GET(self) -> None:
        ids = self.state.scenario.get("models", ["fake-model"])
        data = [{"id": i, "type": "model", "object": "model", "display_name": i, "owned_by": "fake"} for i in ids]
        self.note("get", {}, 200)
        listing = {"object": "list", "has_more": False, "data": data, "models": []}
        self.send_value(listing if self.path.rstrip("/").endswith("/models") else {})

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self.body()
        view = modelviews.view(path, body)
        if view is None:
            count = modelviews.estimate(body)
            self.note("other", body, 200)
            return self.send_value({"input_tokens": count, "totalTokens": count} if "ount" in path and "oken" in path else {})
        number, lane, name, turn, use = self.state.choose(view)
        status = int(turn.get("status", 200))
        self.note(view.api, body, status, lane=lane, turn=name, last=view.last)
        if turn.get("delay_ms"):
            time.sleep(turn["delay_ms"] / 1000)
        try:
            self.answer(view, number, turn, use, status)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except modelreplies.Cut:
            self.hang_up()
        return None

    def answer(self, view: modelviews.View, number: int, turn: dict[str, Any], use: dict[str, int], status: int) -> None:
        if turn.get("disconnect") == "before":
            return self.hang_up()
        if status != 200:
            kind = turn.get("error", "api_error")
            error = {"type": kind, "message": turn.get("text", kind), "code": status, "status": kind}
            return self.send_value({"type": "error", "error": error}, status, turn.get("headers"))
        whole, events = modelreplies.answer(view, number, turn, use)
        if not view.stream:
            self.state.deliver(modelreplies.delivered(view, whole))
            return self.send_value(whole)
        self.send_response(200)
        for header in ("content-type: text/event-stream; charset=utf-8", "request-id: req_fake", "transfer-encoding: chunked"):
            self.send_header(*header.split(": "))
        self.end_headers()
        for event, payload in events:
            self.chunk((f"event: {event}\n" if event else "") + f"data: {json.dumps(payload, ensure_ascii=False)}\n\n")
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        return self.state.deliver(modelreplies.delivered(view, whole))

    def chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def note(self, api: str, body: dict[str, Any], status: int, **fields: str) -> None:
        headers = {k.lower(): "<redacted>" if k.lower() in SECRET_HEADERS else v for k, v in self.headers.items()}
        with self.state.lock:
            self.state.records.append({"api": api, "path": self.path, "status": status, "headers": headers, "body": body, **fields})


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is part of the test."""


class FakeModel:
    """`with FakeModel({"turns": [...]}) as model: ... model.url ... model.requests("main")`."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.state = State(scenario)
        self.server = Server(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"state": self.state}))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> FakeModel:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=5)

    def requests(self, lane: str | None = None) -> list[dict[str, Any]]:
        """The log, optionally of one lane only; secrets in headers are already gone."""
        with self.state.lock:
            return [record for record in self.state.records if lane is None or record.get("lane") == lane]

    @property
    def counted(self) -> Usage:
        """Tokens of every answer that was delivered whole, as the provider would bill them."""
        with self.state.lock:
            return self.state.counted

    @property
    def used(self) -> list[str]:
        return list(self.state.used)

    @property
    def unused(self) -> list[str]:
        return self.state.unused()
