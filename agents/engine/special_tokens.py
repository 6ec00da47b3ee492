"""Special tokens in user text."""

from __future__ import annotations


def neutralise(text: str) -> str:
    """`text` with the bars of DeepSeek's special tokens made ordinary, so that none of them acts when the whole
    prompt is tokenized with special tokens active. The length stays; only `<｜` and `｜>` change."""
    return text.replace("<｜", "<|").replace("｜>", "|>")
