"""The llama.cpp engine with a real model in its real worker process."""

import asyncio
import math
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path

import llama_cpp
import numpy as np
import psutil
import pytest
import pytest_asyncio
from msgspec import Struct

from turnstile_lsp.agents.engine.base import Chunk, Excerpt, Message, Priority, Request, Sampling, Timings
from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine
from turnstile_lsp.agents.errors import (
    BadModelFile,
    ContextOverflow,
    EngineFailed,
    InvalidRequest,
    ModelNotFound,
    TurnstileError,
)
from turnstile_lsp.agents.models.names import LocalModel, resolve
from turnstile_lsp.agents.settings import LocalOptions

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = "import os\n\n\ndef read_lines(path):\n    with open(path) as file:\n        "
# Results that do not depend on what else is in a batch need float32 in the weights and in the KV cache, and no flash
# attention.
EXACT = LocalOptions(cache_type="f32")


class Answer(Struct):
    text: str
    tokens: list[int]
    log_probabilities: list[float]
    finish: str


def nano_coder() -> LocalModel:
    model = resolve("nano-coder")
    assert isinstance(model, LocalModel)
    return model


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(exact_model: LocalModel) -> AsyncIterator[LlamaCppEngine]:
    engine = LlamaCppEngine(exact_model, EXACT)
    yield engine
    await engine.close()


async def chunks_of(engine: LlamaCppEngine, request: Request) -> list[Chunk]:
    async with aclosing(engine.generate(request)) as chunks:
        return [chunk async for chunk in chunks]


async def answers_of(engine: LlamaCppEngine, request: Request) -> list[Answer]:
    answers = [Answer("", [], [], "") for _ in range(request.n)]
    for chunk in await chunks_of(engine, request):
        answer = answers[chunk.index]
        assert not answer.finish
        answer.text += chunk.text
        answer.tokens += chunk.tokens
        answer.log_probabilities += chunk.log_probabilities
        answer.finish = chunk.finish or ""
    assert all(answer.finish for answer in answers)
    return answers


async def timings_of(engine: LlamaCppEngine, request: Request) -> Timings:
    timings = (await chunks_of(engine, request))[-1].timings
    assert timings is not None
    return timings


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def endless(characters: int = 300) -> Request:
    """A request that cannot end early: its grammar wants that many letters."""
    return Request(text=CODE, sampling=Sampling(max_tokens=400), grammar=f"root ::= [a-z]{{{characters}}}")


async def test_it_says_what_the_model_is(engine: LlamaCppEngine) -> None:
    description = await engine.describe()
    card = nano_coder().card
    assert card is not None
    assert description.model == "nano-coder"
    assert description.context_length == card.context_length
    assert description.confidence_threshold == card.threshold
    assert description.languages_automatic == ["python"]
    assert description.fim is not None
    assert None not in (description.bos, description.fim.begin, description.fim.hole, description.fim.end)


async def test_the_last_chunk_names_the_model_and_the_cost(engine: LlamaCppEngine) -> None:
    chunks = await chunks_of(engine, Request(text=CODE, sampling=Sampling(max_tokens=12)))
    assert [chunk.model for chunk in chunks if chunk.timings] == ["nano-coder"]
    assert chunks[-1].timings is not None
    assert chunks[-1].timings.generated <= 12
    assert chunks[-1].timings.generate_milliseconds > 0


async def test_special_tokens_in_user_text_are_text(engine: LlamaCppEngine) -> None:
    description = await engine.describe()
    assert description.fim
    tokens = await engine.tokenize("a<｜fim▁hole｜>b")
    assert description.fim.hole not in tokens
    assert description.bos not in tokens


async def test_a_longer_prompt_computes_only_what_is_new(engine: LlamaCppEngine) -> None:
    one = Sampling(max_tokens=1)
    prompt = [(await engine.describe()).bos or 0, *await engine.tokenize(CODE * 4)]
    await timings_of(engine, Request(tokens=prompt, sampling=one))
    before = await engine.statistics()
    timings = await timings_of(engine, Request(tokens=[*prompt, 50, 60, 70], sampling=one))
    after = await engine.statistics()
    assert timings.prompt_reused == len(prompt)
    assert timings.prompt_decoded == 3
    assert after.decoded - before.decoded == 3


