"""What is left out of the packaged program, each cut with its reason.

`python packaging/build.py` prints how much each cut saves. `tests/packaging/test_pruning.py` and the smoke
test check that nothing of it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramCut:
    """Modules and files that are left out together, for one reason."""

    name: str
    reason: str
    modules: tuple[str, ...] = ()
    """Importing one of these in the packaged program fails."""
    all_but: tuple[tuple[str, frozenset[str]], ...] = ()
    """Packages of which only the named children are kept."""
    files: str = ""
    """A regular expression of paths in the program, in verbose form, with `/` on every system."""


TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"
NEEDED_PLUGINS = (
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
)
"""Folders of Qt plugins that draw the window, take keys and read the icons."""
DESKTOP_LIBRARIES = (
    *("glib-2\\.0", "gio-2\\.0", "gobject-2\\.0", "gmodule-2\\.0", "gthread-2\\.0", "mount", "blkid"),
    *("selinux", "pcre2-8", "dbus-1", "systemd", "cap", "gcrypt", "gpg-error", "lz4", "gssapi_krb5", "krb5"),
    *("k5crypto", "krb5support", "com_err", "keyutils", "X11", "X11-xcb", "xcb", "Xau", "Xdmcp", "bsd", "md"),
    *("fontconfig", "freetype", "png16", "brotlicommon", "brotlidec", "readline", "tinfo", "mvec"),
)
"""Names without “lib” and “.so”. The small libraries of XCB and xkbcommon, which Qt needs and some desktops
lack, are part of the program."""
CUDA = "cuda runtime"
"""The name of the only cut that a build for NVIDIA's graphics cards undoes."""

