"""Writes `agents/coder/calibration.toml`: how often answers are exactly right, by what they say of themselves.

`python -m tools.calibrate_answers`: on the half of the held-out files that is for calibration. The threshold is the
lowest estimate above which 65 % of what would show is right: more than is asked for, as files differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import numpy as np

from tools.held_out import Place, for_calibration, library, rests_of_lines, typescript
from tools.held_out_diagnostics import misspelt_places, unimported_places
from tools.held_out_edits import KINDS, like_places, next_places
from turnstile_lsp.agents.coder.complete import Coder
from turnstile_lsp.agents.coder.context import Context
from turnstile_lsp.agents.coder.corrections import corrected
from turnstile_lsp.agents.coder.document import Cursor
from turnstile_lsp.agents.coder.estimates import FILE, Calibration, either
from turnstile_lsp.agents.coder.local_answers import LocalAnswer, answer_locally
from turnstile_lsp.agents.coder.rewrites import rewritten
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.models.names import LocalModel, resolve

MODEL = "nano-coder"
PLACES = {"python": 2400, "typescript": 800}
EDITED, DIAGNOSED = 150, 200
"""Places of a kind, and as many that look like them but are not."""
RIGHT = 0.65

Said = tuple[str, float]
"""A text and what its source says of it; no text where it says nothing."""


async def local_answer(place: Place) -> Said:
    """The file's."""
    answer = await answer_locally(Cursor(place.document, place.offset))
    return (answer.text, answer.probability) if answer else ("", 0.0)


def said_by(source: Callable[[Cursor, Context], LocalAnswer | None], places: Sequence[Place]) -> list[Said]:
    """What follows from recent edits or from diagnostics."""
    answers = [source(Cursor(place.document, place.offset), place.context) for place in places]
    return [(answer.text, answer.probability) if answer else ("", 0.0) for answer in answers]


async def model_answers(places: Sequence[Place]) -> list[Said]:
    """The model's, unasked; none in a language that it keeps out of."""
    model = resolve(MODEL)
    assert isinstance(model, LocalModel)
    engine = LlamaCppEngine(model)
    coder = Coder(engine, locally=False)
    speaks = (await engine.describe()).languages_automatic
    said = []
    try:
        for place in places:
            if speaks is not None and place.language not in speaks:
                said.append(("", 0.0))
                continue
            found = await coder.complete(place.document, place.offset, automatic=False, single_line=True)
            said.append((found[0].text, found[0].confidence or 0.0) if found else ("", 0.0))
    finally:
        await engine.close()
    return said


def platt(answers: Sequence[Said], places: Sequence[Place]) -> Calibration:
    """The logistic curve that fits best, by Newton's method."""
    spoken = [(value, text == place.expected) for (text, value), place in zip(answers, places, strict=True) if text]
    odds = np.array([np.log(p / (1 - p)) for p in np.clip([value for value, _ in spoken], 1e-6, 1 - 1e-6)])
    inputs, right = np.stack([odds, np.ones_like(odds)], 1), np.array([float(exact) for _, exact in spoken])
    weights = np.zeros(2)
    for _ in range(50):
        estimates = 1 / (1 + np.exp(-inputs @ weights))
        curvature = (inputs * (estimates * (1 - estimates))[:, None]).T @ inputs + 1e-6 * np.eye(2)
        weights += np.linalg.solve(curvature, inputs.T @ (right - estimates))
    return Calibration(slope=round(float(weights[0]), 3), intercept=round(float(weights[1]), 3))


def together(local: Said, model: Said, locally: Calibration, modelled: Calibration) -> Said:
    """What would show, with its estimate: as `Coder` chooses."""
    one, other = locally(local[1]) if local[0] else 0.0, modelled(model[1]) if model[0] else 0.0
    if local[0] == model[0]:
        return local[0], either(one, other)
    return (local[0], one) if one > other else (model[0], other)


def threshold(answers: Sequence[Said], places: Sequence[Place]) -> float:
    """The lowest estimate above which enough is right."""
    pairs = zip(answers, places, strict=True)
    ranked = sorted(((estimate, text == place.expected) for (text, estimate), place in pairs), reverse=True)
    share_right = np.cumsum([exact for _, exact in ranked]) / np.arange(1, len(ranked) + 1)
    return round(ranked[int(np.nonzero(share_right >= RIGHT)[0][-1])][0], 3)


async def main() -> None:
    """Measure, fit, write."""
    python = [file for file in library() if for_calibration(file)]
    script = [file for file in typescript() if for_calibration(file)]
    places = rests_of_lines(python, PLACES["python"], "python")
    places += rests_of_lines(script, PLACES["typescript"], "typescript")
    locals_, models = [await local_answer(place) for place in places], await model_answers(places)
    local, model = platt(locals_, places), platt(models, places)
    chosen = [together(one, other, local, model) for one, other in zip(locals_, models, strict=True)]
    edited = [place for kind in KINDS for draw in (next_places, like_places) for place in draw(python, kind, EDITED)]
    diagnosed = [*misspelt_places(python, DIAGNOSED), *unimported_places(python, DIAGNOSED)]
    curves = {
        "local": local,
        "edits": platt(said_by(rewritten, edited), edited),
        "diagnostics": platt(said_by(corrected, diagnosed), diagnosed),
        f"models.{MODEL}": model,
    }
    lines = ["# Written by `python -m tools.calibrate_answers`.", f"shown_above = {threshold(chosen, places)}"]
    for name, curve in curves.items():
        lines += ["", f"[{name}]", f"slope = {curve.slope}", f"intercept = {curve.intercept}"]
    FILE.write_text("\n".join(lines) + "\n")
    print(FILE.read_text())


if __name__ == "__main__":
    asyncio.run(main())
