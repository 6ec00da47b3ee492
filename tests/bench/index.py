"""The workspace index on a million lines: to make it, to find it unchanged, to take a saved file, to ask it; and on a
hundred thousand files. Each run in a process of its own, whose memory is measured."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.report import Report, count, measure
from turnstile_lsp.agents.coder.index.messages import Query
from turnstile_lsp.agents.coder.index.workspace_index import WorkspaceIndex

LINES = 1_000_000
FILES = 100_000


async def workspace_index(report: Report, short: bool) -> None:
    """Copies of Python's own library, until there are a million lines."""
    lines = LINES // 10 if short else LINES
    with tempfile.TemporaryDirectory(prefix="turnstile-index-") as place:
        folder = Path(place) / "workspace"
        await asyncio.to_thread(write_library, folder, lines)
        made = await measured("make", folder)
        report.add("index.make", measure([made["seconds"]], "s", f"<= {25 * lines / LINES}"))
        report.add("index.memory", count(made["megabytes"], "MB", "<= 300"))
        report.add("index.longest_step", measure(made["steps"], "ms", share=0.99))
        again = [(await measured("make", folder))["seconds"] for _ in range(3 if short else 9)]
        report.add("index.unchanged", measure(again, "s", "<= 2"))
        saved = (await measured("save", folder))["milliseconds"]
        report.add("index.saved_file", measure(saved, "ms", "<= 50"))
        asked = (await measured("ask", folder))["milliseconds"]
        report.add("index.retrieve", measure(asked, "ms"))
        many = Path(place) / "many"
        files = FILES // 10 if short else FILES
        await asyncio.to_thread(write_many, many, files)
        found = await measured("make", many)
        report.add("index.many_files", measure([found["seconds"]], "s"))
        report.add("index.many_files_memory", count(found["megabytes"], "MB", "<= 300"))
        report.add("index.many_files_unchanged", measure([(await measured("make", many))["seconds"]], "s", "<= 2"))


async def measured(what: str, folder: Path) -> dict[str, Any]:
    """One of the functions below in a new process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.index", what, str(folder), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(output)
    return found


def write_library(folder: Path, lines: int) -> None:
    """Copies of the standard library, of `lines` lines in all."""
    source = Path(sysconfig.get_path("stdlib"))
    files = [path for path in sorted(source.rglob("*.py")) if "site-packages" not in path.parts]
    for number in range(100):
        for path in files:
            data = path.read_bytes()
            target = folder / f"copy{number}" / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            lines -= data.count(b"\n")
            if lines <= 0:
                return


def write_many(folder: Path, files: int) -> None:
    """Small files, a thousand in a folder."""
    for number in range(files):
        if number % 1000 == 0:
            (folder / f"d{number // 1000}").mkdir(parents=True)
        (folder / f"d{number // 1000}" / f"f{number}.py").write_text(f"def f{number}():\n    return {number}\n")


def finish(index: WorkspaceIndex) -> Iterator[float]:
    """Bring it up to date; the milliseconds of each step."""
    more = True
    while more:
        started = time.perf_counter()
        more = index.step()
        yield 1000 * (time.perf_counter() - started)


def make(folder: Path) -> dict[str, Any]:
    """Index a folder."""
    started = time.perf_counter()
    index = WorkspaceIndex(folder)
    steps = list(finish(index))
    seconds = time.perf_counter() - started
    index.close()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "steps": steps, "megabytes": megabytes}


def save(folder: Path) -> dict[str, Any]:
    """Take saved files of all sizes, one after the other."""
    index = WorkspaceIndex(folder)
    list(finish(index))
    times = []
    for path in sorted(folder.rglob("*.py"))[::50]:
        path.write_bytes(path.read_bytes() + b"\n# saved\n")
        index.changed([path.relative_to(folder).as_posix()])
        times.append(sum(finish(index)))
    index.close()
    return {"milliseconds": times}


def ask(folder: Path) -> dict[str, Any]:
    """What matters in the middle of files."""
    index = WorkspaceIndex(folder)
    list(finish(index))
    times = []
    for path in sorted(folder.rglob("*.py"))[::50]:
        text = path.read_text(encoding="utf-8", errors="replace")
        middle = len(text) // 2
        query = Query(
            folder=str(folder),
            path=path.relative_to(folder).as_posix(),
            language="Python",
            before=text[max(0, middle - 6000) : middle],
            after=text[middle : middle + 1500],
            head=text[:4000],
        )
        started = time.perf_counter()
        index.retrieve(query)
        times.append(1000 * (time.perf_counter() - started))
    index.close()
    return {"milliseconds": times}


if __name__ == "__main__":
    WHAT = {"make": make, "save": save, "ask": ask}
    os.nice(5)
    print(json.dumps(WHAT[sys.argv[1]](Path(sys.argv[2]))))
