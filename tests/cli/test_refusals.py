"""Wrong usage and input are reported in one line, with exit code 2, and nothing is written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from engine.images.edit_record import METADATA_KEY
from ip2p_desktop.cli.edit_command import main

RunEdit = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files that are not photos and of folders that are not models."""
    folder = tmp_path_factory.mktemp("refused")
    (folder / "cut.jpg").write_bytes(sample.read_bytes()[:5000])
    (folder / "text.png").write_text("I am not an image.")
    (folder / "empty.jpg").touch()
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    newer = PngImagePlugin.PngInfo()
    newer.add_itxt(METADATA_KEY, '{"version": 2}')
    Image.new("RGB", (8, 8)).save(folder / "newer.png", pnginfo=newer)
    (folder / "no-model").mkdir()
    (folder / "damaged-card").mkdir()
    (folder / "damaged-card" / "model_index.json").write_text("{}")
    (folder / "damaged-card" / "ip2p.json").write_text("{")
    (folder / "folder.png").mkdir()
    (folder / "checkpoint-500").mkdir()
    (folder / "checkpoint-500" / "zero_to_fp32.py").touch()
    (folder / "attack.ckpt").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    (folder / "model.gguf").write_bytes(b"GGUF" + bytes(100))
    return folder


REFUSED = {
    "missing photo": (("--input", "missing.jpg"), "missing.jpg does not exist. Check the name."),
    "truncated JPEG": (("--input", "cut.jpg"), "cut.jpg is damaged or incomplete. Choose another"),
    "text named .png": (("--input", "text.png"), "text.png is not a photo in a supported format."),
    "empty file": (("--input", "empty.jpg"), "empty.jpg is empty (0 bytes)."),
    "one pixel": (("--input", "dot.png"), "The photo is only 1 × 1 pixels. Choose a larger one."),
    "file for the results of a folder": (("--input", "no-model"), "edited.png is not a folder. Several"),
    "photo named too long": (("--input", "x" * 300 + ".jpg"), "cannot be read (File name too long)."),
    "output in no folder": (("--output", "nowhere/edited.png"), "nowhere does not exist. Create it or"),
    "output below a file": (("--output", "cut.jpg/edited.png"), "cut.jpg does not exist. Create it or"),
    "output is a folder": (("--output", "folder.png"), "folder.png is a folder. Add a file name."),
    "output of unknown type": (
        ("--output", "edited.gif"),
        "edited.gif does not end in a known image format. Use",
    ),
    "output without type": (
        ("--output", "edited"),
        "edited does not end in a known image format. Use a name",
    ),
    "output named too long": (("--output", "x" * 300 + ".png"), "cannot be written (File name too long)."),
    "no instruction": (("--edit", ""), "The instruction is empty. Write what should change"),
    "blank instruction": (("--edit", " \t "), "The instruction is empty. Write what should change"),
    "no steps": (("--steps", "0"), "The number of steps must be from 1 to 1000, not 0."),
    "steps in words": (("--steps", "abc"), "“abc” is not a whole number. Try ip2p-desktop edit --help."),
    "half a step": (("--steps", "2.5"), "“2.5” is not a whole number."),
    "too many steps": (("--steps", "1001"), "must be from 1 to 1000, not 1001."),
    "negative text guidance": (("--cfg-text", "-1"), "The text guidance scale must be from 0 to 50, not -1."),
    "text guidance is nan": (("--cfg-text", "nan"), "The text guidance scale must be from 0 to 50, not nan."),
    "text guidance in words": (("--cfg-text", "abc"), "“abc” is not a number."),
    "endless image guidance": (("--cfg-image", "inf"), "The image guidance scale must be from 0 to 50"),
    "negative image guidance": (("--cfg-image", "-0.5"), "The image guidance scale must be from 0 to 50"),
    "negative seed": (("--seed", "-1"), "The seed must be from 0 to"),
    "tiny resolution": (("--resolution", "3"), "The resolution must be from 64 to 4096 pixels, not 3."),
    "huge resolution": (("--resolution", "10000000"), "from 64 to 4096 pixels, not 10000000."),
    "unknown device": (("--device", "gpu"), "There is no device called “gpu”. Choose one of auto, cpu"),
    "unknown scheduler": (("--scheduler", "heun"), "There is no scheduler called “heun”. Choose one of"),
    "unknown number type": (("--dtype", "int8"), "There is no number type called “int8”. Choose one of"),
    "unknown fit": (("--fit", "stretch"), "There is no fit rule called “stretch”. Choose one of keep, or"),
    "one bad scale of several": (("--text-guidance", "2,99"), "The text guidance scale must be from 0 to 50"),
    "a scale of several in words": (("--cfg-image", "1,a"), "“a” is not a number."),
    "no variations": (("--variations", "0"), "The number of variations must be from 1 to 64, not 0."),
    "too many results": (("--variations", "64", "--cfg-text", "1,2,3,4,5,6,7"), "be 448 results,"),
    "unknown output size": (("--output-size", "big"), "There is no output size called “big”. Choose one of"),
    "unknown weights": (("--weights", "best"), "There is no set of weights called “best”. Choose one of ema"),
    "missing mask": (("--mask", "missing.png"), "missing.png does not exist. Check the name."),
    "mask of another size": (("--mask", "dot.png"), "The mask is 1 × 1 pixels, the photo 1365 × 768."),
    "missing VAE": (("--vae", "missing"), "missing does not exist. Check the name."),
    "missing LoRA": (("--lora", "missing.safetensors:0.5"), "missing.safetensors does not exist."),
    "LoRA of too much weight": (("--lora", "x:9"), "The weight of a LoRA must be from -4 to 4, not 9."),
    "a photo as saved result": (("--from-file", "dot.png"), "dot.png contains no edit settings."),
    "result of a newer version": (
        ("--from-file", "newer.png"),
        "The edit settings in newer.png were saved by a newer version of IP2P Desktop. Update IP2P Desktop",
    ),
    "text as saved result": (("--from-file", "text.png"), "text.png cannot be read as an image."),
    "no place for all": (("--variations", "2", "--output", "x" * 250 + ".png"), "(File name too long)."),
    "no model": (("--model", "no-model"), "no-model is not a model folder: it has no model_index.json."),
    "checkpoint of DeepSpeed": (
        ("--model", "checkpoint-500"),
        "is a checkpoint of DeepSpeed, whose weights",
    ),
    "model with code": (("--model", "attack.ckpt"), "The file attack.ckpt tries to run code"),
    "GGUF": (
        ("--model", "model.gguf"),
        "model.gguf is a GGUF model, which is not supported.",
    ),
    "missing model": (("--model", "nowhere"), "nowhere is not a model folder"),
    "damaged model card": (("--model", "damaged-card"), "ip2p.json cannot be read"),
    "unknown option": (("--style", "oil"), "Unrecognized arguments: --style oil."),
    "option without value": (("--steps",), "Argument --steps: expected one argument."),
}


