"""Every format gives the same tensors, and stays in its file."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from fakes.tensor_formats import (
    FORMATS,
    Save,
    save_legacy,
    save_nemo,
    save_packed_nemo,
    save_safetensors,
    save_zip,
)
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.tensors.tensor_files import open_tensors

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="counts files and memory through /proc")


@pytest.fixture
def tensors() -> dict[str, Tensor]:
    """All dtypes of models, no dimension, none left, turned, and two views of the same numbers."""
    torch.manual_seed(0)
    shared = torch.randn(10)
    return {
        "bytes": torch.arange(3, dtype=torch.uint8),
        "unet.weight": torch.randn(4, 5),
        "turned": torch.randn(2, 3, 5).permute(2, 0, 1),
        "half": torch.randn(7).half(),
        "bf16": torch.randn(3).bfloat16(),
        "double": torch.randn(3, dtype=torch.float64),
        "whole": torch.arange(5),
        "flags": torch.tensor([True, False, True]),
        "scalar": torch.tensor(2.5),
        "none": torch.zeros(0, 3),
        "head": shared[:4],
        "tail": shared[4:],
        "every second": shared[::2],
    }


@pytest.mark.parametrize("save", FORMATS)
def test_every_format_gives_the_same_tensors(save: Save, tensors: dict[str, Tensor], tmp_path: Path) -> None:
    """Under a name that says nothing: only the content decides."""
    path = tmp_path / "größer model.download"
    save(tensors, path)
    source = open_tensors(path)
    assert set(source.names()) == set(tensors)
    for name, tensor in tensors.items():
        assert source.dtype(name) == tensor.dtype
        assert source.shape(name) == tuple(tensor.shape)
        assert torch.equal(source.read(name), tensor)
    assert source.location == "größer model.download"


def test_a_safetensors_tensor_where_its_dtype_must_not_begin_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "model"
    numbers = torch.arange(100.0)
    header = json.dumps({"a": {"dtype": "F32", "shape": [100], "data_offsets": [0, 400]}}).encode()
    for spaces in range(4):
        padded = header + b" " * spaces
        path.write_bytes(len(padded).to_bytes(8, "little") + padded + numbers.numpy().tobytes())
        found = open_tensors(path).read("a")
        assert torch.equal(found, numbers)
        assert found.data_ptr() % 4 == 0


def test_a_tensor_of_an_archive_where_its_dtype_must_not_begin_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "model"
    torch.save({"a": torch.arange(100.0)}, tmp_path / "saved")
    for length in range(1, 5):
        with zipfile.ZipFile(tmp_path / "saved") as old, zipfile.ZipFile(path, "w") as new:
            new.writestr("saved/" + "x" * length, b"")
            for name in old.namelist():
                new.writestr(name, old.read(name))
        found = open_tensors(path).read("a")
        assert torch.equal(found, torch.arange(100.0))
        assert found.data_ptr() % 4 == 0


def _open_files(folder: Path) -> list[str]:
    """Files of `folder` that this process holds open; other tests may leave theirs."""
    targets = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # of the listing itself
            targets.append(str(entry.readlink()))
    return [target for target in targets if target.startswith(str(folder))]


@LINUX
@pytest.mark.parametrize("save", FORMATS)
def test_closing_leaves_read_tensors_valid_and_gives_the_file_back(
    save: Save, tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "model"
    save(tensors, path)
    source = open_tensors(path)
    held = source.read("unet.weight")
    source.close()
    assert torch.equal(held, tensors["unet.weight"])
    with pytest.raises(ValueError, match="closed"):
        source.read("half")
    del held, source
    gc.collect()
    assert not _open_files(tmp_path)
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()


@pytest.mark.parametrize("save", FORMATS)
def test_writing_into_a_tensor_does_not_reach_the_file(
    save: Save, tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "model"
    save(tensors, path)
    open_tensors(path).read("unet.weight").fill_(7)
    assert torch.equal(open_tensors(path).read("unet.weight"), tensors["unet.weight"])


@pytest.mark.parametrize("save", FORMATS)
def test_a_tensor_that_is_not_there_is_named(save: Save, tmp_path: Path) -> None:
    save({"a": torch.ones(2)}, tmp_path / "model")
    source = open_tensors(tmp_path / "model")
    for ask in (source.read, source.shape, source.dtype):
        with pytest.raises(ModelNotUsable, match=r"model lacks the tensor b"):
            ask("b")


def test_what_the_makers_wrote_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "model"
    save_file({"a": torch.ones(1)}, path, metadata={"format": "pt", "modelspec.title": "Größer"})
    assert open_tensors(path).metadata == {"format": "pt", "modelspec.title": "Größer"}
    save_zip({"a": torch.ones(1)}, path)
    assert open_tensors(path).metadata == {"global_step": "22000"}
    for save in (save_nemo, save_packed_nemo):
        save({"a": torch.ones(1)}, path)
        assert open_tensors(path).metadata == {"model_config.yaml": "unet_config:\n  in_channels: 8\n"}


def test_unpacking_a_nemo_file_leaves_nothing_behind(tmp_path: Path) -> None:
    save_packed_nemo({"a": torch.ones(1)}, tmp_path / "model.nemo")
    source = open_tensors(tmp_path / "model.nemo")
    source.close()
    assert [file.name for file in tmp_path.iterdir()] == ["model.nemo"]


@pytest.mark.parametrize("key", ["state_dict", "model", "module", "ema"])
def test_the_state_dict_is_found_beside_the_optimizer(key: str, tmp_path: Path) -> None:
    network = {"unet": {"conv": {"weight": torch.ones(2)}}, "loss": torch.zeros(())}
    optimizer = {"state": {0: {"exp_avg": torch.ones(2)}}}
    torch.save({"optimizer": optimizer, key: network}, tmp_path / "model.ckpt")
    assert set(open_tensors(tmp_path / "model.ckpt").names()) == {"unet.conv.weight", "loss"}


READ_INTO_BF16 = """
import sys
from pathlib import Path
import torch
from engine.tensors.tensor_files import open_tensors

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024

torch.set_num_threads(1)
torch.ones(2).bfloat16()
before = anonymous()
source = open_tensors(Path(sys.argv[1]))
held, most = [], 0
for name in source.names():
    held.append(source.read(name).to(torch.bfloat16))
    most = max(most, anonymous() - before)
print(most, sum(tensor.nbytes for tensor in held))
"""


@LINUX
@pytest.mark.parametrize("save", [save_safetensors, save_zip, save_legacy])
def test_reading_into_half_the_size_takes_hardly_more_than_that(save: Save, tmp_path: Path) -> None:
    """300 MB of float32: only what is made of it counts, the file itself stays the system's."""
    path = tmp_path / "model"
    save({f"layer.{number}": torch.ones(2_500, 1_000) for number in range(30)}, path)
    command = [sys.executable, "-c", READ_INTO_BF16, str(path)]
    taken, size = map(int, subprocess.check_output(command, cwd=Path(__file__).parents[3]).split())
    shutil.rmtree(tmp_path)
    assert size == 150_000_000
    assert taken <= 1.3 * size
