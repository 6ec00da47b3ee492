"""RMaxTS: scores and statistics worked by hand, and laws."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.prover.search.scores import ALGORITHMS, Statistics, score
from turnstile_lsp.agents.prover.search.tree import Node, Prefix, Tree
from turnstile_lsp.agents.prover.search.truncate import Segment

RMAXTS = ALGORITHMS["rmaxts"]


def path(goals: str) -> list[Segment]:
    """One segment for each letter."""
    return [Segment(text=f"{goal}\n", goal=goal) for goal in goals]


def expand(tree: Tree, goals: str) -> Node:
    node = tree.select()
    assert node is not None
    tree.begin(node)
    tree.end(node, path(goals))
    return node


def test_statistics_are_discounted() -> None:
    statistics = Statistics()
    for reward in (1.0, 0.0, 1.0):
        statistics.update(reward, 0.99)
    # W = 0.99² + 1, N = 0.99² + 0.99 + 1
    assert statistics.reward == pytest.approx(1.9801)
    assert statistics.visits == pytest.approx(2.9701)


def test_virtual_losses() -> None:
    statistics = Statistics(reward=1.0, visits=2.0, running=2)
    # W' = 0.9801, N' = 2·0.9801 + (1 − 0.9801)/0.01 = 1.9602 + 1.99
    assert statistics.with_losses(0.99) == (pytest.approx(0.9801), pytest.approx(3.9502))
    assert statistics.with_losses(1.0) == (1.0, 4.0)
    statistics.running = 0
    assert statistics.with_losses(0.99) == (1.0, 2.0)


def test_the_score() -> None:
    assert score(1.0, 2.0, 8.0) == pytest.approx(0.5 + math.sqrt(2 * math.log(8) / 2))
    assert score(0.0, 0.0, 0.0) == pytest.approx(math.sqrt(2 * math.log(2) / 0.01))  # both floors


def test_two_expansions_by_hand() -> None:
    tree = Tree("r", RMAXTS)
    assert expand(tree, "ab") is tree.root
    root, a, b = tree.nodes
    assert (a.parent, b.parent) == (root, a)
    assert [(each.own.visits, each.subtree.visits) for each in tree.nodes] == [(1, 1), (0, 0), (0, 0)]
    # ⊘ has N 1 and W 1; the new child has had no visit: sqrt(2 ln 2 / 0.01) = 11.8
    assert tree.scores(root) == [pytest.approx(1 + math.sqrt(2 * math.log(2))), pytest.approx(11.774, abs=1e-3)]
    # below it ⊘ and `b` tie, and ⊘ goes first
    assert tree.select() is a
    tree.begin(a)
    tree.end(a, path("ac"))
    c = tree.nodes[3]
    assert (c.parent, c.prefixes) == (a, [Prefix("a\nc\n")])
    assert (a.own.visits, a.own.reward, a.subtree.reward) == (1, 1, 1)
    assert (root.own.visits, root.subtree.visits, root.subtree.reward) == (1, pytest.approx(1.99), pytest.approx(1.99))


def test_only_new_nodes_are_rewarded() -> None:
    tree = Tree("r", RMAXTS)
    expand(tree, "ab")
    node = expand(tree, "ab")
    assert (node.own.reward, node.subtree.reward) == (0, 0)
    assert tree.root.subtree.reward == pytest.approx(0.99)


def test_a_job_in_flight_sends_the_next_one_elsewhere() -> None:
    tree = Tree("r", RMAXTS)
    expand(tree, "a")
    expand(tree, "b")
    chosen = []
    for _ in range(3):
        node = tree.select()
        assert node is not None
        tree.begin(node)
        chosen.append(node.goal)
    assert len(set(chosen)) == 3
    for node in tree.nodes:
        tree.abandon(node)
    assert all(each.own.running == each.subtree.running == 0 for each in tree.nodes)


def test_equivalent_beginnings_are_kept_once_each() -> None:
    tree = Tree("r", RMAXTS)
    tree.insert([Segment(text="x\n", goal="a")])
    tree.insert([Segment(text="y\n", goal="a", indent="  ")])
    tree.insert([Segment(text="x\n", goal="a")])
    assert tree.nodes[1].prefixes == [Prefix("x\n"), Prefix("y\n", "  ")]
    drawn = {tree.pick_prefix(tree.nodes[1], Random(seed)).text for seed in range(20)}
    assert drawn == {"x\n", "y\n"}


def test_the_same_goal_elsewhere_is_another_node() -> None:
    tree = Tree("r", RMAXTS)
    assert tree.insert(path("ab")) == 2
    assert tree.insert(path("b")) == 1
    assert tree.nodes[3].prefixes == [Prefix("b\n")]


def test_nodes_that_are_left_out_are_not_chosen() -> None:
    tree = Tree("r", RMAXTS)
    tree.insert(path("ab"))
    chosen = [tree.select(barren) for barren in ({0}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2})]
    assert [node.goal if node is not None else None for node in chosen] == ["a", "b", "a", "r", None]


def test_the_baselines() -> None:
    trees = {name: Tree("r", algorithm) for name, algorithm in ALGORITHMS.items()}
    for tree in trees.values():
        for goals in ("a", "b", "b"):
            expand(tree, goals)
    assert trees["uct"].root.subtree == Statistics(reward=0.0, visits=3.0)
    assert trees["ucb1"].root.subtree == Statistics(reward=2.0, visits=3.0)
    assert trees["rmaxts"].root.subtree.visits == pytest.approx(2.9701)
    assert len(trees["single-pass"].nodes) == 1


JOBS = st.lists(st.tuples(st.text("abc", max_size=4), st.integers(1, 4)), min_size=1, max_size=30)


@given(JOBS, st.sampled_from(["rmaxts", "ucb1", "uct"]))
def test_statistics_equal_a_recomputation_from_the_log(jobs: list[tuple[str, int]], name: str) -> None:
    algorithm = ALGORITHMS[name]
    tree = Tree("r", algorithm)
    log: list[tuple[Node, float]] = []
    running: list[tuple[Node, str]] = []

    def finish() -> None:
        node, goals = running.pop(0)
        added = tree.end(node, path(goals))
        log.append((node, float(added > 0) if algorithm.intrinsic else 0.0))

    for goals, at_once in jobs:
        node = tree.select()
        assert node is not None
        tree.begin(node)
        running.append((node, goals))
        while len(running) >= at_once:
            finish()
    while running:
        finish()
    for node in tree.nodes:
        assert_sums(node.own, [reward for each, reward in log if each is node], algorithm.discount)
        below = [reward for each, reward in log if node in each.line()]
        assert_sums(node.subtree, below, algorithm.discount)


def assert_sums(statistics: Statistics, rewards: list[float], discount: float) -> None:
    """W = Σ γ^(N−t) R_t, N = Σ_{t<N} γ^t, written out."""
    count = len(rewards)
    assert statistics.running == 0
    assert statistics.reward == pytest.approx(sum(discount ** (count - t) * r for t, r in enumerate(rewards, 1)))
    assert statistics.visits == pytest.approx(sum(discount**t for t in range(count)))


@given(st.lists(st.text("ab", max_size=4), max_size=12), st.randoms())
def test_nodes_and_beginnings_do_not_depend_on_the_order_of_completion(paths: list[str], random: Random) -> None:
    shuffled = random.sample(paths, len(paths))
    trees = [Tree("r", RMAXTS), Tree("r", RMAXTS)]
    added = [
        sum(tree.insert(path(each)) for each in order) for tree, order in zip(trees, (paths, shuffled), strict=True)
    ]
    assert added[0] == added[1]
    first, second = ({line(node): set(node.prefixes) for node in tree.nodes} for tree in trees)
    assert first == second


def line(node: Node) -> str:
    return "".join(each.goal for each in node.line())