async def test_log_probabilities_are_the_models_own(engine: LlamaCppEngine, exact_model: LocalModel) -> None:
    request = Request(text=CODE, sampling=Sampling(max_tokens=8), log_probabilities=True)
    (answer,) = await answers_of(engine, request)
    model = llama_cpp.Llama(
        exact_model.path, n_ctx=512, logits_all=True, type_k=0, type_v=0, n_threads=1, verbose=False, flash_attn=False
    )
    prompt = model.tokenize(CODE.encode(), add_bos=True)
    model.eval([*prompt, *answer.tokens])
    logits = model.scores[len(prompt) - 1 : len(prompt) + len(answer.tokens) - 1].astype(np.float64)
    expected = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert answer.tokens == list(expected.argmax(axis=1))
    assert answer.log_probabilities == pytest.approx(expected.max(axis=1), abs=1e-4)


@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
async def test_n_samples_equal_single_runs(engine: LlamaCppEngine, priority: Priority, temperature: float) -> None:
    def request(n: int, seed: int) -> Request:
        sampling = Sampling(max_tokens=24, temperature=temperature, seed=seed, top_p=0.95)
        return Request(text=CODE, sampling=sampling, n=n, log_probabilities=True, priority=priority)

    together = await answers_of(engine, request(5, 100))
    for index, answer in enumerate(together):
        (alone,) = await answers_of(engine, request(1, 100 + index))
        assert (answer.text, answer.tokens, answer.finish) == (alone.text, alone.tokens, alone.finish)
        assert answer.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-4)


async def test_n_samples_compute_their_prompt_once(engine: LlamaCppEngine) -> None:
    text = "\n".join(f"value_{number} = {number}" for number in range(30))
    sampling = Sampling(max_tokens=4, temperature=1.0, seed=1)
    timings = await timings_of(engine, Request(text=text, sampling=sampling, n=8, priority=Priority.SEARCH))
    length = len(await engine.tokenize(text)) + 1
    assert length <= timings.prompt_reused + timings.prompt_decoded <= length + 7


async def test_more_samples_than_sequences_all_come(engine: LlamaCppEngine) -> None:
    sampling = Sampling(max_tokens=6, temperature=1.0, seed=7)
    answers = await answers_of(engine, Request(text=CODE, sampling=sampling, n=40, priority=Priority.SEARCH))
    assert len({tuple(answer.tokens) for answer in answers}) > 20


async def test_many_search_requests_share_batches_and_change_nothing(engine: LlamaCppEngine) -> None:
    requests = [
        Request(text=f"def function_{number}(", sampling=Sampling(max_tokens=16), priority=Priority.SEARCH)
        for number in range(20)
    ]
    alone = [await answers_of(engine, request) for request in requests]
    together = await asyncio.gather(*(answers_of(engine, request) for request in requests))
    assert together == alone


async def test_a_cancel_stops_the_computation(engine: LlamaCppEngine) -> None:
    async with aclosing(engine.generate(endless())) as chunks:
        await anext(chunks)
    while (statistics := await engine.statistics()).running:
        pass
    await asyncio.sleep(0.1)
    assert (await engine.statistics()).decoded == statistics.decoded


async def test_a_cancelled_task_stops_the_computation(engine: LlamaCppEngine) -> None:
    tasks = [asyncio.create_task(chunks_of(engine, endless())) for _ in range(3)]
    while (await engine.statistics()).running < 3:
        pass
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    while (statistics := await engine.statistics()).running:
        pass
    await asyncio.sleep(0.1)
    assert (await engine.statistics()).decoded == statistics.decoded


async def test_interactive_requests_interrupt_search_and_change_nothing(engine: LlamaCppEngine) -> None:
    search = Request(
        text=CODE, sampling=Sampling(max_tokens=200, temperature=1.0, seed=3), n=16, priority=Priority.SEARCH
    )
    undisturbed = await answers_of(engine, search)
    before = (await engine.statistics()).aborted
    running = asyncio.create_task(answers_of(engine, search))
    for _ in range(20):
        await chunks_of(engine, Request(text=CODE, sampling=Sampling(max_tokens=2)))
        assert not running.done()
        await asyncio.sleep(0.01)
    assert (await engine.statistics()).aborted > before
    same = sum(answer == other for answer, other in zip(await running, undisturbed, strict=True))
    # Another batch rounds differently, which turns a draw in one of 16 now and then, also without an interruption.
    assert same >= 14


