"""The folder of a bench run: what was asked, a line for each problem, a summary and a picture."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from turnstile_lsp.agents.errors import InvalidRequest, Missing
from turnstile_lsp.agents.prover.results import Status
from turnstile_lsp.agents.prover.sampling import pass_at
from turnstile_lsp.agents.prover.search.scores import SINGLE_PASS


class Run(Struct, frozen=True, kw_only=True):
    """What a folder's results are of. `digest`: the set's. Either a `budget` in seconds ends the tries, or so many `samples`.
    `lean`: the version that runs."""

    digest: str
    split: str | None
    budget: float | None
    samples: int | None
    stages: Sequence[str]
    algorithm: str | None
    model: str | None
    lean: str
    turnstile: str


class Outcome(Struct, frozen=True, kw_only=True):
    """One problem's. `samples`: that were drawn, where samples were asked for, and how many of them are `correct`."""

    name: str
    status: Status
    seconds: float = 0.0
    finder: str | None = None
    proof: str | None = None
    samples: int | None = None
    correct: int | None = None
    message: str = ""


class Results:
    """A folder with `run.json`, `results.jsonl`, `summary.json` and `solved.png`. What it holds of the same run is not
    run again."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder, self._run = folder, run
        self.outcomes: list[Outcome] = []
        self._begin()

    @property
    def done(self) -> set[str]:
        """Names of the problems that have an outcome."""
        return {outcome.name for outcome in self.outcomes}

    def add(self, outcome: Outcome) -> None:
        """Written at once: an interrupted run goes on behind it."""
        self.outcomes.append(outcome)
        with (self._folder / "results.jsonl").open("ab") as file:
            file.write(msgspec.json.encode(outcome) + b"\n")

    def write_summary(self) -> dict[str, object]:
        """Write and return the figures; draw the curve."""
        summary = summarize(self.outcomes, self._run)
        (self._folder / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary)))
        plot(self._folder / "solved.png", self.outcomes, self._run)
        return summary

    def _begin(self) -> None:
        described = self._folder / "run.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            results = self._folder / "results.jsonl"
            lines = results.read_bytes().split(b"\n") if results.exists() else []
            if lines[:-1] and described.read_bytes() != msgspec.json.encode(self._run):
                raise InvalidRequest(
                    f"{self._folder} holds the results of another run; name another folder with --out."
                )
            described.write_bytes(msgspec.json.encode(self._run))
        except OSError as error:
            raise InvalidRequest(
                f"{error.filename} cannot be used ({error.strerror}); name a folder with --out."
            ) from None
        if lines and lines[-1]:  # the last line was cut short
            results.write_bytes(b"\n".join([*lines[:-1], b""]))
        try:
            self.outcomes = [msgspec.json.decode(line, type=Outcome) for line in lines[:-1]]
        except msgspec.DecodeError as error:
            raise InvalidRequest(
                f"{results} is damaged ({error}); delete it, or name another folder with --out."
            ) from None


def summarize(outcomes: Sequence[Outcome], run: Run) -> dict[str, object]:
    """Counts by status and stage, times in seconds, and pass@k where samples were asked for."""
    solved = [outcome for outcome in outcomes if outcome.status is Status.PROVED]
    seconds = sorted(outcome.seconds for outcome in solved)
    summary: dict[str, object] = {
        "problems": len(outcomes),
        "solved": len(solved),
        "status": dict(Counter(outcome.status for outcome in outcomes)),
        "stages": dict(Counter((outcome.finder or "").partition(":")[0] for outcome in solved)),
        "median_seconds": statistics.median(seconds) if seconds else None,
        "p90_seconds": seconds[math.ceil(0.9 * len(seconds)) - 1] if seconds else None,
        "solved_by_seconds": [[each, number] for number, each in enumerate(seconds, 1)],
    }
    if run.samples is not None and outcomes:
        summary["pass_at"] = {str(k): share for k, share in pass_curve(outcomes, run)}
    return summary


def pass_curve(outcomes: Sequence[Outcome], run: Run) -> list[tuple[int, float]]:
    """k and the mean of pass@k over the problems, for powers of two and all samples. Where all are judged, of any k of
    them; a search, which ends with the first that is right, has pass@k where that is among its first k."""
    samples = run.samples or 0
    ks = sorted({1 << power for power in range(samples.bit_length())} | {samples})
    share = _solved_by if run.algorithm != SINGLE_PASS else lambda k, each: pass_at(k, samples, each.correct or 0)
    return [(k, statistics.fmean(share(k, each) for each in outcomes)) for k in ks]


def _solved_by(k: int, outcome: Outcome) -> float:
    return float(bool(outcome.correct) and (outcome.samples or 0) <= k)


def plot(path: Path, outcomes: Sequence[Outcome], run: Run) -> None:
    """Solved problems by time, or pass@k by samples. Raises `Missing` without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise Missing(
            "The curve is drawn by matplotlib, which is not installed; the figures are written all the same.",
            mend="python3 -m pip install 'turnstile-lsp[bench]'",
        ) from None
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    if run.budget is not None:
        seconds = sorted(outcome.seconds for outcome in outcomes if outcome.status is Status.PROVED)
        axes.step([0, *seconds, run.budget], [0, *range(1, len(seconds) + 1), len(seconds)], where="post")
        axes.set(xlabel="seconds", ylabel=f"solved of {len(outcomes)}", ylim=(0, max(1, len(outcomes))))
    else:
        curve = pass_curve(outcomes, run)
        ks = [k for k, _ in curve]
        axes.plot(ks, [share for _, share in curve], marker="o")
        axes.set_xscale("log", base=2)
        axes.set_xticks(ks, [str(k) for k in ks])
        axes.set(xlabel="k", ylabel="pass@k", ylim=(0, 1))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
