"""Every format gives the same tensors, stays in its file, and says in a sentence what is wrong with it."""

from __future__ import annotations

import gc
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import EngineError, ModelNotUsable, UnsafeCheckpoint
from engine.tensors.tensor_files import open_component, open_tensors, renamed, unwrapped
from engine.tensors.tensor_source import TensorSource

Save = Callable[[dict[str, Tensor], Path], None]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="counts files and memory through /proc")


def _save_safetensors(tensors: dict[str, Tensor], path: Path) -> None:
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, path)


def _save_zip(tensors: dict[str, Tensor], path: Path) -> None:
    torch.save({"state_dict": tensors, "global_step": 22_000}, path)


def _save_legacy(tensors: dict[str, Tensor], path: Path) -> None:
    torch.save(tensors, path, _use_new_zipfile_serialization=False)


def _save_nemo(tensors: dict[str, Tensor], path: Path, packing: str = "w:") -> None:
    weights = io.BytesIO()
    torch.save(tensors, weights)
    parts = {
        "model_config.yaml": b"unet_config:\n  in_channels: 8\n",
        "model_weights.ckpt": weights.getvalue(),
    }
    with tarfile.open(path, packing) as archive:  # type: ignore[call-overload]
        for name, data in parts.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def _save_packed_nemo(tensors: dict[str, Tensor], path: Path) -> None:
    _save_nemo(tensors, path, "w:gz")


def _save_shards(tensors: dict[str, Tensor], path: Path) -> None:
    files = {name: f"{path.stem}-{number:05}.safetensors" for number, name in enumerate(tensors)}
    for name, file in files.items():
        _save_safetensors({name: tensors[name]}, path.with_name(file))
    path.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": files}))


FORMATS: list[Save] = [
    *(_save_safetensors, _save_zip, _save_legacy, _save_nemo, _save_packed_nemo, _save_shards),
]


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


def _message(path: Path) -> str:
    with pytest.raises(ModelNotUsable) as caught:
        open_tensors(path)
    assert caught.value.advice
    return caught.value.message


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
    _save_zip({"a": torch.ones(1)}, path)
    assert open_tensors(path).metadata == {"global_step": "22000"}
    for save in (_save_nemo, _save_packed_nemo):
        save({"a": torch.ones(1)}, path)
        assert open_tensors(path).metadata == {"model_config.yaml": "unet_config:\n  in_channels: 8\n"}


def test_unpacking_a_nemo_file_leaves_nothing_behind(tmp_path: Path) -> None:
    _save_packed_nemo({"a": torch.ones(1)}, tmp_path / "model.nemo")
    source = open_tensors(tmp_path / "model.nemo")
    source.close()
    assert [file.name for file in tmp_path.iterdir()] == ["model.nemo"]


@pytest.mark.parametrize("key", ["state_dict", "model", "module", "ema"])
def test_the_state_dict_is_found_beside_the_optimizer(key: str, tmp_path: Path) -> None:
    network = {"unet": {"conv": {"weight": torch.ones(2)}}, "loss": torch.zeros(())}
    optimizer = {"state": {0: {"exp_avg": torch.ones(2)}}}
    torch.save({"optimizer": optimizer, key: network}, tmp_path / "model.ckpt")
    assert set(open_tensors(tmp_path / "model.ckpt").names()) == {"unet.conv.weight", "loss"}


