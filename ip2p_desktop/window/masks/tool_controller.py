"""Controls the tools of the canvas: which one is used, its brush and its keys."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent

from ip2p_desktop.session.masks.dabs import LARGEST_SIZE, Brush
from ip2p_desktop.session.masks.mask_draft import MaskDraft
from ip2p_desktop.window.actions import Actions
from ip2p_desktop.window.canvas.photo_view import PhotoView
from ip2p_desktop.window.canvas.tools.brush import BrushTool
from ip2p_desktop.window.canvas.tools.shapes import LassoTool, RectangleTool
from ip2p_desktop.window.masks.mask_options_bar import MaskOptionsBar

MaskTool = BrushTool | RectangleTool | LassoTool

SIZE_STEP = 1.15
"""Factor of the brush's size for a key press."""
HARDNESS_STEP = 0.1
FIRST_SIZE = 0.08
"""Diameter of the first brush, as a share of the longer side of the photo."""


class ToolController(QObject):
    """Connects the actions of the tools with the view, and the brush with its settings."""

    changed = Signal()
    """Another tool is used."""

    def __init__(self, view: PhotoView, actions: Actions, draft: MaskDraft, options: MaskOptionsBar) -> None:
        super().__init__(view)
        self._view, self._actions, self._draft, self._options = view, actions, draft, options
        self._tools: dict[QAction, MaskTool] = {
            actions.brush: BrushTool(draft),
            actions.eraser: BrushTool(draft, is_erasing=True),
            actions.rectangle: RectangleTool(draft),
            actions.lasso: LassoTool(draft),
        }
        self._tool: MaskTool | None = None
        self._has_brush = False
        """Whether the size of the brush was chosen, or fits the photo."""
        self._held: QAction | None = None
        """The tool that comes back when the space key is released."""
        self._connect()
        options.show_brush(draft.brush)

    def _connect(self) -> None:
        actions, view = self._actions, self._view
        view.addActions(actions.of_view)
        view.installEventFilter(self)
        for action in (actions.pan, *self._tools):
            action.toggled.connect(partial(self._on_toggled, action))
            action.triggered.connect(lambda: view.setFocus())
        actions.swap_brush.triggered.connect(self.swap_brush)
        actions.larger_brush.triggered.connect(lambda: self._resize_brush(SIZE_STEP))
        actions.smaller_brush.triggered.connect(lambda: self._resize_brush(1 / SIZE_STEP))
        actions.harder_brush.triggered.connect(lambda: self._harden_brush(HARDNESS_STEP))
        actions.softer_brush.triggered.connect(lambda: self._harden_brush(-HARDNESS_STEP))
        self._options.brush_chosen.connect(self._on_brush_chosen)
        self._draft.brush_changed.connect(self._on_brush_changed)

    @property
    def tool(self) -> MaskTool | None:
        """The tool that changes the mask; None if the photo is panned."""
        return self._tool  # not asked of the actions, which may be gone when the view is

    def swap_brush(self) -> None:
        """Take the eraser instead of the brush, and the brush instead of any other tool."""
        actions = self._actions
        (actions.eraser if actions.brush.isChecked() else actions.brush).trigger()

    def leave(self) -> None:
        """Pan the photo again."""
        self._actions.pan.setChecked(True)

    def start_photo(self, size: tuple[int, int] | None) -> None:
        """Another photo of this size is shown, or none: unfinished strokes belong to the one before."""
        for tool in self._tools.values():
            tool.forget()
        for action in (self._actions.pan, *self._tools, self._actions.swap_brush):
            action.setEnabled(size is not None)
        if size is None:
            self.leave()
        elif not self._has_brush:
            side = min(max(round(max(size) * FIRST_SIZE), 1), LARGEST_SIZE)
            self._draft.brush = replace(self._draft.brush, size=float(side))

    def cancel_stroke(self) -> None:
        """Take back what a tool has not finished."""
        for tool in self._tools.values():
            if tool.is_drawing:
                tool.cancel()

    def _on_toggled(self, action: QAction, is_checked: bool) -> None:
        tool = self._tools.get(action)
        if is_checked:
            self._tool = tool
            self._view.tool = tool or self._view.pan_tool
            # a stroke may begin where the divider is
            through = Qt.WidgetAttribute.WA_TransparentForMouseEvents
            self._view.divider.setAttribute(through, tool is not None)
            self.changed.emit()
        elif tool is not None:
            if tool.is_drawing:
                tool.cancel()
            tool.leave()

    def _on_brush_chosen(self, brush: Brush) -> None:
        self._has_brush = True
        self._draft.brush = brush

    def _on_brush_changed(self) -> None:
        self._options.show_brush(self._draft.brush)
        self._view.update()

    def _resize_brush(self, factor: float) -> None:
        before = round(self._draft.brush.size)
        size = round(before * factor)
        if size == before:
            size += 1 if factor > 1 else -1
        self._has_brush = True
        self._draft.brush = replace(self._draft.brush, size=float(min(max(size, 1), LARGEST_SIZE)))

    def _harden_brush(self, difference: float) -> None:
        hardness = min(max(round(self._draft.brush.hardness + difference, 2), 0.0), 1.0)
        self._draft.brush = replace(self._draft.brush, hardness=hardness)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape leaves a tool; the space key pans as long as it is held."""
        if event.type() == QEvent.Type.Leave:
            self._leave_view()
        elif event.type() == QEvent.Type.FocusOut:
            self._end_hold()  # the key is released in another widget
        elif isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            is_press = event.type() == QEvent.Type.KeyPress
            if event.key() == Qt.Key.Key_Escape and is_press:
                return self._escape()
            if event.key() == Qt.Key.Key_Space:
                return self._hold_pan(is_press, event.type() == QEvent.Type.KeyRelease)
        return False

    def _leave_view(self) -> None:
        if (tool := self.tool) is not None:
            tool.leave()
            self._view.update()

    def _escape(self) -> bool:
        """Take back an unfinished stroke, else leave the tool; returns whether there was any."""
        tool = self.tool
        if tool is None:
            return False
        if tool.is_drawing:
            tool.cancel()
            self._view.update()
        else:
            self.leave()
        return True

    def _hold_pan(self, is_press: bool, is_release: bool) -> bool:
        tool = self.tool
        if is_press and tool is not None and not tool.is_drawing:
            self._held = next(action for action in self._tools if action.isChecked())
            self.leave()
            return True
        return is_release and self._end_hold()

    def _end_hold(self) -> bool:
        """Take the tool again that the space key had put away; returns whether there was one."""
        held, self._held = self._held, None
        if held is not None:
            held.setChecked(True)
        return held is not None
