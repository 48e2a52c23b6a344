"""Collects what PyInstaller's own hook collects for Qt's drawing, without the plugins we leave out.

Left out this early, they do not bring the libraries they would need.
"""

from pathlib import Path

from pruning import is_needed
from PyInstaller.utils.hooks.qt import add_qt6_dependencies

hiddenimports, binaries, datas = add_qt6_dependencies(__file__)
binaries = [(source, folder) for source, folder in binaries if is_needed(f"{folder}/{Path(source).name}")]
