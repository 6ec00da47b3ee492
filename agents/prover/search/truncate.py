"""Truncate and resume: a proof that was run becomes segments, each with the goal that it leads to.

The rules are those of DeepSeek-Prover-V1.5's published code. All of this is about text: nothing here is a proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstile_lsp.agents.lean.base import ProofRun, RanTactic
from turnstile_lsp.agents.prover.search.lexer import Comments

NO_GOALS = "no goals"
_STATE_COMMENT = re.compile(r"^ */- tactic state:\n(?:.*\n)*? *-/\n", re.M)


class Segment(Struct, frozen=True, kw_only=True):
    """Whole lines of a proof, `text`, ending in a line end; `goal`: what the last tactic in them leaves. `indent`: of
    the line of its first tactic, where the proof goes on."""

    text: str
    goal: str
    indent: str = ""


def goal_text(goals: Sequence[str]) -> str:
    """Goals as the tactic state shows them."""
    return "\n\n".join(goals) or NO_GOALS


def segments(proof: str, run: ProofRun) -> list[Segment]:
    """The segments of a proof, as far as it holds. Offsets of `run` are into `proof`, a tactic block; those of errors
    in front of it are negative."""
    if run.failure is not None:
        return []
    faults = [error.start for error in run.messages if error.severity == "error" and not _is_unsolved(error.text)]
    faults += [each.start for each in run.sorries]
    cut = min((fault for fault in faults if 0 <= fault <= len(proof)), default=None)
    found = list(_segments(proof, len(proof) if cut is None else cut, _holding(run.tactics, cut)))
    if not faults and not any(error.severity == "error" for error in run.messages):
        found = _completed(proof, found)
    return found


def merged(found: Sequence[Segment], goal: str) -> list[Segment]:
    """Segments without those that leave the goal as it was, which is `goal` in front of the first: their text stays with
    the next one, or with the one before where none follows."""
    result: list[Segment] = []
    kept = ""
    for segment in found:
        last = result[-1].goal if result else goal
        if segment.goal != last:
            result.append(Segment(text=kept + segment.text, goal=segment.goal, indent=segment.indent))
            kept = ""
        elif result:
            before = result.pop()
            result.append(Segment(text=before.text + segment.text, goal=before.goal, indent=before.indent))
        else:
            kept += segment.text
    return result


def state_comment(goal: str, indent: str) -> str:
    """The comment behind which a proof is resumed."""
    lines = "\n".join(f"{indent}  {line}" for line in goal.split("\n"))
    return f"{indent}/- tactic state:\n{lines}\n{indent}-/\n"


def without_state_comments(proof: str) -> str:
    """A proof as it is verified."""
    return _STATE_COMMENT.sub("", proof)


def _is_unsolved(message: str) -> bool:
    return message.startswith("unsolved goals")


def _holding(tactics: Sequence[RanTactic], cut: int | None) -> list[RanTactic]:
    """Tactics that end in front of the fault. One that ends at it is what does not parse."""
    return [each for each in tactics if each.start >= 0 and (cut is None or each.end < cut)]


def _segments(proof: str, end: int, tactics: Sequence[RanTactic]) -> Iterator[Segment]:
    comments = Comments(proof)
    code = comments.blanked()
    start = line_start = 0
    while line_start < end:
        line_end = proof.find("\n", line_start)
        line_end = end if line_end < 0 else min(line_end, end)
        content_end = line_start + len(code[line_start:line_end].rstrip())
        ending = [each for each in tactics if content_end <= each.end <= line_end and content_end > line_start]
        if ending and not comments.crosses(line_end):
            last = min(ending, key=lambda each: each.start)
            text = proof[start:line_end] + "\n"
            first = min((each.start for each in tactics if start <= each.start < line_end), default=last.start)
            yield Segment(text=text, goal=goal_text(last.goals), indent=_indent_at(proof, first))
            start = line_end + 1
        line_start = line_end + 1


def _completed(proof: str, found: list[Segment]) -> list[Segment]:
    """The last segment of a complete proof leaves no goals and takes in all that is left of the text."""
    done = sum(len(segment.text) for segment in found)
    rest = proof[done:]
    if found and not rest.strip() and found[-1].goal == NO_GOALS:
        return found
    indent = found[-1].indent if found else ""
    return [*found, Segment(text=rest + "\n" if rest else "", goal=NO_GOALS, indent=indent)]


def _indent_at(proof: str, offset: int) -> str:
    """The white space that the line of an offset begins with."""
    line = proof[proof.rfind("\n", 0, offset) + 1 : offset + 1]
    return line[: len(line) - len(line.lstrip())]
