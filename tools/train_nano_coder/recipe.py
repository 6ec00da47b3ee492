"""Every number that decides what nano-coder becomes."""

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MODEL_FOLDER = REPOSITORY / "agents" / "models" / "nano-coder"
CARD = REPOSITORY / "agents" / "models" / "cards" / "nano-coder.toml"
WORK_FOLDER = Path.home() / ".cache" / "turnstile" / "nano-coder"

SEED = 20261124
HELD_OUT_PERCENT = 8


@dataclass(frozen=True)
class Architecture:
    """DeepSeek-V2's shape in small; names follow transformers' ``DeepseekV2Config``."""

    vocab_size: int = 4096
    hidden_size: int = 160
    num_hidden_layers: int = 4
    num_attention_heads: int = 5
    q_lora_rank: int = 64
    kv_lora_rank: int = 64
    qk_nope_head_dim: int = 32
    qk_rope_head_dim: int = 16
    v_head_dim: int = 48
    intermediate_size: int = 384
    moe_intermediate_size: int = 64
    n_routed_experts: int = 16
    num_experts_per_tok: int = 4
    n_shared_experts: int = 2
    first_k_dense_replace: int = 1
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6
    max_position_embeddings: int = 512


@dataclass(frozen=True)
class Phase:
    """How many tokens of prefix a hole has, from a step on. Short ones first: more holes a step, then more context."""

    first_step: int
    shortest_prefix: int
    longest_prefix: int


@dataclass(frozen=True)
class Schedule:
    """Warm-up, stable and cool-down (WSD): the stable part can be prolonged at any time."""

    tokens_per_step: int = 4096
    warmup_steps: int = 60
    cooldown_start: int = 1550
    cooldown_steps: int = 650
    row_length: int = 256
    longest_middle: int = 48
    middle_weight: float = 10.0
    phases: tuple[Phase, ...] = (
        Phase(0, shortest_prefix=12, longest_prefix=64),
        Phase(1350, shortest_prefix=32, longest_prefix=112),
        Phase(1830, shortest_prefix=24, longest_prefix=64),
    )
    matrix_rate: float = 0.02
    other_rate: float = 3e-3
    balance_weight: float = 0.005

    @property
    def steps(self) -> int:
        return self.cooldown_start + self.cooldown_steps

    def phase(self, step: int) -> Phase:
        return next(phase for phase in reversed(self.phases) if phase.first_step <= step)

    def rate(self, step: int) -> float:
        """Share of the full learning rate at a step."""
        if step < self.warmup_steps:
            return (step + 1) / self.warmup_steps
        return min(1.0, max(0.0, (self.steps - step) / self.cooldown_steps))


@dataclass(frozen=True)
class Evaluation:
    """How the shipped file is measured; the token budgets are those that the product uses."""

    positions: int = 1800
    prefix_tokens: int = 56
    suffix_tokens: int = 12
    calibration_share: float = 0.19
    loss_positions: int = 150
    recorded: int = 60


ARCHITECTURE = Architecture()
SCHEDULE = Schedule()
EVALUATION = Evaluation()
