"""First page of the batch dialog: what is done, to which photos, and where the results go."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.batch.naming import NamingRule
from engine.batch.plan import BatchItem, BatchOutput, OutputFormat
from engine.errors import EngineError, ErrorReport
from engine.images.image_saving import SaveOptions
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.base.paths import resources_folder
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.batch.batch_setup import BatchSetup
from ip2p_desktop.session.document import RANDOM_SEEDS, EditDocument
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.file_choosing import pictures_folder
from ip2p_desktop.widgets.controls.folder_control import FolderControl
from ip2p_desktop.widgets.controls.switch_control import SwitchControl
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label
from ip2p_desktop.window.batch.naming_control import NamingControl
from ip2p_desktop.window.batch.photos_choice import PhotosChoice
from ip2p_desktop.window.batch.request_words import RequestWords
from ip2p_desktop.window.controls.guidance_slider import GuidanceSlider

RESULTS_FOLDER = "edited"
"""Default folder of the results, beside the photos or in their folder."""


class SetupPage(DialogPage):
    """Follows the document: what is done is the edit as it is set in the window."""

    changed = Signal()
    start_requested = Signal(object)
    """`BatchSetup`."""

    def __init__(
        self, document: EditDocument, tree: EditTree, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__("batch_setup", self.tr("Edit many photos"), parent)
        self._document, self._tree, self._preferences = document, tree, preferences
        self._is_ready = False
        self.instruction = named(body_label("", role="section"), "batch_instruction")
        self.settings = named(body_label("", role="hint"), "batch_settings")
        self.left_out = named(body_label(""), "batch_left_out")
        self.photos = PhotosChoice()
        self.folder = FolderControl(
            name="batch_folder",
            label=self.tr("Folder of the results"),
            placeholder="",
            help_text=self.tr("A folder beside the photos or in theirs, unless you choose another one."),
            choose=self.tr("Choose the folder of the results…"),
            reset=self.tr("Use the default folder"),
        )
        self.naming = NamingControl()
        self.format = ChoiceControl(name="batch_format", label=self.tr("Format"), choices=self._formats())
        self.quality = GuidanceSlider(
            name="batch_quality",
            label=self.tr("Quality"),
            help_text=self.tr("Of JPEG and WebP files. Above 90, losses are hardly visible."),
            minimum=1,
            maximum=100,
            step=1,
        )
        self.skips = SwitchControl(
            name="batch_skips",
            label=self.tr("Skip photos whose result exists"),
            help_text=self.tr("Otherwise the new result gets a number. Nothing is overwritten."),
        )
        self.metadata = SwitchControl(
            name="batch_metadata",
            label=self.tr("Keep metadata"),
            help_text=self.tr("Camera, date and place of the photo, and the settings to repeat the edit."),
        )
        self.notice = Notice()
        self.notice.hide()
        self._lay_out()
        self._restore()
        self._connect()
        self.refresh()

    def _formats(self) -> list[tuple[str, object]]:
        return [
            (self.tr("As the photo"), OutputFormat.SAME),
            (self.tr("PNG"), OutputFormat.PNG),
            (self.tr("JPEG"), OutputFormat.JPEG),
            (self.tr("WebP"), OutputFormat.WEBP),
            (self.tr("TIFF"), OutputFormat.TIFF),
        ]

    def _lay_out(self) -> None:
        edit = Surface()
        edit.column.setSpacing(4)
        for label in (self.instruction, self.settings, self.left_out):
            edit.column.addWidget(label)
        self.column.addWidget(edit)
        self.column.addWidget(self.photos)
        results = Surface()
        results.column.setSpacing(14)
        results.column.addWidget(body_label(self.tr("Results"), role="section"))
        for control in (self.folder, self.naming, self.format, self.quality, self.skips, self.metadata):
            results.column.addWidget(control)
        self.column.addWidget(results)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_batch_setup", self.tr("Close"))
        self.start_button = self.add_button("start_batch", self.tr("&Start"), role="primary")

    def _restore(self) -> None:
        preferences = self._preferences
        self.naming.value = preferences.batch_naming_rule
        known = {form.value: form for form in OutputFormat}
        self.format.value = known.get(preferences.batch_format, OutputFormat.SAME)
        self.quality.value = float(preferences.output_quality)
        self.metadata.value = True

    def _connect(self) -> None:
        document = self._document
        for signal in (document.state_changed, document.model_changed):
            signal.connect(self.refresh)
        for signal in (self._tree.added, self._tree.removed):
            signal.connect(self.refresh)
        self.photos.changed.connect(self._on_changed)
        for control in (self.folder, self.naming, self.format, self.quality, self.skips, self.metadata):
            control.value_changed.connect(self._on_changed)
        self.start_button.clicked.connect(self._start)

    @property
    def opened(self) -> tuple[SourcePhoto, ...]:
        """The photos in the strip."""
        return tuple(node for node in self._tree.listed if isinstance(node, SourcePhoto))

    def refresh(self) -> None:
        """Show what is set in the window now."""
        state, card = self._document.state, self._document.model
        instruction = state.instruction.strip()
        self.instruction.setText(f"“{instruction}”" if instruction else self.tr("No instruction yet"))
        if not instruction:
            self.settings.setText(self.tr("Write one in the window; this dialog can stay open."))
        elif card is not None:
            self.settings.setText(RequestWords().sentence(state, card))
        text = RequestWords().left_out(state)
        self.left_out.setText(text)
        self.left_out.setVisible(bool(text))
        self.photos.show_opened(len(self.opened))
        self._on_changed()

    def setup(self) -> BatchSetup | None:
        """What is chosen; None if something is missing. Raises `InvalidRequest` for a wrong naming rule."""
        card, state = self._document.model, self._document.state
        uses_opened, paths = self.photos.uses_opened, self.photos.paths
        if card is None or not state.instruction.strip() or not (uses_opened or paths):
            return None
        form = self.format.value
        assert isinstance(form, OutputFormat)
        return BatchSetup(
            state=state,
            card=card,
            opened=self.opened if uses_opened else (),
            paths=() if uses_opened else paths,
            is_recursive=self.photos.recursive.value,
            output=BatchOutput(
                folder=self.folder.value or self.default_folder(),
                rule=NamingRule(self.naming.value),
                form=form,
                skips_existing=self.skips.value,
            ),
            save_options=SaveOptions(
                quality=round(float(self.quality.value)), keeps_metadata=self.metadata.value
            ),
        )

    def default_folder(self) -> Path:
        """The folder of the results if the user has chosen none."""
        if not self.photos.uses_opened and self.photos.paths:
            first = self.photos.paths[0].absolute()
            return (first if first.is_dir() else first.parent) / RESULTS_FOLDER
        if self._preferences.output_folder is not None:
            return self._preferences.output_folder
        files = [photo.file.absolute() for photo in self.opened if photo.file is not None]
        own = resources_folder()  # with the samples
        folder = next((file.parent for file in files if not file.is_relative_to(own)), pictures_folder())
        return folder / RESULTS_FOLDER

    def show_plan(self, items: list[BatchItem]) -> None:
        """Show how many photos there are, and the name of the first result."""
        skipped = sum(item.is_skipped for item in items)
        texts = [self.tr("%n photo(s) found", "", len(items))]
        texts += [self.tr("%n result(s) exist already", "", skipped)] if skipped else []
        self.photos.show_found(" · ".join(texts))
        first = next((item for item in items if not item.is_skipped), None)
        if first is not None:
            text = self.tr("For example {name}").format(name=first.output.name)
            self.naming.show_example(text)
        self._enable(first is not None)

    def show_problem(self, report: ErrorReport) -> None:
        """Show why no batch can be started like this."""
        self.photos.show_found(str(error_text(report)))
        self._enable(False)

    def _on_changed(self) -> None:
        self.notice.hide()
        self.folder.field.setPlaceholderText(str(self.default_folder()))
        uses_quality = self.format.value in (OutputFormat.SAME, OutputFormat.JPEG, OutputFormat.WEBP)
        self.quality.setEnabled(uses_quality)
        self._enable(False)
        self.photos.show_found("")
        self.naming.show_example("")
        try:
            NamingRule(self.naming.value)
        except EngineError as error:
            self.naming.show_example(str(error_text(error.report())))
            return
        self.changed.emit()

    def _enable(self, is_ready: bool) -> None:
        self._is_ready = is_ready
        self.start_button.setEnabled(is_ready)

    def _start(self) -> None:
        setup = self.setup() if self._is_ready else None
        if setup is None:
            return
        preferences = self._preferences
        preferences.batch_naming_rule = self.naming.value
        preferences.batch_format = str(self.format.value)
        preferences.output_quality = setup.save_options.quality
        if setup.state.randomises_seed:
            settings = replace(setup.state.settings, seed=random.randrange(RANDOM_SEEDS))
            setup = replace(setup, state=setup.state.with_settings(settings))
        self._enable(False)
        self.start_requested.emit(setup)
