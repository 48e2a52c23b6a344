"""Nothing that the library did not write is moved or removed, whatever lies in its folders."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import OutputNotWritable, PlaceNotUsable
from engine.library import ModelCard, ModelLibrary, read_model_card, write_model_card
from engine.library.model_files import placed_by_hand
from engine.library.model_places import SUBFOLDER, models_left_report


def nothing(_: Path) -> None: ...


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(tmp_path / "models", lambda _: "sd1")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model folder elsewhere, with things in it that are not the model's."""
    folder = tmp_path / "elsewhere" / "snow"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text('{"unet": ["diffusers", "UNet2DConditionModel"]}')
    (folder / "unet" / "config.json").write_text("{}")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    (folder / "snow.png").write_bytes(b"preview")
    write_model_card(ModelCard(path=folder, name="Snow", preview="snow.png"))
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "elsewhere" / "ice.safetensors"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"ice")
    return file


def add_things(folder: Path, target: Path) -> dict[str, bytes | Path]:
    """Puts documents, hidden files, links and folders into a folder; returns all of them."""
    target.mkdir(exist_ok=True)
    (target / "secret.txt").write_text("behind a link")
    (folder / "thesis.docx").write_bytes(b"years of work")
    (folder / ".hidden").write_bytes(b"hidden")
    (folder / "holidays" / "2024").mkdir(parents=True)
    (folder / "holidays" / "2024" / "beach.jpg").write_bytes(b"photo")
    (folder / "empty folder").mkdir()
    (folder / "link to folder").symlink_to(target)
    (folder / "link to file.safetensors").symlink_to(target / "secret.txt")
    (folder / "broken link").symlink_to(target / "nowhere")
    (folder / "weights of another program.pt").write_bytes(b"theirs")
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes | Path]:
    """Everything below a folder, empty folders included; links by where they point."""
    found: dict[str, bytes | Path] = {}
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            key = path.relative_to(folder).as_posix()
            if path.is_symlink():
                found[key] = path.readlink()
            else:
                found[key] = b"folder" if path.is_dir() else path.read_bytes()
    return {key: value for key, value in found.items() if key != ".part"}


def test_moving_takes_only_models_and_cards(library: ModelLibrary, model: Path, file: Path) -> None:
    library.add(model)
    library.add(file)
    things = add_things(library.folder, model.parent / "target")
    for name in ("snow", "ice"):
        things = {key: value for key, value in things.items() if not key.startswith(name)}
    before = contents(model.parent)
    moved = library.move_to(library.folder.parent / "new", remember=nothing)
    assert sorted(card.path.name for card in moved.models()) == ["ice.safetensors", "snow"]
    assert sorted(key for key in contents(moved.folder) if "/" not in key) == [
        "ice.safetensors",
        "ice.safetensors.ip2p.json",
        "snow",
    ]
    assert contents(library.folder) == things
    assert contents(model.parent) == before
    left = models_left_report(library.folder)
    assert left is not None
    assert left.values["names"] == "link to file.safetensors, weights of another program.pt"


def test_a_folder_with_other_things_gets_one_for_the_models(library: ModelLibrary, model: Path) -> None:
    library.add(model)
    documents = library.folder.parent / "Documents"
    documents.mkdir()
    things = add_things(documents, model.parent / "target")
    remembered: list[Path] = []
    moved = library.move_to(documents, remember=remembered.append)
    assert moved.folder == documents / SUBFOLDER
    assert remembered == [documents / SUBFOLDER]
    again = moved.move_to(library.folder.parent / "third", remember=remembered.append)
    assert [card.name for card in again.models()] == ["Snow"]
    assert contents(documents) == things


def test_a_folder_of_the_same_name_as_a_model_is_not_filled(library: ModelLibrary, model: Path) -> None:
    library.add(model)
    (library.folder.parent / "new" / "snow").mkdir(parents=True)
    (library.folder.parent / "new" / "snow" / "beach.jpg").write_bytes(b"photo")
    moved = library.move_to(library.folder.parent / "new", remember=nothing)
    assert moved.folder.name == SUBFOLDER
    assert list(contents(moved.folder.parent / "snow")) == ["beach.jpg"]


def test_a_file_is_no_place_for_a_library(library: ModelLibrary, file: Path) -> None:
    with pytest.raises(PlaceNotUsable, match=r"ice\.safetensors is not a folder"):
        library.move_to(file, remember=nothing)
    assert PlaceNotUsable.is_wrong_input


def test_files_that_are_put_into_a_model_stay_when_it_is_removed(library: ModelLibrary, model: Path) -> None:
    card = library.add(model)
    (card.path / "notes.txt").write_text("mine")
    (card.path / "unet" / "mine.safetensors").write_bytes(b"mine")
    (card.path / "vae").symlink_to(model)
    before = contents(model)
    assert library.remove(card) == card.path
    assert contents(card.path).keys() == {"notes.txt", "unet", "unet/mine.safetensors", "vae"}
    assert contents(model) == before
    assert library.models() == []


def test_a_part_that_became_a_link_is_not_followed(library: ModelLibrary, model: Path) -> None:
    card = library.add(model)
    outside = model.parent / "unet"
    (card.path / "unet").rename(outside)
    (card.path / "unet").symlink_to(outside)
    before = contents(outside)
    library.remove(card)
    assert contents(outside) == before
    assert (card.path / "unet").is_symlink()


@pytest.mark.parametrize("what", ["moving", "removing"])
def test_a_mounted_folder_is_left_alone(
    library: ModelLibrary, model: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    card = library.add(model)
    unet = card.path / "unet"
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == unet)
    before = contents(unet)
    if what == "moving":
        library.move_to(library.folder.parent / "new", remember=nothing)
    else:
        library.remove(card)
    assert contents(unet) == before