CUTS = (
    ProgramCut(
        name="development tools",
        reason="they test, check and build the program",
        modules=(
            *("IPython", "PyInstaller", "_pytest", "mypy", "mypyc", "pip", "py", "pytest", "pytestqt"),
            *("ruff", "xdist", "grimp", "importlinter"),
        ),
    ),
    ProgramCut(
        name="pyarrow",
        reason="only for datasets in parquet files, and as large as a fifth of the program",
        modules=("pyarrow",),
    ),
    ProgramCut(
        name="optional packages",
        reason="libraries use them, where they are found, for downloads, terminals, tables and logging",
        modules=(
            *("absl", "click", "fsspec.implementations", "google", "grpc", "hf_xet", "jinja2"),
            *("markdown", "markdown_it", "markupsafe", "networkx", "pkg_resources", "pydantic"),
            *("pydantic_core", "pygments", "rich", "setuptools", "shellingham", "tensorboard"),
            *("tensorboard_data_server", "tkinter", "typer", "wandb", "werkzeug"),
        ),
        files=r"^(pydantic|rich|typer)-[^/]*\.dist-info/",
    ),
    ProgramCut(
        name="tools of libraries",
        reason="command lines, examples and tests, and pipelines, for which the engine has its own",
        modules=(
            *("accelerate.test_utils", "diffusers.commands", "diffusers.experimental"),
            *("diffusers.modular_pipelines", "diffusers.pipelines", "pyqtgraph.console"),
            *("pyqtgraph.examples", "pyqtgraph.flowchart", "pyqtgraph.jupyter", "pyqtgraph.opengl"),
            *("transformers.cli", "transformers.exporters", "transformers.pipelines"),
            "transformers.testing_utils",
        ),
    ),
    ProgramCut(
        name="building the starter",
        reason="the starter is built from a checkout; the program only uses it",
        modules=(
            *("trainer.starter.__main__", "trainer.starter.build", "trainer.starter.data.held_out"),
            *("trainer.starter.data.instructions", "trainer.starter.scoring", "trainer.starter.stages"),
        ),
    ),
    ProgramCut(
        name="models of transformers",
        reason="CLIP reads instructions; the others kept are imported by diffusers and peft",
        all_but=(
            (
                "transformers.models",
                frozenset({"auto", "bloom", "clip", "dinov2_with_registers"})
                | {"encoder_decoder", "siglip", "vit_mae"},
            ),
        ),
    ),
    ProgramCut(
        name="torch's compiler",
        reason="it needs a C++ compiler and torch's headers, which are not part of the program",
        all_but=(
            (
                "torch._inductor",
                frozenset({"_functionalize_collectives", "analysis", "config", "cpp_builder"})
                | {"cpu_vec_isa", "cudagraph_utils", "custom_graph_pass", "exc", "runtime"}
                | {"standalone_compile", "test_operators", "utils"},
            ),
        ),
        files=r"""
            ^torch/(include|share)/
            | ^torch/bin/(?!torch_shm_manager)
            | ^(torch|torchgen)/.*\.(a|lib|h|cpp|cu|cuh|pyi|cmake|jinja)$
            | ^torchgen/packaged/
        """,
    ),
    ProgramCut(
        name="torch's tests",
        reason="they test torch itself",
        all_but=(("torch.testing._internal", frozenset({"common_dtype", "distributed", "logging_tensor"})),),
        files=r"^torch/test/ | ^torch/lib/[^/]*(_test|_custom_ops|_with_compiler)\.(so|dll|dylib)$",
    ),
    ProgramCut(
        name="Qt's plugins",
        reason="databases, printers, sensors and QML are not used; platforms without a desktop neither",
        files=rf"""
            ^PySide6/(Qt/)?plugins/(?!({"|".join(NEEDED_PLUGINS)})/)
            | (^|/)(lib)?q(gtk3|pdf|tvirtualkeyboardplugin|eglfs|linuxfb|minimalegl|vnc|vkkhrdisplay)
              \.(so|dll|dylib)$
        """,
    ),
    ProgramCut(
        name="Qt's QML, Quick, PDF and OpenGL in software",
        reason="the window is made of widgets, which are painted without them",
        files=r"""
            ^PySide6/(Qt/)?qml/
            | (^|/)(lib)?Qt6?(Pdf|Qml\w*|Quick\w*|SvgWidgets|VirtualKeyboard\w*)
              (\.so.*|\.dll|\.dylib|\.framework/.*|\.abi3\.so|\.pyd)$
            | (^|/)opengl32sw\.dll$
        """,
    ),
    ProgramCut(
        name="Qt's translations",
        reason="Qt's own texts are kept for the languages that the window speaks",
        files=r"^PySide6/(Qt/)?translations/(?!{languages}) | ^resources/translations/.*\.ts$",
    ),
    ProgramCut(
        name="NumPy's and Qt's tests",
        reason="they test these libraries themselves",
        modules=(
            *("numpy._core._simd", "numpy._core._multiarray_tests", "numpy._core._operand_flag_tests"),
            *("numpy._core._rational_tests", "numpy._core._struct_ufunc_tests"),
            *("numpy._core._umath_tests", "numpy.f2py", "PySide6.QtTest"),
        ),
        files=r"(^|/)(lib)?Qt6?Test(\.so.*|\.dll|\.framework/.*|\.abi3\.so|\.pyd)$",
    ),
    ProgramCut(
        name="Qt's OpenGL",
        reason="the window is painted without it; `without_opengl.py` has the names that pyqtgraph asks for",
        modules=("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"),
        files=r"(^|/)(lib)?Qt6?OpenGLWidgets(\.so.*|\.dll|\.framework/.*|\.abi3\.so|\.pyd)$",
    ),
    ProgramCut(
        name="libraries of the desktop",
        reason="every Linux desktop has them, in the versions that its services and its C library need",
        modules=("readline",),
        files=rf"^lib({'|'.join(DESKTOP_LIBRARIES)})\.so",
    ),
    ProgramCut(
        name="notes of pip",
        reason="lists of installed files; licences are in one list of the whole program",
        files=r"\.dist-info/(RECORD|INSTALLER|WHEEL|REQUESTED|direct_url\.json|(licenses|sboms)/.*)$",
    ),
    ProgramCut(
        name="pictures",
        reason="they are shown by the README of the starter and by examples of pyqtgraph",
        files=r"^resources/starter/sheet\.jpg$ | ^pyqtgraph/icons/peegee/.*\.png$",
    ),
    ProgramCut(
        name="copies of LibRaw",
        reason="the package has the same library under three names, and loads one",
        files=r"^rawpy/libraw_r\.so(\.\d+\.\d+\.\d+)?$ | ^rawpy/.*\.(pyx|h)$",
    ),
    ProgramCut(
        name=CUDA,
        reason="nothing loads it without a graphics card of NVIDIA",
        files=r"^libcudart\.so",
    ),
)

