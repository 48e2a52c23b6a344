"""A pack becomes a model of its own: its base with the change, a card, and nothing else."""

from __future__ import annotations

import io
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from fakes.edit_packs import (
    INSTRUCTION,
    MODULE,
    jpeg,
    lora_tensors,
    make_pack,
    rewritten,
    with_weights,
)
from PIL import Image
from safetensors.torch import load_file, save

from engine.edit_packs.pack_file import EditPackNotUsable
from engine.edit_packs.pack_installation import InstalledPack, install_pack
from engine.errors import EngineError, OutputNotWritable
from engine.instructions.knowledge import read_knowledge
from engine.library import ModelCard, ModelLibrary, read_model_card, write_model_card
from engine.library.edit_looks import EditLook, Grain
from engine.models.loading import load_model
from engine.models.unet_fingerprint import unet_fingerprint
from engine.progress import Cancelled, CancelToken

UNET = "unet/diffusion_pytorch_model.safetensors"


def install(pack: Path, library: ModelLibrary, base: Path) -> InstalledPack:
    return install_pack(pack, library, [read_model_card(base), *library.models()])


def refused(pack: Path, library: ModelLibrary, base: Path) -> EngineError:
    """The error of installing a pack, after which nothing is left in the library."""
    with pytest.raises(EngineError) as caught:
        install(pack, library, base)
    left = [path for path in library.folder.rglob("*") if path.is_file()] if library.folder.exists() else []
    assert [path for path in left if path.suffix != ".lock"] == []
    return caught.value


def test_the_installed_model_is_the_base_with_the_change(
    pack: Path, library: ModelLibrary, base: Path
) -> None:
    card = install(pack, library, base).card
    before, after = load_file(base / UNET), load_file(card.path / UNET)
    tensors = lora_tensors()
    down, up = tensors[f"unet.{MODULE}.lora_A.weight"], tensors[f"unet.{MODULE}.lora_B.weight"]
    change = (up.flatten(1) @ down.flatten(1)).reshape(before[f"{MODULE}.weight"].shape)
    wanted = (before[f"{MODULE}.weight"].float() + change).half()
    assert torch.allclose(after[f"{MODULE}.weight"].float(), wanted.float(), rtol=2e-3, atol=1e-5)
    assert not torch.equal(before[f"{MODULE}.bias"].half(), after[f"{MODULE}.bias"])
    changed = {name for name in before if not torch.equal(before[name].half(), after[name])}
    assert changed == {f"{MODULE}.weight", f"{MODULE}.bias"}
    load_model(card.path, device=torch.device("cpu"), dtype=torch.float32)


def test_its_card_has_the_words_of_the_pack_and_the_settings_of_the_base(
    pack: Path, library: ModelLibrary, base: Path
) -> None:
    (card,) = [install(pack, library, base).card]
    known = read_model_card(base)
    assert library.models() == [card]
    assert (card.name, card.description) == ("Stencil", "Two layers and a shadow.")
    assert card.suggestions == (INSTRUCTION, *known.suggestions)
    assert (card.recommended, card.useful_ranges) == (known.recommended, known.useful_ranges)
    assert (card.licence, card.source) == ("CC-BY-4.0", pack.name)
    assert card.trained_from == unet_fingerprint(base)
    assert card.preview_file is not None
    with Image.open(card.preview_file) as preview:
        assert preview.size == (40, 30)
    assert (card.path / "LICENSE").read_bytes() == b"Say my name."
    assert card.size > 0
    assert {weight.name for weight in card.weights} >= {UNET}


def test_the_grain_of_the_pairs_comes_with_it(library: ModelLibrary, base: Path, tmp_path: Path) -> None:
    grain = Grain(strength=9.0, size=0.001, is_grey=True)
    look = EditLook(instructions=(INSTRUCTION,), keeps_detail=True, grain=grain)
    pack = make_pack(tmp_path / "grain.ip2p-edit", base, looks=(look,))
    assert install(pack, library, base).card.looks == (look,)


def test_without_replay_only_the_new_instruction_is_suggested(
    library: ModelLibrary, base: Path, tmp_path: Path
) -> None:
    pack = make_pack(tmp_path / "alone.ip2p-edit", base, keeps_edits=False)
    assert install(pack, library, base).card.suggestions == (INSTRUCTION,)


def test_what_the_starter_knows_and_the_new_edit_are_known(
    starter: Path, library: ModelLibrary, tmp_path: Path
) -> None:
    bias = {"unet.conv_in.diff_b": torch.zeros(load_file(starter / UNET)["conv_in.bias"].shape)}
    pack = make_pack(tmp_path / "known.ip2p-edit", starter, bias)
    knowledge = read_knowledge(install(pack, library, starter).card.path)
    assert knowledge.instructions == (INSTRUCTION,)
    assert knowledge.edits == read_knowledge(starter).edits


def test_a_pack_is_installed_once(pack: Path, library: ModelLibrary, base: Path, tmp_path: Path) -> None:
    first = install(pack, library, base)
    copy = shutil.copy(pack, tmp_path / "renamed.ip2p-edit")
    again = install(Path(copy), library, base)
    assert (first.was_there, again.was_there) == (False, True)
    assert again.card == first.card
    assert len(library.models()) == 1


def test_packs_of_one_name_become_two_models(library: ModelLibrary, base: Path, tmp_path: Path) -> None:
    packs = [
        make_pack(tmp_path / f"{scale}.ip2p-edit", base, lora_tensors(scale), name="Film/.. look")
        for scale in (1.0, 2.0)
    ]
    cards = [install(pack, library, base).card for pack in packs]
    assert [card.name for card in cards] == ["Film/.. look", "Film/.. look 2"]
    assert {card.path.parent for card in cards} == {library.folder}
    assert len({card.path for card in cards}) == 2