def test_a_model_of_an_earlier_version_is_known_by_its_layout(library: ModelLibrary, model: Path) -> None:
    card = library.add(model)
    write_model_card(replace(card, files=None))
    (card.path / "notes.txt").write_text("mine")
    moved = library.move_to(library.folder.parent / "new", remember=nothing)
    assert contents(library.folder) == {"snow": b"folder", "snow/notes.txt": b"mine"}
    assert contents(moved.folder / "snow").keys() == contents(model).keys()


def test_a_model_put_there_by_hand_is_not_the_librarys(library: ModelLibrary, file: Path) -> None:
    library.folder.mkdir()
    place = library.folder / file.name
    place.write_bytes(b"theirs")
    library.complete(library.models()[0])
    assert placed_by_hand(library.folder) == [place]
    library.move_to(library.folder.parent / "new", remember=nothing)
    assert place.read_bytes() == b"theirs"


def test_a_hidden_folder_is_not_copied_into_the_library(library: ModelLibrary, model: Path) -> None:
    (model / ".git" / "lfs").mkdir(parents=True)
    (model / ".git" / "lfs" / "object").write_bytes(b"weights again")
    card = library.add(model)
    assert ".git" not in contents(card.path)
    assert card.files == (
        "ip2p.json",
        "model_index.json",
        "snow.png",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    )
    assert read_model_card(card.path) == card


def test_adding_by_moving_takes_only_the_model(library: ModelLibrary, model: Path) -> None:
    things = add_things(model, model.parent / "target")
    own = {"model_index.json", "ip2p.json", "snow.png", "unet"}
    left = {key: value for key, value in things.items() if key.partition("/")[0] not in own}
    library.add(model, copy=False)
    assert contents(model) == left
    assert [card.name for card in library.models()] == ["Snow"]


def test_a_model_in_a_hubs_cache_is_added_by_the_name_of_its_repository(
    library: ModelLibrary, model: Path, tmp_path: Path
) -> None:
    blobs, snapshots = (
        tmp_path / "models--owner--edits" / "blobs",
        tmp_path / "models--owner--edits/snapshots",
    )
    blobs.mkdir(parents=True)
    (model / "ip2p.json").unlink()
    for number, file in enumerate(sorted(path for path in model.rglob("*") if path.is_file())):
        file.rename(blobs / str(number))
        file.symlink_to(blobs / str(number))
    snapshots.mkdir()
    model.rename(snapshots / ("a" * 40))
    before = contents(tmp_path / "models--owner--edits")
    card = library.add(tmp_path / "models--owner--edits", copy=False)
    assert (card.name, card.path) == ("edits", library.folder / "edits")
    weights = card.path / "unet" / "diffusion_pytorch_model.safetensors"
    assert (weights.read_bytes(), weights.is_symlink()) == (b"weights", False)
    assert contents(tmp_path / "models--owner--edits") == before


def test_adding_a_link_by_moving_takes_nothing(library: ModelLibrary, model: Path, file: Path) -> None:
    for target in (model, file):
        link = target.with_name(f"link-{target.name}")
        link.symlink_to(target)
        before = contents(model.parent)
        library.add(link, copy=False)
        assert contents(model.parent) == before


def test_a_preview_replaces_no_picture(library: ModelLibrary, file: Path) -> None:
    library.folder.mkdir()
    (library.folder / "ice.png").write_bytes(b"my picture")
    (file.parent / "ice.png").write_bytes(b"preview")
    write_model_card(ModelCard(path=file, name="Ice", preview="ice.png"))
    card = library.add(file)
    assert (card.preview, card.preview_file) == ("ice-2.png", library.folder / "ice-2.png")
    assert read_model_card(card.path) == card
    library.remove(card)
    assert contents(library.folder) == {"ice.png": b"my picture"}


def test_two_files_of_one_name_and_different_size_are_both_usable(library: ModelLibrary, file: Path) -> None:
    library.add(file)
    file.write_bytes(b"another ice")
    second = library.add(file)
    assert [weight.name for weight in second.weights] == ["ice-2.safetensors"]
    assert len(library.models()) == 2
    assert library.damaged() == []


@pytest.mark.parametrize("is_own", [True, False])
def test_a_trained_model_replaces_only_a_model_of_the_library(
    library: ModelLibrary, model: Path, is_own: bool
) -> None:
    if is_own:
        (library.add(model).path / ".DS_Store").touch()
    else:
        (library.folder / "snow").mkdir(parents=True)
        (library.folder / "snow" / "beach.jpg").write_bytes(b"photo")
    installed = library.install(read_model_card(model), replaces="snow")
    assert installed.path.name == ("snow" if is_own else "snow-2")
    assert is_own or list(contents(library.folder / "snow")) == ["beach.jpg"]


def test_a_newer_choice_of_folder_is_kept(tmp_path: Path, model: Path) -> None:
    chosen = [tmp_path / "models"]
    library = ModelLibrary(lambda: chosen[-1], lambda _: "sd1")
    library.add(model)
    remembered: list[Path] = []
    with pytest.raises(OutputNotWritable, match="Another folder of models was chosen meanwhile"):
        library.move_to(
            tmp_path / "new",
            remember=remembered.append,
            on_progress=lambda *_: chosen.append(tmp_path / "newer"),
        )
    assert remembered == []
    assert not (tmp_path / "new").exists()
    assert [card.name for card in ModelLibrary(tmp_path / "models").models()] == ["Snow"]
