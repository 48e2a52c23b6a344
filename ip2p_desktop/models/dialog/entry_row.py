"""The row of a model that can be downloaded."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.files.disk_space import size_text
from engine.library.catalogue import CatalogueEntry
from ip2p_desktop.models.dialog import model_texts
from ip2p_desktop.models.dialog.access_steps import AccessSteps
from ip2p_desktop.models.dialog.model_downloads import ACTIVE, DownloadPhase, DownloadState
from ip2p_desktop.models.dialog.progress_line import ProgressLine
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label
from ip2p_desktop.widgets.theme import restyle


class EntryRow(Surface):
    """Shows a `DownloadState`, with its progress and its error."""

    download_requested = Signal(str)
    """The access token, empty if none was typed."""
    cancel_requested = Signal()
    discard_requested = Signal()
    use_requested = Signal()
    page_requested = Signal()

    def __init__(self, entry: CatalogueEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self.state = DownloadState()
        self.setObjectName(f"entry_{entry.id}")
        self.download = plain_button("download_model", "")
        self.discard = plain_button(
            "discard_download",
            self.tr("Discard partial download"),
            self.tr("Discard the partial download of {name}").format(name=entry.name),
        )
        self.availability = named(body_label("", role="hint"), "availability")
        self.access = AccessSteps()
        self.access.hide()
        self.progress_line = ProgressLine("download")
        self.notice = Notice()
        self._lay_out()
        self._connect()
        self.show_state(self.state)

    def _lay_out(self) -> None:
        entry = self.entry
        texts = QVBoxLayout()
        texts.setSpacing(3)
        texts.addWidget(body_label(entry.name, role="section"))
        texts.addWidget(body_label(model_texts.entry_facts(entry), role="hint"))
        if entry.description:
            texts.addWidget(body_label(entry.description))
        if entry.note:
            texts.addWidget(body_label(entry.note, role="hint"))
        texts.addWidget(self.availability)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.download)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addLayout(texts, 1)
        row.addLayout(buttons)
        row.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(row)
        for widget in (self.access, self.progress_line, self.notice):
            self.column.addWidget(widget)

    def _connect(self) -> None:
        self.download.clicked.connect(self._on_pressed)
        self.access.submitted.connect(self._request)
        self.access.page_requested.connect(self.page_requested)
        self.progress_line.cancel_requested.connect(self.cancel_requested)
        self.discard.clicked.connect(self.discard_requested)

    def show_state(self, state: DownloadState) -> None:
        """Show the state of the download."""
        self.state = state
        phase, is_active = state.phase, state.phase in ACTIVE
        text, spoken = self._action()
        self.download.setText(text)
        self.download.setAccessibleName(spoken.format(name=self.entry.name))
        self.download.setVisible(not is_active)
        self.discard.setVisible(phase is DownloadPhase.PARTIAL)
        self.availability.setText(self._availability_text())
        self.availability.setVisible(bool(self.availability.text()))
        self.progress_line.setVisible(is_active)
        self.progress_line.cancel.setEnabled(phase is not DownloadPhase.STOPPING)
        self._show_progress(state)
        self.notice.show_report(state.report)
        if is_active or phase is DownloadPhase.INSTALLED:
            self._show_access(False)

    def allow_download(self, allowed: bool) -> None:
        """Enable the buttons; they are disabled while the library is moved."""
        self.download.setEnabled(allowed or self.state.phase is DownloadPhase.INSTALLED)
        self.discard.setEnabled(allowed)

    def _availability_text(self) -> str:
        state = self.state
        if state.phase is DownloadPhase.PARTIAL and state.progress is not None:
            received, total = size_text(state.progress.received), state.progress.total
            if not total:
                return self.tr("Downloaded so far: {size}").format(size=received)
            return self.tr("Downloaded so far: {size} of {total}").format(
                size=received, total=size_text(total)
            )
        if state.phase is DownloadPhase.OFFERED and state.is_cached:
            return self.tr(
                "Another program has downloaded it to this computer. It is taken from there; "
                "nothing is downloaded."
            )
        return ""

    def _action(self) -> tuple[str, str]:
        """What the button is for, and the same for screen readers."""
        if self.state.phase is DownloadPhase.INSTALLED:
            return self.tr("Use"), self.tr("Use {name}")
        if self.state.phase is DownloadPhase.OFFERED and self.state.is_cached:
            return self.tr("Add"), self.tr("Add {name}")
        if self.state.phase is DownloadPhase.PARTIAL:
            return self.tr("Resume"), self.tr("Resume the download of {name}")
        return self.tr("Download"), self.tr("Download {name}")

    def _show_progress(self, state: DownloadState) -> None:
        if state.phase is DownloadPhase.STOPPING:
            self.progress_line.show_wait(self.tr("Stopping; the partial download is kept…"))
        elif state.phase is DownloadPhase.WAITING:
            self.progress_line.show_wait(self.tr("Waiting for its turn…"))
        elif state.phase is DownloadPhase.RUNNING and state.progress is not None:
            texts = self.tr("Adding…") if state.is_cached else self.tr("Downloading…")
            self.progress_line.show_progress(texts, state.progress)

    def _on_pressed(self) -> None:
        if self.state.phase is DownloadPhase.INSTALLED:
            self.use_requested.emit()
        elif self.entry.is_gated and not self.state.is_cached and self.access.isHidden():
            self._show_access(True)
            self.access.field.setFocus()
        else:
            self._request()

    def _show_access(self, is_shown: bool) -> None:
        self.access.setVisible(is_shown)
        self.download.setProperty("role", "primary" if is_shown else "")
        restyle(self.download)

    def _request(self) -> None:
        self.download_requested.emit(self.access.token)
