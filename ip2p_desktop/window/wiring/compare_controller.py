"""Controls what the canvas compares: the mode, the other image, the difference and the opacity."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QIcon, QPixmap

from ip2p_desktop.base.background import Background
from ip2p_desktop.editing.previews.photo_copies import scaled_copy
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.undo_step import NodeField, StepKind
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow
from ip2p_desktop.widgets.literal_text import button_text
from ip2p_desktop.window.canvas.compare.comparison import ComparedImage, DifferenceImage
from ip2p_desktop.window.canvas.compare.difference import difference_of, photo_part
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.undo_controller import UndoController

DIFFERENCE_DELAY_MS = 150
"""Time from a change to the computing of the difference, so that dragging a slider computes few."""
MOST_OTHERS = 24
"""Results that the menu offers, the newest ones."""
MOST_LETTERS = 48


class CompareController(QObject):
    """Connects the compare bar and the menu with the canvas and the results."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        edits: EditController,
        undo: UndoController,
    ) -> None:
        """Create it after the `PhotoController`, which shows the images."""
        super().__init__(window)
        self._window, self._document, self._tree, self._edits = window, document, tree, edits
        self._undo = undo
        self._view, self._bar = window.canvas.view, window.canvas.compare_bar
        self._other: EditNode | None = None
        """What the result is compared with; None for its photo."""
        self._reading = Background(self, workers=1, is_latest_only=True)
        self._computing = Background(self, workers=1, is_latest_only=True)
        self._delay = QTimer(self, singleShot=True, interval=DIFFERENCE_DELAY_MS)
        self._delay.timeout.connect(self._compute_difference)
        self._connect()

    def _connect(self) -> None:
        document, actions = self._document, self._window.actions_
        for signal in (
            *(document.source_changed, document.result_changed),
            *(document.preview_changed, document.live_preview_changed),
        ):
            signal.connect(self._on_shown)
        actions.compare_mode_chosen.connect(self._choose_mode)
        self._view.compare_mode_changed.connect(self._on_mode_changed)
        self._bar.opacity_chosen.connect(self._on_opacity_chosen)
        self._bar.other_menu.aboutToShow.connect(self._fill_menu)
        self._tree.opacity_changed.connect(self._on_opacity_changed)
        self._tree.removed.connect(self._on_removed)
        self._window.history_strip.compare_requested.connect(self.compare_with)

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        for background in (self._reading, self._computing):
            background.cancel()
            background.close()

    @property
    def other(self) -> EditNode | None:
        """What the result on screen is compared with; None for its photo."""
        return self._other

    @property
    def _shown_result(self) -> EditedPhoto | None:
        """The result on screen; None if there is none, or a preview covers it."""
        document = self._document
        is_covered = document.preview is not None or document.live_preview is not None
        return None if is_covered else document.result

    @property
    def _shown_preview(self) -> DisplayImage | None:
        """The preview on screen."""
        return self._document.preview or self._document.live_preview

    def compare_with(self, node: EditNode | None) -> None:
        """Compare the result on screen with a photo or another result; None stands for its own photo.

        With only a photo on screen, a result is shown and compared with that photo.
        """
        result, shown = self._document.result, self._document.shown
        if result is None and isinstance(node, EditedPhoto):
            self._edits.load(node, partial(self._show_against, node, shown))
            return
        own = node is None or result is None or node in (result, result.source)
        self._other = None if own else node
        self._show_other()

    def _show_against(self, result: EditedPhoto, other: EditNode | None) -> None:
        if self._edits.show(result):
            self.compare_with(other)

    def _show_other(self) -> None:
        node = self._other
        self._bar.show_other(_name(node) if node is not None else "")
        self._reading.cancel()
        if node is None:
            self._view.compare_with(None)
            self._request_difference()
            return
        below = node.source if isinstance(node, EditedPhoto) and node.opacity < 1 else None

        def read() -> tuple[DisplayImage, DisplayImage | None]:
            return node.pixels.read(), below.pixels.read() if below is not None else None

        self._reading.submit(read, partial(self._on_read, node), self._edits.refused.emit)

    def _on_read(self, node: EditNode, images: tuple[DisplayImage, DisplayImage | None]) -> None:
        image, photo = images
        is_result = isinstance(node, EditedPhoto)
        other = ComparedImage(
            image=image,
            label=self.tr("Other result") if is_result else self.tr("Photo"),
            detail=_name(node),
            photo=photo,
            opacity=node.opacity if isinstance(node, EditedPhoto) else 1.0,
        )
        self._view.compare_with(other)
        self._request_difference()

    def _on_shown(self) -> None:
        result, shown = self._document.result, self._shown_result
        opacity = shown.opacity if shown is not None else 1.0
        self._view.opacity = opacity
        self._bar.show_opacity(opacity)
        self._bar.opacity_slider.setEnabled(shown is not None)
        if self._other is not None and (result is None or result is self._other):
            self._other = None
            self._show_other()
        self._request_difference()

    def _on_removed(self, node: EditNode) -> None:
        if node is self._other:
            self.compare_with(None)

    def _choose_mode(self, mode: CompareMode) -> None:
        self._view.compare_mode = mode

    def _on_mode_changed(self, mode: CompareMode) -> None:
        self._window.actions_.check_compare_mode(mode)
        if mode is CompareMode.DIFFERENCE:
            self._request_difference()

    def _on_opacity_chosen(self, opacity: float) -> None:
        result = self._shown_result
        if result is not None:
            self._undo.change_node(result, NodeField.OPACITY, opacity, StepKind.OPACITY)

    def _on_opacity_changed(self, result: EditedPhoto) -> None:
        if result is self._shown_result:
            self._view.opacity = result.opacity
            self._bar.show_opacity(result.opacity)
            self._request_difference()

    def _request_difference(self) -> None:
        """Compute the difference soon if it is to be seen; that of before is wrong from now on."""
        self._computing.cancel()
        self._delay.stop()
        if self._view.compare_mode is not CompareMode.DIFFERENCE:
            self._view.show_difference(None)
        elif self._shown_result is not None or self._shown_preview is not None:
            self._delay.start()

    def _compute_difference(self) -> None:
        source, preview = self._document.source, self._shown_preview
        result, other = self._shown_result, self._other
        if source is None or (result is None and preview is None):
            return

        def compute() -> DifferenceImage:
            image = result.image() if result is not None else None
            if image is None:
                assert preview is not None
                image = to_pillow(preview.levels[0])
            if other is None and result is None:  # a preview is small
                photo = to_pillow(scaled_copy(source.pixels.read(), max(image.size)))
                return difference_of(photo_part(photo, image.size), image)
            if other is None:
                return difference_of(photo_part(source.pixels.read_image(), image.size), image)
            left = other.image() if isinstance(other, EditedPhoto) else other.pixels.read_image()
            return difference_of(left, image)

        self._computing.submit(compute, self._view.show_difference, self._edits.refused.emit)

    def _fill_menu(self) -> None:
        menu, result = self._bar.other_menu, self._document.result
        menu.clear()
        if result is None:
            return
        menu.addAction(self._entry(self.tr("Photo"), result.source, None))
        results = [node for node in self._tree.listed if isinstance(node, EditedPhoto) and node is not result]
        photos = [
            node for node in self._tree.listed if isinstance(node, SourcePhoto) and node is not result.source
        ]
        for nodes in (results, photos):
            if nodes:
                menu.addSeparator()
            for node in reversed(nodes[-MOST_OTHERS:]):
                menu.addAction(self._entry(_name(node), node, node))

    def _entry(self, text: str, pictured: EditNode, node: EditNode | None) -> QAction:
        short = text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
        action = QAction(button_text(short), self._bar.other_menu)
        action.setIcon(QIcon(QPixmap.fromImage(pictured.pixels.thumbnail)))
        action.setCheckable(True)
        action.setChecked(node is self._other)
        font = action.font()
        font.setBold(node is self._other)  # the thumbnail stands where the check mark would be
        action.setFont(font)
        action.triggered.connect(lambda: self.compare_with(node))
        return action


def _name(node: EditNode) -> str:
    """The instruction of a result, the name of a photo."""
    return " ".join(node.state.instruction.split()) if isinstance(node, EditedPhoto) else node.name
