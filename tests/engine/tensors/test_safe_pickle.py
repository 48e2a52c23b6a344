"""Real checkpoints of good and of bad faith; whatever they ask for, nothing of theirs may run."""

from __future__ import annotations

import argparse
import collections
import datetime
import io
import os
import pickle
import random
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf

from engine.errors import EngineError, ModelNotUsable, UnsafeCheckpoint
from engine.tensors.safe_pickle import PLACEHOLDER, read_pickle
from engine.tensors.tensor_files import open_tensors

WEIGHTS = {"layer.weight": torch.arange(6.0).reshape(2, 3)}
Save = Callable[[object, Path], None]


class MaliciousObject:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        return self.call


def _save_zip(value: object, path: Path) -> None:
    torch.save(value, path)


def _save_legacy(value: object, path: Path) -> None:
    torch.save(value, path, _use_new_zipfile_serialization=False)


def _save_plain(value: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(value, protocol=4))


@pytest.fixture
def touched(tmp_path: Path) -> Iterator[Path]:
    """What the attacks of these tests would leave behind."""
    file = tmp_path / "touched"
    yield file
    assert not file.exists()


def _refusal(path: Path) -> str:
    with pytest.raises(UnsafeCheckpoint) as caught:
        open_tensors(path)
    assert caught.value.report().kind == "unsafe"
    assert "safetensors" in caught.value.advice
    return caught.value.message


def _read(data: bytes) -> object:
    return read_pickle(io.BytesIO(data), "model.ckpt").value


@pytest.mark.parametrize("save", [_save_zip, _save_legacy, _save_plain])
def test_a_call_beside_the_weights_is_refused(save: Save, tmp_path: Path, touched: Path) -> None:
    path = tmp_path / "evil.ckpt"
    save({"callbacks": [MaliciousObject(os.system, f"touch {touched}")], "state_dict": WEIGHTS}, path)
    assert _refusal(path) == (f"The file evil.ckpt tries to run code ({os.name}.system) and was not opened.")


def test_the_attack_is_a_real_one(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(MaliciousObject(os.system, f"echo > {tmp_path / 'harmed'}")))
    assert (tmp_path / "harmed").exists()


@pytest.mark.parametrize("save", [_save_zip, _save_legacy, _save_plain])
@pytest.mark.parametrize(
    ("function", "named"),
    [(exec, "exec"), (eval, "eval"), (getattr, "getattr"), (compile, "compile"), (open, "open")],
)
def test_the_builtins_that_lead_anywhere_are_refused(
    save: Save, function: Callable[..., Any], named: str, tmp_path: Path, touched: Path
) -> None:
    path = tmp_path / "model.ckpt"
    save({"weights": MaliciousObject(function, f"open({str(touched)!r}, 'w')")}, path)
    assert f"{named})" in _refusal(path)


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (subprocess.check_output, "subprocess.check_output"),
        (torch.load, "torch.serialization.load"),
        (torch.hub.load, "torch.hub.load"),
        (torch.storage._load_from_bytes, "torch.storage._load_from_bytes"),
        (np.load, "numpy.load"),
        (sys.exit, "sys.exit"),
        (types.FunctionType, "builtins.function"),
    ],
)
def test_other_functions_are_refused_by_name(
    function: Callable[..., Any], named: str, tmp_path: Path, touched: Path
) -> None:
    path = tmp_path / "model.ckpt"
    module, _, name = named.rpartition(".")
    call = f"c{module}\n{name}\n(S'touch {touched}'\ntR.".encode()
    path.write_bytes(b"\x80\x02" + call)
    assert f"({named})" in _refusal(path)
    assert callable(function)


def test_a_chain_of_getattr_is_refused(tmp_path: Path, touched: Path) -> None:
    path = tmp_path / "model.ckpt"
    path.write_bytes(
        b"\x80\x02cbuiltins\ngetattr\n(cbuiltins\n__import__\n(S'os'\ntRS'system'\ntR"
        + f"(S'touch {touched}'\ntR.".encode()
    )
    assert "(builtins.getattr)" in _refusal(path)


def test_a_call_hidden_in_an_array_of_objects_is_refused(tmp_path: Path, touched: Path) -> None:
    path = tmp_path / "model.ckpt"
    array = np.array([MaliciousObject(os.system, f"touch {touched}")], dtype=object)
    _save_plain({"state_dict": array}, path)
    assert f"({os.name}.system)" in _refusal(path)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("torch", "serialization.os.system"),
        ("pathlib", "os.system"),
        ("transformers.utils.hub", "subprocess.Popen"),
        ("collections", "OrderedDict.__init__"),
        ("torch._utils", "_rebuild_tensor_v2.__globals__"),
        ("builtins", "object.__subclasses__"),
    ],
)
def test_a_dotted_name_cannot_reach_through_an_allowed_module(
    module: str, name: str, tmp_path: Path, touched: Path
) -> None:
    path = tmp_path / "model.ckpt"
    named = b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
    path.write_bytes(b"\x80\x04" + named + f"\x93(S'touch {touched}'\ntR.".encode("latin-1"))
    assert f"({module}.{name})" in _refusal(path)


