"""The strength of the changes of a LoRA: alpha / rank, or alpha / √rank if it is rank-stabilised.

Alpha is stored for each module (kohya, LyCORIS), or in the settings of the adapter: by peft in
`adapter_config.json`, by diffusers in the metadata of the file. Without either, the scale is 1, as diffusers
takes it. Settings under which the stored factors mean something else are refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import ModelNotUsable
from engine.models.lora.lora_names import PEFT_PREFIX, LoraName
from engine.tensors.tensor_source import TensorSource

CONFIG_NAME = "adapter_config.json"
METADATA_NAME = "lora_adapter_metadata"
PEFT_DEFAULT = 8
"""peft's default of alpha and of the rank."""
MAX_REPEATS = 4
"""Most repetitions in a pattern of module names."""
_KNOWN_TYPES = ("LORA", "LOHA", "LOKR")
_CHANGED_BASES = ("pissa", "olora", "corda", "loftq", "lora_ga")
"""Beginnings of `init_lora_weights` for which peft also changes the weights of the model itself."""


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """The settings of an adapter for one network. Raises `ValueError`, `TypeError` if they are invalid."""

    alpha: float
    rank: float
    alphas: Mapping[str, float] = field(default_factory=dict)
    """Other values of alpha, by patterns of module names."""
    ranks: Mapping[str, float] = field(default_factory=dict)
    is_rank_stabilised: bool = False

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> AdapterSettings:
        """The settings in the fields of peft's `LoraConfig`, `LoHaConfig` or `LoKrConfig`."""
        return cls(
            alpha=_number(values.get("lora_alpha", values.get("alpha", PEFT_DEFAULT))),
            rank=_rank(values.get("r", PEFT_DEFAULT)),
            alphas=_patterns(values.get("alpha_pattern"), _number),
            ranks=_patterns(values.get("rank_pattern"), _rank),
            is_rank_stabilised=values.get("use_rslora") is True,
        )

    def scale(self, module: str, rank: float | None) -> float:
        """The scale of a module, whose factors have this rank; None if it cannot be seen from them."""
        alpha = _matched(self.alphas, module, self.alpha)
        rank = _matched(self.ranks, module, self.rank) if rank is None else rank
        return alpha / math.sqrt(rank) if self.is_rank_stabilised else alpha / rank


class LoraScales:
    """The scales of all modules of a LoRA file. Raises `ModelNotUsable` for unsupported settings."""

    def __init__(self, source: TensorSource, path: Path) -> None:
        self._settings: dict[str, AdapterSettings] = {}
        stored = _stored_settings(source, path)
        if stored is None:
            return
        values, place = stored
        try:
            for network in ("unet", "text_encoder", "text_encoder_2"):
                own = _of_network(values, network)
                if own:
                    _check_supported(own, path)
                    self._settings[network] = AdapterSettings.read(own)
        except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, re.error) as error:
            raise _damaged(place) from error

    def scale(self, name: LoraName, alpha: float | None, rank: int | None) -> float:
        """The scale of a module with its own `alpha`, if it has one, and with factors of this rank."""
        if alpha is not None:
            return alpha / rank if rank is not None else 1.0
        settings = self._settings.get(name.network)
        return 1.0 if settings is None else settings.scale(name.module, rank)


def _stored_settings(source: TensorSource, path: Path) -> tuple[dict[str, Any], str] | None:
    """The settings and the name of their place; None if there are none. Raises `ModelNotUsable`."""
    beside = path.with_name(CONFIG_NAME)
    is_peft = path.stem == "adapter_model" or any(name.startswith(PEFT_PREFIX) for name in source.names())
    try:
        if METADATA_NAME in source.metadata:
            place, text = path.name, source.metadata[METADATA_NAME]
        elif is_peft and beside.is_file():
            place, text = CONFIG_NAME, beside.read_text(encoding="utf-8")
        else:
            return None
        values = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(CONFIG_NAME) from error
    if not isinstance(values, dict):
        raise _damaged(place)
    return values, place


def _damaged(place: str) -> ModelNotUsable:
    return ModelNotUsable(
        "model.lora-settings-damaged",
        "The settings of the LoRA in {file} are damaged.",
        "Download them again together with the LoRA.",
        file=place,
    )


def _of_network(values: Mapping[str, Any], network: str) -> dict[str, Any]:
    """The settings of one network; settings without the name of a network are those of all."""
    prefixes = tuple(f"{known}." for known in ("unet", "text_encoder", "text_encoder_2"))
    own = {
        key.removeprefix(f"{network}."): value
        for key, value in values.items()
        if key.startswith(f"{network}.")
    }
    return own or {key: value for key, value in values.items() if not key.startswith(prefixes)}


def _check_supported(values: Mapping[str, Any], path: Path) -> None:
    kind = str(values.get("peft_type") or "LORA").upper()
    start = values.get("init_lora_weights")
    if kind not in _KNOWN_TYPES:
        refused = kind
    elif isinstance(start, str) and start.startswith(_CHANGED_BASES):
        refused = start
    else:
        return
    raise ModelNotUsable(
        "model.lora-settings-not-supported",
        "The LoRA {file} was trained with {kind}, which is not supported.",
        "Merge it into its model with peft, or choose a plain LoRA.",
        file=path.name,
        kind=refused,
    )


def _number(value: object) -> float:
    number = float(value) if isinstance(value, (int, float)) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a number")
    return number


def _rank(value: object) -> float:
    if (number := _number(value)) < 1:
        raise ValueError(f"{value} is not a rank")
    return number


def _patterns(values: object, read: Callable[[object], float]) -> dict[str, float]:
    patterns = {str(key): read(value) for key, value in dict(values or {}).items()}  # type: ignore[call-overload]
    for pattern in patterns:
        re.compile(pattern)
        if len(re.findall(r"[*+{]", pattern)) > MAX_REPEATS or re.search(r"\)[*+?{]", pattern):
            raise ValueError(f"matching {pattern} could take forever")
    return patterns


def _matched(patterns: Mapping[str, float], module: str, otherwise: float) -> float:
    """The value of the first pattern that the end of the name matches, as in peft's `get_pattern_key`."""
    found = (value for pattern, value in patterns.items() if re.match(rf"(.*\.)?({pattern})$", module))
    return next(found, otherwise)
