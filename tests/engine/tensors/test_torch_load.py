"""Archives go to torch.load, with stand-ins for what lies beside the weights, unless they could harm it."""

from __future__ import annotations

import argparse
import collections
import os
import pickle
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.tensor_formats import refusal
from omegaconf import OmegaConf
from torch import Tensor
from torch.serialization import get_safe_globals, get_unsafe_globals_in_checkpoint

from engine.errors import UnsafeCheckpoint
from engine.tensors.mapped_tensors import MappedTensors, map_file
from engine.tensors.tensor_files import open_tensors
from engine.tensors.torch_files import read_torch_zip
from engine.tensors.torch_load import LoadedTensors

DEEP = 300_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "last.ckpt"


@pytest.fixture
def weights() -> dict[str, Tensor]:
    """With a view, a turned one, one without memory and a parameter."""
    numbers = torch.arange(12.0)
    return {
        "turned": numbers.reshape(3, 4).t(),
        "tail": numbers[5:].half(),
        "same": numbers[5:],
        "none": torch.zeros(0, 3),
        "parameter": torch.nn.Parameter(torch.ones(2)),
    }


def _checkpoint(weights: dict[str, Tensor]) -> dict[str, object]:
    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.AdamW([parameter])
    parameter.grad = torch.ones(2)
    optimizer.step()
    return {
        "epoch": 12,
        "pytorch-lightning_version": "1.4.2",
        "state_dict": collections.OrderedDict(weights),
        "optimizer_states": [optimizer.state_dict()],
        "optimizer": optimizer,
        "hyper_parameters": OmegaConf.create({"unet": {"in_channels": 8, "sizes": [1, 2]}}),
        "random": [np.random.default_rng(0).bit_generator.state, np.float64(0.5), np.arange(3)],
        "arguments": argparse.Namespace(seed=1, device=torch.device("cpu"), folder=Path("a/b")),
        "counted": collections.defaultdict(list, a=[1]),
        "layer": torch.nn.Linear(2, 2),
        "sets": {frozenset({1}), frozenset({2})},
    }