async def test_a_paused_search_computes_nothing_until_it_is_resumed(engine: LlamaCppEngine) -> None:
    engine.pause_search()
    engine.pause_search()
    search = Request(text=CODE, sampling=Sampling(max_tokens=4), priority=Priority.SEARCH)
    running = asyncio.create_task(chunks_of(engine, search))
    engine.resume_search()
    before = (await engine.statistics()).decoded
    await asyncio.sleep(0.2)
    assert (await engine.statistics()).decoded == before
    assert not running.done()
    engine.resume_search()
    assert await running


async def test_an_answer_ends_before_its_stop_wherever_tokens_end(engine: LlamaCppEngine) -> None:
    (whole,) = await answers_of(engine, Request(text=CODE, sampling=Sampling(max_tokens=16)))
    for start in range(1, len(whole.text) - 3):
        stop = whole.text[start : start + 3]
        request = Request(text=CODE, sampling=Sampling(max_tokens=16), stop=["never", stop])
        (answer,) = await answers_of(engine, request)
        assert answer.text == whole.text[: whole.text.index(stop)]
        assert answer.finish == "stop"


async def test_an_edit_in_the_suffix_does_not_discard_the_prefix(engine: LlamaCppEngine) -> None:
    fim = (await engine.describe()).fim
    assert fim
    prefix = await engine.tokenize(CODE * 4)

    async def ask(after: str) -> Timings:
        pieces = [fim.begin, Excerpt(text=CODE * 4, tokens=400), fim.hole, Excerpt(text=after, tokens=50), fim.end]
        return await timings_of(engine, Request(pieces=pieces, sampling=Sampling(max_tokens=1)))

    await ask("\nfirst = 1\n")
    second, suffix = await ask("\nprint(second)\n"), await engine.tokenize("\nprint(second)\n")
    assert second.prompt_reused >= len(prefix) + 3
    assert second.prompt_decoded <= len(suffix) + 1


async def test_characters_split_across_tokens_arrive_whole(engine: LlamaCppEngine) -> None:
    text = "∀é😀中"
    request = Request(text=CODE, sampling=Sampling(max_tokens=60), grammar=f'root ::= "{text}"')
    chunks = await chunks_of(engine, request)
    assert "".join(chunk.text for chunk in chunks) == text
    assert sum(len(chunk.tokens) for chunk in chunks) > len(text)


async def test_an_answer_does_not_end_before_its_least_length(engine: LlamaCppEngine) -> None:
    """Directly behind a finished statement the model's own answer is empty."""
    fim = (await engine.describe()).fim
    assert fim
    before, after = Excerpt(text="x = 1", tokens=9), Excerpt(text="\ny = 2\n", tokens=9)
    prompt = [fim.begin, before, fim.hole, after, fim.end]
    for least in (1, 5):
        (answer,) = await answers_of(engine, Request(pieces=prompt, sampling=Sampling(min_tokens=least)))
        assert len(answer.tokens) >= least


async def test_a_grammar_binds(engine: LlamaCppEngine) -> None:
    request = Request(text=CODE, sampling=Sampling(max_tokens=20), grammar='root ::= ("ab" | "cd"){3}')
    (answer,) = await answers_of(engine, request)
    assert len(answer.text) == 6
    assert {answer.text[i : i + 2] for i in (0, 2, 4)} <= {"ab", "cd"}


@pytest.mark.parametrize(
    ("request_", "error", "words"),
    [
        (Request(text=CODE, sampling=Sampling(max_tokens=0)), InvalidRequest, "max_tokens is 0"),
        (Request(text=CODE, sampling=Sampling(max_tokens=-5)), InvalidRequest, "max_tokens is -5"),
        (Request(text=CODE, sampling=Sampling(max_tokens=3, min_tokens=4)), InvalidRequest, "min_tokens is 4"),
        (Request(text=CODE, n=0), InvalidRequest, "n is 0"),
        (Request(text=CODE, n=-1), InvalidRequest, "n is -1"),
        (Request(text=CODE, sampling=Sampling(temperature=math.nan)), InvalidRequest, "temperature"),
        (Request(text=CODE, sampling=Sampling(top_p=0.0)), InvalidRequest, "top_p"),
        (Request(text=""), InvalidRequest, "empty"),
        (Request(tokens=[]), InvalidRequest, "empty"),
        (Request(), InvalidRequest, "exactly one"),
        (Request(text=CODE, tokens=[1]), InvalidRequest, "exactly one"),
        (Request(tokens=[1, 10**6]), InvalidRequest, "vocabulary"),
        (Request(tokens=[-1]), InvalidRequest, "vocabulary"),
        (Request(text=CODE, grammar="root ::= ("), InvalidRequest, "GBNF"),
        (Request(text=CODE, stop=[""]), InvalidRequest, "stop"),
        (Request(text=CODE, pictures=[b"png"]), InvalidRequest, "pictures"),
        (Request(text="half \ud83d"), InvalidRequest, "surrogate"),
        (Request(text=CODE * 60), ContextOverflow, "do not fit"),
        (Request(text=CODE, sampling=Sampling(max_tokens=10**6)), ContextOverflow, "do not fit"),
        (Request(messages=[Message(role="user", content="hello")]), InvalidRequest, "chat template"),
    ],
)
async def test_a_bad_request_says_what_is_wrong(
    engine: LlamaCppEngine, request_: Request, error: type[TurnstileError], words: str
) -> None:
    with pytest.raises(error, match=words):
        await chunks_of(engine, request_)
    assert await chunks_of(engine, Request(text=CODE, sampling=Sampling(max_tokens=1)))


