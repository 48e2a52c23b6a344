"""What the packaged program leaves out must not be missed by any part of the program."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRUNING = runpy.run_path(str(ROOT / "packaging" / "pruning.py"))
PACKAGES = ("engine", "trainer", "ip2p_desktop")
OPTIONAL = frozenset({"bitsandbytes", "pyarrow", "pyarrow.parquet", "torch.utils.tensorboard", "wandb"})
"""What a checkout uses where it is installed, and the program does without: its code says what is missing."""
OTHER_ENDS = frozenset({"_typeshed"})
"""Only for checkers of types."""
IMPORT_WITHOUT_THE_PRUNED = """
import importlib.util
import inspect
import sys
from pathlib import Path

sys.path[:0] = sys.argv[1:3]
import pruning
import without_opengl

PRUNED = frozenset(pruning.excluded_modules())

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name in PRUNED else self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

SITE = Path(importlib.util.find_spec("torch").origin).parents[1]
KEPT = [SITE.joinpath(*name.split(".")) for name in pruning.READ_SOURCES]
find_source = inspect.findsource

def find_kept_source(thing):
    file = inspect.getsourcefile(thing)
    if not file:
        return find_source(thing)
    top = Path(file).relative_to(SITE).parts[0] if Path(file).is_relative_to(SITE) else ""
    is_kept = any(Path(file).with_suffix("").is_relative_to(kept) for kept in KEPT)
    if top in pruning.NO_SOURCES and not is_kept:
        raise OSError("could not get source code")
    return find_source(thing)

inspect.findsource = find_kept_source
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
missing = []
for name in sys.argv[3].split():
    try:
        importlib.import_module(name)
    except (ImportError, OSError) as error:
        missing.append(f"{name}: {error}")
sys.exit("\\n".join(missing) or None)
"""


def is_pruned(module: str) -> bool:
    pruned = PRUNING["excluded_modules"]()
    return any(module == name or module.startswith(f"{name}.") for name in pruned)


def own_modules() -> Iterator[tuple[str, Path]]:
    """Names and files of the modules that are in the program."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = file.relative_to(ROOT).with_suffix("")
            name = ".".join(module.parts).removesuffix(".__init__")
            if not is_pruned(name) and not name.startswith("trainer.starter."):
                yield name, file


def imported_by(file: Path) -> Iterator[str]:
    """Modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_every_import_of_the_program_works_without_what_is_left_out() -> None:
    modules = dict(own_modules())
    assert len(modules) > 500
    imported = {name for file in modules.values() for name in imported_by(file)}
    for module in sorted({"trainer.starter.data.recipes", *imported} - OPTIONAL - OTHER_ENDS):
        assert not is_pruned(module), module
    names = [*sorted(imported - OPTIONAL - OTHER_ENDS), *modules]
    command = [
        sys.executable,
        "-c",
        IMPORT_WITHOUT_THE_PRUNED,
        str(ROOT / "packaging"),
        str(ROOT),
        " ".join(names),
    ]
    loaded = subprocess.run(command, capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr


def test_every_cut_has_a_reason_and_leaves_something_out() -> None:
    for cut in PRUNING["CUTS"]:
        assert cut.reason
        assert cut.files or PRUNING["modules_of"](cut), cut.name


@pytest.mark.parametrize(
    ("place", "needed"),
    [
        ("torch/lib/libtorch_cpu.so", True),
        ("torch/bin/torch_shm_manager", True),
        ("torch/bin/protoc", False),
        ("torch/test/half_test", False),
        ("torch/lib/libtorchbind_test.so", False),
        ("torch/include/ATen/ATen.h", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("PySide6/Qt/lib/libQt6Svg.so.6", True),
        ("PySide6/QtWidgets.abi3.so", True),
        ("PySide6/QtOpenGLWidgets.abi3.so", False),
        ("libQt6Quick.so.6", False),
        ("resources/starter/unet/config.json", True),
        ("resources/subject/u2netp.safetensors", True),
        ("resources/translations/ip2p_en.qm", True),
        ("resources/translations/ip2p_en.ts", False),
        ("PySide6/Qt/translations/qtbase_en.qm", True),
        ("PySide6/Qt/translations/qtbase_cs.qm", False),
        ("PySide6/translations/qt_en.qm", False),
    ],
)
def test_files_are_kept_or_left_out_by_their_place(place: str, needed: bool) -> None:
    assert (PRUNING["cut_of"](place) is None) is needed


def test_a_build_for_graphics_cards_keeps_their_libraries() -> None:
    assert PRUNING["cut_of"]("libcudart.so.12") is not None
    assert PRUNING["cut_of"]("libcudart.so.12", with_cuda=True) is None
    assert PRUNING["cut_of"]("torch/include/ATen/ATen.h", with_cuda=True) is not None