def assert_one_line(stderr: str) -> None:
    assert stderr.endswith(".\n")
    assert stderr.count("\n") == 1
    assert "\r" not in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_one_line(
    edit_here: RunEdit, sample: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    refused, sentence = REFUSED[name]
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    done = edit_here("--input", sample, "--output", "edited.png", "--edit", "make it snow", *refused)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert_one_line(done.stderr)
    assert sorted(folder.rglob("*")) == before


def test_an_edit_of_nothing_is_refused_in_one_line(run_edit: RunEdit) -> None:
    process = run_edit()
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == (
        "The following arguments are required: --input, --output. Try ip2p-desktop edit --help.\n"
    )


def test_an_edit_without_an_instruction_is_refused_in_one_line(sample: Path, run_edit: RunEdit) -> None:
    process = run_edit("--input", sample, "--output", "edited.png")
    assert process.returncode == 2
    assert process.stderr == ("The following arguments are required: --edit. Try ip2p-desktop edit --help.\n")


def test_help_is_no_error(run_edit: RunEdit) -> None:
    process = run_edit("--help")
    assert (process.returncode, process.stderr) == (0, "")
    assert "--cfg-text" in process.stdout


def test_a_truncated_weight_file_is_refused_in_one_line(
    run_edit: RunEdit, sample: Path, copy_starter: Callable[[Path], Path], tmp_path: Path
) -> None:
    model = copy_starter(tmp_path / "model")
    weights = model / "unet" / "diffusion_pytorch_model.safetensors"
    content = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(content[:100_000])
    output = tmp_path / "edited.png"
    process = run_edit(
        "--input", sample, "--output", output, "--edit", "make it snow", "--model", model, "--json"
    )
    shutil.rmtree(model)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.startswith("unet/diffusion_pytorch_model.safetensors is incomplete")
    assert_one_line(process.stderr)
    assert not output.exists()


@pytest.mark.usefixtures("_ctrl_c_as_before")
@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_a_missing_weight_file_is_refused_in_one_line(
    sample: Path,
    copy_starter: Callable[[Path], Path],
    tmp_path: Path,
    part: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = copy_starter(tmp_path / "model")
    weights = next((model / part).glob("*.safetensors"))
    weights.unlink()
    given = ["edit", "--input", str(sample), "--edit", "make it snow", "--model", str(model)]
    assert main([*given, "--output", str(tmp_path / "edited.png")]) == 2
    shutil.rmtree(model)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (
        "",
        f"The model lacks {part}/{weights.name}. Install the model again.\n",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_ctrl_c_as_before")
def test_an_unexpected_error_is_one_line_and_logged_in_detail(
    sample: Path,
    tmp_path: Path,
    data_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("a tensor has\nno elements")

    monkeypatch.setattr("engine.editing.editor.Editor.edit", failing)
    output = tmp_path / "edited.png"
    given = [
        "--input",
        str(sample),
        "--output",
        str(output),
        "--edit",
        "make it night",
        "--resolution",
        "64",
    ]
    assert main(["edit", *given]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("Something unexpected went wrong (")
    assert_one_line(captured.err)
    assert not output.exists()
    assert "Traceback" in (data_folder / "logs" / "ip2p-desktop.log").read_text(encoding="utf-8")
