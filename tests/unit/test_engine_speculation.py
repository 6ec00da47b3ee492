"""Drafts by look-up."""

from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.engine.llama_cpp.speculation import LONGEST, Lookup, References, Runs

TOKENS = st.lists(st.integers(0, 3), max_size=40)


def test_what_followed_before_is_the_draft() -> None:
    assert Lookup([1, 2, 3, 4, 5, 6, 9, 1, 2, 3], []).draft(LONGEST) == [4, 5, 6, 9]


def test_the_latest_place_counts() -> None:
    assert Lookup([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3], []).draft(LONGEST)[0] == 5


def test_other_texts_are_asked_in_their_order() -> None:
    others = [Runs([0, 1, 2]), Runs([0, 1, 2, 7]), Runs([0, 1, 2, 8])]
    assert Lookup([0, 1, 2], others).draft(LONGEST) == [7]


def test_the_answer_is_looked_up_too() -> None:
    lookup = Lookup([9], [])
    for token in (1, 2, 3, 4, 1, 2, 3):
        lookup.add(token)
    assert lookup.draft(1) == [4]


def test_the_length_follows_what_was_right() -> None:
    lookup = Lookup([0, 1, 2], [Runs([0, 1, 2] + [7] * 20)])
    assert len(lookup.draft(LONGEST)) == 4
    lookup.judged(4, 4)
    assert len(lookup.draft(LONGEST)) == 8
    lookup.judged(8, 1)
    assert len(lookup.draft(LONGEST)) == 2


def test_drafts_pause_when_nothing_was_right_twice() -> None:
    lookup = Lookup([1, 2, 3, 4, 1, 2, 3], [])
    for _ in range(2):
        assert lookup.draft(LONGEST)
        lookup.judged(4, 0)
    assert not lookup.draft(LONGEST)
    assert any(lookup.draft(LONGEST) for _ in range(20))


@given(TOKENS, TOKENS, TOKENS, st.integers(0, 9))
def test_a_draft_stands_where_the_last_three_tokens_stood(
    other: list[int], text: list[int], answer: list[int], most: int
) -> None:
    lookup = Lookup(text, [Runs(other)])
    for token in answer:
        lookup.add(token)
    whole = text + answer
    draft = lookup.draft(most)
    assert len(draft) <= most
    if draft:
        run = [*whole[-3:], *draft]
        assert any(run == place[i : i + len(run)] for place in (other, whole) for i in range(len(place)))


def test_new_texts_are_indexed_little_by_little_and_once() -> None:
    tokenized: list[str] = []

    def tokenize(text: str) -> list[int]:
        tokenized.append(text)
        return [*text.encode()]

    references = References(tokenize)
    texts = [f"{number}" * 1000 for number in range(4)]
    assert len(references.of(texts)) == 2
    assert len(references.of(texts)) == 4
    assert len(references.of(texts)) == 4
    assert tokenized == texts


def test_old_texts_are_forgotten() -> None:
    references = References(lambda text: [*text.encode()])
    for number in range(200):
        references.of([f"text {number}", "always"])
    assert len(references._kept) == 64
    assert "always" in references._kept
