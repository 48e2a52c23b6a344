"""Collects the files of QtGui like PyInstaller's own hook, without the plugins that the program does not use.

Excluding them here also excludes the libraries that they need.
"""

from pathlib import Path

from pruning import is_needed
from PyInstaller.utils.hooks.qt import add_qt6_dependencies

hiddenimports, binaries, datas = add_qt6_dependencies(__file__)
binaries = [(source, folder) for source, folder in binaries if is_needed(f"{folder}/{Path(source).name}")]
