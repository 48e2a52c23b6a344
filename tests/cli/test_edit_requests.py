"""The requests that the arguments describe, and the files of the results."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image

from engine.edit_settings import EditSettings, Fit, OutputSize, SchedulerName
from engine.errors import ErrorReport, ModelNotUsable
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo
from engine.images.image_saving import save_image
from engine.model_options import Lora, ModelOptions, WeightSet
from engine.progress import Cancelled
from engine.request import EditRequest
from ip2p_desktop.cli.edit_command import main

SEED = 11


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEditor]:
    """Replaces the engine's editor; restores the handler of Ctrl-C at the end."""
    fake = FakeEditor()
    monkeypatch.setitem(sys.modules, "engine.editing.editor", SimpleNamespace(Editor=lambda **_: fake))
    handler = signal.getsignal(signal.SIGINT)
    yield fake
    signal.signal(signal.SIGINT, handler)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.effect_noise((60, 40), 80).convert("RGB").save(path)
    return path


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs"
    folder.mkdir()
    return folder


def edit(photo: Path, output: Path, *arguments: str | Path) -> int:
    instruction = [] if "--from-file" in arguments else ["--edit", "make it snow"]
    given = ["--input", photo, "--output", output, "--seed", str(SEED), *instruction, *arguments]
    return main(["edit", *map(str, given)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_edit_is_as_large_as_the_photo_unless_the_original_crops_it(
    editor: FakeEditor, photo: Path, outputs: Path
) -> None:
    assert edit(photo, outputs / "a.png") == 0
    assert edit(photo, outputs / "a.png", "--fit", "original") == 0
    assert edit(photo, outputs / "a.png", "--fit", "original", "--output-size", "source") == 0
    assert edit(photo, outputs / "a.png", "--output-size", "working") == 0
    sizes = [request.settings.output_size for request in editor.requests]
    assert sizes == [OutputSize.SOURCE, OutputSize.WORKING, OutputSize.SOURCE, OutputSize.WORKING]


def test_every_argument_reaches_the_editor(
    editor: FakeEditor, photo: Path, outputs: Path, tmp_path: Path
) -> None:
    for name in ("vae.safetensors", "ink.safetensors", "C:x.safetensors"):
        (tmp_path / name).touch()
    mask = Image.new("L", (60, 40))
    mask.paste(255, (10, 10, 30, 30))
    mask.save(tmp_path / "mask.png")
    given = (
        *("--negative", "rain", "--mask", tmp_path / "mask.png", "--turbo", "--weights", "live"),
        *("--vae", tmp_path / "vae.safetensors", "--lora", f"{tmp_path / 'ink.safetensors'}:-0.5"),
        *("--lora", tmp_path / "C:x.safetensors", "--scheduler", "dpmpp-2m-karras", "--resolution", "64"),
        *("--steps", "7", "--text-guidance", "3", "--image-guidance", "0.5", "--variations", "2"),
    )
    assert edit(photo, outputs / "a.png", *given) == 0
    (request,) = editor.requests
    assert (request.instruction, request.negative_instruction) == ("make it snow", "rain")
    assert request.mask is not None
    assert request.mask.tobytes() == mask.tobytes()
    assert request.seeds == (SEED, SEED + 1)
    assert request.model_options == ModelOptions(
        weight_set=WeightSet.LIVE,
        vae=tmp_path / "vae.safetensors",
        loras=(
            Lora(path=tmp_path / "ink.safetensors", weight=-0.5),
            Lora(path=tmp_path / "C:x.safetensors"),
        ),
    )
    assert request.settings == EditSettings(
        num_inference_steps=7,
        text_guidance_scale=3,
        image_guidance_scale=0.5,
        seed=SEED,
        scheduler=SchedulerName.DPMPP_2M_KARRAS,
        resolution=64,
        output_size=OutputSize.SOURCE,
        turbo=True,
    )


def test_variations_go_into_numbered_files_each_with_its_seed(
    editor: FakeEditor, photo: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert edit(photo, outputs / "snow.jpg", "--variations", "3", "--json") == 0
    assert names(outputs) == ["snow-2.jpg", "snow-3.jpg", "snow.jpg"]
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["seed"] for result in results] == [SEED, SEED + 1, SEED + 2]
    for result in results:
        record = read_edit_record(Path(result["output"]))
        assert record is not None
        assert record.settings.seed == result["seed"]


def test_lists_of_guidance_scales_make_every_combination(
    editor: FakeEditor, photo: Path, outputs: Path
) -> None:
    assert edit(photo, outputs / "a.png", "--text-guidance", "1,2,4", "--image-guidance", "1.0,1.4") == 0
    scales = [
        (request.settings.text_guidance_scale, request.settings.image_guidance_scale)
        for request in editor.requests
    ]
    assert scales == [(1, 1), (1, 1.4), (2, 1), (2, 1.4), (4, 1), (4, 1.4)]
    assert names(outputs) == ["a-2.png", "a-3.png", "a-4.png", "a-5.png", "a-6.png", "a.png"]
    record = read_edit_record(outputs / "a-4.png")
    assert record is not None
    assert (record.settings.text_guidance_scale, record.settings.image_guidance_scale) == (2, 1.4)


def test_a_grid_is_one_sheet_with_a_row_for_each_text_scale(
    editor: FakeEditor, photo: Path, outputs: Path
) -> None:
    given = ("--text-guidance", "1,2", "--image-guidance", "1,1.2,1.4", "--grid")
    assert edit(photo, outputs / "sheet.png", *given) == 0
    assert names(outputs) == ["sheet.png"]
    with Image.open(outputs / "sheet.png") as sheet:
        levels = np.asarray(sheet.convert("L"), dtype=int)
    assert sheet.width > 3 * 60
    assert 2 * 40 < sheet.height < 4 * 60
    negative = 255 - np.asarray(open_photo(photo).convert("L"), dtype=int)
    found = [
        (top, left)
        for top in range(sheet.height - 39)
        for left in range(sheet.width - 59)
        if abs(levels[top, left] - negative[0, 0]) <= 1
        and np.abs(levels[top : top + 40, left : left + 60] - negative).max() <= 1
    ]
    assert len(found) == 6
    assert len({top for top, _ in found}) == 2


def test_a_warning_is_reported_once_and_in_json(
    editor: FakeEditor, photo: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ErrorReport("model", "20 of 22 modules do not fit.", "Choose another LoRA.", "model.example")
    editor.warnings = (report,)
    assert edit(photo, outputs / "a.png", "--text-guidance", "1,2", "--json") == 0
    printed = capsys.readouterr()
    assert printed.err.count("20 of 22 modules do not fit. Choose another LoRA.\n") == 1
    assert [json.loads(line)["warnings"] for line in printed.out.splitlines()] == [[str(report)]] * 2


def test_a_fallback_is_reported_once(
    editor: FakeEditor, photo: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    editor.fallbacks = ("The picture was decoded in tiles.",)
    assert edit(photo, outputs / "a.png", "--text-guidance", "1,2") == 0
    assert capsys.readouterr().err.count("The picture was decoded in tiles.\n") == 1


def test_what_was_finished_before_ctrl_c_stays(
    editor: FakeEditor,
    photo: Path,
    outputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make = editor.edit

    def edit_once(request: EditRequest, **options: object) -> object:
        if editor.requests:
            raise Cancelled
        return make(request, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(editor, "edit", edit_once)
    assert edit(photo, outputs / "a.png", "--text-guidance", "1,2,3") == 130
    assert names(outputs) == ["a.png"]
    assert capsys.readouterr().err.endswith("Cancelled; 1 of 3 results were written.\n")


def test_an_installed_model_is_found_by_its_name(
    editor: FakeEditor, photo: Path, outputs: Path, data_folder: Path
) -> None:
    model = data_folder / "models" / "winter"
    model.mkdir(parents=True)
    (model / "model_index.json").write_text("{}")
    (model / "ip2p.json").write_text(json.dumps({"name": "Winter pictures"}))
    for name in ("winter", "Winter pictures", str(model)):
        assert edit(photo, outputs / "a.png", "--model", name) == 0
    assert [request.model for request in editor.requests] == [model] * 3


@pytest.fixture
def saved(tmp_path: Path, starter: Path, photo: Path) -> EditRequest:
    """The request of `saved.png`, a file beside the photo."""
    settings = EditSettings(
        num_inference_steps=9,
        text_guidance_scale=2.5,
        image_guidance_scale=1.25,
        seed=77,
        scheduler=SchedulerName.EULER,
        resolution=128,
        fit=Fit.ORIGINAL,
        output_size=OutputSize.SOURCE,
    )
    request = EditRequest(
        source_image=open_photo(photo),
        instruction="make it autumn",
        negative_instruction="rain",
        model=starter,
        settings=settings,
    )
    save_image(request.source_image, tmp_path / "saved.png", request, seed=79)
    return request


def test_a_saved_result_is_edited_with_its_settings(
    editor: FakeEditor, photo: Path, outputs: Path, saved: EditRequest, tmp_path: Path
) -> None:
    given = ["--input", photo, "--output", outputs / "a.png", "--from-file", tmp_path / "saved.png"]
    assert main(["edit", *map(str, given)]) == 0
    (request,) = editor.requests
    assert request.source_image.tobytes() == saved.source_image.tobytes()
    assert (request.instruction, request.negative_instruction) == ("make it autumn", "rain")
    assert request.model == saved.model
    assert request.settings == replace(saved.settings, seed=79)


def test_arguments_override_a_saved_result(
    editor: FakeEditor, photo: Path, outputs: Path, saved: EditRequest, tmp_path: Path
) -> None:
    given = (
        "--from-file",
        tmp_path / "saved.png",
        "--edit",
        "make it spring",
        "--negative",
        "",
        "--steps",
        "4",
    )
    assert edit(photo, outputs / "a.png", *given) == 0
    (request,) = editor.requests
    assert (request.instruction, request.negative_instruction) == ("make it spring", "")
    assert request.settings == replace(saved.settings, seed=SEED, num_inference_steps=4)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": Path("gone")}, "The model “gone” of the saved result is not installed. Install it, or"),
        ({"mask": Image.new("L", (60, 40))}, "was made with a mask. Set its path with --mask."),
        (
            {"model_options": ModelOptions(vae=Path("v.pt"))},
            "was made with the VAE v.pt. Set its path with --vae",
        ),
        (
            {"model_options": ModelOptions(loras=(Lora(path=Path("ink.pt"), weight=0.5),))},
            "was made with the LoRA ink.pt (0.5). Set its path with --lora",
        ),
    ],
)
def test_files_missing_in_a_saved_result_are_required_as_arguments(
    editor: FakeEditor,
    photo: Path,
    outputs: Path,
    saved: EditRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, object],
    sentence: str,
) -> None:
    request = replace(saved, **changes)  # type: ignore[arg-type]
    save_image(request.source_image, tmp_path / "saved.png", request)
    assert edit(photo, outputs / "a.png", "--from-file", tmp_path / "saved.png") == 2
    assert sentence in capsys.readouterr().err
    assert not editor.requests
    assert names(outputs) == []


def test_a_model_that_is_not_installed_can_be_replaced_by_an_argument(
    editor: FakeEditor, photo: Path, outputs: Path, saved: EditRequest, starter: Path, tmp_path: Path
) -> None:
    gone = replace(saved, model=Path("gone"))
    save_image(gone.source_image, tmp_path / "saved.png", gone)
    given = ("--from-file", tmp_path / "saved.png", "--model", starter)
    assert edit(photo, outputs / "a.png", *given) == 0
    assert editor.requests[0].model == starter


def test_the_files_of_a_photo_are_not_touched(
    editor: FakeEditor, photo: Path, outputs: Path, tmp_path: Path
) -> None:
    before = shutil.copy(photo, tmp_path / "before.png")
    assert edit(photo, outputs / "a.webp", "--variations", "2") == 0
    assert photo.read_bytes() == Path(before).read_bytes()


@pytest.mark.parametrize("is_inverted", [False, True])
def test_strokes_on_a_transparent_ground_are_the_mask(
    editor: FakeEditor, photo: Path, outputs: Path, tmp_path: Path, is_inverted: bool
) -> None:
    strokes = Image.new("RGBA", (120, 80))
    strokes.paste("white", (20, 20, 60, 60))
    strokes.save(tmp_path / "mask.png")
    inverted = ("--invert-mask",) if is_inverted else ()
    assert edit(photo, outputs / "a.png", "--mask", tmp_path / "mask.png", *inverted) == 0
    mask = editor.requests[0].mask
    assert mask is not None
    assert mask.size == (60, 40)
    inside, outside = mask.getpixel((20, 20)), mask.getpixel((50, 5))
    assert (inside, outside) == ((0, 255) if is_inverted else (255, 0))


def test_a_mask_that_is_empty_or_missing_is_refused(
    photo: Path, outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGBA", (60, 40)).save(tmp_path / "mask.png")
    assert edit(photo, outputs / "a.png", "--mask", tmp_path / "mask.png") == 2
    assert capsys.readouterr().err.startswith("The mask mask.png marks nothing to edit. Paint the part")
    assert edit(photo, outputs / "a.png", "--invert-mask") == 2
    assert capsys.readouterr().err == "There is no mask to invert. Set the path of one with --mask.\n"
    assert names(outputs) == []


def test_a_model_that_computes_no_numbers_is_named_and_nothing_written(
    editor: FakeEditor, photo: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    editor.error = ModelNotUsable("model.not-finite", "The model {model} computed …", model="starter")
    assert edit(photo, outputs / "a.png") == 2
    assert "The model starter computed" in capsys.readouterr().err
    assert names(outputs) == []
