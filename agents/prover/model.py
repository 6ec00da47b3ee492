"""Proofs and tactics from a language model."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from msgspec.structs import replace

from turnstile_lsp.agents.engine.base import Engine, Message, Priority, Request, Sampling
from turnstile_lsp.agents.lean.base import Session
from turnstile_lsp.agents.prover import answers, prompts
from turnstile_lsp.agents.prover.prompts import Asker, PromptFormat, Question
from turnstile_lsp.agents.prover.search.lexer import Comments

_NAME = re.compile(r"(?<![\w.'«])[^\W\d][\w'!?₀-₉]*(?:\.[^\W\d][\w'!?₀-₉]*)*")


async def samples(
    engine: Engine, asked: Question, formats: Sequence[PromptFormat], count: int, *, distinct: bool = True
) -> AsyncGenerator[str, None]:
    """Whole proofs, `count` samples shared among the formats, each as soon as it is complete; `distinct`: each only once.
    The samples of a format share its prompt's cache. Raises the engine's errors."""
    description = await engine.describe()
    seen: set[str] = set()
    for number, prompt_format in enumerate(formats):
        share = (count + len(formats) - 1 - number) // len(formats)
        if share == 0:
            continue
        asker = await Asker.create(engine, description, prompt_format, asked)
        request = await asker.request(asked.statement, share)
        if request is None:
            continue
        async with aclosing(whole_answers(engine, request)) as texts:
            async for text in texts:
                proof = proof_of(asker, text)
                if proof is not None and not (distinct and proof in seen):
                    seen.add(proof)
                    yield proof


def proof_of(asker: Asker, answer: str, prefix: str = "") -> str | None:
    """The tactic block that an answer makes, None where there is none; `prefix`: what the model went on from, as it stands
    in the prompt behind the statement."""
    if asker.format.kind == "chat_proof":
        return answers.proof_in_chat(answer, asker.question.statement, asker.question.lead)
    return answers.proof_in(prefix + answer, asker.question.lead)


async def whole_answers(engine: Engine, request: Request) -> AsyncGenerator[str, None]:
    """Answers that came to their end: those that ran into the limit of tokens are no whole proofs."""
    texts = [""] * request.n
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            texts[chunk.index] += chunk.text
            if chunk.finish == "stop":
                yield texts[chunk.index]


async def next_tactics(engine: Engine, goal: str, header: str, statement: str, count: int) -> AsyncGenerator[str, None]:
    """What the model would do next at a goal, `count` samples, each tactic once. `header`: what stands in front of the
    lemma, `statement`: the lemma up to `by` and a line end; not every format shows them. Raises the engine's errors."""
    description = await engine.describe()
    prompt_format = prompts.formats_for(description.model, ("next_tactic",))[0]
    shown = "\n".join(f"    {line}" for line in goal.split("\n")) if "{statement}" in prompt_format.template else goal
    prompt = prompt_format.template.format(goal=shown, header=header, statement=statement)
    sampling = Sampling(
        max_tokens=prompt_format.max_tokens, temperature=prompt_format.temperature, top_p=prompt_format.top_p
    )
    request = Request(text=prompt, sampling=sampling, stop=prompt_format.stop, n=count, priority=Priority.SEARCH)
    if any(part in description.model.lower() for part in ("instruct", "chat", "prover-v2")):
        request = replace(request, text=None, messages=[Message(role="user", content=prompt)])
    seen: set[str] = set()
    async with aclosing(whole_answers(engine, request)) as texts:
        async for text in texts:
            tactic = answers.tactic_in(text)
            if tactic is not None and tactic not in seen:
                seen.add(tactic)
                yield tactic


async def modernised(session: Session, state: int, proof: str) -> str | None:
    """A proof with the names that are deprecated in `state` replaced by the new ones, None where there are none: models
    learned from older libraries."""
    comments = Comments(proof).spans
    found = [
        match for match in _NAME.finditer(proof) if not any(start <= match.start() < end for start, end in comments)
    ]
    renamed = await session.renamed(state, list(dict.fromkeys(match[0] for match in found)))
    if not renamed:
        return None
    pieces, at = [], 0
    for match in found:
        pieces += [proof[at : match.start()], renamed.get(match[0], match[0])]
        at = match.end()
    return "".join([*pieces, proof[at:]])
