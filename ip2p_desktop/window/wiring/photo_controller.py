"""Controls photos and results: dialogs, clipboard, files and the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage

from engine.errors import ImageUnreadable
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.photos.file_dialogs import FileDialogs
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.photos.photo_opening import MOST_PHOTOS, OpeningSummary
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.widgets.display_images import to_qimage
from ip2p_desktop.widgets.drop import offered_files, offered_image
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.restore_controller import RestoreController

MOST_NAMES = 8
"""Files that cannot be opened are named up to this number."""


class PhotoController(QObject):
    """Connects files, dialogs and the clipboard with the document and the canvas."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        files: PhotoFiles,
        preferences: Preferences,
        edits: EditController,
        restore_controller: RestoreController,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._files = files
        self._edits = edits
        self._restore_controller = restore_controller
        self._dialogs = FileDialogs(preferences, window)
        for signal in (
            *(document.source_changed, document.result_changed),
            *(document.preview_changed, document.live_preview_changed),
        ):
            signal.connect(self._show_images)
        self._connect_files()
        self._connect_controls()

    def _connect_files(self) -> None:
        files, canvas = self._files, self._window.canvas
        canvas.files_offered.connect(files.open_files)
        canvas.image_offered.connect(files.open_image)
        self._dialogs.photos_chosen.connect(files.open_files)
        files.reading.connect(self._on_reading)
        files.read.connect(self._on_read)
        files.added.connect(self._edits.add_source)
        files.opened.connect(self._on_opened)
        files.reading_ended.connect(canvas.hide_busy)
        files.thumbnail_read.connect(canvas.welcome.show_thumbnail)

    def _connect_controls(self) -> None:
        window, actions = self._window, self._window.actions_
        for signal in (
            *(window.canvas.welcome.open_requested, window.header.open_requested),
            actions.open.triggered,
        ):
            signal.connect(self._dialogs.open_photo_dialog)
        for signal in (window.canvas.welcome.paste_requested, actions.paste.triggered):
            signal.connect(self.paste)
        for signal in (window.header.copy_requested, actions.copy.triggered):
            signal.connect(self.copy)

    def open_from_outside(self, files: Sequence[Path]) -> None:
        """Open the files of a second start of the program, and bring the window to the front."""
        self._files.open_files(files)
        self._window.bring_to_front()

    def paste(self) -> None:
        """Open the files or the image on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        files, image = offered_files(data), offered_image(data)
        if files:
            self._files.open_files(files)
        elif image is not None:
            self._files.open_image(image)
        else:
            text = self.tr("There is no photo on the clipboard.")
            self._window.notice_bar.show_message(text, causes=("source",))

    def copy(self) -> None:
        """Copy the image on screen to the clipboard; a result over its photo, with its opacity."""
        shown = self._document.shown
        if isinstance(shown, EditedPhoto) and shown.opacity < 1:
            self._edits.blending.submit(
                lambda: to_qimage(shown.image()), self._put_on_clipboard, self._edits.refused.emit
            )
        elif shown is not None:
            try:
                self._put_on_clipboard(shown.display_image.levels[0])
            except ImageUnreadable as error:
                self._edits.refused.emit(error.report())

    def _put_on_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._window.notice_bar.show_message(self.tr("Copied."), causes=("source", "result"))

    def _show_images(self) -> None:
        """Show what the document says; what is on the canvas stays if an image cannot be read."""
        try:
            self._show_on_canvas()
        except ImageUnreadable as error:
            self._edits.refused.emit(error.report())

    def _show_on_canvas(self) -> None:
        document, canvas = self._document, self._window.canvas
        if document.source is None:
            canvas.show_welcome()
            self._window.header.show_photo("", "")
            return
        before = document.source.display_image
        if document.preview is not None:
            canvas.show_comparison(before, document.preview, self.tr("Rough preview"))
        elif document.live_preview is not None:
            instruction = document.instruction_as_read
            canvas.show_comparison(before, document.live_preview, self.tr("Live"), instruction)
        elif document.result is not None:
            instruction = document.result.state.instruction
            canvas.show_comparison(before, document.result.display_image, self.tr("After"), instruction)
        else:
            canvas.show_photo(before)
        size = document.source.pixels.size
        self._window.header.show_photo(document.source.name, f"{size.width()} × {size.height()}")

    def _on_reading(self, name: str) -> None:
        self._window.canvas.show_busy(self.tr("Opening {name}…").format(name=name))

    def _on_opened(self, summary: OpeningSummary) -> None:
        """Show one notice if some of several photos are not open."""
        bar, unreadable = self._window.notice_bar, summary.unreadable
        limit = ""
        if summary.found > MOST_PHOTOS:
            text = self.tr("Only the first {limit} of {count} photos were opened.")
            limit = text.format(limit=MOST_PHOTOS, count=summary.found)
        if len(unreadable) == 1 and not limit:
            bar.show_error(unreadable[0].report, causes=("source",))
        elif unreadable:
            names = [each.name for each in unreadable]
            shown = ", ".join([*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])])
            text = self.tr("{names} cannot be opened.").format(names=shown)
            bar.show_advice(text, limit or self.tr("Check that they are photos."), causes=("source",))
        elif limit:
            bar.show_advice(limit, self.tr("Open the others afterwards."), causes=("source",))

    def _on_read(self, source: SourcePhoto) -> None:
        self._window.notice_bar.clear()
        self._edits.open_source(source)
        self._restore_controller.offer(source)
        self._window.canvas.view.zoom_to_fit()
        self._window.composer.instruction_box.setFocus()
