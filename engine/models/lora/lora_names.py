"""The names of tensors in LoRA files: which part of which module of which network they are.

Known are the names of kohya's scripts (`lora_unet_…`, `lora_te_…`; for Stable Diffusion XL also with the
names of the original layout), of LyCORIS (`….hada_w1_a`, `….lokr_w1`, `….diff`, `….w_norm`), of diffusers
(`unet.….lora_A`, `…processor.to_q_lora.down`) and of peft (`base_model.model.…`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

PEFT_PREFIX = "base_model."


class LoraPart(StrEnum):
    """What a tensor is for its module."""

    DOWN = "down"
    UP = "up"
    MID = "mid"
    UP_BIAS = "up bias"
    """Of the second factor: alpha / rank times it is added to the bias of the module."""
    ALPHA = "alpha"
    MAGNITUDE = "magnitude"
    """DoRA's norm of each output, as peft stores it."""
    DORA_SCALE = "dora_scale"
    """DoRA's norms as LyCORIS stores them, of each output or of each input."""
    HADA_W1_A = "hada_w1_a"
    HADA_W1_B = "hada_w1_b"
    HADA_W2_A = "hada_w2_a"
    HADA_W2_B = "hada_w2_b"
    HADA_T1 = "hada_t1"
    HADA_T2 = "hada_t2"
    LOKR_W1 = "lokr_w1"
    LOKR_W1_A = "lokr_w1_a"
    LOKR_W1_B = "lokr_w1_b"
    LOKR_W2 = "lokr_w2"
    LOKR_W2_A = "lokr_w2_a"
    LOKR_W2_B = "lokr_w2_b"
    LOKR_T2 = "lokr_t2"
    DIFFERENCE = "diff"
    """Added to the weight; the others here are added to weight or bias too."""
    BIAS_DIFFERENCE = "diff_b"
    NORM_DIFFERENCE = "w_norm"
    NORM_BIAS_DIFFERENCE = "b_norm"
    WEIGHT = "weight"
    """Replaces the weight: peft's `modules_to_save`."""
    BIAS = "bias"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LoraName:
    """The meaning of a name in a LoRA file."""

    network: str
    """"unet", "text_encoder" or "text_encoder_2"."""
    module: str
    """Name of the module in the network, with dots unless the file itself has none."""
    part: LoraPart

    @property
    def key(self) -> tuple[str, str]:
        """The network, and the name of the module with underscores for dots."""
        return self.network, self.module.replace(".", "_")


_ADAPTER = r"(?:\.default|\.default_0)?"
_FACTOR = re.compile(
    rf"^(?P<module>.+?)[._]lora(?:_linear_layer)?[._](?P<part>down|up|mid|A|B){_ADAPTER}(?P<end>\.weight|\.bias)?$"
)
_ALPHA = re.compile(r"^(?P<module>.+?)(?:[._]lora)?\.(?:alpha|lora_alpha)$")
_MAGNITUDE = re.compile(rf"^(?P<module>.+?)\.lora_magnitude_vector{_ADAPTER}(?:\.weight)?$")
_OTHER = re.compile(
    r"^(?P<module>.+?)\.(?P<part>dora_scale|hada_[wt]\d(?:_[ab])?|lokr_[wt]\d(?:_[ab])?|diff|diff_b|[wb]_norm)"
    rf"{_ADAPTER}$"
)
_WHOLE = re.compile(r"^(?P<module>base_model\..+?)(?:\.base_layer)?\.(?P<part>weight|bias)$")
_FACTORS = {"down": LoraPart.DOWN, "A": LoraPart.DOWN, "up": LoraPart.UP, "B": LoraPart.UP}
_BEGINNINGS = (
    ("text_encoder_2", re.compile(r"^(lora_te2_|text_encoder_2[._])(text_model[._])?")),
    (
        "text_encoder",
        re.compile(
            r"^(lora_te1?_|(base_model\.model\.)?text_encoder[._]|base_model\.model\.(?=text_model\.))(text_model[._])?"
        ),
    ),
    (
        "unet",
        re.compile(
            r"^(lora_unet_|lycoris_(unet_)?|unet[._]|base_model[._]model[._](unet[._])?|diffusion_model[._])?"
        ),
    ),
)


def read_lora_name(name: str) -> LoraName:
    """The meaning of a name; its part is `UNKNOWN` if it has none that is known."""
    module, part = _split(name)
    for network, beginning in _BEGINNINGS:
        if (found := beginning.match(module)) and (network == "unet" or found.group()):
            rest = module[found.end() :].replace(".processor.", ".").replace("_processor_", "_")
            # diffusers' older names: attn1.processor.to_out_lora stands for attn1.to_out.0
            return LoraName(network, re.sub(r"([._])to_out$", r"\1to_out\g<1>0", rest), part)
    raise AssertionError("the beginning of the UNet may be empty")


def _split(name: str) -> tuple[str, LoraPart]:
    if found := _FACTOR.match(name):
        if found["end"] == ".bias":
            is_up = _FACTORS.get(found["part"]) is LoraPart.UP
            return found["module"], LoraPart.UP_BIAS if is_up else LoraPart.UNKNOWN
        return found["module"], _FACTORS.get(found["part"], LoraPart.MID)
    if found := _ALPHA.match(name):
        return found["module"], LoraPart.ALPHA
    if found := _MAGNITUDE.match(name):
        return found["module"], LoraPart.MAGNITUDE
    if (found := _OTHER.match(name)) or (found := _WHOLE.match(name)):
        return found["module"], _known(found["part"])
    return name.rpartition(".")[0] or name, LoraPart.UNKNOWN


def _known(part: str) -> LoraPart:
    try:
        return LoraPart(part)
    except ValueError:
        return LoraPart.UNKNOWN
