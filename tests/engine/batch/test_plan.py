"""Which photos a batch edits, and what their results are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.batch.naming import NamingRule
from engine.batch.plan import BatchItem, BatchOutput, BatchPhoto, OutputFormat, find_batch_photos, plan_batch
from engine.errors import ImageUnreadable, OutputNotWritable


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with two photos, and one of the same name in a folder below."""
    folder = tmp_path / "in"
    for name in ("dog.jpg", "cat.png", "sub/dog.jpg", ".hidden/x.jpg", "notes.txt", ".trash.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def plan(photos: Sequence[BatchPhoto], output: BatchOutput, instruction: str = "fog") -> list[BatchItem]:
    return plan_batch(photos, output, instruction=instruction, seed=5, model="Starter")


def outputs(items: Sequence[BatchItem], folder: Path) -> list[str]:
    return [item.output.relative_to(folder).as_posix() for item in items]


def test_a_folder_is_searched_with_or_without_those_below(photos: Path) -> None:
    flat = find_batch_photos([photos], is_recursive=False)
    assert [photo.name for photo in flat] == ["cat.png", "dog.jpg"]
    deep = find_batch_photos([photos], is_recursive=True)
    assert [(photo.folder / photo.name).as_posix() for photo in deep] == ["cat.png", "dog.jpg", "sub/dog.jpg"]


def test_results_lie_in_folders_like_those_of_the_photos(photos: Path, tmp_path: Path) -> None:
    output = BatchOutput(folder=tmp_path / "out")
    items = plan(find_batch_photos([photos], is_recursive=True), output)
    assert outputs(items, output.folder) == ["cat-fog.png", "dog-fog.jpg", "sub/dog-fog.jpg"]


def test_names_that_collide_are_numbered_also_by_case(photos: Path, tmp_path: Path) -> None:
    (photos / "sub/DOG.JPG").touch()
    found = find_batch_photos([photos], is_recursive=True)
    items = plan(found, BatchOutput(folder=tmp_path / "out", keeps_folders=False))
    names = [item.output.name.casefold() for item in items]
    assert len(names) == len(set(names)) == 4


def test_the_folder_of_the_results_inside_that_of_the_photos_is_no_input(photos: Path) -> None:
    out = photos / "edited"
    out.mkdir()
    (out / "dog-fog.jpg").touch()
    found = find_batch_photos([photos], is_recursive=True, left_out=[out])
    assert not any("edited" in photo.folder.parts for photo in found)


def test_results_of_an_earlier_batch_into_the_same_folder_are_no_input(photos: Path) -> None:
    (photos / "dog-fog.jpg").touch()
    output = BatchOutput(folder=photos, skips_existing=True)
    items = plan(find_batch_photos([photos], is_recursive=False), output)
    assert [item.photo.name for item in items] == ["cat.png", "dog.jpg"]
    assert [item.is_skipped for item in items] == [False, True]


def test_numbered_results_of_earlier_batches_are_no_input(photos: Path) -> None:
    for name in ("dog-fog.jpg", "dog-fog-2.jpg", "dog-fog-13.jpg"):
        (photos / name).touch()
    items = plan(find_batch_photos([photos], is_recursive=False), BatchOutput(folder=photos))
    assert [item.photo.name for item in items] == ["cat.png", "dog.jpg"]


def test_a_photo_whose_name_ends_in_a_number_is_edited_where_no_photo_gets_its_name(photos: Path) -> None:
    (photos / "dog-2.jpg").touch()
    output = BatchOutput(folder=photos, rule=NamingRule("{stem}"))
    items = plan(find_batch_photos([photos], is_recursive=False), output)
    assert [item.photo.name for item in items] == ["cat.png", "dog-2.jpg", "dog.jpg"]


def test_links_that_make_a_circle_give_each_photo_once(photos: Path, tmp_path: Path) -> None:
    (photos / "loop").symlink_to(photos)
    (photos / "twice").symlink_to(photos / "sub")
    other = tmp_path / "other" / "below"
    other.mkdir(parents=True)
    (other / "owl.jpg").touch()
    (photos / "linked").symlink_to(other.parent)
    found = find_batch_photos([photos], is_recursive=True)
    assert [(photo.folder / photo.name).as_posix() for photo in found] == [
        *("cat.png", "dog.jpg", "sub/dog.jpg", "linked/below/owl.jpg")
    ]


def test_a_folder_for_the_results_is_checked_before_and_left_as_it_was(tmp_path: Path) -> None:
    BatchOutput(folder=tmp_path / "new" / "deep").check()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritable, match="Not a directory"):
        BatchOutput(folder=tmp_path / "file" / "out").check()


@pytest.mark.parametrize("skips", [True, False])
def test_no_output_is_a_photo_of_the_batch(photos: Path, skips: bool) -> None:
    output = BatchOutput(folder=photos, rule=NamingRule("{stem}"), skips_existing=skips)
    items = plan(find_batch_photos([photos], is_recursive=False), output)
    assert outputs(items, photos) == ["cat-2.png", "dog-2.jpg"]


def test_an_existing_file_is_skipped_or_the_new_one_numbered(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "cat-fog.png").touch()
    found = find_batch_photos([photos], is_recursive=False)
    numbered = plan(found, BatchOutput(folder=out))
    assert outputs(numbered, out) == ["cat-fog-2.png", "dog-fog.jpg"]
    assert not any(item.is_skipped for item in numbered)
    skipped = plan(found, BatchOutput(folder=out, skips_existing=True))
    assert outputs(skipped, out) == ["cat-fog.png", "dog-fog.jpg"]
    assert [item.is_skipped for item in skipped] == [True, False]


@pytest.mark.parametrize(
    ("form", "name", "suffix"),
    [
        (OutputFormat.SAME, "a.JPEG", "jpeg"),
        (OutputFormat.SAME, "a.heic", "jpg"),
        (OutputFormat.SAME, "a.bmp", "png"),
        (OutputFormat.SAME, "Pasted photo", "png"),
        (OutputFormat.SAME, "a.tiff", "tiff"),
        (OutputFormat.WEBP, "a.jpg", "webp"),
    ],
)
def test_the_format_is_that_of_the_photo_where_it_can_be_written(
    tmp_path: Path, form: OutputFormat, name: str, suffix: str
) -> None:
    photo = BatchPhoto(file=tmp_path / "file", name=name)
    (item,) = plan([photo], replace(BatchOutput(folder=tmp_path), form=form))
    assert item.output.suffix == f".{suffix}"


def test_numbers_have_as_many_digits_as_the_last_one(tmp_path: Path) -> None:
    photos = [BatchPhoto(file=tmp_path / f"{number}.jpg", name="x.jpg") for number in range(12)]
    items = plan(photos, BatchOutput(folder=tmp_path / "out", rule=NamingRule("{number}")))
    assert [items[0].output.stem, items[-1].output.stem] == ["01", "12"]


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageUnreadable, match="contains no photo"):
        find_batch_photos([tmp_path], is_recursive=True)