@pytest.mark.parametrize(
    "call", [b"(S'touch X'\niposix\nsystem\n.", b"(cposix\nsystem\nS'touch X'\no.", b"cposix\nsystem\n."]
)
def test_the_oldest_ways_to_call_are_refused(call: bytes, tmp_path: Path, touched: Path) -> None:
    path = tmp_path / "model.ckpt"
    path.write_bytes(b"\x80\x02" + call.replace(b"X", str(touched).encode()))
    assert "(posix.system)" in _refusal(path)


def test_a_text_pickle_without_a_header_is_recognised_and_refused(tmp_path: Path, touched: Path) -> None:
    path = tmp_path / "model.ckpt"
    path.write_bytes(f"cposix\nsystem\n(S'touch {touched}'\ntR.".encode())
    assert "(posix.system)" in _refusal(path)


def test_rebuilding_a_tensor_from_a_call_is_refused(tmp_path: Path, touched: Path) -> None:
    path = tmp_path / "model.ckpt"
    inner = MaliciousObject(os.system, f"touch {touched}")
    _save_zip({"a": MaliciousObject(torch._utils._rebuild_parameter, inner, False, {})}, path)
    assert f"({os.name}.system)" in _refusal(path)


def test_a_tensor_rebuilt_from_invalid_arguments_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    invalid_arguments: tuple[tuple[object, ...], ...] = (("numbers", 0, (1,), (1,), False, {}), (1,), ())
    for arguments in invalid_arguments:
        _save_zip({"a": MaliciousObject(torch._utils._rebuild_tensor_v2, *arguments)}, path)
        with pytest.raises(ModelNotUsable, match=r"model\.ckpt is damaged"):
            open_tensors(path)


def test_the_rebuilder_of_subclasses_calls_no_other_function() -> None:
    call = b"ctorch._tensor\n_rebuild_from_type_v2\n(cargparse\nNamespace\nNS'x'\n\x85}tR."
    assert _read(b"\x80\x02" + call) is PLACEHOLDER


def test_a_rebuilder_nested_in_itself_ends_in_a_sentence() -> None:
    begin = b"ctorch._tensor\n_rebuild_from_type_v2\nq\x00(h\x00N"
    arguments = b"(h\x00N" * 50_000 + b"(h\x00N)}t" + b"}t" * 50_000
    with pytest.raises(ModelNotUsable, match="list of tensors is invalid"):
        _read(b"\x80\x02" + begin + arguments + b"}tR.")


def test_state_given_to_a_placeholder_goes_nowhere(touched: Path) -> None:
    build = b"cpytorch_lightning.callbacks\nModelCheckpoint\n)\x81"
    state = b"}(S'__setstate__'\ncargparse\nNamespace\nS'__class__'\nS'x'\nu"
    again = f"b(S'touch {touched}'\ntb.".encode()
    assert _read(b"\x80\x02" + build + state + again) is PLACEHOLDER
    assert not hasattr(PLACEHOLDER, "__dict__")


def test_state_given_to_a_function_does_not_change_it() -> None:
    function = b"ctorch._utils\n_rebuild_tensor_v2\n"
    assert str(_read(b"\x80\x02" + function + b"}S'__code__'\nNsb.")) == "torch._utils._rebuild_tensor_v2"
    assert torch._utils._rebuild_tensor_v2.__code__ is not None


