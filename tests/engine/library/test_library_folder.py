"""The library: models added, found again, removed, and moved, and what an interruption leaves."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.errors import ModelNotUsable, OutputNotWritable
from engine.library import ModelCard, ModelLibrary, read_model_card, write_model_card
from engine.library import folder_move as moving_module
from engine.progress import Cancelled, CancelToken

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS = b"w" * 3_000_000
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


def recognise(model: Path) -> str:
    """The family, without loading the heavy libraries."""
    if "lora" in model.name:
        raise ModelNotUsable("model.wrong-kind", "This is a LoRA.", "Choose a model.")
    return "sd1"


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(tmp_path / "models", recognise)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder elsewhere."""
    folder = tmp_path / "elsewhere" / "snow"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "unet" / "weights.safetensors").write_bytes(WEIGHTS)
    (folder / "snow.png").write_bytes(b"picture")
    write_model_card(ModelCard(path=folder, name="Snow", licence="MIT", preview="snow.png"))
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A single-file model elsewhere."""
    file = tmp_path / "elsewhere" / "ice.safetensors"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(WEIGHTS)
    return file


def everything(folder: Path) -> dict[str, bytes]:
    """The contents of all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_added_folder_is_recorded_and_found_again(library: ModelLibrary, folder: Path) -> None:
    counts: list[tuple[int, int]] = []
    card = library.add(folder, on_progress=lambda done, total: counts.append((done, total)))
    assert card.path == library.folder / "snow"
    assert (card.name, card.family, card.licence, card.source) == ("Snow", "sd1", "MIT", str(folder))
    assert [(file.name, file.size, file.sha256) for file in card.weights] == [
        ("unet/weights.safetensors", 3_000_000, SHA256)
    ]
    assert card.preview_file == card.path / "snow.png"
    assert ModelLibrary(library.folder).models() == [card]
    assert counts[-1] == (card.size, card.size)
    assert folder.is_dir()


def test_an_added_file_is_recorded_and_found_again(library: ModelLibrary, file: Path) -> None:
    card = library.add(file)
    assert card.path == library.folder / "ice.safetensors"
    assert (card.size, card.weights[0].sha256) == (3_000_000, SHA256)
    assert ModelLibrary(library.folder).models() == [card]


def test_a_second_model_of_the_same_name_gets_another(
    library: ModelLibrary, folder: Path, file: Path
) -> None:
    for path in (folder, folder, file, file):
        library.add(path)
    assert sorted(card.path.name for card in library.models()) == [
        "ice-2.safetensors",
        "ice.safetensors",
        "snow",
        "snow-2",
    ]


def test_adding_without_copying_leaves_nothing_behind(
    library: ModelLibrary, folder: Path, file: Path
) -> None:
    for path in (folder, file):
        library.add(path, copy=False)
        assert not path.exists()
    assert len(library.models()) == 2


def test_a_file_of_any_name_is_added_under_one_that_is_found_again(library: ModelLibrary, file: Path) -> None:
    nameless = file.rename(file.with_name("5f1e0c"))
    added = library.add(nameless)
    assert library.models() == [added]
    assert (added.path.name, added.name) == ("5f1e0c.safetensors", "5f1e0c")
    assert [weight.name for weight in added.weights] == [added.path.name]
    assert library.damaged() == []


def test_links_in_a_cache_are_added_as_what_they_point_to(library: ModelLibrary, folder: Path) -> None:
    blob = folder.parent / "blob"
    (folder / "unet" / "weights.safetensors").rename(blob)
    (folder / "unet" / "weights.safetensors").symlink_to(blob)
    card = library.add(folder, copy=False)
    added = card.path / "unet" / "weights.safetensors"
    assert not added.is_symlink()
    assert added.read_bytes() == WEIGHTS
    assert blob.read_bytes() == WEIGHTS


def test_what_cannot_edit_is_not_added(library: ModelLibrary, tmp_path: Path) -> None:
    lora = tmp_path / "lora.safetensors"
    lora.write_bytes(b"weights")
    with pytest.raises(ModelNotUsable, match="This is a LoRA"):
        library.add(lora)
    with pytest.raises(ModelNotUsable, match="is not a model folder"):
        library.add(tmp_path)
    assert library.models() == []


def test_what_is_in_the_library_is_not_added_again(library: ModelLibrary, folder: Path) -> None:
    card = library.add(folder)
    with pytest.raises(ModelNotUsable, match="is already in the library"):
        library.add(card.path)


