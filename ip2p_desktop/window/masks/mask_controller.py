"""Controls the mask of the photo on screen: the tools, the overlay, the bars and the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor

from engine.edit_settings import EditArea
from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.photos.file_dialogs import FileDialogs
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.masks.mask import Mask
from ip2p_desktop.session.masks.mask_draft import MaskDraft
from ip2p_desktop.session.masks.mask_images import load_mask, save_mask
from ip2p_desktop.session.masks.mask_operations import feathered, grown, shrunk
from ip2p_desktop.session.masks.stored_mask import StoredMask
from ip2p_desktop.window.canvas.tools.brush import BrushTool
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.masks.bar_placement import BarPlacement
from ip2p_desktop.window.masks.mask_options_bar import MaskOptionsBar
from ip2p_desktop.window.masks.mask_overlay import MaskOverlay
from ip2p_desktop.window.masks.mask_tool_bar import MaskToolBar
from ip2p_desktop.window.masks.tool_controller import ToolController

SubjectFinder = Callable[[Image.Image], Image.Image]
"""Returns the mask of the subject of a photo, mode "L", of its size. Slow."""
Work = Callable[[Mask], Mask]


class MaskController(QObject):
    """Connects the tools with the mask in the settings; each change is one step of undo."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        preferences: Preferences,
        find_subject: SubjectFinder,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._preferences = window, document, preferences
        self._find_subject = find_subject
        self._canvas, self._view, self._actions = window.canvas, window.canvas.view, window.actions_
        self.draft = MaskDraft(self)
        self._background = Background(self, workers=1, is_latest_only=True)
        self._files = Background(self, workers=1)
        self._dialogs = FileDialogs(preferences, window)
        self._photo: SourcePhoto | None = None
        """The photo whose mask is in the draft."""
        self._mask_id = ""
        colour = QColor(preferences.mask_colour)
        self._is_just_changed = False
        """Whether the mask was changed after what is on screen was shown."""
        self.overlay = MaskOverlay(colour if colour.isValid() else QColor(Qt.GlobalColor.red))
        self._view.add_overlay(self.overlay)
        actions = self._actions
        self.tool_bar = MaskToolBar(actions, self._view)
        self.options_bar = MaskOptionsBar(actions, self._view)
        self._bars = BarPlacement(self.tool_bar, self.options_bar, window.notice_bar, self._canvas)
        self.tools = ToolController(self._view, actions, self.draft, self.options_bar)
        self.options_bar.show_colour(preferences.mask_colour)
        self._connect()
        self.tools.start_photo(None)
        self._refresh()

    def _connect(self) -> None:
        actions, draft, document = self._actions, self.draft, self._document
        actions.select_subject.triggered.connect(lambda: self.select_subject())
        actions.select_background.triggered.connect(lambda: self.select_subject(is_background=True))
        actions.invert_mask.triggered.connect(self._invert)
        actions.clear_mask.triggered.connect(lambda: document.set_mask(""))
        for action, function, text in (
            (actions.feather_mask, feathered, self.tr("Feathering the mask…")),
            (actions.grow_mask, grown, self.tr("Growing the mask…")),
            (actions.shrink_mask, shrunk, self.tr("Shrinking the mask…")),
        ):
            action.triggered.connect(partial(self._apply_distance, function, text))
        actions.load_mask.triggered.connect(self._dialogs.open_mask_dialog)
        actions.save_mask.triggered.connect(self._open_save_dialog)
        actions.mask_overlay.toggled.connect(self._show_overlay)
        self._dialogs.mask_chosen.connect(self.load)
        self._dialogs.mask_output_chosen.connect(self.save)
        self.tools.changed.connect(self._show_overlay)
        self.tools.changed.connect(self._show_bars)
        self.options_bar.colour_chosen.connect(self._choose_colour)
        draft.changed.connect(self._show_overlay)
        draft.finished.connect(self._on_finished)
        draft.computation_requested.connect(lambda work: self._apply(work, self.tr("Changing the mask…")))
        draft.busy_changed.connect(self._enable_actions)
        button = self._window.composer.area_button
        button.mask_chosen.connect(lambda: document.change(uses_mask=True))
        button.area_chosen.connect(self._set_aside)
        document.reading_changed.connect(
            lambda reading: button.show_named(reading.area if reading is not None else EditArea.AUTOMATIC)
        )
        document.source_changed.connect(self._refresh)
        document.state_changed.connect(self._refresh)
        for signal in (document.result_changed, document.preview_changed, document.live_preview_changed):
            signal.connect(self._forget_change)
            signal.connect(self._show_overlay)
            signal.connect(self._show_bars)

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self._background.cancel()
        self._background.close()
        self._files.close()

    def select_subject(self, *, is_background: bool = False) -> None:
        """Mark the subject of the photo, or all else."""
        photo = self._photo
        if photo is None:
            return

        def work(_: Mask) -> Mask:
            mask = Mask.of(self._find_subject(photo.image))
            return mask.inverted() if is_background else mask

        self._apply(work, self.tr("Finding the subject…"))

    def load(self, file: Path) -> None:
        """Use the mask in a picture; a notice reports if it cannot be used."""
        self._apply(
            lambda mask: load_mask(file, mask.size), self.tr("Opening {name}…").format(name=file.name)
        )

    def save(self, file: Path) -> None:
        """Write the mask as a picture; a notice reports success or failure."""
        mask = self.draft.mask
        if mask is not None:
            saved = self.tr("Saved the mask as {name}.").format(name=file.name)
            self._files.submit(
                lambda: save_mask(mask, file),
                lambda _: self._window.notice_bar.show_message(saved, causes=("source",)),
                lambda report: self._window.notice_bar.show_error(report, causes=("source",)),
            )

    def _open_save_dialog(self) -> None:
        if self._photo is not None:
            self._dialogs.open_mask_save_dialog(f"{Path(self._photo.name).stem} - mask.png")

    def _invert(self) -> None:
        mask = self.draft.mask
        if mask is not None:
            self.tools.cancel_stroke()
            self.draft.finish(mask.inverted())

    def _apply_distance(self, function: Callable[[Mask, int], Mask], text: str) -> None:
        distance = self.options_bar.distance
        self._apply(lambda mask: function(mask, distance), text)

    def _apply(self, work: Work, text: str) -> None:
        """Change the mask in the background; it cannot be painted on meanwhile."""
        mask = self.draft.mask
        if mask is None:
            return
        self.tools.cancel_stroke()
        self.draft.is_busy = True
        self._canvas.show_busy(text)
        self._background.submit(partial(work, mask), self._on_computed, self._on_failed)

    def _on_computed(self, mask: Mask) -> None:
        self._end_work()
        self.draft.finish(mask)
        if mask.is_empty:
            text = self.tr("Nothing of the mask is left.")
            bar = self._window.notice_bar
            bar.show_message(text, self.tr("Undo"), self._actions.undo.trigger, causes=("source", "mask_id"))

    def _on_failed(self, report: ErrorReport) -> None:
        self._end_work()
        self._window.notice_bar.show_error(report, causes=("source",))

    def _end_work(self) -> None:
        self._canvas.hide_busy()
        self.draft.is_busy = False

    def _refresh(self) -> None:
        """Follow the photo and the mask in the settings."""
        photo, mask_id = self._document.source, self._document.state.mask_id
        if photo is not None and mask_id not in photo.masks:
            mask_id = ""
        if photo is not self._photo or mask_id != self._mask_id:
            self._start_with(photo, mask_id)
        self._window.composer.area_button.show_mask(
            exists=bool(mask_id), is_used=self._document.state.uses_mask
        )
        self._show_overlay()
        self._enable_actions()
        self._show_bars()

    def _start_with(self, photo: SourcePhoto | None, mask_id: str) -> None:
        """Paint on the mask of a photo from now on; it is read in the background if it is in a file."""
        size = (photo.pixels.size.width(), photo.pixels.size.height()) if photo is not None else None
        if photo is not self._photo:
            self.tools.start_photo(size)
        self._photo, self._mask_id = photo, mask_id
        self.tools.cancel_stroke()
        if self.draft.is_busy:
            self._background.cancel()
            self._end_work()
        if photo is None or size is None:
            self.draft.start_with(None)
            return
        stored = photo.masks.get(mask_id)
        mask = stored.in_memory if stored is not None else Mask.empty(size)
        self.draft.start_with(mask)
        if mask is None and stored is not None:
            self.draft.is_busy = True
            self._background.submit(stored.read, partial(self._on_read, stored), self._on_not_read)

    def _on_read(self, stored: StoredMask, mask: Mask) -> None:
        stored.keep(mask)
        self.draft.is_busy = False
        self.draft.start_with(mask)

    def _on_not_read(self, report: ErrorReport) -> None:
        self._on_failed(report)
        self._document.change(mask_id="")

    def _on_finished(self, mask: Mask) -> None:
        """Put a finished mask into the settings, unless it is the one that is there."""
        photo = self._photo
        if photo is None:
            return
        before = photo.masks.get(self._mask_id)
        if before is not None and mask.changed_box(before.in_memory) is None:
            return
        if mask.is_empty:
            self._document.set_mask("")
            self._refresh()
            return
        stored = StoredMask.of(mask)
        photo.masks[stored.mask_id] = stored
        self._is_just_changed = True
        self._document.set_mask(stored.mask_id)

    @property
    def _is_comparing(self) -> bool:
        """Whether a result is on screen, which the mask would cover; not if the mask is newer than that."""
        document = self._document
        if self._is_just_changed:
            return False
        shown = (document.result, document.preview, document.live_preview)
        return any(each is not None for each in shown)

    def _forget_change(self) -> None:
        self._is_just_changed = False

    def _show_overlay(self) -> None:
        """Show the mask that is in use or being changed, and paint only what has changed of it."""
        is_seen = self.tools.tool is not None or (self._document.state.uses_mask and not self._is_comparing)
        is_shown = self._actions.mask_overlay.isChecked() and is_seen
        before, mask = self.overlay.mask, self.draft.shown if is_shown else None
        if mask is before:
            return
        self.overlay.mask = mask
        if mask is None or before is None or mask.size != before.size:
            self._view.update()
        elif box := mask.changed_box(before):
            self._view.update_photo(QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1]))

    def _enable_actions(self) -> None:
        actions = self._actions
        can_change = self._photo is not None and not self.draft.is_busy
        for action in (actions.select_subject, actions.select_background, actions.load_mask):
            action.setEnabled(can_change)
        for action in (
            *(actions.invert_mask, actions.clear_mask, actions.save_mask),
            *(actions.feather_mask, actions.grow_mask, actions.shrink_mask),
        ):
            action.setEnabled(can_change and bool(self._mask_id))

    def _set_aside(self, area: EditArea) -> None:
        """Edit another area; the mask stays, and choosing the painted area uses it again."""
        self.tools.leave()
        self._document.change(area=area, uses_mask=not self._mask_id)

    def _show_bars(self) -> None:
        tool = self.tools.tool
        self.options_bar.show_brush_part(isinstance(tool, BrushTool))
        has_mask = bool(self._mask_id) and self._document.state.uses_mask and not self._is_comparing
        has_photo = self._photo is not None
        self._bars.show(tools=has_photo, options=has_photo and (tool is not None or has_mask))

    def _choose_colour(self, colour: str) -> None:
        self._preferences.mask_colour = colour
        self.overlay.colour = QColor(colour)
        self._view.update()
