"""What is wrong with a file of tensors is said in a sentence, and nothing in it runs."""

from __future__ import annotations

import io
import json
import os
import random
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch
from fakes.tensor_formats import (
    Save,
    refusal,
    save_legacy,
    save_nemo,
    save_packed_nemo,
    save_safetensors,
    save_shards,
    save_zip,
)
from PIL import Image
from safetensors.torch import save_file

from engine.errors import EngineError, UnsafeCheckpoint
from engine.tensors.tensor_files import open_tensors


@pytest.mark.parametrize("cut", [0.25, 0.55, 0.95])
def test_a_cut_safetensors_file_names_the_first_missing_tensor(cut: float, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({f"layer.{number}": torch.ones(10_000) for number in range(10)}, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    assert f"ends within or before the tensor layer.{int(cut * 10)} (" in refusal(path)
    assert " of at least 401 kB are there)" in refusal(path)


def test_a_cut_legacy_file_names_the_first_missing_tensor(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    for cut in (100, 4_009, 11_000):
        save_legacy({f"layer.{number}": torch.ones(1000) for number in range(3)}, path)
        path.write_bytes(path.read_bytes()[:-cut])
        assert "model.pt is incomplete: it ends within or before the tensor layer." in refusal(path)


@pytest.mark.parametrize("save", [save_zip, save_nemo])
@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_cut_archive_is_incomplete(save: Save, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    save({"a": torch.ones(5000)}, path)
    end = len(path.read_bytes().rstrip(b"\0"))
    path.write_bytes(path.read_bytes()[: end - cut])
    assert "model.ckpt is " in refusal(path)
    assert "incomplete" in refusal(path)


def test_a_packed_archive_that_ends_too_soon_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "model.nemo"
    save_packed_nemo({"a": torch.randn(5000)}, path)
    path.write_bytes(path.read_bytes()[:-100])
    assert "incomplete" in refusal(path)
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
        (_picture("PNG"), "is an image"),
        (_picture("JPEG"), "is an image"),
        (_picture("WEBP"), "is an image"),
        (_picture("TIFF"), "is an image"),
        (b"\x08\x07\x12\x07pytorch\x1a\x052.0.0:", "is an ONNX model"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "is a Keras model"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "is an archive"),
        (b"%PDF-1.7", "is a document or program"),
        (b'{"_class_name": "UNet2DConditionModel"}', "contains settings, not a model"),
        (b"{" * 100_000, "contains settings, not a model"),
        (b"\0" * 5000, "is not a model file this program recognises"),
        (b"call me", "is not a model file this program recognises"),
        (b'\xff\xff\xff\0\0\0\0\0{"a":', "ends within its header"),
        (b"\x04\0\0\0\0\0\0\0{{{{", "its header is invalid"),
    ],
)
def test_other_files_are_called_what_they_are(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    assert said in refusal(path)
    assert path.name in refusal(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")
def test_other_archives_are_called_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photos/a.txt", "hello")
    assert "is an archive without a model in it" in refusal(path)
    with tarfile.open(path, "w") as tar:
        tar.add(__file__, "photos/a.txt")
    assert "is an archive without a model in it" in refusal(path)
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)
    assert "is a program made with TorchScript" in refusal(path)
    path.unlink()
    assert "does not exist" in refusal(path)
    path.mkdir()
    assert "is a folder" in refusal(path)


def test_a_checkpoint_that_was_zipped_again_is_refused(tmp_path: Path) -> None:
    path, again = tmp_path / "model.ckpt", tmp_path / "again.ckpt"
    save_zip({"a": torch.ones(5)}, path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert "was compressed after it was saved" in refusal(again)


@pytest.mark.parametrize(
    "names", [["mp_rank_00/model_weights.ckpt", "mp_rank_01/model_weights.ckpt"], ["model_weights/common.pt"]]
)
def test_a_nemo_file_in_pieces_is_refused(names: list[str], tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "model.nemo", "w") as archive:
        for name in names:
            archive.add(__file__, name)
    assert "keeps its weights in pieces" in refusal(tmp_path / "model.nemo")


def test_an_attack_inside_a_nemo_file_is_refused(tmp_path: Path) -> None:
    class MaliciousWeight:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'touched'}",)

    torch.save({"a": MaliciousWeight()}, tmp_path / "model_weights.ckpt")
    with tarfile.open(tmp_path / "model.nemo", "w") as archive:
        archive.add(tmp_path / "model_weights.ckpt", "./model_weights.ckpt")
    with pytest.raises(UnsafeCheckpoint, match=r"The file model\.nemo tries to run code"):
        open_tensors(tmp_path / "model.nemo")
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}, "its header is invalid"),
        ({"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}, "its header is invalid"),
        ({"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}, "its header is invalid"),
        ({"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]}, "its header is invalid"),
        ({"dtype": "Q4", "shape": [1], "data_offsets": [0, 4]}, "its header is invalid"),
        ({"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}, "incomplete"),
        ([], "its header is invalid"),
    ],
)
def test_an_invalid_safetensors_header_is_damage(entry: object, said: str, tmp_path: Path) -> None:
    header = json.dumps({"a": entry}).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    assert said in refusal(path)


@pytest.mark.parametrize(
    "ranges", [[(0, 4), (0, 4)], [(0, 4), (2, 6)], [(0, 4), (8, 12)], [(4, 8), (8, 12)], [(0, 4), (4, 8)]]
)
def test_tensors_that_overlap_or_leave_gaps_are_damage(ranges: list[tuple[int, int]], tmp_path: Path) -> None:
    """The last ones are in order, but more bytes follow than any tensor has."""
    entries = {
        name: {"dtype": "F32", "shape": [1], "data_offsets": place}
        for name, place in zip("ab", ranges, strict=True)
    }
    header = json.dumps(entries).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(12))
    assert "its header is invalid" in refusal(path)


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
    assert "model.ckpt is damaged" in refusal(tmp_path / "model.ckpt")


def test_an_index_may_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    save_safetensors({"a": torch.ones(1)}, tmp_path / "secret.safetensors")
    folder = tmp_path / "model"
    folder.mkdir()
    for file in ("../secret.safetensors", str(tmp_path / "secret.safetensors"), "..\\secret.safetensors"):
        (folder / "index.json").write_text(json.dumps({"weight_map": {"a": file}}))
        assert "outside its folder" in refusal(folder / "index.json")


def test_a_missing_shard_and_a_tensor_missing_in_it_are_named(tmp_path: Path) -> None:
    index = tmp_path / "model.safetensors.index.json"
    save_shards({"a": torch.ones(1), "b": torch.ones(1)}, index)
    shard = next(tmp_path.glob("*-00001.safetensors"))
    save_safetensors({"c": torch.ones(1)}, shard)
    assert f"{shard.name} lacks the tensor b" in refusal(index)
    shard.unlink()
    assert f"is incomplete: {shard.name} is missing" in refusal(index)


@pytest.mark.parametrize("save", [save_safetensors, save_nemo, save_packed_nemo])
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
