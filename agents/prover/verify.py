"""Check proofs that stand in a file, with Lean alone: each through the gate, as if it were proposed now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncGenerator, Sequence

from msgspec import Struct

from turnstile_lsp.agents.lean.base import Candidate, Command, Elaboration, Judgement, Session, Toolchain
from turnstile_lsp.agents.prover.receipts import Receipt, ReceiptStore, digest, imports_digest, options_digest
from turnstile_lsp.agents.prover.search.lexer import Comments

SECONDS = 120.0
"""Wall clock for one proof."""

THEOREMS = ("theorem", "lemma", "example")
MUTUAL = "Lean.Parser.Command.mutual"
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_AFTERWARDS = re.compile(r"^\s*(?:termination_by|decreasing_by|where)\b", re.M)


class Checked(Struct, frozen=True, kw_only=True):
    """One lemma. `line`: where its command begins, from 1. `reason`: why not verified. `receipts`: of proofs in it that
    were made here, with this very text."""

    name: str | None
    line: int
    judgement: Judgement
    reason: str = ""
    axioms: Sequence[str] = ()
    unfinished: Sequence[str] = ()
    receipts: Sequence[Receipt] = ()


async def verify_file(session: Session, text: str, kept: ReceiptStore) -> AsyncGenerator[Checked, None]:
    """Every theorem, lemma and example of a document, and what else in it is not finished, in its order.
    Raises what `Session.elaborate` does."""
    elaboration = await session.elaborate(text)
    for command in elaboration.commands:
        if command.kind not in THEOREMS:
            if (fault := _fault(command)) is not None:
                line = text.count("\n", 0, command.start) + 1
                yield Checked(name=command.title, line=line, judgement=Judgement.REJECTED, reason=fault)
            continue
        source = text[command.start : command.end]
        place = proof_range(source)
        yield await _check(session, text, command, place, kept.find(source))


async def verify_receipts(
    session: Session, toolchain: Toolchain, text: str, receipts: Sequence[Receipt]
) -> AsyncGenerator[Checked, None]:
    """Each receipt, against the document that it belongs to. What it says of Lean, imports and options must be so now."""
    elaboration = await session.elaborate(text)
    for receipt in receipts:
        command = _command(text, elaboration, receipt)
        if command is None:
            reason = "The file has no such command, or the text above it has changed since."
            yield Checked(name=receipt.name, line=0, judgement=Judgement.REJECTED, reason=reason)
        elif (difference := _difference(receipt, toolchain, text[: command.start])) is not None:
            line = text.count("\n", 0, command.start) + 1
            yield Checked(name=receipt.name, line=line, judgement=Judgement.UNDETERMINED, reason=difference)
        else:
            yield await _check(session, text, command, range(receipt.start, receipt.end), [receipt])


def disclosure(checked: Sequence[Checked]) -> str:
    """What to tell the reader of a pull request, in sentences."""
    verified = [each for each in checked if each.judgement is Judgement.VERIFIED]
    made_here = [each.receipts for each in checked if each.receipts]
    by_model = [receipts for receipts in made_here if any(receipt.language_model for receipt in receipts)]
    axioms = sorted({axiom for each in verified for axiom in each.axioms})
    sentences = [f"Lean verified {len(verified)} of {len(checked)} proofs anew, without any language model."]
    if axioms:
        sentences.append(f"They rest on the axioms {', '.join(axioms)}.")
    if made_here:
        finders = Counter(receipt.finder.partition(":")[0] for receipts in made_here for receipt in receipts)
        stages = ", ".join(f"{stage} {count}" for stage, count in sorted(finders.items()))
        sentences.append(f"Turnstile found {len(made_here)} of them ({stages}).")
    if by_model:
        wrote = [receipt for receipts in by_model for receipt in receipts if receipt.language_model]
        models = ", ".join(sorted({receipt.model or "an unnamed model" for receipt in wrote}))
        sentences.append(f"A language model took part in {len(by_model)} of them: {models}.")
    elif made_here:
        sentences.append("No language model took part in these.")
    return " ".join(sentences)


def _fault(command: Command) -> str | None:
    """What a command that is no theorem, or holds several, leaves open. Errors in data may be the embedded Lean's alone,
    which does not compile everything."""
    errors = [message.text for message in command.messages if message.severity == "error"]
    if errors and command.kind == MUTUAL:
        return f"It has an error: {errors[0]}"
    return "It is not finished: it has a `sorry`." if command.holes else None


def proof_range(command: str) -> range | None:
    """Where the proof stands in a theorem's command: all behind the first `:=` outside brackets, comments and strings,
    without `termination_by` and the like. None where it has none, as when it is defined by cases."""
    text = _STRING.sub(lambda string: " " * len(string[0]), Comments(command).blanked())
    depth = 0
    for at, character in enumerate(text):
        depth += (character in "([{⟨⦃") - (character in ")]}⟩⦄")
        if depth == 0 and text.startswith(":=", at):
            end = match.start() if (match := _AFTERWARDS.search(text, at)) else len(text)
            body = text[at + 2 : end]
            start = at + 2 + len(body) - len(body.lstrip())
            return range(start, at + 2 + len(body.rstrip())) if body.strip() else None
    return None


def proof_candidate(command: str, place: range) -> Candidate:
    """A proof that stands in a command, as a candidate for the place where it stands."""
    return Candidate(
        command=f"{command[: place.start]}sorry{command[place.stop :]}",
        start=place.start,
        end=place.start + len("sorry"),
        replacement=command[place.start : place.stop],
        seconds=SECONDS,
    )


async def _check(
    session: Session, text: str, command: Command, place: range | None, receipts: Sequence[Receipt]
) -> Checked:
    source = text[command.start : command.end]
    found = Checked(
        name=command.name,
        line=text.count("\n", 0, command.start) + 1,
        judgement=Judgement.REJECTED,
        receipts=receipts,
    )
    errors = [message.text for message in command.messages if message.severity == "error"]
    if errors or command.holes:
        return _with(found, Judgement.REJECTED, errors[0] if errors else "It is not finished: it has a `sorry`.")
    if place is None:
        return _with(found, Judgement.UNDETERMINED, "Its proof is not one term behind `:=`, so it was elaborated only.")
    verdict = await session.check(command.state, proof_candidate(source, place))
    judgement = verdict.judgement
    if verdict.suggestions and judgement is not Judgement.VERIFIED:
        return _with(found, judgement, "It holds a tactic that only searches, such as `exact?`: put in what it found.")
    return Checked(
        name=found.name,
        line=found.line,
        judgement=judgement,
        reason=verdict.reason,
        axioms=verdict.axioms,
        unfinished=verdict.unfinished,
        receipts=receipts,
    )


def _with(found: Checked, judgement: Judgement, reason: str) -> Checked:
    return Checked(name=found.name, line=found.line, judgement=judgement, reason=reason, receipts=found.receipts)


def _command(text: str, elaboration: Elaboration, receipt: Receipt) -> Command | None:
    wanted = digest(receipt.command)
    same = (each for each in elaboration.commands if digest(text[each.start : each.end]) == wanted)
    return next((each for each in same if digest(text[: each.start]) == receipt.context), None)


def _difference(receipt: Receipt, toolchain: Toolchain, above: str) -> str | None:
    """What is not as the receipt says, in a sentence."""
    if receipt.lean != toolchain.version:
        return f"It was proved under Lean {receipt.lean}; this is Lean {toolchain.version}."
    if receipt.imports != imports_digest(above, toolchain):
        return "What the file imports has changed since."
    if receipt.options != options_digest(toolchain):
        return "The project's options have changed since."
    return None
