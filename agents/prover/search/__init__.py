"""Tree search over whole proofs, after DeepSeek-Prover-V1.5 (https://arxiv.org/abs/2408.08152): truncate and resume, RMaxTS."""
