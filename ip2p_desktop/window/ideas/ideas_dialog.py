"""The dialog of ideas: the grid of known edits, a search field, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ip2p_desktop.editing.previews.idea_thumbnails import IdeaThumbnails
from ip2p_desktop.editing.previews.known_edits import KnownIdea
from ip2p_desktop.editing.previews.preview_job import (
    SCREEN_SIZE,
    PreviewJob,
    PreviewOutcome,
    PreviewPriority,
)
from ip2p_desktop.editing.previews.preview_queue import PreviewQueue
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.window.ideas.ideas_list import IdeasList
from ip2p_desktop.window.ideas.ideas_view import IdeasView
from ip2p_desktop.window.ideas.large_preview import WIDTH, LargePreview

SIZE, SMALLEST_SIZE = QSize(1080, 720), QSize(640, 420)
MARGIN = 20
LARGE_DELAY_MS = 150
"""Time for which an idea is looked at before it is made large, so that crossing the grid makes none."""
ORDER_DELAY_MS = 40
"""Time without scrolling before the order of the thumbnails follows what is visible."""
LARGE_SHARE = 0.33
"""Largest share of the width for the large preview."""
MOVING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class IdeasDialog(QDialog):
    """Shows the ideas as their thumbnails are made: those that are visible first."""

    chosen = Signal(str, bool)
    """An instruction, and whether to make the edit at once."""

    def __init__(
        self, thumbnails: IdeaThumbnails, previews: PreviewQueue, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("ideas_dialog")
        self.setWindowTitle(self.tr("What can it do?"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._thumbnails, self._previews = thumbnails, previews
        self._job: PreviewJob | None = None
        self._where = ""
        self.ideas = IdeasList(thumbnails.image, self)
        self.view = IdeasView(self.ideas)
        self.search = named(TextField(), "ideas_search")
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the known edits"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.title = ElidedLabel()
        self.title.setProperty("role", "title")
        self.status = body_label("", role="hint")
        self.empty = body_label("", role="hint")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.large = LargePreview()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.empty)
        self._large_delay = QTimer(self, singleShot=True, interval=LARGE_DELAY_MS)
        self._order_delay = QTimer(self, singleShot=True, interval=ORDER_DELAY_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.title, 1)
        head.addWidget(self.search)
        self.search.setFixedWidth(240)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.status)
        left.addWidget(self.pages, 1)
        body = QHBoxLayout()
        body.setSpacing(MARGIN)
        body.addLayout(left, 1)
        body.addWidget(self.large)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_searched)
        self.search.returnPressed.connect(self.view.choose_current)
        self.view.chosen.connect(self._choose)
        self.large.chosen.connect(self._choose)
        self.view.looked_at.connect(self._look_at)
        self.view.searched.connect(self._search_for)
        self.view.view_changed.connect(self._order_delay.start)
        self._order_delay.timeout.connect(self._order_thumbnails)
        self._large_delay.timeout.connect(self._request_large)
        self._thumbnails.made.connect(self._on_made)
        self._thumbnails.slow.connect(self._show_status)

    def show_ideas(self, ideas: Sequence[KnownIdea], model: str, photo: QImage, is_sample: bool) -> None:
        """Show the ideas of a model, with its name, on a photo: the user's own or a sample."""
        self.title.setText(self.tr("What can {model} do?").format(model=model))
        self._where = (
            self.tr("Shown on a sample photo, as no photo is open.")
            if is_sample
            else self.tr("Shown on your photo.")
        )
        self.view.show_photo(photo)
        self.ideas.show(ideas)
        self._show_current(0)
        self._order_delay.start()

    def focus_search(self) -> None:
        """Focus the search field, empty."""
        self.search.clear()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the search field move in the grid, and Shift+Enter makes the edit."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_sideways = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not self.search.text()
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.key() in MOVING_KEYS or is_sideways or (is_enter and event.modifiers()):
                self.view.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window, the large preview leaves room for two columns."""
        super().resizeEvent(event)
        self.large.setFixedWidth(min(WIDTH, round(self.width() * LARGE_SHARE)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        self._cancel_large()
        self._thumbnails.want(())
        super().done(result)

    def _on_searched(self, words: str) -> None:
        self.ideas.filter(words)
        self._show_current(0)
        self._order_delay.start()

    def _search_for(self, text: str) -> None:
        self.search.setFocus()
        self.search.setText((self.search.text() + text).lstrip())

    def _show_current(self, row: int) -> None:
        has_ideas = bool(self.ideas.shown)
        self.pages.setCurrentWidget(self.view if has_ideas else self.empty)
        if has_ideas:
            self.view.look_at_row(row)
        else:
            self._look_at(None)
            text = self.tr("No known edit matches “{words}”.").format(words=self.search.text())
            if not self.ideas.ideas:
                text = self.tr(
                    "This model has no list of its edits. Those that you make with it appear here."
                )
            self.empty.setText(text)
        self._show_status()

    def _order_thumbnails(self) -> None:
        """Make the visible thumbnails first, then those below, those above, and what the search hides."""
        shown, visible = self.ideas.shown, self.view.visible_rows()
        first, last = (visible[0], visible[-1]) if visible else (0, -1)
        rows = [*visible, *range(last + 1, len(shown)), *range(first)]
        ideas = dict.fromkeys([*(shown[row] for row in rows), *self.ideas.ideas])
        self._thumbnails.want([idea.instruction for idea in ideas])

    def _on_made(self, instruction: str, image: QImage | None) -> None:
        self.ideas.update(instruction)
        self._show_status()
        idea = self.large.idea
        if idea is not None and idea.instruction == instruction and self._job is None:
            self.large.show_idea(idea, image or self._photo)

    def _show_status(self) -> None:
        count = len(self.ideas.ideas)
        instructions = [idea.instruction for idea in self.ideas.ideas]
        made, has_failed = (
            self._thumbnails.count_of(instructions),
            self._thumbnails.has_failed_for(instructions),
        )
        if self._thumbnails.is_slow:
            text = self.tr("{count} edits. The model takes too long to show them on a photo.")
        elif has_failed:
            text = self.tr("{count} edits. They cannot be shown on a photo. Make one to see why.")
        elif made < count:
            text = self.tr("Ready: {made} of {count} edits.")
        else:
            text = self.tr("{count} edits.") if count else ""
        where = "" if self._thumbnails.is_slow or has_failed or not count else self._where
        self.status.setText(" ".join((text.format(count=count, made=made), where)).strip())

    @property
    def _photo(self) -> QImage:
        return self.view.tile_painter.photo

    def _look_at(self, idea: KnownIdea | None) -> None:
        self._cancel_large()
        image = self._thumbnails.image(idea.instruction) if idea else None
        self.large.show_idea(idea, image or (self._photo if idea else None))
        if idea is not None and self.isVisible() and not self._thumbnails.is_slow:
            self._large_delay.start()

    def _cancel_large(self) -> None:
        self._large_delay.stop()
        if self._job is not None:
            self._previews.cancel(self._job)
            self._job = None

    def _request_large(self) -> None:
        idea = self.large.idea
        if idea is None:
            return
        self._job = self._thumbnails.job(idea.instruction, SCREEN_SIZE, PreviewPriority.LARGE)
        if self._job is not None:
            self._previews.submit(self._job, self._on_large)

    def _on_large(self, outcome: PreviewOutcome) -> None:
        self._job = None
        if outcome.image is not None:
            self.large.show_idea(self.large.idea, outcome.image.levels[0])

    def _choose(self, instruction: str, edits_now: bool) -> None:
        self.accept()
        self.chosen.emit(instruction, edits_now)
