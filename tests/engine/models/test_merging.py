"""Merging InstructPix2Pix with what a custom model has learned, and the file it is written to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import ModelNotUsable, OutputNotWritable
from engine.models.merging import add_difference
from engine.progress import Cancelled, CancelToken, Progress, Stage
from engine.tensors.tensor_files import open_tensors
from engine.tensors.tensor_source import TensorSource
from engine.tensors.tensor_writer import TensorSpec, TensorWriter

FIRST = "model.diffusion_model.input_blocks.0.0.weight"
OUT = "model.diffusion_model.out.2.weight"
TEXT = "cond_stage_model.transformer.weight"
IDS = "cond_stage_model.position_ids"
VAE = "first_stage_model.conv.weight"
SHAPES = {FIRST: (6, 4, 3, 3), OUT: (4, 6, 3, 3), TEXT: (5, 5), VAE: (3,)}


def _random(seed: int, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    tensors = {name: torch.randn(shape, generator=generator).to(dtype) for name, shape in SHAPES.items()}
    return {**tensors, IDS: torch.arange(7)}


@pytest.fixture
def base() -> dict[str, Tensor]:
    return _random(0)


@pytest.fixture
def custom() -> dict[str, Tensor]:
    return _random(1)


@pytest.fixture
def editor() -> dict[str, Tensor]:
    tensors = _random(2)
    return {
        **tensors,
        FIRST: torch.randn(6, 8, 3, 3),
        "model.extra": torch.ones(2),
        "scale_factor": torch.ones(()),
    }


class MergeCase:
    """Three model files in a folder, and the merge of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = folder / "merged.safetensors"

    def source(self, name: str, tensors: dict[str, Tensor]) -> TensorSource:
        save_file(tensors, self.folder / name)
        return open_tensors(self.folder / name)

    def merge(
        self,
        editor: dict[str, Tensor],
        custom: dict[str, Tensor],
        base: dict[str, Tensor],
        **options: object,
    ) -> dict[str, Tensor]:
        sources = (self.source("editor", editor), self.source("custom", custom), self.source("base", base))
        add_difference(*sources, self.target, **options)  # type: ignore[arg-type]
        return load_file(self.target)


@pytest.fixture
def merge_case(tmp_path: Path) -> MergeCase:
    return MergeCase(tmp_path)


Weights = dict[str, Tensor]