def _zip(data: bytes, path: Path) -> None:
    """An archive of a pickle that torch did not write."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little")


def test_a_checkpoint_is_mapped_by_torch_load(weights: dict[str, Tensor], path: Path) -> None:
    torch.save(_checkpoint(weights), path)
    allowed = set(get_safe_globals())
    assert len(get_unsafe_globals_in_checkpoint(path)) > 10
    source = open_tensors(path)
    assert isinstance(source, LoadedTensors)
    assert all(torch.equal(source.read(name), tensor) for name, tensor in weights.items())
    assert not any(source.read(name).requires_grad for name in weights)
    assert set(get_safe_globals()) == allowed


def test_both_readers_find_the_same(weights: dict[str, Tensor], path: Path) -> None:
    torch.save(_checkpoint(weights), path)
    loaded, own = open_tensors(path), read_torch_zip(map_file(path, path.name), path.name)
    assert list(loaded.names()) == list(own.names())
    assert loaded.metadata == own.metadata == {"epoch": "12", "pytorch-lightning_version": "1.4.2"}
    for name in own.names():
        assert (loaded.dtype(name), loaded.shape(name)) == (own.dtype(name), own.shape(name))
        assert torch.equal(loaded.read(name), own.read(name))


def _protocol_4(checkpoint: dict[str, object], path: Path) -> None:
    torch.save(checkpoint, path, pickle_protocol=4)


def _with_a_queue(checkpoint: dict[str, object], path: Path) -> None:
    torch.save(checkpoint | {"losses": collections.deque([0.5])}, path)


def _with_a_long_note(checkpoint: dict[str, object], path: Path) -> None:
    torch.save(checkpoint | {"notes": ["x" * (1 << 20)]}, path)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("save", [_protocol_4, _with_a_queue, _with_a_long_note])
def test_what_torch_load_does_not_read_is_read_all_the_same(
    save: Callable[[dict[str, object], Path], None], weights: dict[str, Tensor], path: Path
) -> None:
    save(_checkpoint(weights), path)
    source = open_tensors(path)
    assert isinstance(source, MappedTensors)
    assert all(torch.equal(source.read(name), tensor) for name, tensor in weights.items())


def test_an_archive_with_the_name_of_another_format_is_read(
    weights: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    torch.save(weights, path)
    assert torch.equal(open_tensors(path).read("same"), weights["same"])


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02})" + b"\x85" * DEEP + b"Ns.",
        b"\x80\x02})q\x00" + b"h\x00\x85q\x00" * DEEP + b"Ns.",
        b"\x80\x02](" + b")" + b"\x85" * DEEP + b"e.",
        b"\x80\x02cbuiltins\nset\n])" + b"\x85" * DEEP + b"a\x85R.",
        b"\x80\x02" + b"]" * DEEP + b"a" * (DEEP - 1) + b".",
    ],
    ids=["a key", "a key of remembered tuples", "in a list", "in a set", "lists"],
)
def test_very_deep_values_in_an_archive_are_harmless(data: bytes, path: Path) -> None:
    """torch.load hashes the first in C until the stack is full, and the process is gone."""
    _zip(data, path)
    assert refusal(path) == "last.ckpt contains no named tensors."


def test_keys_chosen_to_collide_take_no_time(path: Path) -> None:
    """torch.load would take hours for these."""
    keys = [(number * (2**61 - 1)).to_bytes(12, "little") for number in range(200_000)]
    _zip(b"\x80\x02}(" + b"".join(b"\x8a\x0c" + key + b"N" for key in keys) + b"u.", path)
    assert refusal(path) == "last.ckpt contains no named tensors."


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("transformers.utils.hub", "subprocess.Popen"),
        ("pathlib", "os.system"),
        ("collections", "OrderedDict.__init__"),
        ("torch.storage", "_load_from_bytes"),
        ("torch._utils", "_rebuild_wrapper_subclass"),
        ("posix", "system"),
    ],
)
def test_names_of_code_in_an_archive_are_refused(module: str, name: str, path: Path) -> None:
    _zip(f"\x80\x02c{module}\n{name}\n(X\x01\0\0\0atR.".encode("latin-1"), path)
    with pytest.raises(UnsafeCheckpoint, match=rf"tries to run code \({module}\.{name}\)"):
        open_tensors(path)


def test_the_first_call_is_named_where_there_are_several(path: Path, tmp_path: Path) -> None:
    class MaliciousEntry:
        def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
            return os.system, (f"touch {tmp_path / 'touched'}",)

    torch.save({"a": MaliciousEntry(), "b": pickle.loads, "state_dict": {"w": torch.ones(1)}}, path)
    with pytest.raises(UnsafeCheckpoint, match=rf"\({os.name}\.system\)"):
        open_tensors(path)
    assert not (tmp_path / "touched").exists()


def test_a_module_that_a_stand_in_is_named_after_is_not_imported(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("megatron")
    module.Arguments = type("Arguments", (), {"__module__": "megatron"})  # type: ignore[attr-defined]
    with monkeypatch.context() as while_saving:
        while_saving.setitem(sys.modules, "megatron", module)
        torch.save({"args": module.Arguments(), "kind": module.Arguments, "w": torch.ones(1)}, path)
    (tmp_path / "megatron.py").write_text(f"open({str(tmp_path / 'touched')!r}, 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    source = open_tensors(path)
    assert isinstance(source, LoadedTensors)
    assert list(source.names()) == ["w"]
    assert "megatron" not in sys.modules
    assert not (tmp_path / "touched").exists()


def test_nothing_that_hangs_on_a_tensor_comes_along(path: Path) -> None:
    class Laden:
        def __reduce__(self) -> tuple[object, ...]:
            state = {"detach": None, "note": argparse.Namespace(), "data_ptr": 1}
            return torch._utils._rebuild_parameter_with_state, (torch.ones(2), True, {}, state)

    torch.save({"a": Laden()}, path)
    source = open_tensors(path)
    assert isinstance(source, LoadedTensors)
    assert type(source.read("a")) is Tensor
    assert source.read("a").__dict__ == {}
    assert torch.equal(source.read("a"), torch.ones(2))
