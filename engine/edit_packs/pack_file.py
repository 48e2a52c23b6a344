"""Reads and writes edit packs: the change that training made to a model, with its name and its instructions.

A pack is a zip without compression:

    pack.json           description: name, instructions, note, licence, the model it belongs to
    lora.safetensors    the change of that model's UNet, as a LoRA
    preview.jpg         an edit of its own, if there is one
    LICENSE             the text of its licence, if there is one

Packs come from strangers. Nothing in one is run, no name in one becomes a path, and sizes are checked before
anything is read.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import EngineError, NewerVersion, Phrase
from engine.files.atomic import atomic_write
from engine.files.disk_space import check_free_space, not_written, size_text
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.library.edit_looks import EditLook, looks_from

PACK_SUFFIX = ".ip2p-edit"
PACK_VERSION = 1
"""Raised when earlier programs would misread a pack; a new field does not need that."""
DESCRIPTION, WEIGHTS, PREVIEW, LICENCE = "pack.json", "lora.safetensors", "preview.jpg", "LICENSE"
LIMITS = {DESCRIPTION: 1_000_000, WEIGHTS: 4_000_000_000, PREVIEW: 10_000_000, LICENCE: 1_000_000}
"""Bytes of each file at most."""
MOST_FILES = 100
MOST_INSTRUCTIONS = 1000
LONGEST_NAME, LONGEST_TEXT = 120, 10_000
"""Characters; what is longer is cut."""
BLOCK = 1 << 20
ADVICE = "Get the file again from where it came."
_ENCRYPTED = 0x1
"""Bit of a zip entry's flags."""


class EditPackNotUsable(EngineError):
    """A file is not an edit pack, is damaged, or does not fit the models on this computer."""

    kind = "pack"
    is_wrong_input = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PackBase:
    """The model whose weights a pack changes."""

    fingerprint: str
    """Of its UNet (`engine.models.unet_fingerprint`)."""
    name: str = ""
    source: str = ""
    """The repository, address or file from which it was added, if known."""
    licence: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditPack:
    """The description of an edit pack. Unknown values are empty or 0."""

    name: str
    base: PackBase
    sha256: str
    """Of its weights."""
    instructions: tuple[str, ...] = ()
    """The instructions of its training, the first as an example."""
    note: str = ""
    licence: str = ""
    keeps_edits: bool = False
    """Whether its training kept what the base knows (replay)."""
    looks: tuple[EditLook, ...] = ()
    """What the training pairs show at their own size."""
    rank: int = 0
    """Rank of the change of each weight."""
    fidelity: float = 0.0
    """Lowest PSNR in dB of its edits to those of the trained model, as measured when it was made."""
    created_with: str = ""
    """Name and version of the program that wrote it."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """Fields that another version of the program wrote."""


def is_pack(path: Path) -> bool:
    """Whether a file has the suffix of edit packs."""
    return path.suffix.lower() == PACK_SUFFIX


def read_pack(path: Path) -> EditPack:
    """The description of a pack, after a check of its files. Raises `EditPackNotUsable`, `NewerVersion`."""
    with _opened(path) as archive:
        return _description(archive, path)


def extract_weights(path: Path, pack: EditPack, target: Path) -> None:
    """Writes the weights of a pack to a file. Raises `EditPackNotUsable` if it is damaged, `OSError`."""
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for block in _blocks(path, WEIGHTS):
            file.write(block)
            digest.update(block)
    if digest.hexdigest() != pack.sha256:
        raise _damaged(path, Phrase("its weights are not whole"))


def read_part(path: Path, name: str) -> bytes:
    """The preview or the licence of a pack; empty if it has none. Raises `EditPackNotUsable`."""
    return b"".join(_blocks(path, name))


def _blocks(path: Path, name: str) -> Iterator[bytes]:
    """The content of a file of a pack; nothing if the pack has none of this name."""
    with _opened(path) as archive:
        if name not in archive.namelist():
            return
        with _damage_named(path):
            stored = archive.open(name)
        with stored:
            while True:
                with _damage_named(path):
                    block = stored.read(BLOCK)
                if not block:
                    return
                yield block


def write_pack(
    target: Path, pack: EditPack, weights: Path, *, preview: bytes = b"", licence_text: str = ""
) -> None:
    """Writes a pack with the LoRA file `weights`; the preview is a JPEG. Raises `OutputNotWritable`.

    The sha256 in the pack is that of `weights`, whatever `pack` says.
    """
    check_free_space(target.parent, weights.stat().st_size + len(preview) + LIMITS[DESCRIPTION])
    try:
        with weights.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        text = json.dumps(_values(pack) | {"sha256": sha256}, indent=2, ensure_ascii=False)
        with (
            atomic_write(target) as temporary,
            zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive,
        ):
            archive.writestr(DESCRIPTION, text + "\n")
            archive.write(weights, WEIGHTS)
            if preview:
                archive.writestr(PREVIEW, preview)
            if licence_text:
                archive.writestr(LICENCE, licence_text)
    except OSError as error:
        raise not_written(target, error) from error


def _values(pack: EditPack) -> dict[str, Any]:
    values = asdict(pack)
    unknown = values.pop("unknown_fields")
    return with_unknown({VERSION_NAME: PACK_VERSION, **values}, unknown)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, once the list of its files is harmless. Raises `EditPackNotUsable`."""
    if not path.is_file():
        raise EditPackNotUsable(
            "pack.not-found", "{file} is not there, or not a file.", "Choose another file.", file=path
        )
    with _damage_named(path):
        archive = zipfile.ZipFile(path)
    with archive:
        _check_files(archive, path)
        yield archive


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Raises `EditPackNotUsable` for what a damaged zip, or a disk that fails, raises within the block."""
    try:
        yield
    except OSError as error:
        raise EditPackNotUsable(
            "pack.unreadable",
            "{file} cannot be read ({reason}).",
            "Check the disk, and who may read the file.",
            file=path.name,
            reason=error.strerror or error,
        ) from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, Phrase("it is not a whole zip file")) from error
    except (ValueError, UnicodeError, OverflowError) as error:
        raise _damaged(path, Phrase("its list of files is invalid")) from error


def _check_files(archive: zipfile.ZipFile, path: Path) -> None:
    """Raises `EditPackNotUsable` unless every known file is there once, plain, and of bearable size."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_FILES or len(set(names)) < len(names):
        raise _damaged(path, Phrase("its list of files is invalid"))
    for name in (DESCRIPTION, WEIGHTS):
        if name not in names:
            raise EditPackNotUsable(
                "pack.not-a-pack",
                "{file} is not an edit pack: it has no {part}.",
                "Choose a file whose name ends with {suffix}.",
                file=path.name,
                part=name,
                suffix=PACK_SUFFIX,
            )
    for entry in entries:
        limit = LIMITS.get(entry.filename)
        if limit is None:
            continue  # of a later version, or of another program; never read
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _ENCRYPTED:
            raise _damaged(path, Phrase("its files are compressed or encrypted"))
        if max(entry.file_size, entry.compress_size) > limit:
            raise EditPackNotUsable(
                "pack.too-large",
                "{file} is refused: its {part} is larger than {limit}.",
                ADVICE,
                file=path.name,
                part=entry.filename,
                limit=size_text(limit),
            )


