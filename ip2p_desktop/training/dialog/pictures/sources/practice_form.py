"""Makes a practice set: some photos, and recipes for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.paths import sample_photos
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.training.dialog.pictures.controls.drop_surface import DropSurface
from ip2p_desktop.training.dialog.pictures.controls.progress_strip import ProgressStrip
from ip2p_desktop.training.dialog.pictures.controls.scrolling import scroll_to
from ip2p_desktop.training.dialog.pictures.controls.text_buttons import set_button_text, text_button
from ip2p_desktop.training.dialog.pictures.controls.words_box import WordsBox
from ip2p_desktop.training.dialog.pictures.sources.recipe_list import RecipeList
from ip2p_desktop.training.dialog.pictures.sources.recipe_texts import RecipeTexts
from ip2p_desktop.training.pictures.collections.given_pictures import GivenFile, GivenPicture
from ip2p_desktop.training.pictures.collections.practice_maker import (
    FEWEST_PAIRS,
    MOST_PAIRS,
    PracticeMaker,
    PracticePlan,
)
from ip2p_desktop.training.pictures.collections.session_pairs import opened_photos
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.file_choosing import choose_folder, choose_photos
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label
from trainer.practice.recipes import suggested_instruction


class PracticeForm(QWidget):
    """Photos, recipes, strength and words; the opened photos, else the samples, are chosen at first."""

    finished = Signal(Path)
    """The folder of the new collection."""

    def __init__(self, maker: PracticeMaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("practice_form")
        self.maker = maker
        self._tree: EditTree | None = None
        self._photos: tuple[GivenPicture, ...] = ()
        self._suggested: tuple[str, ...] = ()
        self.photos = named(DropSurface(), "practice_photos")
        self.photos.setAccessibleName(self.tr("Photos for practice"))
        self.photos_label = named(body_label("", role="section"), "practice_photos_label")
        self.names_label = named(body_label("", role="hint"), "practice_names")
        self.choose_photos = text_button("practice_choose_photos", self.tr("&Photos…"))
        self.choose_folder = text_button("practice_choose_folder", self.tr("&Folder…"))
        self.opened = text_button("practice_opened", self.tr("&Opened photos"))
        self.samples = text_button("practice_samples", self.tr("&Samples"))
        self.recipes = RecipeList()
        self.recipes.show_recipes(RecipeTexts().offered())
        self.chosen_label = named(body_label("", role="hint"), "chosen_recipes")
        self.strength = ChoiceControl(
            name="practice_strength",
            label=self.tr("Strength"),
            choices=[(self.tr("Slight"), 0.5), (self.tr("Plain"), 1.0), (self.tr("Strong"), 1.5)],
            explains=False,
        )
        self.strength.value = 1.0
        self.words = WordsBox(
            "practice_words", self.tr("What is changed?"), self.tr("make it look like my films")
        )
        self.notice = Notice()
        self.notice.show_report(None)
        self.hint = body_label("", role="hint")
        self.progress = ProgressStrip("practice_progress")
        self.make = text_button("make_practice", role="primary")
        self._lay_out()
        self._connect()
        self.show_samples()

    def _lay_out(self) -> None:
        photos = QVBoxLayout(self.photos)
        photos.setContentsMargins(16, 12, 16, 12)
        photos.setSpacing(4)
        buttons = WrappingRow(spacing=8)
        for button in (self.opened, self.samples, self.choose_photos, self.choose_folder):
            buttons.addWidget(button)
        end_of_line = QWidget()  # the last widget of a wrapping row is at the right
        end_of_line.setFixedSize(0, 0)
        buttons.addWidget(end_of_line)
        photos.addWidget(self.photos_label)
        photos.addWidget(self.names_label)
        photos.addSpacing(4)
        photos.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.photos)
        column.addWidget(body_label(self.tr("Recipe: one, or several one after the other"), role="section"))
        recipes = QVBoxLayout()
        recipes.setSpacing(4)
        recipes.addWidget(self.recipes)
        recipes.addWidget(self.chosen_label)
        column.addLayout(recipes)
        column.addWidget(self.strength)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(body_label(self.tr("What is changed?"), role="section"))
        words.addWidget(self.words)
        column.addLayout(words)
        for widget in (self.hint, self.notice, self.progress):
            column.addWidget(widget)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.make)
        column.addLayout(end)

    def _connect(self) -> None:
        self.photos.files_dropped.connect(self.take_files)
        title = self.tr("Photos for practice")
        self.choose_photos.clicked.connect(
            lambda: choose_photos(self, "photos_dialog", title, self.take_files)
        )
        self.choose_folder.clicked.connect(
            lambda: choose_folder(self, "folder_dialog", title, lambda path: self.take_files([path]))
        )
        self.opened.clicked.connect(self.show_opened)
        self.samples.clicked.connect(self.show_samples)
        self.recipes.chosen_changed.connect(self._on_recipes_changed)
        self.strength.value_changed.connect(lambda _: self._sample())
        self.words.textChanged.connect(self._show_state)
        self.make.clicked.connect(self._make)
        self.progress.cancel_requested.connect(self.maker.cancel)
        self.maker.photos_found.connect(self._on_photos_found)
        self.maker.sampled.connect(self.recipes.show_sample)
        self.maker.progressed.connect(self.progress.show_progress)
        self.maker.finished.connect(self._on_finished)
        self.maker.cancelled.connect(self._show_state)
        self.maker.failed.connect(self._on_failed)

    def show_tree(self, tree: EditTree | None) -> None:
        """Offer the photos that are open."""
        self._tree = tree

    def refresh(self) -> None:
        """Offer what is open now; it is chosen if there is something."""
        photos = opened_photos(self._tree)
        self.opened.setVisible(bool(photos))
        set_button_text(self.opened, self.tr("&Opened photos (%n)", "", len(photos)))
        if photos:
            self.show_opened()
        else:
            self._sample()

    def show_opened(self) -> None:
        """Choose the photos that are open."""
        self._show_photos(opened_photos(self._tree))

    def show_samples(self) -> None:
        """Choose the photos that ship with the program."""
        self._show_photos([GivenFile(path) for path in sample_photos()])

    def take_files(self, paths: Sequence[Path]) -> None:
        """Choose photos, and those in folders."""
        self.notice.show_report(None)
        self.maker.find_photos(paths)

    def _on_photos_found(self, paths: tuple[Path, ...]) -> None:
        if paths:
            self._show_photos([GivenFile(path) for path in paths])
        else:
            self.names_label.setText(self.tr("There is no photo in it. The photos above stay chosen."))

    def _show_photos(self, photos: Sequence[GivenPicture]) -> None:
        self._photos = tuple(photos)
        self.photos_label.setText(self.tr("%n photo(s)", "", len(photos)))
        first = ", ".join(photo.name for photo in photos[:3])
        self.names_label.setText(first if len(photos) <= 3 else f"{first}, …")
        self.photos.show_empty(not photos)
        self._sample()
        self._show_state()

    def _sample(self) -> None:
        if self._photos and self.isVisible():
            names = [name for name, _ in RecipeTexts().offered()]
            self.maker.sample(self._photos[0], names, self._strength)

    @property
    def _strength(self) -> float:
        value = self.strength.value
        return value if isinstance(value, float) else 1.0

    def _on_recipes_changed(self) -> None:
        if self.words.words in ((), self._suggested):
            chosen = self.recipes.chosen
            self._suggested = (suggested_instruction(chosen),) if chosen else ()
            self.words.show_words(self._suggested)
        self._show_state()

    @property
    def pair_count(self) -> int:
        """How many pairs will be made."""
        return min(max(FEWEST_PAIRS, len(self._photos)), MOST_PAIRS)

    def _show_state(self) -> None:
        is_running = self.maker.is_running
        can_make = bool(self._photos and self.recipes.chosen and self.words.words)
        self.make.setEnabled(can_make and not is_running)
        chosen = self.tr("Chosen: {recipes}").format(recipes=self.recipes.name_of_chosen())
        self.chosen_label.setText(chosen if self.recipes.chosen else "")
        self.chosen_label.setVisible(bool(self.recipes.chosen))
        set_button_text(self.make, self.tr("Make %n pair(s)", "", self.pair_count))
        if not self.recipes.chosen:
            self.hint.setText(self.tr("Choose at least one recipe."))
        elif len(self._photos) < self.pair_count:
            self.hint.setText(self.tr("Of each photo several crops are used. Make the words your own."))
        elif len(self._photos) > MOST_PAIRS:
            self.hint.setText(self.tr("The first %n photo(s) are used.", "", MOST_PAIRS))
        else:
            self.hint.setText(self.tr("Of each photo one pair is made. Make the words your own."))
        self.make.setVisible(not is_running)  # progress and Cancel are in its place
        if not is_running:
            self.progress.hide()

    def _make(self) -> None:
        self.notice.show_report(None)
        plan = PracticePlan(
            self.recipes.name_of_chosen(),
            self._photos,
            tuple(self.recipes.chosen),
            self.words.words,
            self._strength,
        )
        self.maker.make(plan)
        self.progress.show_progress(0, self.pair_count)
        self.progress.cancel.setFocus()  # else the focus goes on to the button that closes the dialog
        scroll_to(self.progress)
        self._show_state()

    def _on_finished(self, folder: Path) -> None:
        self._show_state()
        self.finished.emit(folder)

    def _on_failed(self, report: ErrorReport) -> None:
        self.notice.show_report(report)
        self._show_state()
