"""A LoRA is extracted from two sets of weights: exactly at full rank, and best at every lower one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.model_options import Lora, ModelOptions
from engine.models.loading import load_model
from trainer.export.low_rank import WeightDifference, write_lora

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def start(tiny_editor: Path) -> dict[str, Tensor]:
    return load_model(tiny_editor, device=CPU, dtype=torch.float32).unet.state_dict()


def moved(start: dict[str, Tensor], rank: int | None = None) -> dict[str, Tensor]:
    """Weights that were all changed by some hundredths; matrices by a low rank if one is given."""
    generator = torch.Generator().manual_seed(5)
    changed = {}
    for name, weight in start.items():
        noise = 0.03 * torch.randn(weight.shape, generator=generator)
        if rank is not None and weight.ndim > 1:
            flat = noise.flatten(1)
            ranks = min(rank, *flat.shape)
            factors = (
                torch.randn(flat.shape[0], ranks, generator=generator),
                torch.randn(ranks, flat.shape[1], generator=generator),
            )
            noise = 0.01 * (factors[0] @ factors[1]).reshape(weight.shape)
        changed[name] = weight + noise
    return changed


def with_lora(base: Path, tensors: dict[str, Tensor], path: Path) -> dict[str, Tensor]:
    """The weights that the engine makes of the base and a LoRA file."""
    write_lora(path, tensors, {})
    options = ModelOptions(loras=(Lora(path=path),))
    model = load_model(base, device=CPU, dtype=torch.float32, options=options)
    assert model.warnings == ()
    return model.unet.state_dict()


def error(found: dict[str, Tensor], wanted: dict[str, Tensor]) -> float:
    return max(float((found[name] - weight).abs().max()) for name, weight in wanted.items())


def test_at_full_rank_nothing_is_lost(start: dict[str, Tensor], tiny_editor: Path, tmp_path: Path) -> None:
    trained = moved(start)
    tensors = WeightDifference(start, trained).whole_tensors()
    assert error(with_lora(tiny_editor, tensors, tmp_path / "lora.safetensors"), trained) < 1e-3


def test_changes_of_a_low_rank_are_found_exactly(
    start: dict[str, Tensor], tiny_editor: Path, tmp_path: Path
) -> None:
    trained = moved(start, rank=2)
    tensors = WeightDifference(start, trained).tensors(2)
    assert error(with_lora(tiny_editor, tensors, tmp_path / "lora.safetensors"), trained) < 2e-3
    whole = WeightDifference(start, trained).whole_tensors()
    assert sum(each.nbytes for each in tensors.values()) < 0.6 * sum(each.nbytes for each in whole.values())


def test_a_higher_rank_is_never_worse(start: dict[str, Tensor], tiny_editor: Path, tmp_path: Path) -> None:
    trained = moved(start)
    difference = WeightDifference(start, trained)
    distances = []
    for rank in (1, 2, 4, 8):
        made = with_lora(tiny_editor, difference.tensors(rank), tmp_path / f"{rank}.safetensors")
        distances.append(sum(float((made[name] - trained[name]).square().sum()) for name in trained))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.5 * distances[0]


def test_files_for_other_programs_have_their_names_and_factors_only(
    start: dict[str, Tensor], tiny_editor: Path, tmp_path: Path
) -> None:
    trained = moved(start, rank=2)
    tensors = WeightDifference(start, trained).common_tensors(2)
    assert all(name.startswith("lora_unet_") for name in tensors)
    assert {name.rpartition(".")[0].rpartition(".")[2] or name for name in tensors} <= {
        "lora_down",
        "lora_up",
        *(name.rpartition(".")[0] for name in tensors if name.endswith(".alpha")),
    }
    made = with_lora(tiny_editor, tensors, tmp_path / "lora.safetensors")
    matrices = {name: weight for name, weight in trained.items() if weight.ndim > 1}
    assert error(made, matrices) < 2e-3


def test_what_did_not_change_is_left_out(start: dict[str, Tensor]) -> None:
    assert WeightDifference(start, start).is_empty
    trained = dict(start) | {"conv_in.weight": start["conv_in.weight"] + 1}
    assert {name.split(".lora")[0] for name in WeightDifference(start, trained).tensors(1)} == {
        "unet.conv_in"
    }