def test_the_longest_name_in_a_script_of_long_characters_fits(
    library: ModelLibrary, base: Path, tmp_path: Path
) -> None:
    pack = make_pack(tmp_path / "long.ip2p-edit", base, name="編" * 120)
    assert install(pack, library, base).card.name == "編" * 120


def test_the_base_is_found_whatever_it_is_called_and_in_whichever_precision(
    pack: Path, library: ModelLibrary, base: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(base, tmp_path / "other"))
    weights = {name: tensor.half() for name, tensor in load_file(base / UNET).items()}
    (other / UNET).write_bytes(save(weights))
    write_model_card(replace(read_model_card(other), name="Renamed"))
    assert install_pack(pack, library, [read_model_card(other)]).card.name == "Stencil"


def test_a_missing_base_is_named(pack: Path, library: ModelLibrary, base: Path, tmp_path: Path) -> None:
    trained = Path(shutil.copytree(base, tmp_path / "trained"))
    weights = load_file(base / UNET)
    weights["conv_in.weight"] += 0.01
    (trained / UNET).write_bytes(save(weights))
    error = refused(pack, library, trained)
    assert error.code == "pack.base-missing"
    assert "needs the model “Tiny”, which is not installed" in error.message


def test_a_damaged_model_beside_the_base_is_passed_over(
    pack: Path, library: ModelLibrary, base: Path, tmp_path: Path
) -> None:
    broken = ModelCard(path=tmp_path / "gone", name="Tiny")
    assert install_pack(pack, library, [broken, read_model_card(base)]).card.name == "Stencil"


@pytest.mark.parametrize(
    "tensors",
    [
        {f"unet.{MODULE}.lora_A.weight": torch.zeros(2, 8, 3, 3)},
        {"unet.nowhere.lora_A.weight": torch.zeros(2, 8), "unet.nowhere.lora_B.weight": torch.zeros(8, 2)},
        {f"unet.{MODULE}.diff_b": torch.zeros(17)},
        {f"unet.{MODULE}.diff_b": torch.full((16,), torch.nan)},
        {f"unet.{MODULE}.diff_b": torch.zeros(16), "unet.nowhere.diff_b": torch.zeros(16)},
        {
            f"unet.{MODULE}.lora_A.weight": torch.zeros(1, 90_000),
            f"unet.{MODULE}.lora_B.weight": torch.zeros(90_000, 1),
        },
    ],
    ids=["half", "elsewhere", "shape", "nan", "partly", "huge product"],
)
def test_weights_that_do_not_fit_are_refused(
    library: ModelLibrary, base: Path, tmp_path: Path, tensors: dict[str, torch.Tensor]
) -> None:
    error = refused(make_pack(tmp_path / "wrong.ip2p-edit", base, tensors), library, base)
    assert error.code == "pack.does-not-fit"
    assert "do not fit the model “Starter”" in error.message


class Mark:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_a_pickle_instead_of_the_weights_runs_nothing(
    pack: Path, library: ModelLibrary, base: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    torch_file = io.BytesIO()
    torch.save({"unet.conv_in.diff_b": torch.zeros(16)}, torch_file)
    for number, weights in enumerate((pickle.dumps(Mark(ran)), torch_file.getvalue())):
        hostile = with_weights(pack, tmp_path / f"hostile-{number}.ip2p-edit", weights)
        assert refused(hostile, library, base).code == "pack.does-not-fit"
    assert not ran.exists()


def test_a_preview_that_is_no_picture_is_left_out(
    pack: Path, library: ModelLibrary, base: Path, tmp_path: Path
) -> None:
    odd = rewritten(pack, tmp_path / "odd.ip2p-edit", {"preview.jpg": b"GIF89a of nothing"})
    assert install(odd, library, base).card.preview == ""


def test_a_large_preview_becomes_small(pack: Path, library: ModelLibrary, base: Path, tmp_path: Path) -> None:
    large = rewritten(pack, tmp_path / "large.ip2p-edit", {"preview.jpg": jpeg(size=(3000, 2000))})
    preview = install(large, library, base).card.preview_file
    assert preview is not None
    with Image.open(preview) as image:
        assert image.size == (512, 341)


def test_cancelling_leaves_nothing(pack: Path, library: ModelLibrary, base: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        install_pack(pack, library, [read_model_card(base)], cancel=cancel)
    assert library.models() == []
    assert [path.name for path in library.staging_folder.iterdir()] == []


def test_a_library_that_cannot_be_written_is_said(pack: Path, base: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(OutputNotWritable):
        install(pack, ModelLibrary(tmp_path / "models"), base)


def test_a_full_disk_is_said_before_anything_is_written(
    pack: Path, library: ModelLibrary, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.files.disk_space.free_space", lambda folder: 1000)
    assert refused(pack, library, base).code == "output.disk-space"


def test_the_model_can_be_removed_and_the_pack_installed_again(
    pack: Path, library: ModelLibrary, base: Path
) -> None:
    card = install(pack, library, base).card
    assert library.remove(card) is None
    assert not install(pack, library, base).was_there


def test_errors_are_of_one_kind(library: ModelLibrary, base: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.ip2p-edit"
    text.write_text("hello")
    assert isinstance(refused(text, library, base), EditPackNotUsable)
