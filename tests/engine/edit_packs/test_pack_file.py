"""Edit packs are read leniently, and refused with one sentence if they are damaged or hostile."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from fakes.edit_packs import INSTRUCTION, rewritten

from engine.edit_packs import pack_file
from engine.edit_packs.pack_file import (
    EditPackNotUsable,
    extract_weights,
    is_pack,
    read_pack,
    read_part,
    write_pack,
)
from engine.errors import EngineError, NewerVersion, OutputNotWritable


def refusal(path: Path) -> EngineError:
    """The error of reading and unpacking a pack."""
    with pytest.raises(EngineError) as caught:
        extract_weights(path, read_pack(path), path.with_suffix(".weights"))
    assert caught.value.is_wrong_input
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_pack_is_read_as_it_was_written(pack: Path) -> None:
    found = read_pack(pack)
    assert (found.name, found.instructions, found.note) == (
        "Stencil",
        (INSTRUCTION,),
        "Two layers and a shadow.",
    )
    assert (found.base.name, found.base.licence, found.licence) == ("Tiny", "MIT", "CC-BY-4.0")
    assert found.keeps_edits
    assert read_part(pack, "LICENSE") == b"Say my name."
    assert read_part(pack, "preview.jpg").startswith(b"\xff\xd8")
    with zipfile.ZipFile(pack) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert is_pack(pack)


def test_fields_of_other_versions_are_kept(pack: Path, tmp_path: Path) -> None:
    newer = rewritten(pack, tmp_path / "more.ip2p-edit", description={"mood": "blue", "rank": "four"})
    found = read_pack(newer)
    assert found.unknown_fields == {"mood": "blue"}
    assert found.rank == 0
    weights = tmp_path / "weights"
    extract_weights(newer, found, weights)
    write_pack(tmp_path / "again.ip2p-edit", found, weights)
    assert read_pack(tmp_path / "again.ip2p-edit").unknown_fields == {"mood": "blue"}


def test_a_newer_layout_is_left_alone(pack: Path, tmp_path: Path) -> None:
    newer = rewritten(pack, tmp_path / "newer.ip2p-edit", description={"version": 2})
    with pytest.raises(NewerVersion, match=r"newer version of IP2P Desktop\. Update"):
        read_pack(newer)


@pytest.mark.parametrize("name", ["pack.json", "lora.safetensors"])
def test_a_zip_without_its_parts_is_not_a_pack(pack: Path, tmp_path: Path, name: str) -> None:
    error = refusal(rewritten(pack, tmp_path / "part.ip2p-edit", without=(name,)))
    assert error.code == "edit-pack.not-a-pack"
    assert name in error.message


def test_a_pack_may_lack_preview_and_licence(pack: Path, tmp_path: Path) -> None:
    bare = rewritten(pack, tmp_path / "bare.ip2p-edit", without=("preview.jpg", "LICENSE"))
    assert read_pack(bare).name == "Stencil"
    assert read_part(bare, "preview.jpg") == b""


@pytest.mark.parametrize("cut", [1, 100, 1000])
def test_an_incomplete_file_is_damaged(pack: Path, tmp_path: Path, cut: int) -> None:
    short = tmp_path / "short.ip2p-edit"
    short.write_bytes(pack.read_bytes()[:-cut])
    assert refusal(short).code == "edit-pack.damaged"


def test_every_flipped_byte_of_the_weights_is_found(pack: Path, tmp_path: Path) -> None:
    data = bytearray(pack.read_bytes())
    data[data.index(b"__metadata__") if b"__metadata__" in data else len(data) // 2] ^= 1
    broken = tmp_path / "broken.ip2p-edit"
    broken.write_bytes(data)
    assert refusal(broken).code == "edit-pack.damaged"


@pytest.mark.parametrize(
    "description", [{"sha256": "0" * 64}, {"sha256": ""}, {"base": {}}, {"base": {"fingerprint": 7}}]
)
def test_a_description_that_does_not_fit_is_damaged(
    pack: Path, tmp_path: Path, description: dict[str, object]
) -> None:
    wrong = rewritten(pack, tmp_path / "wrong.ip2p-edit", description=description)
    assert refusal(wrong).code == "edit-pack.damaged"


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_description_that_is_no_json_object_is_damaged(pack: Path, tmp_path: Path, text: bytes) -> None:
    assert (
        refusal(rewritten(pack, tmp_path / "text.ip2p-edit", {"pack.json": text})).code == "edit-pack.damaged"
    )


def test_a_compressed_pack_which_could_be_a_bomb_is_refused(pack: Path, tmp_path: Path) -> None:
    bomb = rewritten(
        pack, tmp_path / "bomb.ip2p-edit", {"lora.safetensors": bytes(10**7)}, method=zipfile.ZIP_DEFLATED
    )
    assert bomb.stat().st_size < 10**5
    assert refusal(bomb).code == "edit-pack.damaged"
    assert not bomb.with_suffix(".weights").exists()


def test_parts_of_unbearable_size_are_refused_unread(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pack_file.LIMITS, "lora.safetensors", 1000)
    error = refusal(pack)
    assert error.code == "edit-pack.too-large"
    assert "larger than 1 kB" in error.message


def test_names_in_a_pack_never_become_paths(pack: Path, tmp_path: Path) -> None:
    hostile = rewritten(
        pack,
        tmp_path / "hostile.ip2p-edit",
        {"../escaped.txt": b"x", "/absolute.txt": b"x", "unet/evil.py": b"x", "a\\b": b"x"},
    )
    extract_weights(hostile, read_pack(hostile), tmp_path / "weights")
    assert {path.name for path in tmp_path.iterdir()} == {pack.name, hostile.name, "weights"}
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_a_file_that_is_there_twice_is_refused(pack: Path, tmp_path: Path) -> None:
    twice = rewritten(pack, tmp_path / "twice.ip2p-edit")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("pack.json", b"{}")
    assert refusal(twice).code == "edit-pack.damaged"


def test_a_list_of_very_many_files_is_refused(pack: Path, tmp_path: Path) -> None:
    parts = {f"file-{number}": b"" for number in range(200)}
    assert refusal(rewritten(pack, tmp_path / "many.ip2p-edit", parts)).code == "edit-pack.damaged"


def test_texts_of_strangers_are_cut_and_made_plain(pack: Path, tmp_path: Path) -> None:
    wild = rewritten(
        pack,
        tmp_path / "wild.ip2p-edit",
        description={
            "name": "A\u202eb\nc\x00" + "x" * 500,
            "instructions": ["make\n it  so", "", 7, *map(str, range(5000))],
            "note": "n" * 10**5,
        },
    )
    found = read_pack(wild)
    assert found.name.startswith("A b c x")
    assert len(found.name) == 120
    assert found.instructions[0] == "make it so"
    assert len(found.instructions) == 1000
    assert len(found.note) == 10_000


def test_a_pack_without_a_name_is_named_after_its_file(pack: Path, tmp_path: Path) -> None:
    assert read_pack(rewritten(pack, tmp_path / "film.ip2p-edit", description={"name": ""})).name == "film"


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None])
def test_what_is_not_a_file_is_said(tmp_path: Path, make: object) -> None:
    path = tmp_path / "thing.ip2p-edit"
    make(path)  # type: ignore[operator]
    with pytest.raises(EditPackNotUsable, match="is not there, or not a file"):
        read_pack(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(pack: Path) -> None:
    pack.chmod(0)
    assert refusal(pack).code == "edit-pack.unreadable"


def test_a_pack_replaces_an_older_one_only_when_it_is_whole(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, found = pack.read_bytes(), read_pack(pack)
    weights = tmp_path / "weights"
    extract_weights(pack, found, weights)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OutputNotWritable, match="disk is full"):
        write_pack(pack, found, weights)
    assert pack.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [pack.name, "weights"]


def test_the_description_is_readable_json(pack: Path) -> None:
    with zipfile.ZipFile(pack) as archive:
        values = json.loads(archive.read("pack.json"))
    assert values["version"] == 1
    assert values["base"]["fingerprint"]
