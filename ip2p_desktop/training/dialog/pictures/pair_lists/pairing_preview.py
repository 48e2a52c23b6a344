"""Shows how files are matched into pairs, before they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.files.disk_space import size_text
from ip2p_desktop.training.dialog.folded_sentences import FoldedSentences
from ip2p_desktop.training.dialog.pictures.controls.scrolling import scroll_to
from ip2p_desktop.training.dialog.pictures.controls.text_buttons import set_button_text, text_button
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_list import PairList
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_rows import PairRow, PairRows, RowsOf, SlowPicture
from ip2p_desktop.training.pictures.collections.file_matcher import FileMatcher, MatchedGiven
from ip2p_desktop.training.pictures.collections.file_matching import FileMatching, MatchedFiles, MatchMode
from ip2p_desktop.training.pictures.collections.given_pictures import GivenFile
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label


class PairingPreview(Surface):
    """Hidden until files are given; the way of matching can be changed, and the sides swapped."""

    accepted = Signal(object)
    """A tuple of `GivenPair`s."""
    dismissed = Signal()

    def __init__(self, name: str, thumbnails: PictureThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.matcher = FileMatcher(self)
        self._found: MatchedGiven | None = None
        self._is_swapped = False
        self.heading = named(body_label("", role="section"), f"{name}_heading")
        self.mode = ChoiceControl(
            name=f"{name}_mode",
            label=self.tr("Paired by"),
            choices=[
                (self.tr("Name"), MatchMode.NAME),
                (self.tr("Order of names"), MatchMode.ORDER),
                (self.tr("Order in time"), MatchMode.TIME),
            ],
            explains=False,
        )
        self.swap = text_button(f"{name}_swap", self.tr("Swap before and after"))
        self.rows = PairRows(thumbnails, parent=self)
        self.list = PairList(f"{name}_list", self.tr("Pairs that were matched"), self.rows)
        self.left_over = FoldedSentences(f"{name}_left", self._left_over_text)
        self.notice = Notice()
        self.notice.show_report(None)
        self.dismiss = text_button(f"{name}_dismiss", self.tr("Cancel"))
        self.accept = text_button(f"{name}_accept", self.tr("Take these pairs"), role="primary")
        self._lay_out()
        self.mode.chosen.connect(self._on_mode_chosen)
        self.swap.clicked.connect(self._on_swapped)
        self.dismiss.clicked.connect(self._on_dismissed)
        self.accept.clicked.connect(self._on_accepted)
        self.matcher.matched.connect(self._show_matched)
        self.matcher.failed.connect(self._show_failure)
        self.hide()

    def _lay_out(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(12)
        options.addWidget(self.mode, 1)
        options.addWidget(self.swap)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.dismiss)
        buttons.addWidget(self.accept)
        self.column.addWidget(self.heading)
        self.column.addLayout(options)
        for widget in (self.list, self.left_over, self.notice):
            self.column.addWidget(widget)
        self.column.addLayout(buttons)

    def show_paths(self, paths: Sequence[Path]) -> None:
        """Match photos, or the photos in folders."""
        self._show_search()
        self.matcher.match_paths(paths)

    def show_folders(self, before: Path, after: Path) -> None:
        """Match the photos of two folders."""
        self._show_search()
        self.matcher.match_folders(before, after)

    def close_preview(self) -> None:
        """Forget the files."""
        self.matcher.cancel()
        self._found = None
        self.rows.show(())
        self.hide()

    @property
    def matching(self) -> FileMatching | None:
        """The pairs that are shown; None while they are searched."""
        if self._found is None:
            return None
        return self._found.matching.swapped() if self._is_swapped else self._found.matching

    def _show_search(self) -> None:
        self._found, self._is_swapped = None, False
        self.heading.setText(self.tr("Matching the photos…"))
        self.notice.show_report(None)
        self.rows.show(())
        self.left_over.show_sentences(())
        self.accept.setEnabled(False)
        self.show()

    def _show_matched(self, found: MatchedGiven) -> None:
        self._found = found
        self.mode.value = found.mode
        self.mode.setVisible(True)
        self._show_pairs()
        (self.accept if found.matching.pairs else self.dismiss).setFocus()
        scroll_to(self)

    def _show_failure(self, report: ErrorReport) -> None:
        self.heading.setText(self.tr("The photos could not be matched"))
        self.notice.show_report(report)

    def _show_pairs(self) -> None:
        matching = self.matching
        assert matching is not None
        assert self._found is not None
        count, size = len(matching.pairs), size_text(self._found.byte_count)
        if count:
            pairs = self.tr("%n pair(s) matched", "", count)
            text = self.tr("{pairs} · {size} to copy").format(pairs=pairs, size=size)
        else:
            text = self.tr("No two of these photos belong together in this way.")
        self.heading.setText(text)
        self.rows.show(RowsOf(matching.pairs, _row))
        self.left_over.show_sentences([path.name for path in matching.left_over])
        self.swap.setEnabled(count > 0)
        self.accept.setEnabled(count > 0)
        set_button_text(self.accept, self.tr("Take %n pair(s)", "", count))

    def _left_over_text(self, count: int) -> str:
        return self.tr("%n photo(s) in no pair", "", count)

    def _on_mode_chosen(self, mode: object) -> None:
        if self._found is not None and isinstance(mode, MatchMode):
            self.matcher.match_again(self._found.given, mode)

    def _on_swapped(self) -> None:
        self._is_swapped = not self._is_swapped
        self._show_pairs()

    def _on_dismissed(self) -> None:
        self.close_preview()
        self.dismissed.emit()

    def _on_accepted(self) -> None:
        if (matching := self.matching) is not None and matching.pairs:
            self.close_preview()
            self.accepted.emit(tuple(pair.given() for pair in matching.pairs))


def _row(pair: MatchedFiles) -> PairRow:
    text = f"{pair.original.name} → {pair.edited.name}"
    sides = [SlowPicture(path, GivenFile(path)) for path in (pair.original, pair.edited)]
    return PairRow(pair, sides[0], sides[1], text, " · ".join(pair.words))