@pytest.mark.parametrize("cut", [0.25, 0.55, 0.95])
def test_a_cut_safetensors_file_names_the_first_missing_tensor(cut: float, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({f"layer.{number}": torch.ones(10_000) for number in range(10)}, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    assert f"ends within or before the tensor layer.{int(cut * 10)} (" in _message(path)
    assert " of at least 401 kB are there)" in _message(path)


def test_a_cut_legacy_file_names_the_first_missing_tensor(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    for cut in (100, 4_009, 11_000):
        _save_legacy({f"layer.{number}": torch.ones(1000) for number in range(3)}, path)
        path.write_bytes(path.read_bytes()[:-cut])
        assert "model.pt is incomplete: it ends within or before the tensor layer." in _message(path)


@pytest.mark.parametrize("save", [_save_zip, _save_nemo])
@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_cut_archive_is_incomplete(save: Save, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    save({"a": torch.ones(5000)}, path)
    end = len(path.read_bytes().rstrip(b"\0"))
    path.write_bytes(path.read_bytes()[: end - cut])
    assert "model.ckpt is " in _message(path)
    assert "incomplete" in _message(path)


def test_a_packed_archive_that_ends_too_soon_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "model.nemo"
    _save_packed_nemo({"a": torch.randn(5000)}, path)
    path.write_bytes(path.read_bytes()[:-100])
    assert "incomplete" in _message(path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.nemo"]


def _picture(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "model.safetensors is empty"),
        (b"GGUF\x03\0\0\0" + bytes(100), "is a GGUF model"),
        (b"<!DOCTYPE html><html><head>", "is a web page, not a model"),
        (b"\xef\xbb\xbf\n  <HTML lang='en'>", "is a web page, not a model"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "only a pointer to the real"),
        (_picture("PNG"), "is a picture"),
        (_picture("JPEG"), "is a picture"),
        (_picture("WEBP"), "is a picture"),
        (_picture("TIFF"), "is a picture"),
        (b"\x08\x07\x12\x07pytorch\x1a\x052.0.0:", "is an ONNX model"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "is a Keras model"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "is an archive"),
        (b"%PDF-1.7", "is a document or program"),
        (b'{"_class_name": "UNet2DConditionModel"}', "is a file of settings"),
        (b"{" * 100_000, "is a file of settings"),
        (b"\0" * 5000, "is not a model file that can be read here"),
        (b"call me", "is not a model file that can be read here"),
        (b'\xff\xff\xff\0\0\0\0\0{"a":', "ends within its header"),
        (b"\x04\0\0\0\0\0\0\0{{{{", "its header makes no sense"),
    ],
)
def test_other_files_are_called_what_they_are(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    assert said in _message(path)
    assert path.name in _message(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")
def test_other_archives_are_called_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photos/a.txt", "hello")
    assert "is an archive without a model in it" in _message(path)
    with tarfile.open(path, "w") as tar:
        tar.add(__file__, "photos/a.txt")
    assert "is an archive without a model in it" in _message(path)
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)
    assert "is a program made with TorchScript" in _message(path)
    path.unlink()
    assert "is not there" in _message(path)
    path.mkdir()
    assert "is a folder" in _message(path)


def test_a_checkpoint_that_was_zipped_again_is_refused(tmp_path: Path) -> None:
    path, again = tmp_path / "model.ckpt", tmp_path / "again.ckpt"
    _save_zip({"a": torch.ones(5)}, path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert "was packed a second time" in _message(again)


@pytest.mark.parametrize(
    "names", [["mp_rank_00/model_weights.ckpt", "mp_rank_01/model_weights.ckpt"], ["model_weights/common.pt"]]
)
def test_a_nemo_file_in_pieces_is_refused(names: list[str], tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "model.nemo", "w") as archive:
        for name in names:
            archive.add(__file__, name)
    assert "keeps its weights in pieces" in _message(tmp_path / "model.nemo")


def test_an_attack_inside_a_nemo_file_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'touched'}",)

    torch.save({"a": Evil()}, tmp_path / "model_weights.ckpt")
    with tarfile.open(tmp_path / "model.nemo", "w") as archive:
        archive.add(tmp_path / "model_weights.ckpt", "./model_weights.ckpt")
    with pytest.raises(UnsafeCheckpoint, match=r"The file model\.nemo tries to run code"):
        open_tensors(tmp_path / "model.nemo")
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}, "its header makes no sense"),
        ({"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}, "its header makes no sense"),
        ({"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}, "its header makes no sense"),
        ({"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]}, "its header makes no sense"),
        ({"dtype": "Q4", "shape": [1], "data_offsets": [0, 4]}, "its header makes no sense"),
        ({"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}, "incomplete"),
        ([], "its header makes no sense"),
    ],
)
def test_a_invalid_configuration_safetensors_header_is_damage(
    entry: object, said: str, tmp_path: Path
) -> None:
    header = json.dumps({"a": entry}).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    assert said in _message(path)


@pytest.mark.parametrize(
    ("offset", "shape", "stride"),
    [(1, (6,), (1,)), (0, (2, 4), (4, 1)), (0, (10**12,), (0,)), (2**62, (1,), (1,)), (-1, (1,), (1,))],
)
def test_a_tensor_beyond_its_numbers_is_damage(
    offset: int, shape: tuple[int, ...], stride: tuple[int, ...], tmp_path: Path
) -> None:
    class Larger:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            storage = torch.arange(6.0).untyped_storage()
            arguments: tuple[object, ...] = (storage, offset, shape, stride, False, {}, torch.float32)
            return torch._utils._rebuild_tensor_v3, arguments

    torch.save({"big": Larger()}, tmp_path / "model.ckpt")
    assert "model.ckpt is damaged" in _message(tmp_path / "model.ckpt")


def test_an_index_may_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    _save_safetensors({"a": torch.ones(1)}, tmp_path / "secret.safetensors")
    folder = tmp_path / "model"
    folder.mkdir()
    for file in ("../secret.safetensors", str(tmp_path / "secret.safetensors"), "..\\secret.safetensors"):
        (folder / "index.json").write_text(json.dumps({"weight_map": {"a": file}}))
        assert "outside its folder" in _message(folder / "index.json")


def test_a_missing_shard_and_a_tensor_missing_in_it_are_named(tmp_path: Path) -> None:
    index = tmp_path / "model.safetensors.index.json"
    _save_shards({"a": torch.ones(1), "b": torch.ones(1)}, index)
    shard = next(tmp_path.glob("*-00001.safetensors"))
    _save_safetensors({"c": torch.ones(1)}, shard)
    assert f"{shard.name} lacks the tensor b" in _message(index)
    shard.unlink()
    assert f"is incomplete: {shard.name} is missing" in _message(index)


COMPONENT = [
    "net.safetensors",
    "net.safetensors.index.json",
    "net.fp16.safetensors",
    "net.safetensors.index.fp16.json",
    "net.bin",
    "net.bin.index.json",
    "net.fp16.bin",
    "net.bin.index.fp16.json",
]


def test_a_component_prefers_safetensors_and_then_full_precision(tmp_path: Path) -> None:
    folder = tmp_path / "unet"
    folder.mkdir()
    for number, name in enumerate(COMPONENT):
        weight = {"number": torch.tensor(number)}
        if name.endswith(".json"):
            shard = f"net.fp16-00001-of-0000{number}.{'bin' if '.bin' in name else 'safetensors'}"
            _save_zip(weight, folder / shard) if ".bin" in name else _save_safetensors(weight, folder / shard)
            (folder / name).write_text(json.dumps({"weight_map": {"number": shard}}))
        else:
            (_save_zip if name.endswith("bin") else _save_safetensors)(weight, folder / name)
    for number, name in enumerate(COMPONENT):
        source = open_component(folder, "net")
        assert source.read("number") == number
        assert source.location == f"unet/{name}"
        source.close()
        (folder / name).unlink()
    with pytest.raises(ModelNotUsable, match=r"The model lacks unet/net\.safetensors"):
        open_component(folder, "net")


def test_the_text_encoder_is_found_under_either_name(tmp_path: Path) -> None:
    _save_legacy({"a": torch.ones(1)}, tmp_path / "pytorch_model.bin")
    assert open_component(tmp_path, "model").location.endswith("/pytorch_model.bin")
    _save_safetensors({"a": torch.ones(1)}, tmp_path / "model.safetensors")
    assert open_component(tmp_path, "model").location.endswith("/model.safetensors")


def _source(names: list[str], tmp_path: Path) -> TensorSource:
    _save_safetensors({name: torch.tensor(number) for number, name in enumerate(names)}, tmp_path / "w")
    return open_tensors(tmp_path / "w")


@pytest.mark.parametrize(
    ("stored", "bare"),
    [
        ("model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.model.diffusion_model._orig_mod.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.model._orig_mod.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.module.model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("_orig_mod.conv_in.weight", "conv_in.weight"),
        ("module.conv_in.weight", "conv_in.weight"),
        ("model.module.mode.weight", "mode.weight"),
    ],
)
def test_what_training_wrapped_around_names_is_taken_off(stored: str, bare: str, tmp_path: Path) -> None:
    source = _source([stored], tmp_path)
    assert list(unwrapped(source).names()) == [bare]
    assert unwrapped(source).read(bare) == source.read(stored)


def test_a_prefix_that_only_some_names_carry_belongs_to_them(tmp_path: Path) -> None:
    names = ["model.diffusion_model.out", "first_stage_model.out", "model_ema.decay"]
    assert set(unwrapped(_source(names, tmp_path)).names()) == set(names)


def test_a_nemo_model_gets_the_names_of_the_original_layout(tmp_path: Path) -> None:
    names = ["betas", "model.diffusion_model.out", "first_stage_model.out", "cond_stage_model.x"]
    assert set(unwrapped(_source([f"model.{name}" for name in names], tmp_path)).names()) == set(names)


def test_a_view_shows_only_what_it_names(tmp_path: Path) -> None:
    source = _source(["a", "b"], tmp_path)
    view = renamed(source, {"c": "b"})
    assert list(view.names()) == ["c"]
    assert view.read("c") == 1
    assert (view.shape("c"), view.dtype("c")) == ((), torch.int64)
    assert view.location == source.location
    assert view.metadata == source.metadata
    with pytest.raises(ModelNotUsable, match="lacks the tensor a"):
        view.read("a")
    view.close()
    with pytest.raises(ValueError, match="closed"):
        source.read("a")


@pytest.mark.parametrize("save", [_save_safetensors, _save_nemo, _save_packed_nemo])
def test_no_flipped_byte_gets_anything_but_a_sentence(save: Save, tmp_path: Path) -> None:
    path = tmp_path / "model"
    save({f"layer.{index}": torch.ones(2, 2) for index in range(3)}, path)
    whole = path.read_bytes()
    chance = random.Random(0)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 4))):
            damaged[chance.randrange(min(len(damaged), 4000))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            source = open_tensors(path)
        except EngineError:
            continue
        for name in source.names():
            assert source.read(name).numel() >= 0


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
@pytest.mark.parametrize("save", [_save_safetensors, _save_zip, _save_legacy])
def test_reading_into_half_the_size_takes_hardly_more_than_that(save: Save, tmp_path: Path) -> None:
    """300 MB of float32: only what is made of it counts, the file itself stays the system's."""
    path = tmp_path / "model"
    save({f"layer.{number}": torch.ones(2_500, 1_000) for number in range(30)}, path)
    command = [sys.executable, "-c", READ_INTO_BF16, str(path)]
    taken, size = map(int, subprocess.check_output(command, cwd=Path(__file__).parents[3]).split())
    shutil.rmtree(tmp_path)
    assert size == 150_000_000
    assert taken <= 1.3 * size
