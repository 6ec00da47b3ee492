"""An OpenAI-compatible server on loopback that replays whole proofs: it stands in for a prover model's weights, which
are too large for a test, so that everything else on the model's path is real."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from turnstile_lsp.agents.engine.options import RemoteOptions
from turnstile_lsp.agents.engine.remote import RemoteEngine
from turnstile_lsp.agents.models.names import RemoteModel

NAME = "DeepSeek-Prover-V1.5-RL"


class ScriptedModel(ThreadingHTTPServer):
    """Answers the n-th request with the n-th answer, from the start again after the last. `prompts`: what was asked."""

    daemon_threads = True

    def __init__(self, answers: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = itertools.cycle(answers)
        self.prompts: list[str] = []
        self.lock = threading.Lock()

    def engine(self) -> RemoteEngine:
        """An engine that asks this server."""
        return RemoteEngine(RemoteModel(url=f"http://127.0.0.1:{self.server_port}/v1", name=NAME), RemoteOptions())


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedModel

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": NAME, "max_model_len": 4096}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.prompts.append(request["prompt"])
            answer = next(self.server.answers)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for line in answer.splitlines(keepends=True):
            self._event({"text": line, "index": 0, "finish_reason": None})
        self._event({"text": "", "index": 0, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choice: dict[str, object]) -> None:
        self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def scripted_model(answers: Sequence[str]) -> Iterator[ScriptedModel]:
    """A running server."""
    with ScriptedModel(answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