@pytest.fixture
def lightning(touched: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A stand-in for the framework whose class does harm when it is loaded, not when it is saved."""
    module = types.ModuleType("pytorch_lightning.callbacks.model_checkpoint")

    class ModelCheckpoint:
        def __init__(self) -> None:
            self.best_model_path = "last.ckpt"

        def __setstate__(self, state: dict[str, object]) -> None:
            touched.touch()

    ModelCheckpoint.__module__ = module.__name__
    ModelCheckpoint.__qualname__ = "ModelCheckpoint"
    module.ModelCheckpoint = ModelCheckpoint  # type: ignore[attr-defined]
    for name in ("pytorch_lightning", "pytorch_lightning.callbacks", module.__name__):
        monkeypatch.setitem(sys.modules, name, module)
    return module


@pytest.mark.parametrize("save", [_save_zip, _save_legacy])
def test_what_training_programs_leave_behind_is_passed_over(
    save: Save, lightning: types.ModuleType, tmp_path: Path, touched: Path
) -> None:
    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.AdamW([parameter])
    parameter.grad = torch.ones(2)
    optimizer.step()
    checkpoint = {
        "epoch": 12,
        "pytorch-lightning_version": "1.4.2",
        "state_dict": collections.OrderedDict(WEIGHTS) | {"p": parameter, "extra_state": io.BytesIO(b"x")},
        "callbacks": {lightning.ModelCheckpoint: {"best": np.float64(0.5), "path": Path("a/b")}},
        "checkpoint": lightning.ModelCheckpoint(),
        "optimizer_states": [optimizer.state_dict()],
        "optimizer": optimizer,
        "hyper_parameters": OmegaConf.create({"unet": {"in_channels": 8, "sizes": [1, 2]}}),
        "random": [np.random.default_rng(0).bit_generator.state, np.arange(3), random.Random(0).getstate()],
        "arguments": argparse.Namespace(seed=1, device=torch.device("cpu"), dtype=torch.float16),
        "moments": {1: {2.0: None}, (1, (2,)): torch.zeros(1), "when": datetime.datetime(2023, 1, 18)},
        "sets": {frozenset({1}), frozenset({2})},
        "counted": collections.defaultdict(list, a=[1]),
        "layer": torch.nn.Linear(2, 2),
        "size": torch.Size((1, 2)),
    }
    path = tmp_path / "last.ckpt"
    save(checkpoint, path)
    source = open_tensors(path)
    assert set(source.names()) == {"layer.weight", "p"}
    assert torch.equal(source.read("layer.weight"), WEIGHTS["layer.weight"])
    assert torch.equal(source.read("p"), parameter.detach())
    assert source.metadata == {"epoch": "12", "pytorch-lightning_version": "1.4.2"}


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_read_alike_from_every_protocol(protocol: int) -> None:
    value = {
        "text": "Grün",
        "numbers": [0, 1, -5, 300, 70_000, 2**40, -(2**70), 0.5, True, False, None],
        "nested": {"tuple": (1, (2, 3), (1, 2, 3, 4), ()), "list": [[], {}]},
        "long": "x" * 300,
    }
    value["again"] = value["nested"]
    assert _read(pickle.dumps(value, protocol=protocol)) == value


def test_a_huge_number_in_the_memo_takes_no_memory() -> None:
    assert _read(b"\x80\x02Nr\xff\xff\xff\xff.") is None


def test_only_text_stays_a_key() -> None:
    assert _read(pickle.dumps({"a": 1, 2: 3, (4, 5): 6, None: 7})) == {"a": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02" + b"]" * 300_000 + b"a" * 299_999 + b".",
        b"\x80\x02)" + b"\x85" * 300_000 + b".",
        b"\x80\x02})" + b"\x85" * 300_000 + b"Ns.",
    ],
    ids=["lists", "tuples", "a tuple as key"],
)
def test_very_deep_values_are_harmless(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "deep.ckpt"
    path.write_bytes(data)
    with pytest.raises(ModelNotUsable, match="contains no named tensors"):
        open_tensors(path)


def test_dictionaries_that_multiply_or_never_end_are_damage(tmp_path: Path) -> None:
    value: dict[str, object] = {}
    value["itself"] = value
    doubled: dict[str, object] = {"a": 1}
    for _ in range(30):
        doubled = {"a": doubled, "b": doubled}
    for checkpoint in (value, doubled):
        path = tmp_path / "model.ckpt"
        _save_zip(checkpoint, path)
        with pytest.raises(ModelNotUsable, match="nested too deeply"):
            open_tensors(path)


def test_a_pickle_of_endless_instructions_is_given_up() -> None:
    with pytest.raises(ModelNotUsable, match="too much besides its tensors"):
        _read(b"\x80\x02" + b"N0" * 2_000_001 + b".")


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02",
        b"\x80\x02.",
        b"\x80\x02]",
        b"\x80\x02K\x01K\x02\x87.",
        b"\x80\x02t.",
        b"\x80\x02h\x07.",
        b"\x80\x02r\xff\xff\xff\xff.",
        b"\x80\x02Q.",
        b"\x80\x02(S'storage'\nNNNNtQ.",
        b"\x80\x02\x82\x01.",
        b"\x80\x05\x97.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
        b"\x80\x02KK\x93.",
        b"\x80\x02I" + b"9" * 5000 + b"\n.",
        b"\xff\xfe",
    ],
)
def test_instructions_that_make_no_sense_are_damage(data: bytes) -> None:
    with pytest.raises(ModelNotUsable) as caught:
        _read(data)
    assert str(caught.value) == ("model.ckpt is damaged: its list of tensors is invalid. Download it again.")


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@pytest.mark.parametrize("save", [_save_zip, _save_legacy, _save_plain])
def test_no_flipped_byte_gets_anything_but_a_sentence(save: Save, tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    values = {"state_dict": {f"layer.{index}": torch.ones(2, 2) for index in range(3)}, "epoch": 1}
    save(values if save is not _save_plain else {"epoch": [1, "a"]}, path)
    whole = path.read_bytes()
    chance = random.Random(0)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 4))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            source = open_tensors(path)
        except EngineError:
            continue
        for name in source.names():
            assert source.read(name).numel() >= 0
