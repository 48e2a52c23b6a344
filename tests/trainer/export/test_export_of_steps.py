"""Kept steps as models at any strength, as LoRAs and as edit packs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.kept_run import INSTRUCTION, STEPS, train_tiny
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.edit_packs.pack_file import read_pack
from engine.edit_packs.pack_installation import install_pack
from engine.library import ModelLibrary, read_model_card
from engine.model_options import Lora, ModelOptions
from engine.models.loading import load_model
from trainer.export import pack_export
from trainer.export.__main__ import main
from trainer.export.kept_steps import kept_steps
from trainer.learning.checkpoint import load_state

UNET = Path("unet") / "diffusion_pytorch_model.safetensors"
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _small_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny editor has large latents, and edits of usual sizes would take it minutes."""
    monkeypatch.setattr(pack_export, "TRIED_SIDE", 64)
    monkeypatch.setattr(pack_export, "PREVIEW_SIDE", 64)


def weights_of(folder: Path) -> dict[str, Tensor]:
    return {name: tensor.float() for name, tensor in load_file(folder / UNET).items()}


def distance(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def exported(capsys: pytest.CaptureFixture[str], *words: object) -> list[dict[str, Any]]:
    """The lines of an export that went well."""
    code = main([*map(str, words), "--json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return [json.loads(line) for line in printed.out.splitlines()]


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main([*map(str, words)]) == 2
    return capsys.readouterr().err.strip()


def test_the_strength_lies_between_base_and_trained(
    kept_run: Path, tiny_editor: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, trained = weights_of(tiny_editor), weights_of(kept_run / "model")
    assert distance(base, trained) > 0.005
    for strength in (0, 0.5, 1, 1.5):
        target = tmp_path / f"{strength}"
        exported(capsys, kept_run, "--strength", strength, "--output", target)
        wanted = {name: base[name] + strength * (trained[name] - base[name]) for name in base}
        assert distance(weights_of(target), wanted) < 2e-3, strength
        card = read_model_card(target)
        assert (card.name, card.suggestions) == ("Inside out", (INSTRUCTION,))
        assert (target / "README.md").is_file()


@pytest.mark.parametrize("strength", ["-0.1", "1.51", "nan"])
def test_a_strength_out_of_range_is_refused(
    kept_run: Path, strength: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "The strength must be from 0 to 1.5" in refused(
        capsys, kept_run, f"--strength={strength}", "--step=2"
    )


def test_the_difference_with_a_weight_is_the_strength(
    kept_run: Path, tiny_editor: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "difference.safetensors"
    (line,) = exported(capsys, kept_run, "--difference", file)
    assert (line["rank"], line["path"]) == (0, str(file))
    base, trained = weights_of(tiny_editor), weights_of(kept_run / "model")
    for strength in (0.0, 0.7, 1.5):
        options = ModelOptions(loras=(Lora(path=file, weight=strength),))
        model = load_model(tiny_editor, device=CPU, dtype=torch.float32, options=options)
        wanted = {name: base[name] + strength * (trained[name] - base[name]) for name in base}
        assert distance(model.unet.state_dict(), wanted) < 2e-3


def test_a_pack_of_a_run_edits_on_another_computer(
    kept_run: Path, tiny_editor: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, preview, licence = tmp_path / "inside.ip2p-edit", tmp_path / "own.png", tmp_path / "licence.txt"
    Image.new("RGB", (900, 600), "red").save(preview)
    licence.write_text("Do as you like.")
    words = ("--name", "Inside", "--note", "All of it.", "--licence", "CC0", "--licence-file", licence)
    (line,) = exported(capsys, kept_run, "--edit-pack", file, *words, "--preview", preview)
    pack = read_pack(file)
    assert (pack.name, pack.note, pack.licence) == ("Inside", "All of it.", "CC0")
    assert (pack.instructions, pack.keeps_edits) == ((INSTRUCTION,), False)
    assert (pack.rank, pack.fidelity) == (line["rank"], line["fidelity"])
    assert line["fidelity"] >= pack_export.LEAST
    assert line["size"] == file.stat().st_size
    moved = Path(shutil.copytree(tiny_editor, tmp_path / "elsewhere" / "base"))
    library = ModelLibrary(tmp_path / "elsewhere" / "models")
    card = install_pack(file, library, [read_model_card(moved)]).card
    assert distance(weights_of(card.path), weights_of(kept_run / "model")) < 0.02
    assert (card.path / "LICENSE").read_text() == "Do as you like."


def test_a_pack_of_an_exported_model_needs_its_base(
    kept_run: Path, tiny_editor: Path, starter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kept.ip2p-edit"
    assert "was not trained from Starter" in refused(capsys, kept_run / "model", "--edit-pack", file)
    assert not file.exists()
    exported(capsys, kept_run / "model", "--base", tiny_editor, "--edit-pack", file)
    assert read_pack(file).instructions == (INSTRUCTION,)


def test_an_earlier_step_has_a_pack_of_its_own(
    kept_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for step in (2, STEPS):
        exported(capsys, kept_run, "--step", step, "--edit-pack", tmp_path / f"{step}.ip2p-edit")
    assert read_pack(tmp_path / "2.ip2p-edit").sha256 != read_pack(tmp_path / f"{STEPS}.ip2p-edit").sha256


def test_a_pack_that_would_edit_otherwise_is_not_written(
    kept_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pack_export, "LEAST", 150.0)
    message = refused(capsys, kept_run, "--edit-pack", tmp_path / "bad.ip2p-edit", "--rank", "1")
    assert message.startswith("A LoRA of rank 1 does not edit as the trained model does (")
    assert list(tmp_path.iterdir()) == []


def test_a_trained_lora_is_exported_as_it_is(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ("model.lora.enable=True", "model.lora.rank=2", "model.lora.alpha=2")
    run = train_tiny(tmp_path / "run", pair_folder, tiny_editor, *settings)
    file = tmp_path / "lora.safetensors"
    (line,) = exported(capsys, run, "--lora", file)
    assert (line["rank"], line["fidelity"] > 60) == (2, True)
    models = [
        load_model(
            tiny_editor, device=CPU, dtype=torch.float32, options=ModelOptions(loras=(Lora(path=path),))
        )
        for path in (file, run / "model" / "lora.safetensors")
    ]
    assert distance(*(model.unet.state_dict() for model in models)) < 1e-3


def test_a_snapshot_is_exported_as_its_step(
    kept_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Path(shutil.copytree(kept_run, tmp_path / "run"))
    average = load_state(run / "checkpoints" / "step-00000002")["ema"]["average"]
    (run / "snapshots").mkdir()
    save_file(
        {name: tensor.half() for name, tensor in average.items()},
        run / "snapshots" / "step-00000002.safetensors",
    )
    exported(capsys, run, "--step", 2, "--output", tmp_path / "whole")
    shutil.rmtree(run / "checkpoints" / "step-00000002")
    assert kept_steps(run)[2].is_snapshot
    assert main([str(run)]) == 0
    assert "2  (snapshot)" in capsys.readouterr().out
    exported(capsys, run, "--step", 2, "--output", tmp_path / "light")
    assert distance(weights_of(tmp_path / "light"), weights_of(tmp_path / "whole")) < 1e-3
    assert "2 steps" in (tmp_path / "light" / "README.md").read_text(encoding="utf-8")


def test_without_the_record_the_sentence_says_what_to_do(
    kept_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Path(shutil.copytree(kept_run, tmp_path / "run"))
    (run / "run.json").unlink()
    assert "does not contain run.json" in refused(capsys, run, "--edit-pack", tmp_path / "a.ip2p-edit")
