"""Run the benchmarks; exit with 1 when a count misses its goal."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    core_theorems,
    engine,
    first_token,
    gate,
    index,
    language_server,
    lean,
    prove,
    quality,
    search,
    speculation,
    speed,
    suggest,
    syntax,
    typing,
    typing_against_llama_server,
    verifier,
)
from tests.bench.report import Report
from turnstile_lsp.agents.daemon.client import stop_daemon

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = {
    "initialize": language_server.initialize,
    "ghost_text": language_server.ghost_text,
    "quality": quality.quality,
    "typing": typing.typing,
    "typing_against_llama_server": typing_against_llama_server.typing,
    "cancel": engine.cancel,
    "first_token": first_token.first_token,
    "beside_search": engine.beside_search,
    "speculation": speculation.drafts,
    "speed": speed.against_llama_server,
    "index": index.workspace_index,
    "document_length": syntax.document_length,
    "syntax_loop": syntax.loop,
    "syntax_answers": syntax.answers,
    "lean_start": lean.start,
    "lean_checks": lean.checks,
    "gate": gate.counts,
    "lean_snapshots": verifier.snapshots,
    "lean_throughput": verifier.throughput,
    "prove_examples": prove.examples,
    "prove_command": prove.command,
    "suggest_first": suggest.first,
    "core_theorems": core_theorems.core_theorems,
    "equal_budgets": search.equal_budgets,
}

ONLY_WHOLE = ("speed", "typing_against_llama_server")
"""Left out of a short run unless named: they build llama.cpp's server."""


async def run(names: list[str], short: bool) -> Report:
    """All named benchmarks, one after the other, with places of their own."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="turnstile-bench-") as folder:
        os.environ |= {
            "TURNSTILE_RUNTIME_DIR": f"{folder}/run",
            "TURNSTILE_DATA_DIR": f"{folder}/data",
            "TURNSTILE_CONFIG": f"{folder}/config.toml",
        }
        try:
            for name in names:
                await BENCHMARKS[name](report, short)
        finally:
            await stop_daemon()
    return report


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="which (all unless named)")
    parser.add_argument("--short", action="store_true", help="few repetitions")
    arguments = parser.parse_args()
    usual = [name for name in BENCHMARKS if not (arguments.short and name in ONLY_WHOLE)]
    report = asyncio.run(run(arguments.names or usual, arguments.short))
    report.write(ROOT / "build" / "bench.json")
    failed = report.failed_counts()
    if failed:
        print(f"These counts miss their goal: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
