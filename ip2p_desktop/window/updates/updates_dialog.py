"""Shows the newest version that is published, and leads to its page. Nothing is installed from here."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop import __version__
from ip2p_desktop.base import paths
from ip2p_desktop.updates.update_check import FoundVersion
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import Notice, body_label

SIZE, SMALLEST_SIZE = QSize(560, 440), QSize(400, 260)


class UpdatesDialog(QDialog):
    """Says whether there is a newer version, what is new in it, and how to check its files."""

    check_requested = Signal()
    page_requested = Signal(str)
    """The address of the page of the new version."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("updates_dialog")
        self.setWindowTitle(self.tr("Updates"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._page = ""
        self.state = body_label("", role="section")
        self.explanation = body_label("", role="hint")
        self.problem = Notice()
        self.notes = named(QPlainTextEdit(), "update_notes")
        self.notes.setReadOnly(True)
        self.notes.setAccessibleName(self.tr("What is new"))
        self.hashes = body_label("", role="hint")
        self.hashes.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.check_button = plain_button("check_updates", self.tr("Check again"))
        self.page_button = plain_button("show_update_page", self.tr("Show download page"))
        self.close_button = plain_button("close_updates", self.tr("Close"))
        self._lay_out()
        self.check_button.clicked.connect(self.check_requested)
        self.page_button.clicked.connect(lambda: self.page_requested.emit(self._page))
        self.close_button.clicked.connect(self.accept)

    def show_no_source(self) -> None:
        """Say that this build has no address to ask."""
        self._show(
            self.tr("This program has no address to ask for updates."),
            self.tr("You have version {version}. Look for a newer one where you got it.").format(
                version=__version__
            ),
        )
        self.check_button.hide()

    def show_checking(self, host: str) -> None:
        """Say which server is asked."""
        self._show(
            self.tr("Checking for updates…"),
            self.tr("Asking {host}. Nothing about you, your computer or your photos is sent.").format(
                host=host
            ),
        )
        self.check_button.setEnabled(False)

    def show_found(self, found: FoundVersion) -> None:
        """Show the published version."""
        manifest = found.manifest
        names = {"program": paths.APP_NAME, "version": str(manifest.version), "own": __version__}
        day = manifest.published
        date = QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.LongFormat)
        if found.is_newer:
            state = self.tr("{program} {version} is available.").format(**names)
        elif found.is_older:
            state = self.tr("Your version is newer than the published one.")
        else:
            state = self.tr("You have the newest version.")
        explanation = self.tr("Published: {version}, {day}. You have {own}.").format(day=date, **names)
        download = manifest.download if found.is_newer else None
        if found.is_newer and download is None:
            explanation += "\n" + self.tr("There is no download for this system yet.")
        self._show(state, explanation)
        self.notes.setPlainText(manifest.notes if found.is_newer else "")
        self.notes.setVisible(bool(self.notes.toPlainText()))
        if download is not None:
            self._page = download.url
            self.page_button.show()
            lines = "\n".join(f"{name}\n{digest}" for name, digest in download.sha256.items())
            self.hashes.setText(self.tr("SHA-256 of the files there:") + "\n" + lines)
            self.hashes.show()

    def show_problem(self, report: ErrorReport) -> None:
        """Show why it could not be found out."""
        self._show("", "")
        self.problem.show_report(report)

    def _show(self, state: str, explanation: str) -> None:
        self.state.setText(state)
        self.state.setVisible(bool(state))
        self.explanation.setText(explanation)
        self.explanation.setVisible(bool(explanation))
        self.problem.show_report(None)
        for widget in (self.notes, self.hashes, self.page_button):
            widget.hide()
        self.check_button.show()
        self.check_button.setEnabled(True)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.check_button)
        foot.addStretch(1)
        foot.addWidget(self.page_button)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for widget in (self.state, self.explanation, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self.notes, 1)
        layout.addWidget(self.hashes)
        layout.addStretch()
        layout.addLayout(foot)
