"""DeepSeek-V2 in small: multi-head latent attention and DeepSeekMoE, as a compact PyTorch module.

Sources: DeepSeek-V2 (MLA, section 2.1) and DeepSeekMoE (section 3; experts sized finely, shared
experts, softmax scores without renormalisation). Parameter names follow transformers'
``DeepseekV2ForCausalLM``; the experts' matrices are stacked, as there.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tools.train_nano_coder.recipe import Architecture


def rotary_table(architecture: Architecture, length: int) -> Tensor:
    """(length, rope_dim / 2) complex rotations; pairs are neighbouring dimensions."""
    dim = architecture.qk_rope_head_dim
    frequencies = architecture.rope_theta ** (-torch.arange(0, dim, 2, dtype=torch.float32) / dim)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), frequencies)
    return torch.polar(torch.ones_like(angles), angles)


def rotate(x: Tensor, table: Tensor) -> Tensor:
    """Applies the rotary table to (..., length, rope_dim)."""
    pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * table).flatten(-2)


class Attention(nn.Module):
    def __init__(self, a: Architecture) -> None:
        super().__init__()
        self.a = a
        head = a.qk_nope_head_dim + a.qk_rope_head_dim
        self.q_a_proj = nn.Linear(a.hidden_size, a.q_lora_rank, bias=False)
        self.q_a_layernorm = nn.RMSNorm(a.q_lora_rank, a.rms_norm_eps)
        self.q_b_proj = nn.Linear(a.q_lora_rank, a.num_attention_heads * head, bias=False)
        self.kv_a_proj_with_mqa = nn.Linear(a.hidden_size, a.kv_lora_rank + a.qk_rope_head_dim, bias=False)
        self.kv_a_layernorm = nn.RMSNorm(a.kv_lora_rank, a.rms_norm_eps)
        self.kv_b_proj = nn.Linear(
            a.kv_lora_rank, a.num_attention_heads * (a.qk_nope_head_dim + a.v_head_dim), bias=False
        )
        self.o_proj = nn.Linear(a.num_attention_heads * a.v_head_dim, a.hidden_size, bias=False)

    def forward(self, x: Tensor, table: Tensor) -> Tensor:
        a = self.a
        rows, length, _ = x.shape
        query = self.q_b_proj(self.q_a_layernorm(self.q_a_proj(x)))
        query = query.view(rows, length, a.num_attention_heads, -1).transpose(1, 2)
        q_nope, q_rope = query.split([a.qk_nope_head_dim, a.qk_rope_head_dim], dim=-1)
        latent, k_rope = self.kv_a_proj_with_mqa(x).split([a.kv_lora_rank, a.qk_rope_head_dim], dim=-1)
        key_value = self.kv_b_proj(self.kv_a_layernorm(latent))
        key_value = key_value.view(rows, length, a.num_attention_heads, -1).transpose(1, 2)
        k_nope, value = key_value.split([a.qk_nope_head_dim, a.v_head_dim], dim=-1)
        k_rope = rotate(k_rope[:, None], table).expand(-1, a.num_attention_heads, -1, -1)
        query = torch.cat([q_nope, rotate(q_rope, table)], dim=-1)
        key = torch.cat([k_nope, k_rope], dim=-1)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.o_proj(mixed.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(hidden, width, bias=False)
        self.up_proj = nn.Linear(hidden, width, bias=False)
        self.down_proj = nn.Linear(width, hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Experts(nn.Module):
    """Stacked matrices of the routed experts: gate and up (n, 2 width, hidden), down (n, hidden, width)."""

    def __init__(self, a: Architecture) -> None:
        super().__init__()
        n, width, hidden = a.n_routed_experts, a.moe_intermediate_size, a.hidden_size
        self.gate_up_proj = nn.Parameter(torch.empty(n, 2 * width, hidden))
        self.down_proj = nn.Parameter(torch.empty(n, hidden, width))

    def forward(self, x: Tensor, chosen: Tensor, scores: Tensor) -> Tensor:
        """Sums the chosen experts' outputs; x is (tokens, hidden), chosen and scores (tokens, k)."""
        order = chosen.flatten().argsort(stable=True)
        counts = torch.bincount(chosen.flatten(), minlength=len(self.down_proj)).tolist()
        token = order // chosen.shape[1]
        outputs = []
        for expert, part in enumerate(x[token].split(counts)):
            gate, up = F.linear(part, self.gate_up_proj[expert]).chunk(2, dim=-1)
            outputs.append(F.linear(F.silu(gate) * up, self.down_proj[expert]))
        weighted = torch.cat(outputs) * scores.flatten()[order, None]
        return torch.zeros_like(x).index_add(0, token, weighted)


class MixtureOfExperts(nn.Module):
    def __init__(self, a: Architecture) -> None:
        super().__init__()
        self.top = a.num_experts_per_tok
        self.gate = nn.Linear(a.hidden_size, a.n_routed_experts, bias=False)
        self.experts = Experts(a)
        self.shared_experts = FeedForward(a.hidden_size, a.n_shared_experts * a.moe_intermediate_size)
        self.balance = torch.zeros(())

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(0, 1)
        scores = self.gate(flat).softmax(dim=-1)
        top_scores, chosen = scores.topk(self.top, dim=-1)
        # Expert-level balance loss (DeepSeekMoE, equation 12): 1 when the load is even.
        load = torch.bincount(chosen.flatten(), minlength=scores.shape[1]) / chosen.numel()
        self.balance = scores.shape[1] * (load * scores.mean(dim=0)).sum()
        return self.experts(flat, chosen, top_scores).view_as(x) + self.shared_experts(x)


class Layer(nn.Module):
    def __init__(self, a: Architecture, index: int) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(a.hidden_size, a.rms_norm_eps)
        self.self_attn = Attention(a)
        self.post_attention_layernorm = nn.RMSNorm(a.hidden_size, a.rms_norm_eps)
        dense = index < a.first_k_dense_replace
        self.mlp = FeedForward(a.hidden_size, a.intermediate_size) if dense else MixtureOfExperts(a)

    def forward(self, x: Tensor, table: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), table)
        return x + self.mlp(self.post_attention_layernorm(x))


class NanoCoder(nn.Module):
    """Maps ids (rows, length) to the last hidden states; ``embed_tokens`` is the output matrix as well."""

    def __init__(self, a: Architecture) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(a.vocab_size, a.hidden_size)
        self.layers = nn.ModuleList(Layer(a, index) for index in range(a.num_hidden_layers))
        self.norm = nn.RMSNorm(a.hidden_size, a.rms_norm_eps)
        self.table: Tensor
        self.register_buffer("table", rotary_table(a, a.max_position_embeddings), persistent=False)
        self.reset()

    def reset(self) -> None:
        """Scaled normal matrices; what writes into the residual stream starts at zero."""
        for name, parameter in self.named_parameters():
            if "norm" in name:
                continue
            if "embed" in name:
                nn.init.normal_(parameter, std=0.02)
            elif "o_proj" in name or "down_proj" in name:
                nn.init.zeros_(parameter)
            else:
                nn.init.normal_(parameter, std=parameter.shape[-1] ** -0.5)

    def forward(self, ids: Tensor) -> Tensor:
        table = self.table[: ids.shape[1]]
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, table)
        return self.norm(x)

    def logits(self, ids: Tensor) -> Tensor:
        return F.linear(self(ids), self.embed_tokens.weight)

    def balance(self) -> Tensor:
        return torch.stack([m.balance for m in self.modules() if isinstance(m, MixtureOfExperts)]).mean()
