"""Collects the files of QtGui like PyInstaller's own hook, without the plugins that the program does not use.

Excluding them here also excludes the libraries that they need.
"""

from pathlib import Path

from pruning import cut_of
from PyInstaller.utils.hooks.qt import add_qt6_dependencies

hiddenimports, binaries, datas = add_qt6_dependencies(__file__)
binaries = [(file, folder) for file, folder in binaries if cut_of(f"{folder}/{Path(file).name}") is None]