def _description(archive: zipfile.ZipFile, path: Path) -> EditPack:
    with _damage_named(path):
        text = archive.read(DESCRIPTION)
    try:
        record = JsonRecord(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, Phrase("its description is invalid")) from error
    if record.version > PACK_VERSION:
        raise NewerVersion(
            "version.pack",
            "{file} was written by a newer version of IP2P Desktop.",
            "Update IP2P Desktop to use it.",
            file=path.name,
        )
    base = record.record("base")
    pack = EditPack(
        name=plain_line(record.get("name", "")) or plain_line(path.stem),
        base=PackBase(
            fingerprint=base.get("fingerprint", ""),
            name=plain_line(base.get("name", "")),
            source=plain_line(base.get("source", "")),
            licence=plain_line(base.get("licence", "")),
        ),
        sha256=record.get("sha256", ""),
        instructions=_instructions(record),
        note=record.get("note", "")[:LONGEST_TEXT],
        licence=plain_line(record.get("licence", "")),
        keeps_edits=record.get("keeps_edits", False),
        looks=looks_from(tuple(record.records("looks")))[:MOST_INSTRUCTIONS],
        rank=record.get("rank", 0),
        fidelity=record.get("fidelity", 0.0),
        created_with=plain_line(record.get("created_with", "")),
        unknown_fields=record.unknown(),
    )
    if not (pack.base.fingerprint and pack.sha256):
        raise _damaged(path, Phrase("its description is invalid"))
    return pack


def _instructions(record: JsonRecord) -> tuple[str, ...]:
    lines = (" ".join(text.split())[:LONGEST_TEXT] for text in record.texts("instructions"))
    return tuple(dict.fromkeys(filter(None, lines)))[:MOST_INSTRUCTIONS]


def plain_line(text: str) -> str:
    """A text as one line of printable characters, at most `LONGEST_NAME`."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_NAME]


def _damaged(path: Path, reason: Phrase) -> EditPackNotUsable:
    return EditPackNotUsable(
        "pack.damaged", "{file} is damaged: {reason}.", ADVICE, file=path.name, reason=reason
    )
