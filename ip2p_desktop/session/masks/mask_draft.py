"""The mask on screen while tools change it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.session.masks.dabs import Brush
from ip2p_desktop.session.masks.mask import Mask


class MaskDraft(QObject):
    """What the tools paint on, and the overlay shows. Each finished change is one step of undo."""

    changed = Signal()
    """Another mask is shown, finished or not."""
    finished = Signal(object)
    """The `Mask` after a stroke or a shape."""
    computation_requested = Signal(object)
    """A function that computes the next mask from this one; slow for a large photo."""
    brush_changed = Signal()
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mask: Mask | None = None
        self._shown: Mask | None = None
        self._brush = Brush(100.0, 0.5)
        self._is_busy = False

    @property
    def mask(self) -> Mask | None:
        """The mask to change, an empty one if there is none yet; None if nothing can be painted on now."""
        return None if self._is_busy else self._mask

    @property
    def shown(self) -> Mask | None:
        """The mask as it is on screen, with the stroke that is being painted."""
        return self._shown

    @property
    def is_busy(self) -> bool:
        """Whether the mask is being read or computed, so that tools have to wait."""
        return self._is_busy

    @is_busy.setter
    def is_busy(self, is_busy: bool) -> None:
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            self.busy_changed.emit(is_busy)

    @property
    def brush(self) -> Brush:
        """The brush of the brush and the eraser."""
        return self._brush

    @brush.setter
    def brush(self, brush: Brush) -> None:
        if brush != self._brush:
            self._brush = brush
            self.brush_changed.emit()

    def start_with(self, mask: Mask | None) -> None:
        """Set the mask to change; None if there is no photo."""
        self._mask = self._shown = mask
        self.changed.emit()

    def show(self, mask: Mask) -> None:
        """Show a mask with an unfinished stroke."""
        self._shown = mask
        self.changed.emit()

    def finish(self, mask: Mask) -> None:
        """End a stroke or a shape with this mask."""
        self.start_with(mask)
        self.finished.emit(mask)

    def compute(self, work: Callable[[Mask], Mask]) -> None:
        """Change the mask by a slow function, as one step of undo; without effect while it is busy."""
        if self.mask is not None:
            self.computation_requested.emit(work)

    def discard(self) -> None:
        """Take back an unfinished stroke."""
        if self._shown is not self._mask:
            self._shown = self._mask
            self.changed.emit()
