"""Runs first in the packaged program, which has no bindings of Qt's OpenGL.

pyqtgraph imports them for kinds of diagrams that the window does not draw, and only needs their names.
"""

import sys
from types import ModuleType


class QOpenGLWidget:
    """The base of widgets that are declared and never made."""


for name in ("QtOpenGL", "QtOpenGLWidgets"):
    module = sys.modules[f"PySide6.{name}"] = ModuleType(f"PySide6.{name}", __doc__)
    module.QOpenGLWidget = QOpenGLWidget
