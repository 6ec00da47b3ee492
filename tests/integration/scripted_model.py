"""An OpenAI-compatible server on loopback that replays whole proofs: it stands in for a prover model's weights, which
are too large for a test, so that everything else on the model's path is real."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from turnstile_lsp.agents.engine.options import RemoteOptions
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.models.names import RemoteModel

NAME = "DeepSeek-Prover-V1.5-RL"


class ScriptedModel(ThreadingHTTPServer):
    """Answers the n-th request with the n-th answer, from the start again after the last, or with what a function makes of
    the prompt, `seconds` later, a line every `line_seconds`. `prompts`: what was asked, a chat's last message; `stops`: up
    to where. `most_at_once`: requests. `hung_up`: how many did not want the rest."""

    daemon_threads = True

    def __init__(self, answers: Sequence[str] | Callable[[str], str], name: str = NAME) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.name = name
        self.answers = None if callable(answers) else itertools.cycle(answers)
        self.function = answers if callable(answers) else None
        self.prompts: list[str] = []
        self.stops: list[list[str]] = []
        self.seconds = self.line_seconds = 0.0
        self.at_once = self.most_at_once = self.hung_up = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def engine(self) -> RemoteEngine:
        """An engine that asks this server."""
        return RemoteEngine(RemoteModel(url=self.url, name=self.name), RemoteOptions())

    def answer(self, prompt: str) -> str:
        """To the next request."""
        self.prompts.append(prompt)
        if self.function is not None:
            return self.function(prompt)
        assert self.answers is not None
        return next(self.answers)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up is counted."""
        self.hung_up += 1


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedModel

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": self.server.name, "max_model_len": 4096}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            chat = "messages" in request
            self.server.stops.append(request.get("stop") or [])
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
            answer = self.server.answer(request["messages"][-1]["content"] if chat else request["prompt"])
        time.sleep(self.server.seconds)
        with self.server.lock:
            self.server.at_once -= 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for line in answer.splitlines(keepends=True):
            time.sleep(self.server.line_seconds)
            piece = {"delta": {"content": line}} if chat else {"text": line}
            self._event({**piece, "index": 0, "finish_reason": None})
        self._event({**({"delta": {}} if chat else {"text": ""}), "index": 0, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choice: dict[str, object]) -> None:
        self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def scripted_model(answers: Sequence[str] | Callable[[str], str], name: str = NAME) -> Iterator[ScriptedModel]:
    """A running server."""
    with ScriptedModel(answers, name) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
