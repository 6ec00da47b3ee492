"""The magics `%%lean` (state carries from cell to cell) and `%%prove`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from turnstile_lsp.agents.errors import TurnstileError
from turnstile_lsp.agents.prover.results import Finished, HoleResult, Status, outcome
from turnstile_lsp.agents.settings import load
from turnstile_lsp.jupyter_ext.notebook import Notebook

Answer = TypeVar("Answer")


class Loop:
    """An event loop in a thread of its own: the kernel's own loop is busy while a cell runs."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name="turnstile").start()

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Wait for a coroutine; an interrupt of the kernel cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise


@magics_class
class LeanMagics(Magics):
    """Lean in cells. All cells of a notebook are one Lean file: a cell sees what the cells before it declared."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._loop = Loop()
        self._notebook = Notebook()

    @magic_arguments()
    @argument("--reset", action="store_true", help="Forget the cells before this one.")
    @cell_magic
    def lean(self, line: str, cell: str) -> None:
        """Check a cell with Lean and show what it says. The state goes on to the next cell unless there is an error."""
        if parse_argstring(self.lean, line).reset:
            self._notebook.reset()
        with _sentences():
            for line_in_cell, message in self._loop.run(self._notebook.check(cell, self._key(cell))):
                told = message.severity != "information"
                print(f"line {line_in_cell}: {message.severity}: {message.text}" if told else message.text)

    @magic_arguments()
    @argument("--budget", type=float, default=None, help="Seconds for each hole.")
    @argument("--shortest", action="store_true", help="Use the whole budget and give the shortest proof.")
    @argument("--model", default=None, help="A card's name, a .gguf file or URL#name.")
    @cell_magic
    def prove(self, line: str, cell: str) -> None:
        """Prove each `sorry` of a cell and show the cell with its proofs, each checked by Lean."""
        arguments = parse_argstring(self.prove, line)
        overrides = {"prove.budget": arguments.budget, "prove.model": arguments.model}
        resolved = load(overrides={name: value for name, value in overrides.items() if value is not None})
        with _sentences():
            _show(*self._loop.run(self._notebook.prove(cell, self._key(cell), resolved, shortest=arguments.shortest)))

    def _key(self, cell: str) -> str:
        """What tells a cell that runs again: the front end's name of it (JupyterLab's, Notebook's), else its text."""
        parent = getattr(self.shell, "get_parent", None)  # a kernel's shell has it, a terminal's has not
        request = parent() if parent is not None else {}
        return str(request.get("metadata", {}).get("cellId") or cell)


def _show(finished: Finished, cell: str) -> None:
    """The cell with its proofs, then a line for each hole."""
    if any(result.status == Status.PROVED for result in finished.results):
        print(cell)
    for result in finished.results:
        print(_line(result))
    if not finished.results:
        print("Nothing to prove: no `sorry` and no unfinished `by` in this cell.")


def _line(result: HoleResult) -> str:
    name = result.title
    if result.status == Status.PROVED:
        axioms = f", axioms: {', '.join(result.axioms)}" if result.axioms else ""
        return f"-- {name}: proved in {result.seconds:.1f} s by {result.finder}{axioms}"
    return f"-- {name}: {outcome(result)}"


class _sentences:
    """Typed errors become their sentence; others go on."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, error_type: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, TurnstileError):
            print(f"turnstile: {error.message}")
            return True
        return False