NO_SOURCES = ("torch", "torchgen", "transformers", "_distutils_hack")
"""PyInstaller's hooks ask for the sources of these packages beside their compiled code, for a compiler that
is left out. They would be 38 MiB."""
READ_SOURCES = (
    *("torch._dynamo._trace_wrapped_higher_order_op", "torch._dynamo.config"),
    *("torch._dynamo.variables.streams", "torch._export.config", "torch._functorch.config"),
    *("torch._inductor.config", "torch._inductor.config_comms", "torch._library.custom_ops"),
    *("torch._native.registry", "torch.compiler.config", "torch.distributed._functional_collectives"),
    *("torch.distributed.config", "torch.distributed.tensor._collective_utils", "torch.functional"),
    *("torch.fx.experimental._config", "torch.nn.functional", "torch.nn.modules.rnn"),
    *("torch.onnx.ops._impl", "torch.onnx.ops._symbolic_impl", "torch.utils._debug_mode._mode"),
    *("torch.utils.serialization.config", "transformers.models"),
)
"""Modules, and packages with all modules in them, whose source is read when they are imported or used."""
READ_FILES = ("transformers/__init__.py",)
"""Files of packages that are read as such."""


def excluded_modules() -> list[str]:
    """Names for PyInstaller's `excludes`; importing one in the packaged program fails."""
    return [module for cut in CUTS for module in modules_of(cut)]


def modules_of(cut: ProgramCut) -> list[str]:
    """The names of the modules and packages that a cut leaves out."""
    others = (
        f"{package}.{name}"
        for package, kept in cut.all_but
        for name in _children(package)
        if name not in kept
    )
    return [*cut.modules, *others]


def kept_children(package: str) -> frozenset[str]:
    """The children of a package that are kept. Raises `KeyError` if all are."""
    return dict(pair for cut in CUTS for pair in cut.all_but)[package]


def read_files() -> list[tuple[str, str]]:
    """The files of `READ_FILES`, and the folders in the program to which they belong."""
    found = []
    for name in READ_FILES:
        spec = _spec_of(name.partition("/")[0])
        assert spec is not None
        assert spec.origin is not None
        found.append((str(Path(spec.origin).parents[1] / name), str(Path(name).parent)))
    return found


def modules_below(package: str) -> list[str]:
    """The names of a package and of the modules directly inside it, found without importing it."""
    return [package, *(f"{package}.{name}" for name in _children(package))]


def cut_of(destination: str, *, with_cuda: bool = False) -> ProgramCut | None:
    """The cut that leaves out a collected file; None if the file is part of the program.

    `destination` is its path in the program.
    """
    place = destination.replace("\\", "/")
    for cut in CUTS:
        if cut.files and not (with_cuda and cut.name == CUDA) and _pattern(cut).search(place):
            return cut
    return None


def module_bytes(name: str) -> int:
    """The size of the files of a module or package where it is installed; 0 if it is not."""
    top, *rest = name.split(".")
    spec = _spec_of(top)
    if spec is None:
        return 0
    if not spec.submodule_search_locations:
        return Path(spec.origin).stat().st_size if spec.origin and Path(spec.origin).is_file() else 0
    total = 0
    for folder in map(Path, spec.submodule_search_locations):
        place = folder.joinpath(*rest)
        if place.is_dir():
            total += sum(file.stat().st_size for file in place.rglob("*") if _is_installed(file))
        else:
            total += sum(file.stat().st_size for file in place.parent.glob(f"{place.name}.*"))
    return total


def _spec_of(top: str) -> ModuleSpec | None:
    # not find_spec of importlib.util: setuptools' hook there warns if distutils was imported before pip
    return PathFinder.find_spec(top)


def _is_installed(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts


def _pattern(cut: ProgramCut) -> re.Pattern[str]:
    languages = "|".join(
        f"qtbase_{file.stem.removeprefix('ip2p_')}\\." for file in TRANSLATIONS.glob("ip2p_*.qm")
    )
    return re.compile(cut.files.replace("{languages}", languages or "$"), re.VERBOSE)


def _children(package: str) -> Iterable[str]:
    """Names of the modules directly inside a package, found without importing it."""
    top, *rest = package.split(".")
    spec = _spec_of(top)
    folders = spec.submodule_search_locations if spec else None
    return list(_modules_in([Path(folder, *rest) for folder in folders or ()]))


def _modules_in(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        for entry in sorted(folder.iterdir()):
            is_module = entry.suffix == ".py" or (entry / "__init__.py").is_file()
            if is_module and entry.stem != "__init__":
                yield entry.stem
