"""A small editor, a pack that changes it, and an empty library."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.edit_packs import make_pack
from fakes.shared_folder import shared_folder
from fakes.tiny_editor import save_tiny_editor

from engine.library import ModelLibrary


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random editor."""
    return shared_folder(tmp_path_factory, "pack base", save_tiny_editor)


@pytest.fixture
def pack(base: Path, tmp_path: Path) -> Path:
    return make_pack(tmp_path / "stencil.ip2p-edit", base)


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(tmp_path / "models")
