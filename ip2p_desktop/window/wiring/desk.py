"""Keeps the window in step with the document: every wire between what is known and what is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from engine.library import ModelCard
from ip2p_desktop.base import paths
from ip2p_desktop.base.observed import Bind, bind
from ip2p_desktop.editing.editing import Editing
from ip2p_desktop.editing.weight_sets import WeightSets
from ip2p_desktop.models.installed import installed_models
from ip2p_desktop.models.models_action import ModelsAction
from ip2p_desktop.photos.file_dialogs import FileDialogs
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.preferences import Preferences
from ip2p_desktop.preferences_action import PreferencesAction
from ip2p_desktop.session.document import EditDocument, EditedPhoto, SourcePhoto
from ip2p_desktop.training.training_action import TrainingAction
from ip2p_desktop.widgets.drop import offered_file, offered_image
from ip2p_desktop.widgets.theme import Theme
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.message_boxes import ask_to_quit, show_about
from ip2p_desktop.window.wiring.instruction_hints import InstructionHintController
from ip2p_desktop.window.wiring.notices import NoticeController
from ip2p_desktop.window.wiring.restoring import Restoring
from ip2p_desktop.window.wiring.result_settings import ResultSettings


class Desk(QObject):
    """Connects document, editing, files and dialogs with the window they appear in."""

    def __init__(
        self,
        *,
        window: MainWindow,
        document: EditDocument,
        editing: Editing,
        files: PhotoFiles,
        preferences: Preferences,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self.window = window
        self.document = document
        self.editing = editing
        self.files = files
        self.preferences = preferences
        self._leaves_teaching = False
        self.dialogs = FileDialogs(preferences, window)
        self.training_action = TrainingAction(lambda: window.settings_panel.model_menu.models, window)
        self.models_action = ModelsAction(window)
        self.preferences_action = PreferencesAction(preferences, theme, window)
        self.restoring = Restoring(
            document, window.notice_bar, lambda: window.settings_panel.model_menu.models, self
        )
        self.weight_sets = WeightSets(document, editing.client, self)
        self.result_settings = ResultSettings(window, document)
        self.notices = NoticeController(window, document, editing, files)
        self.instruction_hints = InstructionHintController(
            document, window.composer, lambda: window.settings_panel.model_menu.models, self
        )
        self._bind_controls()
        self._connect_document()
        self._connect_files()
        self._connect_editing()
        self._connect_results()
        self._connect_models()
        self._connect_window()
        self.reload_models(Path(preferences.model))
        self._show_abilities()

    def _bind_controls(self) -> None:
        panel, composer, document = self.window.settings_panel, self.window.composer, self.document
        self._bindings = [
            bind(document, "instruction", composer.instruction_box),
            bind(document, "text_guidance_scale", panel.text_guidance),
            bind(document, "image_guidance_scale", panel.image_guidance),
            bind(document, "num_inference_steps", panel.steps),
            bind(document, "seed", panel.seed),
            bind(document, "randomises_seed", panel.seed, "randomises"),
            bind(document, "resolution", panel.resolution),
            bind(document, "scheduler", panel.scheduler),
            bind(document, "fit", panel.fit),
            bind(document, "output_size", panel.output_size),
            bind(document, "detail", panel.detail),
            bind(document, "turbo", panel.turbo),
            bind(document, "negative_instruction", panel.negative_instruction),
            bind(document, "variations", panel.variations),
            bind(document, "model", panel.model_menu, mode=Bind.ONE_WAY),
            bind(document, "weight_set", panel.model_menu.weight_set),
            bind(document, "progress", composer.progress_row, mode=Bind.ONE_WAY),
            bind(document, "estimate", composer.estimate, mode=Bind.ONE_WAY),
        ]

    def _connect_document(self) -> None:
        document = self.document
        for signal in (document.source_changed, document.edited_changed, document.preview_changed):
            signal.connect(self._show_pictures)
        for signal in (document.source_changed, document.edited_changed, document.is_editing_changed):
            signal.connect(self._show_abilities)
        document.model_changed.connect(self._on_model_changed)
        document.output_size_changed.connect(self.window.settings_panel.allow_detail)

    def _connect_files(self) -> None:
        files, canvas = self.files, self.window.canvas
        canvas.file_offered.connect(files.open_file)
        canvas.image_offered.connect(files.open_image)
        canvas.welcome.open_requested.connect(self.dialogs.ask_for_photo)
        canvas.welcome.paste_requested.connect(self.paste)
        self.dialogs.photo_chosen.connect(files.open_file)
        self.dialogs.output_chosen.connect(self.save)
        files.reading.connect(self._on_reading)
        files.read.connect(self._on_read)
        files.failed.connect(canvas.hide_busy)
        files.thumbnail_read.connect(canvas.welcome.show_thumbnail)

    def _connect_editing(self) -> None:
        composer, actions = self.window.composer, self.window.actions_
        composer.edit_requested.connect(self.editing.start)
        composer.cancel_requested.connect(self.editing.cancel)
        composer.instruction_box.photo_pasted.connect(self.paste)
        composer.instruction_box.photo_copied.connect(self.copy)
        actions.edit.triggered.connect(self.editing.start)
        actions.cancel.triggered.connect(self.editing.cancel)
        self.editing.instruction_missing.connect(composer.ask_for_instruction)
        self.notices.folder_requested.connect(_show_folder)
        self.window.settings_panel.seed.draw_requested.connect(self.document.draw_seed)
        self.window.settings_panel.reset_requested.connect(self.document.reset_settings)

    def _connect_results(self) -> None:
        strip, history = self.window.history_strip, self.editing.history
        history.added.connect(strip.add)
        history.dropped.connect(strip.drop)
        strip.chosen.connect(self.editing.show_entry)
        strip.use_as_source_requested.connect(self.editing.use_as_source)
        strip.save_requested.connect(self.dialogs.ask_for_output)
        strip.remove_requested.connect(history.drop)

    def _connect_models(self) -> None:
        menu, actions = self.window.settings_panel.model_menu, self.window.actions_
        menu.value_changed.connect(self.document.choose_model)
        menu.weight_set.chosen.connect(self.weight_sets.choose)
        self.weight_sets.updated.connect(self._on_model_known_better)
        menu.teach_requested.connect(self.training_action.open)
        actions.teach.triggered.connect(self.training_action.open)
        actions.reload_models.triggered.connect(lambda: self.reload_models())
        actions.show_models.triggered.connect(self._show_models_folder)
        menu.models_requested.connect(self.models_action.open)
        actions.models.triggered.connect(self.models_action.open)
        self.instruction_hints.models_requested.connect(self.models_action.open_catalogue)
        self.instruction_hints.model_chosen.connect(self.reload_models)
        self.models_action.model_chosen.connect(self.reload_models)
        self.models_action.models_changed.connect(lambda: self.reload_models())
        self.models_action.folder_requested.connect(self._show_models_folder)
        self.preferences_action.models_folder_changed.connect(lambda: self.reload_models())
        self.training_action.model_installed.connect(lambda: self.reload_models())
        self.training_action.model_trained.connect(self.reload_models)

    def _connect_window(self) -> None:
        header, actions = self.window.header, self.window.actions_
        header.open_requested.connect(self.dialogs.ask_for_photo)
        header.use_as_source_requested.connect(self.use_as_source)
        header.copy_requested.connect(self.copy)
        header.save_requested.connect(self.ask_for_output)
        actions.open.triggered.connect(self.dialogs.ask_for_photo)
        actions.paste.triggered.connect(self.paste)
        actions.save.triggered.connect(self.ask_for_output)
        actions.use_as_source.triggered.connect(self.use_as_source)
        actions.copy.triggered.connect(self.copy)
        actions.show_log.triggered.connect(self.show_log)
        actions.about.triggered.connect(lambda: show_about(self.window))
        self.window.notice_bar.log_requested.connect(self.show_log)
        self.window.may_close = self._may_close
        self.window.closing.connect(self._remember_window)
        geometry = QByteArray.fromBase64(self.preferences.window_geometry.encode())
        if not geometry.isEmpty():
            self.window.restoreGeometry(geometry)
        self.window.show_settings_panel(self.preferences.shows_settings_panel)

    def paste(self) -> None:
        """Open what the clipboard holds: a file, or a picture."""
        offer = QGuiApplication.clipboard().mimeData()
        file, image = offered_file(offer), offered_image(offer)
        if file is not None:
            self.files.open_file(file)
        elif image is not None:
            self.files.open_image(image)
        else:
            text = self.tr("There is no photo on the clipboard.")
            self.window.notice_bar.show_message(text, causes=("source",))

    def copy(self) -> None:
        """Put the picture on screen onto the clipboard."""
        shown = self.document.edited or self.document.source
        if shown is not None:
            QGuiApplication.clipboard().setImage(shown.picture.levels[0])
            self.window.notice_bar.show_message(self.tr("Copied."), causes=("source", "edited"))

    def ask_for_output(self) -> None:
        if self.document.edited is not None:
            self.dialogs.ask_for_output(self.document.edited)

    def save(self, edited: EditedPhoto, path: Path) -> None:
        self.files.save(edited, path)

    def use_as_source(self) -> None:
        if self.document.edited is not None:
            self.editing.use_as_source(self.document.edited)
            text = self.tr("The next edit starts with this result.")
            self.window.notice_bar.show_message(text, causes=("source", "edited"))

    def reload_models(self, wanted: Path | None = None) -> None:
        """Look for models again and choose the wanted one, else the one chosen before, else the first."""
        models = installed_models()
        self.window.settings_panel.model_menu.models = models
        current = self._present_place(self.document.model)
        by_path = {card.path: card for card in models}
        if wanted in by_path:
            self.document.choose_model(by_path[wanted])
        elif current in by_path:
            # its settings may have been changed by hand, so they are left alone
            self.document.model = by_path[current]
        elif models:
            self.document.choose_model(models[0])
        self.window.settings_panel.model_menu.value = self.document.model

    def _on_model_known_better(self, card: ModelCard) -> None:
        menu = self.window.settings_panel.model_menu
        menu.models = [card if each.path == card.path else each for each in menu.models]
        if self.document.model is not None and self.document.model.path == card.path:
            self.document.learn_about_model(card)

    def _present_place(self, card: ModelCard | None) -> Path | None:
        """Where a model lies now: the folder of all may have been moved."""
        if card is None or card.path.exists():
            return card.path if card else None
        return paths.models_folder() / card.path.name

    def show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.log_file())))

    def _show_models_folder(self) -> None:
        paths.models_folder().mkdir(parents=True, exist_ok=True)
        _show_folder(paths.models_folder())

    def _may_close(self) -> bool:
        if self._leaves_teaching or not self.training_action.is_running:
            return True
        ask_to_quit(self.window, self._leave_teaching)
        return False

    def _leave_teaching(self) -> None:
        self._leaves_teaching = True
        self.window.close()

    def _remember_window(self) -> None:
        self.preferences.window_geometry = self.window.saveGeometry().toBase64().toStdString()
        self.preferences.shows_settings_panel = not self.window.settings_panel.isHidden()

    def _show_pictures(self) -> None:
        document, canvas = self.document, self.window.canvas
        if document.source is None:
            return
        before = document.source.picture
        if document.preview is not None:
            canvas.show_comparison(before, document.preview, self.tr("Rough preview"))
        elif document.edited is not None:
            instruction = document.edited.request.instruction
            canvas.show_comparison(before, document.edited.picture, self.tr("After"), instruction)
        else:
            canvas.show_photo(before)
        image = document.source.image
        self.window.header.show_photo(document.source.name, f"{image.width} × {image.height}")

    def _show_abilities(self) -> None:
        document = self.document
        self.window.show_abilities(
            has_photo=document.source is not None,
            has_result=document.edited is not None,
            is_editing=document.is_editing,
        )
        self.window.history_strip.mark(document.edited or document.source)

    def _on_model_changed(self, card: ModelCard | None) -> None:
        self.window.composer.show_suggestions(card.suggestions if card else ())
        self.models_action.show_used(card)
        if card is not None:
            self.preferences.model = str(card.path)

    def _on_reading(self, name: str) -> None:
        self.window.canvas.show_busy(self.tr("Opening %1…").replace("%1", name))

    def _on_read(self, source: SourcePhoto) -> None:
        self.window.canvas.hide_busy()
        self.window.notice_bar.clear()
        self.editing.open_source(source)
        self.restoring.offer(source)
        self.window.canvas.view.zoom_to_fit()
        self.window.composer.instruction_box.setFocus()


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
