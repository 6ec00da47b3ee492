"""What nano-coder's folder says of itself is true."""

import hashlib
import json
from pathlib import Path

import pytest
from llama_cpp import (
    LLAMA_TOKEN_ATTR_CONTROL,
    Llama,
    llama_vocab_fim_mid,
    llama_vocab_fim_pre,
    llama_vocab_fim_suf,
    llama_vocab_get_attr,
    llama_vocab_get_text,
)

from tools.train_nano_coder.corpus import split_of
from turnstile_lsp.agents.models.store import Card, shipped_cards

MEBIBYTE = 1 << 20
FIM_TOKENS = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"]


@pytest.fixture(scope="module")
def card() -> Card:
    return shipped_cards()["nano-coder"][0]


@pytest.fixture(scope="module")
def model() -> Path:
    return shipped_cards()["nano-coder"][1]


@pytest.fixture(scope="module")
def header(model: Path) -> Llama:
    return Llama(str(model), vocab_only=True, verbose=False)


@pytest.fixture(scope="module")
def manifest(model: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((model.parent / "manifest.json").read_text())
    return rows


def test_the_card_describes_the_file_beside_it(card: Card, model: Path) -> None:
    assert hashlib.sha256(model.read_bytes()).hexdigest() == card.sha256
    assert model.stat().st_size <= 12 * MEBIBYTE


def test_the_file_is_a_small_deepseek_v2(header: Llama, card: Card) -> None:
    metadata = header.metadata
    assert metadata["general.architecture"] == "deepseek2"
    assert int(metadata["deepseek2.context_length"]) == card.context_length
    assert int(metadata["deepseek2.expert_used_count"]) < int(metadata["deepseek2.expert_count"])
    assert int(metadata["deepseek2.expert_shared_count"]) > 0
    # Marks a file whose latent (not its expansion) llama.cpp keeps in the KV cache.
    assert "deepseek2.attention.key_length_mla" in metadata


def test_the_file_holds_the_fim_tokens_as_control_tokens(header: Llama) -> None:
    vocabulary = header._model.vocab
    tokens = [find(vocabulary) for find in (llama_vocab_fim_pre, llama_vocab_fim_suf, llama_vocab_fim_mid)]
    assert [llama_vocab_get_text(vocabulary, token).decode() for token in tokens] == FIM_TOKENS
    assert all(llama_vocab_get_attr(vocabulary, token) & LLAMA_TOKEN_ATTR_CONTROL for token in tokens)


def test_the_prompt_budget_leaves_room_for_an_answer(card: Card) -> None:
    assert card.fim
    assert card.prefix_tokens
    assert card.suffix_tokens
    assert card.prefix_tokens + card.suffix_tokens + 4 + 64 <= card.context_length


def test_no_file_is_both_trained_on_and_held_out(manifest: list[dict[str, str]]) -> None:
    splits = {split: {row["sha256"] for row in manifest if row["split"] == split} for split in ("train", "held_out")}
    assert splits["train"]
    assert splits["held_out"]
    assert not splits["train"] & splits["held_out"]
    assert len({row["path"] for row in manifest}) == len(manifest)
    assert all(row["split"] == split_of(row["path"]) for row in manifest)


def test_a_module_and_its_tests_share_a_split() -> None:
    pairs = [("shutil.py", "test/test_shutil.py"), ("asyncio/tasks.py", "test/test_asyncio/test_tasks.py")]
    assert all(split_of(module) == split_of(test) for module, test in pairs)


@pytest.mark.parametrize("figure", ["exact_match", "shown_exact", "shown_share"])
def test_proportions_lie_in_their_intervals(card: Card, figure: str) -> None:
    measured = card.figures[figure]
    assert 0 <= measured["low"] <= measured["value"] <= measured["high"] <= 1


def test_figures_rest_on_at_least_a_thousand_positions_and_reach_their_goals(card: Card) -> None:
    assert card.figures["shown_share"]["n"] == card.figures["exact_match"]["n"] >= 1000
    assert card.figures["shown_share"]["value"] >= 0.15
    assert card.figures["shown_exact"]["value"] >= 0.50


def test_the_licence_of_the_training_data_is_kept(model: Path) -> None:
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in (model.parent / "LICENSE-PSF.txt").read_text()