def test_the_shipped_starter_is_recognised(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    card = library.add(ROOT / "resources" / "starter")
    assert card.name == "Starter"
    assert len(card.weights) >= 3


@pytest.mark.parametrize("copy", [True, False])
def test_cancelling_adds_nothing(library: ModelLibrary, folder: Path, copy: bool) -> None:
    before = everything(folder)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        library.add(folder, copy=copy, on_progress=lambda *_: cancel.cancel(), cancel=cancel)
    assert everything(library.folder) == {}
    assert everything(folder) == before


def test_a_full_disk_adds_nothing(
    library: ModelLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutputNotWritable, match="The disk is full"):
        library.add(folder)
    assert everything(library.folder) == {}


def test_damaged_models_are_named_with_what_is_wrong(library: ModelLibrary, folder: Path, file: Path) -> None:
    for path in (folder, folder, folder, file):
        library.add(path)
    (library.folder / "snow" / "unet" / "weights.safetensors").write_bytes(b"short")
    (library.folder / "snow-2" / "unet" / "weights.safetensors").unlink()
    (library.folder / "ice.safetensors.ip2p.json").write_text("{")
    (library.folder / "empty.ckpt").touch()
    assert [card.path.name for card in library.models()] == ["snow-3"]
    said = {damaged.path.name: damaged.report.message for damaged in library.damaged()}
    assert said.keys() == {"empty.ckpt", "ice.safetensors", "snow", "snow-2"}
    assert said["snow"].endswith("is damaged: it has 5 bytes instead of 3000000.")
    assert said["snow-2"].endswith("weights.safetensors is missing.")
    assert said["empty.ckpt"].endswith("is empty (0 bytes).")
    assert "cannot be read" in said["ice.safetensors"]


def test_a_model_put_there_by_hand_is_hashed_once(library: ModelLibrary, file: Path) -> None:
    library.folder.mkdir()
    place = library.folder / file.name
    shutil.copy(file, place)
    (card,) = library.models()
    assert card.weights == ()
    completed = library.complete(card)
    assert completed.weights[0].sha256 == SHA256
    assert library.models() == [completed]
    place.write_bytes(b"x" * 3_000_000)
    assert library.complete(library.models()[0]) == completed


def test_removing_takes_the_model_and_what_lies_beside_it(
    library: ModelLibrary, folder: Path, file: Path
) -> None:
    for path in (folder, file):
        library.remove(library.add(path))
    assert everything(library.folder) == {}
    assert folder.is_dir()
    assert file.is_file()


def test_removing_never_leaves_the_library(library: ModelLibrary, folder: Path, tmp_path: Path) -> None:
    library.add(folder)
    outside = [folder, library.folder / ".." / "elsewhere" / "snow", library.folder / "snow" / "..", tmp_path]
    for path in outside:
        with pytest.raises(ModelNotUsable, match="is not in the library"):
            library.remove(ModelCard(path=path, name="Snow"))
    assert (folder / "unet" / "weights.safetensors").is_file()
    assert len(library.models()) == 1


def test_removing_a_link_leaves_what_it_points_to(library: ModelLibrary, folder: Path) -> None:
    library.folder.mkdir()
    link = library.folder / "linked"
    link.symlink_to(folder)
    (folder / "unet" / "link").symlink_to(folder.parent)
    before = everything(folder)
    library.remove(library.models()[0])
    assert not link.is_symlink()
    assert everything(folder) == before


def test_one_program_at_a_time_changes_a_library(library: ModelLibrary, folder: Path) -> None:
    with library.change(), pytest.raises(OutputNotWritable, match="is being changed by another program"):
        ModelLibrary(library.folder, recognise).add(folder)
    library.add(folder)


Remember = Callable[[Path], None]


@pytest.mark.parametrize("action", ["add", "install"])
def test_a_model_lands_in_the_locked_folder_if_another_is_chosen_meanwhile(
    library: ModelLibrary, folder: Path, tmp_path: Path, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, chosen = library._lock, tmp_path / "chosen"

    @contextmanager
    def lock_then_choose_another(wait: CancelToken | None) -> Iterator[Path]:
        with lock(wait) as locked:
            library._place = chosen
            yield locked

    monkeypatch.setattr(library, "_lock", lock_then_choose_another)
    card = library.add(folder) if action == "add" else library.install(read_model_card(folder))
    assert card.path == tmp_path / "models" / "snow"
    assert (card.path / "unet" / "weights.safetensors").read_bytes() == WEIGHTS
    assert not chosen.exists()


def test_moving_on_one_disk_copies_nothing(library: ModelLibrary, folder: Path, tmp_path: Path) -> None:
    card = library.add(folder)
    file_number = (card.path / "unet" / "weights.safetensors").stat().st_ino
    remembered: list[Path] = []
    moved = library.move_to(tmp_path / "new" / "place", remember=remembered.append)
    assert remembered == [tmp_path / "new" / "place"]
    assert [found.name for found in moved.models()] == ["Snow"]
    assert (moved.folder / "snow" / "unet" / "weights.safetensors").stat().st_ino == file_number
    assert not library.folder.exists()


def test_moving_to_another_disk_copies_and_compares(
    library: ModelLibrary, folder: Path, file: Path, other_disk: Path
) -> None:
    library.add(folder)
    library.add(file)
    before = everything(library.folder)
    moved = library.move_to(other_disk, remember=lambda _: None)
    assert everything(moved.folder) == before
    assert len(moved.models()) == 2
    assert not library.folder.exists()


def test_links_stay_where_they_are(library: ModelLibrary, folder: Path, tmp_path: Path) -> None:
    library.add(folder)
    link = library.folder / "linked"
    link.symlink_to(Path("..") / "elsewhere" / "snow")
    moved = library.move_to(tmp_path / "far" / "away", remember=lambda _: None)
    assert [card.path.name for card in moved.models()] == ["snow"]
    assert link.is_symlink()
    assert link.resolve() == folder.resolve()
    assert list(library.folder.iterdir()) == [link]


def test_a_cancelled_move_changes_nothing(library: ModelLibrary, folder: Path, other_disk: Path) -> None:
    library.add(folder)
    before = everything(library.folder)
    cancel = CancelToken()
    remembered: list[Path] = []
    with pytest.raises(Cancelled):
        library.move_to(
            other_disk, remember=remembered.append, on_progress=lambda *_: cancel.cancel(), cancel=cancel
        )
    assert everything(library.folder) == before
    assert everything(other_disk) == {}
    assert remembered == []


def test_a_move_that_cannot_be_remembered_changes_nothing(
    library: ModelLibrary, folder: Path, tmp_path: Path
) -> None:
    library.add(folder)
    before = everything(library.folder)

    def refuse(_: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    with pytest.raises(OutputNotWritable, match="Permission denied"):
        library.move_to(tmp_path / "new", remember=refuse)
    assert everything(library.folder) == before
    assert everything(tmp_path / "new") == {}


def test_a_folder_that_holds_something_else_is_refused(
    library: ModelLibrary, folder: Path, tmp_path: Path
) -> None:
    library.add(folder)
    before = everything(library.folder)
    (tmp_path / "new" / "snow").mkdir(parents=True)
    (tmp_path / "new" / "snow" / "model_index.json").write_text('{"mine": 1}')
    with pytest.raises(OutputNotWritable, match=r"model_index\.json already exists"):
        library.move_to(tmp_path / "new", remember=lambda _: None)
    assert everything(library.folder) == before
    assert list(everything(tmp_path / "new")) == ["snow/model_index.json"]


@pytest.mark.parametrize("place", [".", "inner", ".."])
def test_a_library_is_not_moved_into_itself(library: ModelLibrary, folder: Path, place: str) -> None:
    library.add(folder)
    with pytest.raises(OutputNotWritable, match="contains the other"):
        library.move_to(library.folder / place, remember=lambda _: None)
    assert len(library.models()) == 1


def test_too_little_room_is_said_before_moving(
    library: ModelLibrary, folder: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(folder)
    monkeypatch.setattr(moving_module, "total_size", lambda _: 10**17)
    with pytest.raises(OutputNotWritable, match="There is not enough disk space"):
        library.move_to(other_disk, remember=lambda _: None)
    assert not other_disk.exists()


SCRIPT = """
import sys
from pathlib import Path
from engine.library import ModelLibrary
old, new = map(Path, sys.argv[1:])
def show(done, total):
    if done >= 2_000_000:
        print("moving", flush=True)
        sys.stdin.read()
ModelLibrary(old).move_to(new, remember=lambda _: None, on_progress=show)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_a_killed_move_loses_nothing_and_goes_on(
    library: ModelLibrary, folder: Path, other_disk: Path
) -> None:
    library.add(folder)
    before = everything(library.folder)
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(library.folder), str(other_disk)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"moving\n"
        process.send_signal(signal.SIGKILL)
    assert [card.name for card in library.models()] == ["Snow"]
    moved = library.move_to(other_disk, remember=lambda _: None)
    assert {name: held for name, held in everything(moved.folder).items() if "/." not in f"/{name}"} == {
        name: held for name, held in before.items() if "/." not in f"/{name}"
    }
    assert moved.models()[0] == read_model_card(other_disk / "snow")