def test_the_difference_is_added_to_the_editor(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    merged = merge_case.merge(editor, custom, base, multiplier=0.5, dtype=torch.float32)
    assert set(merged) == set(editor)
    for name in (OUT, TEXT, VAE):
        assert torch.allclose(merged[name], editor[name] + 0.5 * (custom[name] - base[name]), atol=1e-6)


def test_the_weights_of_the_image_latents_stay_the_editors(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    merged = merge_case.merge(editor, custom, base, dtype=torch.float32)[FIRST]
    assert torch.allclose(merged[:, :4], editor[FIRST][:, :4] + custom[FIRST] - base[FIRST], atol=1e-6)
    assert torch.equal(merged[:, 4:], editor[FIRST][:, 4:])


def test_what_only_the_editor_has_is_taken_as_it_is(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    custom["only.custom"] = torch.ones(2)
    del base[VAE]
    merged = merge_case.merge(editor, custom, base, dtype=torch.float32)
    for name in ("model.extra", "scale_factor", VAE):
        assert torch.equal(merged[name], editor[name])
    assert "only.custom" not in merged
    assert torch.equal(merged[IDS], torch.arange(7))


def test_an_unchanged_custom_model_leaves_the_editor_bit_for_bit(
    merge_case: MergeCase, editor: Weights, base: Weights
) -> None:
    merged = merge_case.merge(editor, base, base, dtype=torch.float32)
    assert all(torch.equal(merged[name], editor[name]) for name in editor)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16, torch.float32])
def test_the_sum_is_made_in_float32_and_written_as_asked(
    merge_case: MergeCase, editor: Weights, stored: torch.dtype, dtype: torch.dtype
) -> None:
    custom, base = _random(1, stored), _random(0, stored)
    merged = merge_case.merge(editor, custom, base, dtype=dtype)
    expected = editor[OUT] + (custom[OUT].float() - base[OUT].float())
    assert torch.equal(merged[OUT], expected.to(dtype))
    assert {tensor.dtype for name, tensor in merged.items() if name != IDS} == {dtype}


def test_of_two_sets_of_weights_the_averaged_one_is_merged(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    """As the original edits with it; and what is written holds one set only."""
    averages = {
        "model_ema.diffusion_modelinput_blocks00weight": torch.randn(6, 8, 3, 3),
        "model_ema.diffusion_modelout2weight": torch.randn(4, 6, 3, 3),
    }
    counters = {"model_ema.decay": torch.tensor(0.9999), "model_ema.num_updates": torch.tensor(22_000)}
    merged = merge_case.merge({**editor, **averages, **counters}, custom, base, dtype=torch.float32)
    expected = averages["model_ema.diffusion_modelout2weight"] + (custom[OUT] - base[OUT])
    assert torch.equal(merged[OUT], expected)
    assert torch.equal(merged[FIRST][:, 4:], averages["model_ema.diffusion_modelinput_blocks00weight"][:, 4:])
    assert not any(name.startswith("model_ema.") for name in merged)


def test_checkpoints_are_merged_without_being_unpacked(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    torch.save({"state_dict": custom}, merge_case.folder / "custom.ckpt")
    sources = merge_case.source("editor", editor), merge_case.source("base", base)
    add_difference(sources[0], open_tensors(merge_case.folder / "custom.ckpt"), sources[1], merge_case.target)
    expected = (editor[TEXT] + (custom[TEXT] - base[TEXT])).half()
    assert torch.equal(load_file(merge_case.target)[TEXT], expected)


def test_the_file_tells_what_was_merged(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    merge_case.merge(editor, custom, base, multiplier=0.75)
    assert open_tensors(merge_case.target).metadata == {
        "format": "pt",
        "merged": "editor + 0.75 · (custom − base)",
    }


def test_progress_goes_from_nothing_to_all(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    heard: list[Progress] = []
    merge_case.merge(editor, custom, base, on_progress=heard.append)
    assert heard == [Progress(Stage.MERGING, done, len(editor)) for done in range(len(editor) + 1)]


def test_cancelling_leaves_nothing_and_keeps_an_older_file(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    merge_case.target.write_bytes(b"older")
    cancel = CancelToken()

    def cancel_midway(progress: Progress) -> None:
        if progress.done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        merge_case.merge(editor, custom, base, on_progress=cancel_midway, cancel=cancel)
    assert merge_case.target.read_bytes() == b"older"
    assert {file.name for file in merge_case.folder.iterdir()} == {
        *("merged.safetensors", "editor", "custom", "base"),
    }


def _refusal(merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights) -> str:
    with pytest.raises(ModelNotUsable) as caught:
        merge_case.merge(editor, custom, base)
    assert {file.name for file in merge_case.folder.iterdir()} == {"editor", "custom", "base"}
    return caught.value.message


def test_models_in_the_wrong_roles_are_refused(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    assert _refusal(merge_case, custom, editor, base) == "editor is not an InstructPix2Pix model."
    message = _refusal(merge_case, editor, editor, base)
    assert message == f"The tensor {FIRST} is 6 × 4 × 3 × 3 in base and 6 × 8 × 3 × 3 in editor."


def test_models_of_another_family_are_refused(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    custom[TEXT] = torch.ones(5, 9)
    assert (
        _refusal(merge_case, editor, custom, base)
        == f"The tensor {TEXT} is 5 × 9 in custom and 5 × 5 in editor."
    )
    other_names = {"conv_in.weight": torch.ones(6, 4, 3, 3)}
    assert (
        _refusal(merge_case, editor, other_names, base) == "custom does not name its tensors as editor does."
    )


def test_numbers_that_half_precision_cannot_hold_are_refused(
    merge_case: MergeCase, editor: Weights, custom: Weights, base: Weights
) -> None:
    custom[OUT] = torch.full_like(custom[OUT], 1e6)
    assert f"The merged tensor {OUT} contains numbers that are too large" in _refusal(
        merge_case, editor, custom, base
    )
    assert merge_case.merge(editor, custom, base, dtype=torch.float32)[OUT].mean() > 9e5


MERGE = """
import sys
from pathlib import Path
import torch
from engine.models.merging import add_difference
from engine.tensors.tensor_files import open_tensors

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024

torch.set_num_threads(1)
folder = Path(sys.argv[1])
sources = [open_tensors(folder / name) for name in ("editor", "custom", "base")]
before, most = anonymous(), [0]
add_difference(*sources, folder / "merged", on_progress=lambda _: most.append(anonymous() - before))
print(max(most))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory through /proc")
def test_merging_takes_the_memory_of_a_few_tensors(tmp_path: Path) -> None:
    """20 tensors of 4 MB in each of the models; some megabytes are what torch itself takes at first."""
    layers = {f"layer.{number}": torch.ones(1000, 1000) for number in range(20)}
    for name in ("editor", "custom", "base"):
        channels = 8 if name == "editor" else 4
        save_file({**layers, "conv_in.weight": torch.ones(4, channels, 3, 3)}, tmp_path / name)
    command = [sys.executable, "-c", MERGE, str(tmp_path)]
    assert int(subprocess.check_output(command, cwd=Path(__file__).parents[3])) < 8 * 4_000_000


def test_the_writer_makes_what_the_library_reads(tmp_path: Path) -> None:
    tensors = {
        "ö": torch.randn(3, 5),
        "odd": torch.arange(3, dtype=torch.uint8),
        "whole": torch.arange(4),
        "turned": torch.randn(2, 3).t(),
        "scalar": torch.tensor(1.5, dtype=torch.bfloat16),
        "none": torch.zeros(0, 2),
        "flags": torch.tensor([True, False]),
        "eight": torch.ones(2, dtype=torch.float8_e4m3fn),
    }
    forms = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()}
    with TensorWriter(tmp_path / "out", forms, {"note": "“quoted”"}) as writer:
        for name in writer.names:
            writer.write(tensors[name])
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    read = load_file(tmp_path / "out")
    assert set(read) == set(tensors)
    assert all(torch.equal(read[name].float(), tensor.float()) for name, tensor in tensors.items())
    assert all(read[name].dtype == tensor.dtype for name, tensor in tensors.items())
    with safe_open(tmp_path / "out", "pt") as file:
        assert file.metadata() == {"format": "pt", "note": "“quoted”"}


def test_the_writer_takes_only_what_was_told(tmp_path: Path) -> None:
    forms = {"a": TensorSpec(torch.float32, (2,)), "b": TensorSpec(torch.float32, (2,))}
    for wrong in (torch.ones(3), torch.ones(2).half()):
        with pytest.raises(ValueError, match="a is not"), TensorWriter(tmp_path / "out", forms) as writer:
            writer.write(wrong)
    with (
        pytest.raises(ValueError, match="b was not written"),
        TensorWriter(tmp_path / "out", forms) as writer,
    ):
        writer.write(torch.ones(2))
    assert list(tmp_path.iterdir()) == []


def test_without_room_nothing_is_begun(tmp_path: Path) -> None:
    forms = {"a": TensorSpec(torch.float32, (2**50,))}
    with (
        pytest.raises(OutputNotWritable, match=r"There is not enough disk space .* 4503\.6 TB are needed"),
        TensorWriter(tmp_path / "out", forms),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    forms = {"a": TensorSpec(torch.float32, (2,))}
    with (
        pytest.raises(OutputNotWritable, match="cannot be written"),
        TensorWriter(tmp_path / "no" / "out", forms),
    ):
        pass


WRITE_TOO_MUCH = """
import resource, signal, sys
from pathlib import Path
import torch
from engine.errors import OutputNotWritable
from engine.tensors.tensor_writer import TensorSpec, TensorWriter

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with TensorWriter(Path(sys.argv[1]) / "out", {"a": TensorSpec(torch.float32, (100_000,))}) as writer:
        writer.write(torch.ones(100_000))
except OutputNotWritable as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
def test_a_disk_that_fills_up_leaves_no_half_written_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE_TOO_MUCH, str(tmp_path)]
    said = subprocess.check_output(command, cwd=Path(__file__).parents[3], text=True)
    assert (
        said == "The disk is full; out could not be written completely. Free some disk space and try again.\n"
    )
    assert list(tmp_path.iterdir()) == []
