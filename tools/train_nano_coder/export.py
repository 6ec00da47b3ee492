"""From the checkpoint to GGUF: through transformers' DeepSeek-V2 layout and llama.cpp's own converter."""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import DeepseekV2Config, DeepseekV2ForCausalLM, PreTrainedTokenizerFast

from tools.train_nano_coder.model import NanoCoder
from tools.train_nano_coder.recipe import ARCHITECTURE, WORK_FOLDER
from tools.train_nano_coder.tokenizer import BOS, EOS, FIM_BEGIN, FIM_END, FIM_HOLE, TOKENIZER_FILE
from tools.train_nano_coder.train import CHECKPOINT

HF_FOLDER: Path = WORK_FOLDER / "hf"
EXPORTED: Path = WORK_FOLDER / "exported.pt"
GGUF_F32: Path = WORK_FOLDER / "nano-coder-f32.gguf"
LLAMA_CPP_VERSION = "0.3.36"
SOURCE_FOLDER: Path = WORK_FOLDER / "llama-src"


def exported_model() -> NanoCoder:
    """The trainer's model with the weights that were exported last."""
    model = NanoCoder(ARCHITECTURE)
    model.load_state_dict(torch.load(EXPORTED)["model"])
    return model.eval()


def exported_steps() -> int:
    steps: int = torch.load(EXPORTED)["step"]
    return steps


def export_hf() -> None:
    """Freezes the checkpoint (training may go on) and writes model and tokenizer as transformers would."""
    shutil.copyfile(CHECKPOINT, EXPORTED)
    config = DeepseekV2Config(
        **dataclasses.asdict(ARCHITECTURE),
        norm_topk_prob=False,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
    )
    hf = DeepseekV2ForCausalLM(config)
    weights = {f"model.{name}": value for name, value in exported_model().state_dict().items()}
    hf.load_state_dict({**weights, "lm_head.weight": weights["model.embed_tokens.weight"]})
    hf.save_pretrained(HF_FOLDER)
    PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(TOKENIZER_FILE)),
        bos_token=BOS,
        eos_token=EOS,
        additional_special_tokens=[FIM_BEGIN, FIM_HOLE, FIM_END],
    ).save_pretrained(HF_FOLDER)


def converter() -> Path:
    """llama.cpp's converter out of the llama-cpp-python source distribution, fetched once."""
    found = sorted(SOURCE_FOLDER.glob("*/vendor/llama.cpp/convert_hf_to_gguf.py"))
    if found:
        return found[0]
    SOURCE_FOLDER.mkdir(parents=True, exist_ok=True)
    package = f"llama-cpp-python=={LLAMA_CPP_VERSION}"
    options = ["--no-deps", "--no-binary", "llama-cpp-python", "--dest", str(SOURCE_FOLDER)]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, package], check=True)
    archive = next(SOURCE_FOLDER.glob("*.tar.gz"))
    subprocess.run(["tar", "xzf", str(archive), "-C", str(SOURCE_FOLDER)], check=True)
    return converter()


def convert(kind: str, target: Path) -> None:
    """Runs the converter; ``kind`` is ``f32`` or ``q8_0``. Its list of known tokenizers lacks ours."""
    script = converter()
    program = (
        "import runpy, sys\n"
        f"sys.path.insert(0, {str(script.parent)!r})\n"
        "import conversion.base\n"
        "conversion.base.TextModel.get_vocab_base_pre = lambda self, tokenizer: 'deepseek-coder'\n"
        f"sys.argv = ['convert', {str(HF_FOLDER)!r}, '--outtype', {kind!r}, '--outfile', {str(target)!r}]\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
