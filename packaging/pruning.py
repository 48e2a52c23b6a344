"""The modules and files that are left out of the packaged program."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

TOOLS = ("IPython", "PyInstaller", "_pytest", "mypy", "mypyc", "pip", "pytest", "pytestqt", "ruff")
"""Packages for development."""
OPTIONAL = (
    "absl",
    "click",
    "grpc",
    "hf_xet",
    "markdown",
    "markdown_it",
    "networkx",
    "pkg_resources",
    "pyarrow",
    "pydantic",
    "pydantic_core",
    "pygments",
    "rawpy",
    "rich",
    "setuptools",
    "shellingham",
    "tensorboard",
    "tensorboard_data_server",
    "tkinter",
    "typer",
    "wandb",
    "werkzeug",
)
"""Optional dependencies of libraries, for downloads, tables, the terminal, logging and compiling."""
UNUSED_PARTS = (
    "accelerate.test_utils",
    "diffusers.commands",
    "diffusers.experimental",
    "diffusers.modular_pipelines",
    "diffusers.pipelines",
    "pyqtgraph.console",
    "pyqtgraph.examples",
    "pyqtgraph.flowchart",
    "pyqtgraph.jupyter",
    "pyqtgraph.opengl",
    "trainer.starter.__main__",
    "trainer.starter.build",
    "trainer.starter.data.held_out",
    "trainer.starter.data.instructions",
    "trainer.starter.scoring",
    "trainer.starter.stages",
    "transformers.cli",
    "transformers.exporters",
    "transformers.pipelines",
    "transformers.testing_utils",
)
KEPT_CHILDREN = {
    # CLIP reads instructions; the others are imported by diffusers' autoencoders, bloom by peft
    "transformers.models": {
        "auto",
        "bloom",
        "clip",
        "dinov2_with_registers",
        "encoder_decoder",
        "siglip",
        "vit_mae",
    },
    # compiling needs a C++ compiler and torch's headers, which are not part of the program
    "torch._inductor": {
        "_functionalize_collectives",
        "analysis",
        "config",
        "cpp_builder",
        "cpu_vec_isa",
        "cudagraph_utils",
        "custom_graph_pass",
        "exc",
        "runtime",
        "standalone_compile",
        "test_operators",
        "utils",
    },
    "torch.testing._internal": {"common_dtype", "distributed", "logging_tensor"},
}
"""Of these packages, everything else is left out."""

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"
"""Of the languages that the window speaks, Qt's own texts are kept too."""
NEEDED_PLUGINS = {
    "iconengines",
    "imageformats",
    "platforminputcontexts",
    "platforms",
    "platformthemes",
    "styles",
    "wayland-decoration-client",
    "wayland-graphics-integration-client",
    "wayland-shell-integration",
    "xcbglintegrations",
}
"""Folders of Qt plugins. Without the others there is no database, printer or QML."""

UNNEEDED_FILES = re.compile(
    r"""
    ^PySide6/(Qt/)?(translations/(?!qtbase_)|qml/)
    | ^resources/translations/.*\.ts$
    | (^|/)(lib)?q(gtk3|pdf|tvirtualkeyboardplugin|eglfs|linuxfb|minimalegl|vnc|vkkhrdisplay)\.(so|dll|dylib)$
    | (^|/)(lib)?Qt6?(Pdf|Qml\w*|Quick\w*|SvgWidgets|VirtualKeyboard\w*)
      (\.so.*|\.dll|\.dylib|\.framework/.*|\.abi3\.so|\.pyd)$
    | (^|/)opengl32sw\.dll$
    | ^libcudart\.so
    | ^(pydantic|rich|typer)-[^/]*\.dist-info/
    | ^torch/(include|share|test)/
    | ^torch/bin/(?!torch_shm_manager)
    | ^torch/lib/[^/]*(_test|_custom_ops|_with_compiler)\.(so|dll|dylib)$
    | ^(torch|torchgen)/.*\.(a|lib|h|cpp|cu|cuh|pyi|cmake)$
    """,
    re.VERBOSE,
)


def excluded_modules() -> list[str]:
    """Names for PyInstaller's `excludes`; importing one in the packaged program fails."""
    return [*TOOLS, *OPTIONAL, *UNUSED_PARTS, *_other_children()]


def is_needed(destination: str) -> bool:
    """Whether a collected file is part of the program; `destination` is its path in it."""
    place = destination.replace("\\", "/")
    base_texts = re.match(r"PySide6/(?:Qt/)?translations/qtbase_(\w+)\.qm$", place)
    if base_texts and not (TRANSLATIONS / f"ip2p_{base_texts.group(1)}.qm").exists():
        return False
    plugin = re.match(r"PySide6/(?:Qt/)?plugins/([^/]+)/", place)
    if plugin and plugin.group(1) not in NEEDED_PLUGINS:
        return False
    return not UNNEEDED_FILES.search(place)


def _other_children() -> Iterator[str]:
    for package, kept in KEPT_CHILDREN.items():
        for name in _children(package):
            if name not in kept:
                yield f"{package}.{name}"


def _children(package: str) -> Iterable[str]:
    """Names of the modules directly inside a package, found without importing it."""
    top, *rest = package.split(".")
    spec = importlib.util.find_spec(top)
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for entry in sorted(Path(folder, *rest).iterdir()):
            is_module = entry.suffix == ".py" or (entry / "__init__.py").is_file()
            if is_module and entry.stem != "__init__":
                yield entry.stem
