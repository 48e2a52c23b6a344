"""Models get a name, a note and a preview; nothing else changes on the disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import ModelNotUsable, OutputNotWritable
from engine.images.preview_pictures import preview_jpeg
from engine.library import ModelCard, ModelLibrary, read_model_card, write_model_card

RED, BLUE = (preview_jpeg(Image.new("RGB", (900, 600), colour)) for colour in ("red", "blue"))


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(tmp_path / "models", lambda _: "sd1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder elsewhere."""
    folder = tmp_path / "elsewhere" / "snow"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "unet" / "weights.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "elsewhere" / "ice.safetensors"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"ice")
    return file


def names_below(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(".part"))


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_described_model_keeps_its_files(
    library: ModelLibrary, kind: str, request: pytest.FixtureRequest
) -> None:
    added = library.add(request.getfixturevalue(kind))
    before = {name: (library.folder / name).read_bytes() for name in names_below(library.folder)}
    card = library.describe(added, name="  Deep\nsnow ", description=" Much of it. ", preview=RED)
    assert (card.name, card.description, card.path) == ("Deep snow", "Much of it.", added.path)
    assert card == read_model_card(added.path)
    assert card.files == read_model_card(added.path).files
    assert card.preview_file is not None
    assert card.preview_file.read_bytes() == RED
    assert card.preview in (card.files or ())
    assert card.size == added.size + len(RED)
    after = {name: (library.folder / name).read_bytes() for name in names_below(library.folder)}
    changed = {name for name in after if after[name] != before.get(name)}
    preview, record = (
        path.relative_to(library.folder).as_posix()
        for path in (card.preview_file, next(library.folder.rglob("*ip2p.json")))
    )
    assert changed == {preview, record}
    assert before.keys() <= after.keys()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_preview_is_replaced_removed_and_goes_with_its_model(
    library: ModelLibrary, kind: str, request: pytest.FixtureRequest
) -> None:
    added = library.add(request.getfixturevalue(kind))
    bare = names_below(library.folder)
    red = library.describe(added, preview=RED)
    blue = library.describe(red, preview=BLUE)
    assert blue.preview_file is not None
    assert blue.preview_file.read_bytes() == BLUE
    assert len(names_below(library.folder)) == len(bare) + 1
    none = library.describe(blue, preview=b"")
    assert (none.preview, none.size) == ("", added.size)
    assert names_below(library.folder) == bare
    assert library.remove(library.describe(none, preview=RED)) is None
    assert names_below(library.folder) == []


def test_a_value_that_is_not_given_stays(library: ModelLibrary, folder: Path) -> None:
    card = library.describe(library.add(folder), name="Snow", description="White.", preview=RED)
    assert library.describe(card, name="Ice").description == "White."
    assert library.describe(card, description="").name == "Ice"
    assert read_model_card(card.path).preview == card.preview


def test_what_others_wrote_meanwhile_and_newer_fields_stay(library: ModelLibrary, folder: Path) -> None:
    card = library.add(folder)
    record = card.path / "ip2p.json"
    values = json.loads(record.read_text())
    record.write_text(json.dumps({**values, "licence": "MIT", "mood": "calm"}))
    assert library.describe(card, name="Ice").licence == "MIT"
    assert json.loads(record.read_text())["mood"] == "calm"


def test_two_models_never_share_a_name(library: ModelLibrary, folder: Path, file: Path) -> None:
    snow = library.describe(library.add(folder), name="White")
    ice = library.add(file)
    for name in ("white", "WHITE ", "Snow", "starter"):
        with pytest.raises(ModelNotUsable, match=r"another model called .* Choose another name"):
            library.describe(ice, name=name, preview=RED, taken=("Starter",))
    assert names_below(library.folder).count("ice.safetensors.ip2p.json") == 1
    assert not any("preview" in name for name in names_below(library.folder))
    assert read_model_card(ice.path).name == "ice"
    assert library.describe(snow, name="WHITE").name == "WHITE"  # its own, and its folder's
    assert library.describe(snow, name="snow").name == "snow"
    # equal names of earlier versions do not prevent a note
    write_model_card(ModelCard(path=ice.path, name="snow"))
    assert library.describe(ice, name="snow", description="Cold.").description == "Cold."


def test_a_name_is_needed(library: ModelLibrary, folder: Path) -> None:
    with pytest.raises(ModelNotUsable, match="A model needs a name"):
        library.describe(library.add(folder), name=" \n ")


def test_previews_of_others_are_never_replaced(library: ModelLibrary, folder: Path) -> None:
    card = library.add(folder)
    theirs = card.path / "preview.jpg"
    theirs.write_bytes(b"a photo of the user")
    described = library.describe(card, preview=RED)
    assert described.preview == "preview-2.jpg"
    library.describe(described, preview=b"")
    assert theirs.read_bytes() == b"a photo of the user"


def test_a_model_that_was_put_there_by_hand_stays_the_users(
    library: ModelLibrary, folder: Path, file: Path, tmp_path: Path
) -> None:
    library.folder.mkdir()
    placed = [folder.rename(library.folder / "snow"), file.rename(library.folder / "ice.safetensors")]
    (library.folder / "mine.jpg").write_bytes(b"mine")
    for path in placed:
        card = library.describe(read_model_card(path), name=f"My {path.stem}", preview=RED)
        card = library.describe(card, preview=BLUE)
        assert card.files == (card.preview,)
    moved = library.move_to(tmp_path / "moved", remember=lambda _: None)
    assert moved.models() == []
    assert [card.name for card in library.models()] == ["My ice", "My snow"]
    for card in library.models():
        assert library.remove(card) is None
    assert names_below(library.folder) == ["mine.jpg"]


def test_models_elsewhere_and_links_are_left_alone(library: ModelLibrary, folder: Path) -> None:
    card = read_model_card(folder)
    with pytest.raises(ModelNotUsable, match="is not in the library"):
        library.describe(card, name="Ice")
    library.folder.mkdir()
    (library.folder / "link").symlink_to(folder)
    with pytest.raises(ModelNotUsable, match="is a link to a model outside the library"):
        library.describe(read_model_card(library.folder / "link"), name="Ice")
    assert names_below(folder) == ["model_index.json", "unet/weights.safetensors"]


def test_a_library_in_use_is_told(library: ModelLibrary, folder: Path) -> None:
    card = library.add(folder)
    with library.change(), pytest.raises(OutputNotWritable, match="being changed by another program"):
        library.describe(card, name="Ice")


def test_a_full_disk_changes_nothing(
    library: ModelLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = library.describe(library.add(folder), preview=RED)
    before = names_below(library.folder)
    write: Callable[[Path, bytes], int] = Path.write_text  # type: ignore[assignment]

    def full(path: Path, *args: object, **options: object) -> int:
        if "ip2p.json" in path.name:
            raise OSError(28, "No space left on device")
        return write(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputNotWritable, match="full"):
        library.describe(card, name="Ice", preview=BLUE)
    assert names_below(library.folder) == before
    assert read_model_card(card.path) == card


def test_a_preview_is_small_and_holds_no_metadata(tmp_path: Path) -> None:
    photo = Image.new("RGBA", (2000, 1000), (0, 0, 0, 0))
    photo.info["exif"] = b"Exif\0\0where it was taken"
    (tmp_path / "preview.jpg").write_bytes(preview_jpeg(photo))
    with Image.open(tmp_path / "preview.jpg") as image:
        assert (image.size, image.mode, "exif" in image.info) == ((512, 256), "RGB", False)
        assert image.getpixel((5, 5)) == (255, 255, 255)
    assert photo.size == (2000, 1000)
