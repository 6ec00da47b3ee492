"""Frames between engine and worker keep what they carry."""

from turnstile_lsp.agents.engine.base import Chunk, Message, Priority, Request, Sampling, Timings
from turnstile_lsp.agents.engine.llama_cpp import frames


def test_requests_keep_every_field() -> None:
    request = Request(
        messages=[Message(role="user", content="⊢")],
        sampling=Sampling(max_tokens=3, temperature=0.5, top_p=0.9, top_k=5, seed=1),
        stop=["\n"],
        n=2,
        log_probabilities=True,
        grammar="root ::= [a-z]",
        priority=Priority.SEARCH,
    )
    data = frames.encode(frames.Generate(7, request))
    assert int.from_bytes(data[: frames.LENGTH_BYTES], "big") == len(data) - frames.LENGTH_BYTES
    frame = frames.decode_to_worker(data[frames.LENGTH_BYTES :])
    assert isinstance(frame, frames.Generate)
    assert frame.id == 7
    assert frames.encode(frame) == data
    assert frame.request.priority is Priority.SEARCH


def test_chunks_keep_every_field() -> None:
    chunk = Chunk(index=1, text="x", tokens=[1], log_probabilities=[-0.5], finish="stop", timings=Timings(generated=1))
    data = frames.encode(frames.Piece(3, chunk))
    frame = frames.decode_from_worker(data[frames.LENGTH_BYTES :])
    assert isinstance(frame, frames.Piece)
    assert frame.chunk == chunk
