"""Opens the ideas, and keeps their thumbnails and those of the chips up to date."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from engine.errors import EngineError
from engine.images.image_files import open_photo
from engine.library import ModelCard
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.previews.idea_thumbnails import IdeaThumbnails
from ip2p_desktop.editing.previews.known_edits import KnownIdea, known_ideas
from ip2p_desktop.editing.previews.photo_copies import scaled_copy
from ip2p_desktop.editing.previews.preview_job import THUMBNAIL_SIZE
from ip2p_desktop.editing.previews.preview_queue import PreviewQueue
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController

if TYPE_CHECKING:
    from ip2p_desktop.window.ideas.ideas_dialog import IdeasDialog

MOST_RECENT = 100
"""Instructions that are kept, of all models."""


class IdeasController(QObject):
    """Connects the known edits with the window. Without a photo they are shown on a sample."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        edits: EditController,
        previews: PreviewQueue,
        preferences: Preferences,
        samples: Sequence[Path],
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._tree, self._edits = window, document, tree, edits
        self._previews, self._preferences, self._samples = previews, preferences, samples
        self._background = Background(self, workers=1)
        self.thumbnails = IdeaThumbnails(previews, self)
        self.dialog: IdeasDialog | None = None
        """Created when it is first opened."""
        self._sample: SourcePhoto | None = None
        self._chips = window.composer.chips
        self._connect()

    def _connect(self) -> None:
        document, actions = self._document, self._window.actions_
        actions.ideas.triggered.connect(self.open)
        self._window.composer.ideas_requested.connect(self.open)
        self._edits.finished.connect(self._remember)
        document.source_changed.connect(self._use_document)
        document.model_changed.connect(self._on_model_changed)
        document.state_changed.connect(self._on_state_changed)
        for signal in (actions.live_preview.toggled, actions.live_preview.triggered):
            signal.connect(self._fill_chips)  # the preference is changed between the two
        self._chips.shown_changed.connect(self._fill_chips)
        self.thumbnails.made.connect(self._on_made)
        self.thumbnails.cleared.connect(self._chips.remove_thumbnails)

    def shut_down(self) -> None:
        """Wait for what is being read."""
        self._background.cancel()
        self._background.close()

    def open(self) -> None:
        """Show the known edits of the model on the photo, as soon as they have been read."""
        try:
            model = self._document.required_model()
        except EngineError as error:
            self._edits.refused.emit(error.report())
            return
        own, source = self._own_instructions(model), self._document.source
        self._background.cancel()
        self._background.submit(
            partial(self._read, model, own, source or self._sample),
            partial(self._show, model, source),
            self._edits.refused.emit,
        )

    def _remember(self, result: EditedPhoto) -> None:
        """Keep the instruction of a result for the list of its model, also after the next start."""
        before, new = (
            self._preferences.recent_instructions,
            (str(result.model.path), result.state.instruction),
        )
        if before[:1] != (new,):
            kept = [new, *(each for each in before if each != new)]
            self._preferences.recent_instructions = tuple(kept[:MOST_RECENT])

    def _own_instructions(self, model: ModelCard) -> list[str]:
        """The instructions used with a model: of the results in the session, then of earlier ones."""
        results = [node for node in self._tree.nodes if isinstance(node, EditedPhoto)]
        own = [node.state.instruction for node in reversed(results) if node.model.path == model.path]
        recent = self._preferences.recent_instructions
        return [*own, *(instruction for path, instruction in recent if path == str(model.path))]

    def _read(
        self, model: ModelCard, own: Sequence[str], photo: SourcePhoto | None
    ) -> tuple[tuple[KnownIdea, ...], SourcePhoto, QImage]:
        """The ideas, the photo to show them on, and a small copy of it. In the background."""
        if photo is None:
            image = open_photo(self._samples[0])
            photo = SourcePhoto.of(image, DisplayImage.of(image), self._samples[0].name)
        small = scaled_copy(photo.pixels.read(), THUMBNAIL_SIZE.photo)
        return known_ideas(model, own), photo, small

    def _show(
        self,
        model: ModelCard,
        source: SourcePhoto | None,
        read: tuple[tuple[KnownIdea, ...], SourcePhoto, QImage],
    ) -> None:
        document, (ideas, photo, small) = self._document, read
        if source is None:
            self._sample = photo
        if document.source is not source or document.model is None or document.model.path != model.path:
            self.open()  # another photo was opened meanwhile, or another model chosen
            return
        self.thumbnails.use(photo, document.model, document.state.model_options)
        self.thumbnails.list_known(idea.instruction for idea in ideas if idea.is_listed)
        dialog = self._dialog()
        if not dialog.isVisible():
            self.thumbnails.forget_failed()
            dialog.focus_search()
            dialog.open()
        dialog.show_ideas(ideas, model.name, small, is_sample=source is None)

    def _dialog(self) -> IdeasDialog:
        if self.dialog is None:
            # imported here, so that the window starts without the modules of the dialog
            from ip2p_desktop.window.ideas.ideas_dialog import IdeasDialog

            self.dialog = IdeasDialog(self.thumbnails, self._previews, self._window)
            self.dialog.chosen.connect(self._use)
            self.dialog.finished.connect(lambda _: self._use_document())
        return self.dialog

    def _use(self, instruction: str, edits_now: bool) -> None:
        self._window.composer.suggest(instruction)
        if edits_now:
            self._edits.start()

    def _use_document(self) -> None:
        document = self._document
        if document.source is not None:
            self.thumbnails.use(document.source, document.model, document.state.model_options)
        self._fill_chips()
        if self.dialog is not None and self.dialog.isVisible():
            self.open()  # with what it shows now: the photo may come from another program

    def _on_model_changed(self, model: ModelCard | None) -> None:
        self._use_document()

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        if state.model_options != before.model_options:
            self._use_document()

    def _fill_chips(self) -> None:
        """Make the thumbnails of the visible chips when nothing else is done, if previews are wanted."""
        for suggestion in self._chips.shown:
            if (image := self.thumbnails.image(suggestion)) is not None:
                self._chips.show_thumbnail(suggestion, image)
        is_wanted = self._preferences.live_preview and self._document.source is not None
        self.thumbnails.want_idle(self._chips.shown if is_wanted else ())

    def _on_made(self, instruction: str, image: QImage | None) -> None:
        if image is not None:
            self._chips.show_thumbnail(instruction, image)
