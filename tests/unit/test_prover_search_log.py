"""The search's log: a search that was cut off anywhere goes on with the same tree."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from turnstile_lsp.agents.errors import EngineFailed
from turnstile_lsp.agents.lean.base import LeanMessage, ProofRun, RanTactic
from turnstile_lsp.agents.prover.policy import Suggestion
from turnstile_lsp.agents.prover.search.log import Expansion, Head, SearchLog
from turnstile_lsp.agents.prover.search.scores import ALGORITHMS
from turnstile_lsp.agents.prover.search.search import Search, Source
from turnstile_lsp.agents.prover.search.sources import MOST_DRAWN, DrawnProofs, PolicySource
from turnstile_lsp.agents.prover.search.tree import Node, Prefix, Tree
from turnstile_lsp.agents.prover.search.verifier import PREFIX_TOKENS, Verifier

HEAD = Head(goal="r", algorithm="rmaxts")


async def run(proof: str, heartbeats: int) -> tuple[str, ProofRun]:
    """A Lean of lines: each is a tactic whose goal is itself; "wrong" is an error, "done" closes everything."""
    tactics, start = [], 0
    messages = [LeanMessage(severity="error", text="unsolved goals", start=-1, end=0)]
    for line in proof.split("\n"):
        goals = () if line == "done" else (line,)
        tactics.append(RanTactic(start=start, end=start + len(line), goals=goals))
        if line == "wrong":
            messages.append(LeanMessage(severity="error", text="wrong", start=start, end=start + 1))
        start += len(line) + 1
    complete = proof.endswith("done") and len(messages) == 1
    return proof, ProofRun(tactics=tactics, messages=[] if complete else messages)


async def count(text: str) -> int:
    return len(text)


class Letters:
    """A source that adds two random lines."""

    heartbeats = 1

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    async def proof(self, node: Node, prefix: Prefix) -> str | None:
        await asyncio.sleep(0)
        return prefix.text + "\n".join(self._random.choices(["a", "b", "c", "d", "wrong"], k=2))


def suggestions(*texts: str) -> list[Suggestion]:
    return [Suggestion(text=text, cost=1.0, move=text) for text in texts]


def shape(tree: Tree) -> list[tuple[int, str, int, list[Prefix], float, float, float]]:
    return [
        (
            each.number,
            each.goal,
            len(each.children),
            each.prefixes,
            each.own.visits,
            each.subtree.reward,
            each.own.reward,
        )
        for each in tree.nodes
    ]


def opened(path: Path, limit: int = 100) -> Search:
    verifier = Verifier("r", run, count)
    return Search(Tree("r", ALGORITHMS["rmaxts"]), SearchLog(path, HEAD), verifier, limit=limit)


async def finish(search: Search, sources: Sequence[Source]) -> list[str]:
    work = [search.work(source) for source in sources]
    return [proof async for proof in search._verifier.proofs(work)]


async def test_a_log_makes_the_same_tree_again_wherever_it_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "searches" / "s.jsonl"
    search = opened(path, limit=40)
    await finish(search, [Letters(1), Letters(2), Letters(3)])
    search._log.close()
    assert len(search.tree.nodes) > 20
    assert shape(opened(path).tree) == shape(search.tree)
    data = path.read_bytes()
    for cut in random.Random(0).sample(range(len(data)), 20):
        copy = tmp_path / f"{cut}.jsonl"
        copy.write_bytes(data[:cut])
        whole = max(0, data[:cut].count(b"\n") - 1)
        again = opened(copy)
        assert again.begun == whole
        again._log.append(Expansion(node=0, proof="x"))
        again._log.close()
        assert opened(copy).begun == whole + 1


async def test_a_log_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    search = opened(path, limit=3)
    await finish(search, [Letters(1)])
    search._log.close()
    log = SearchLog(path, Head(goal="another", algorithm="rmaxts"))
    assert log.expansions == ()
    log.close()
    path.write_bytes(b"\xff\x00 no log\n")
    assert opened(path).begun == 0


async def test_two_at_once_do_not_write_one_log(tmp_path: Path) -> None:
    first, second = SearchLog(tmp_path / "s.jsonl", HEAD), SearchLog(tmp_path / "s.jsonl", HEAD)
    second.append(Expansion(node=0, proof="lost"))
    first.append(Expansion(node=0, proof="kept"))
    first.close()
    again = SearchLog(tmp_path / "s.jsonl", HEAD)
    assert [each.proof for each in again.expansions] == ["kept"]


async def test_a_folder_that_cannot_be_written_to_costs_only_the_log() -> None:
    search = opened(Path("/proc/nothing/s.jsonl"), limit=3)
    await finish(search, [Letters(1)])
    assert search.begun == 3


async def test_complete_proofs_are_offered_again_after_a_kill(tmp_path: Path) -> None:
    search = opened(tmp_path / "s.jsonl")
    search._log.append(Expansion(node=0, proof="a\ndone", complete=True))
    search._log.close()
    assert await finish(opened(tmp_path / "s.jsonl", limit=1), [Letters(1)]) == ["a\ndone"]


async def test_the_policy_steps_to_a_proof_and_ends_when_it_has_nothing_more(tmp_path: Path) -> None:
    steps = {"r": suggestions("wrong", "a"), "a": suggestions("b"), "b": suggestions("wrong", "done")}
    search = opened(tmp_path / "s.jsonl", limit=1000)
    found = await finish(search, [PolicySource(lambda goal: steps.get(goal, []))])
    assert found == ["a\nb\ndone"]
    assert [node.goal for node in search.tree.nodes] == ["r", "a", "b"]
    assert search.begun == search.ended == 5, "one for each tactic"


async def test_drawn_proofs_go_on_from_a_prefix_and_are_likelier_the_less_they_cost() -> None:
    look_up = Suggestion(text="exact?", cost=0.1, move="exact?", offers=1)
    moves = [*suggestions("omega"), look_up, Suggestion(text="cases h\n· skip", cost=3.0, move="cases")]
    source = DrawnProofs(lambda goals: moves if goals == "r" else [], "seed")
    node = Node(0, "r", None)
    proofs = [await source.proof(node, Prefix("intro h\n", "  ")) for _ in range(300)]
    assert all(proof is not None and proof.startswith("intro h\n  ") for proof in proofs)
    text = "\n".join(proof or "" for proof in proofs)
    assert "exact?" not in text
    assert "  cases h\n  · skip" in text
    cheap, dear = text.count("omega"), text.count("cases")
    assert 300 < cheap + dear < 300 * MOST_DRAWN
    assert 3 < cheap / dear < 16  # e² is 7.4
    again = DrawnProofs(lambda goals: moves, "seed")
    assert [await again.proof(node, Prefix("intro h\n", "  ")) for _ in range(300)] == proofs
    assert await source.proof(Node(1, "other", node), Prefix("")) is None


async def test_a_search_that_is_not_to_be_remembered_has_no_file(tmp_path: Path) -> None:
    search = Search(Tree("r", ALGORITHMS["rmaxts"]), SearchLog(None, HEAD), Verifier("r", run, count), limit=3)
    await finish(search, [Letters(1)])
    assert (search.begun, search.ended) == (3, 3)


async def test_a_proof_that_goes_on_behind_its_end_is_offered_up_to_there(tmp_path: Path) -> None:
    class Eager:
        heartbeats = 1

        async def proof(self, node: Node, prefix: Prefix) -> str | None:
            return "a\ndone\nwrong"

    search = opened(tmp_path / "s.jsonl", limit=2)
    assert await finish(search, [Eager()]) == ["a\ndone"]


async def test_long_prefixes_are_not_gone_on_from(tmp_path: Path) -> None:
    class Long:
        heartbeats = 1

        async def proof(self, node: Node, prefix: Prefix) -> str | None:
            return "a\n" + "b" * PREFIX_TOKENS + "\nc"

    search = opened(tmp_path / "s.jsonl", limit=2)
    await finish(search, [Long()])
    assert [node.goal for node in search.tree.nodes] == ["r", "a"]


async def test_a_source_that_repeats_itself_can_be_stopped(tmp_path: Path) -> None:
    class Same:
        heartbeats = 1

        async def proof(self, node: Node, prefix: Prefix) -> str | None:
            return "wrong"

    search = opened(tmp_path / "s.jsonl", limit=10**9)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await finish(search, [Same()])
    assert search.ended > 1


async def test_a_source_that_fails_ends_the_search(tmp_path: Path) -> None:
    class Broken:
        heartbeats = 1

        async def proof(self, node: Node, prefix: Prefix) -> str | None:
            raise EngineFailed("The engine broke.")

    search = opened(tmp_path / "s.jsonl")
    with pytest.raises(EngineFailed):
        await finish(search, [Letters(1), Broken()])
    assert all(node.own.running == node.subtree.running == 0 for node in search.tree.nodes)


async def test_trees_side_by_side_run_each_proof_once(tmp_path: Path) -> None:
    ran: list[str] = []

    async def counted(proof: str, heartbeats: int) -> tuple[str, ProofRun]:
        ran.append(proof)
        return await run(proof, heartbeats)

    verifier = Verifier("r", counted, count)
    trees = [Tree("r", ALGORITHMS["rmaxts"]) for _ in range(2)]
    logs = [SearchLog(tmp_path / f"{number}.jsonl", HEAD) for number in range(2)]
    searches = [Search(tree, log, verifier, limit=30) for tree, log in zip(trees, logs, strict=True)]
    found = [proof async for proof in verifier.proofs([search.work(Letters(1)) for search in searches])]
    assert found == []
    assert sorted(ran) == sorted(set(ran))
    assert shape(trees[0]) == shape(trees[1]), "both have seen the same proofs"
    for number, (log, tree) in enumerate(zip(logs, trees, strict=True)):
        log.close()
        again = Search(
            Tree("r", ALGORITHMS["rmaxts"]), SearchLog(tmp_path / f"{number}.jsonl", HEAD), verifier, limit=0
        )
        assert shape(again.tree) == shape(tree)
