"""The help: first steps, the two scales, what the model knows, shortcuts, and what to do about problems."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from engine.library import ModelCard
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.page_list import PageList
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.window.help.action_list import ListedAction
from ip2p_desktop.window.help.help_pages import HelpPages

SIZE, SMALLEST_SIZE = QSize(820, 600), QSize(480, 320)
LIST_WIDTH, WIDEST_LIST = 210, 240
PAGE = Qt.ItemDataRole.UserRole


class HelpPage(StrEnum):
    """The pages, in their order."""

    FIRST_STEPS = "first-steps"
    SCALES = "scales"
    MODEL = "model"
    KEYS = "keys"
    PROBLEMS = "problems"


class HelpDialog(QDialog):
    """A list of pages at the left, the chosen page at the right."""

    instruction_chosen = Signal(str)
    """An instruction that the user clicked on the page of the model."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.setWindowTitle(self.tr("Help"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._pages = HelpPages(self)
        self._actions: Sequence[ListedAction] = ()
        self._model: ModelCard | None = None
        self.pages = PageList("help_pages", narrowest=LIST_WIDTH, widest=WIDEST_LIST)
        self.text = named(QTextBrowser(), "help_text")
        self.text.setAccessibleName(self.tr("Help"))
        self.text.setOpenLinks(False)
        self.close_button = plain_button("close_help", self.tr("Close"))
        self._add_pages()
        self._lay_out()
        self.pages.currentItemChanged.connect(self._show_current)
        self.text.anchorClicked.connect(self._on_link)
        self.close_button.clicked.connect(self.accept)

    @property
    def page(self) -> HelpPage:
        """The page on screen."""
        return HelpPage(self.pages.currentItem().data(PAGE))

    def show_page(self, page: HelpPage, actions: Sequence[ListedAction], model: ModelCard | None) -> None:
        """Show a page; the actions are those of the menus, the model the one that edits."""
        self._actions, self._model = actions, model
        row = list(HelpPage).index(page)
        if self.pages.currentRow() == row:
            self._show_current()
        self.pages.setCurrentRow(row)

    def _add_pages(self) -> None:
        titles = {
            HelpPage.FIRST_STEPS: self.tr("First steps"),
            HelpPage.SCALES: self.tr("The two scales"),
            HelpPage.MODEL: self.tr("What this model knows"),
            HelpPage.KEYS: self.tr("Keyboard shortcuts"),
            HelpPage.PROBLEMS: self.tr("When something goes wrong"),
        }
        for page in HelpPage:
            self.pages.add_page(titles[page], page.value)

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addWidget(self.pages)
        columns.addWidget(self.text, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addLayout(foot)

    def _show_current(self) -> None:
        page = self.page
        made = {
            HelpPage.FIRST_STEPS: self._pages.first_steps,
            HelpPage.SCALES: self._pages.scales,
            HelpPage.MODEL: lambda: self._pages.model(self._model),
            HelpPage.KEYS: lambda: self._pages.keys(self._actions),
            HelpPage.PROBLEMS: self._pages.problems,
        }[page]
        self.text.setHtml(made())

    def _on_link(self, address: QUrl) -> None:
        if address.scheme() == "edit":
            self.instruction_chosen.emit(address.path(QUrl.ComponentFormattingOption.FullyDecoded))
            self.accept()