def broken_files(folder: Path) -> Sequence[tuple[Path, type[TurnstileError], str]]:
    whole = Path(nano_coder().path).read_bytes()
    contents = {
        "half.gguf": (whole[: len(whole) // 2], BadModelFile, "cannot load"),
        "header.gguf": (whole[:1000], BadModelFile, "cannot load"),
        "stub.gguf": (whole[:10], BadModelFile, "cut short"),
        "foreign.gguf": (b"PK\3\4" + bytes(100), BadModelFile, "not a GGUF"),
        "empty.gguf": (b"", BadModelFile, "not a GGUF"),
        "unknown.gguf": (whole.replace(b"deepseek2", b"deepseek9"), BadModelFile, "deepseek9"),
    }
    for name, (data, _, _) in contents.items():
        (folder / name).write_bytes(data)
    made = [(folder / name, error, words) for name, (_, error, words) in contents.items()]
    return [*made, (folder / "missing.gguf", ModelNotFound, "No such file"), (folder, ModelNotFound, "directory")]


async def test_a_broken_model_file_says_what_is_wrong(tmp_path: Path) -> None:
    for path, error, words in broken_files(tmp_path):
        engine = LlamaCppEngine(LocalModel(name="broken", path=str(path)))
        with pytest.raises(error, match=words):
            await engine.describe()
        assert engine.process_id is None
        await engine.close()


async def test_a_killed_worker_costs_one_request(engine: LlamaCppEngine) -> None:
    running = asyncio.create_task(chunks_of(engine, endless()))
    while not (await engine.statistics()).running:
        pass
    assert engine.process_id
    os.kill(engine.process_id, signal.SIGKILL)
    with pytest.raises(EngineFailed, match="SIGKILL"):
        await running
    assert await chunks_of(engine, Request(text=CODE, sampling=Sampling(max_tokens=2)))


async def test_a_cancelled_request_does_not_stop_the_model_from_loading() -> None:
    engine = LlamaCppEngine(nano_coder())

    def children() -> set[int]:
        return {child.pid for child in psutil.Process().children()}

    before = children()
    first = asyncio.create_task(engine.describe())
    await until(lambda: children() - before)
    (started,) = children() - before
    first.cancel()
    await asyncio.wait([first])
    await engine.describe()
    assert engine.process_id == started
    await engine.close()
    await engine.close()


async def test_closing_while_the_model_loads_leaves_no_process() -> None:
    engine = LlamaCppEngine(nano_coder())
    before = {child.pid for child in psutil.Process().children()}
    loading = asyncio.create_task(engine.describe())
    await until(lambda: {child.pid for child in psutil.Process().children()} - before)
    await engine.close()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert {child.pid for child in psutil.Process().children()} == before


async def test_a_worker_does_not_outlive_its_parent() -> None:
    program = (
        "import asyncio\n"
        "from turnstile_lsp.agents.engine.llama_cpp.supervisor import LlamaCppEngine\n"
        "from turnstile_lsp.agents.models.names import resolve\n"
        "async def main():\n"
        "    engine = LlamaCppEngine(resolve('nano-coder'))\n"
        "    await engine.describe()\n"
        "    print(engine.process_id, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    worker = int(await parent.stdout.readline())
    assert psutil.pid_exists(worker)
    parent.kill()
    await parent.wait()
    await until(lambda: not psutil.pid_exists(worker) or psutil.Process(worker).status() == psutil.STATUS_ZOMBIE)
