"""NeMo's `.nemo` files: a tar archive, compressed or not, of `model_config.yaml` and `model_weights.ckpt`.

NeMo writes them in `nemo/core/connectors/save_restore_connector.py` of NVIDIA/NeMo. Models trained on several
GPUs have one `mp_rank_…/model_weights.ckpt` for each, or a folder `model_weights` of pieces.
"""

from __future__ import annotations

import io
import mmap
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import IO

from engine.errors import ModelNotUsable
from engine.files.disk_space import check_free_space, not_written
from engine.tensors.mapped_tensors import DOWNLOAD_ADVICE, MappedSlice, MappedTensors
from engine.tensors.torch_files import read_torch_zip

WEIGHTS, CONFIG = "model_weights.ckpt", "model_config.yaml"
MAX_CONFIG_BYTES = 1 << 20
TAR_ERRORS = (tarfile.TarError, EOFError, OSError, ValueError, zlib.error)


def read_nemo(memory: mmap.mmap, location: str) -> MappedTensors:
    """The tensors of an uncompressed archive, mapped from it; its configuration becomes the metadata.

    Raises as `engine.tensors.torch_files.read_torch_zip` does.
    """
    stream = io.BufferedReader(MappedSlice(memory, 0, len(memory)))
    try:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            members = archive.getmembers()
            config = _config(archive, members)
    except TAR_ERRORS as error:
        raise _not_whole(location) from error
    weights = _only_weights(members, location)
    source = read_torch_zip(memory, location, weights.offset_data, weights.size)
    source.metadata.update(config)
    return source


def read_packed_nemo(path: Path, location: str) -> MappedTensors:
    """The tensors of a compressed archive, unpacked into an unnamed temporary file.

    Raises as `read_nemo` does, and `OutputNotWritable` if there is not enough disk space.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            members = archive.getmembers()
            config = _config(archive, members)
            weights = _only_weights(members, location)
            packed = archive.extractfile(weights)
            if packed is None:
                raise _not_whole(location)
            memory = _unpacked(packed, weights.size, path)
    except TAR_ERRORS as error:
        raise _not_whole(location) from error
    source = read_torch_zip(memory, location)
    source.metadata.update(config)
    return source


def _unpacked(packed: IO[bytes], size: int, path: Path) -> mmap.mmap:
    """Unpacks beside the archive, because the system's temporary folder may be in memory."""
    check_free_space(path.parent, size)
    try:
        with tempfile.TemporaryFile(dir=path.parent) as temporary:
            shutil.copyfileobj(packed, temporary, 1 << 20)
            temporary.flush()
            return mmap.mmap(temporary.fileno(), 0, access=mmap.ACCESS_COPY)
    except (EOFError, zlib.error) as error:
        raise _not_whole(path.name) from error
    except OSError as error:
        raise not_written(path.parent / WEIGHTS, error) from error


def _config(archive: tarfile.TarFile, members: list[tarfile.TarInfo]) -> dict[str, str]:
    for member in members:
        file = archive.extractfile(member) if Path(member.name).name == CONFIG else None
        if file is not None and member.size <= MAX_CONFIG_BYTES:
            return {CONFIG: file.read().decode("utf-8", errors="replace")}
    return {}


def _only_weights(members: list[tarfile.TarInfo], location: str) -> tarfile.TarInfo:
    found = [member for member in members if member.isreg() and Path(member.name).name == WEIGHTS]
    if len(found) == 1:
        return found[0]
    in_pieces = found or any("model_weights" in Path(member.name).parts for member in members)
    if in_pieces:
        raise ModelNotUsable(
            "model.nemo-in-pieces",
            "{file} keeps its weights in pieces.",
            "Convert it with NeMo's own scripts to one checkpoint, or choose another file.",
            file=location,
        )
    raise ModelNotUsable(
        "model.archive-without-model",
        "{file} is an archive without a model in it.",
        "Choose the model file itself.",
        file=location,
    )


def _not_whole(location: str) -> ModelNotUsable:
    return ModelNotUsable(
        "model.archive-damaged",
        "{file} is damaged or incomplete: its archive cannot be read.",
        DOWNLOAD_ADVICE,
        file=location,
    )
