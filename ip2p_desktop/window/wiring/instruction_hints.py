"""Shows below the instruction how the model reads it, with suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject, Signal

from engine.edit_settings import EditArea
from engine.errors import ModelNotUsable
from engine.files.disk_space import size_text
from engine.instructions import InstructionReading, Verdict
from engine.library.catalogue import read_catalogue
from ip2p_desktop.editing.instruction_reader import InstructionReader, ReadInstruction, read_sequence
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.controls.composer import Composer
from ip2p_desktop.window.controls.instruction_hint import HintLink


class InstructionHintController(QObject):
    """Connects the reading of the instruction with the line below it."""

    models_requested = Signal()
    """Open the list of models to download."""
    model_chosen = Signal(object)
    """`Path` of an installed model to use instead."""

    def __init__(
        self,
        document: EditDocument,
        composer: Composer,
        installed: InstalledModels,
        parent: QObject | None = None,
        *,
        read: ReadInstruction = read_sequence,
    ) -> None:
        super().__init__(parent)
        self._document, self._composer, self._installed = document, composer, installed
        self._reader = InstructionReader(document, self, read=read)
        document.reading_changed.connect(self._show)
        document.state_changed.connect(self._on_state_changed)

    def shut_down(self) -> None:
        """Wait for the reading that is being computed."""
        self._reader.shut_down()

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        if state.settings.area is not before.settings.area or state.mask_in_use != before.mask_in_use:
            self._show(self._document.reading)

    def _show(self, reading: InstructionReading | None) -> None:
        self._composer.instruction_box.unread_words = len(reading.unread.split()) if reading else 0
        if reading is None:
            self._composer.hint.clear()
            return
        if reading.steps:
            self._show_sequence(reading)
            return
        sentences = [*self._sentences(reading)]
        links = [*self._links(reading)] if reading.verdict.is_doubtful else []
        lead = self.tr("Closest:") if len(links) > 1 else ""
        links = [*self._area_links(reading), *links]
        self._composer.hint.show_hint(" ".join(sentences), links, lead)

    def _show_sequence(self, reading: InstructionReading) -> None:
        """Show how many edits there are, and the first that needs attention."""
        steps, count = reading.steps, len(reading.steps)
        sentence = self.tr("Two edits, one after the other.")
        if count > 2:
            sentence = self.tr("{count} edits, one after the other.").format(count=count)
        number = next((place for place, step in enumerate(steps) if [*self._sentences(step)]), None)
        if number is None:
            self._composer.hint.show_hint(sentence)
            return
        step = steps[number]
        about = self.tr("“{instruction}”:").format(instruction=step.typed)
        links = [
            HintLink(
                nearest,
                self.tr("Write “{instruction}”").format(instruction=nearest),
                partial(self._composer.suggest, self._with_step(reading, number, nearest)),
            )
            for nearest in (step.nearest if step.verdict.is_doubtful else ())
        ]
        lead = self.tr("Closest:") if len(links) > 1 else ""
        self._composer.hint.show_hint(" ".join([sentence, about, *self._sentences(step)]), links, lead)

    def _with_step(self, reading: InstructionReading, number: int, instruction: str) -> str:
        """The whole instruction with another one for one of its edits."""
        texts = [step.typed for step in reading.steps]
        texts[number] = instruction
        return ", then ".join(texts)

    def _names_area(self, reading: InstructionReading) -> bool:
        """Whether the area of the edit is the one that the instruction names."""
        state = self._document.state
        is_chosen = state.settings.area is not EditArea.AUTOMATIC or bool(state.mask_in_use)
        return reading.area is not EditArea.AUTOMATIC and not is_chosen

    def _is_outvoted(self, reading: InstructionReading) -> bool:
        """Whether the instruction names an area, and the painted one is edited instead."""
        return reading.area is not EditArea.AUTOMATIC and bool(self._document.state.mask_in_use)

    def _area_links(self, reading: InstructionReading) -> Iterator[HintLink]:
        """A link that changes the area that the instruction names."""
        if self._is_outvoted(reading):
            text, tooltip = self.tr("Edit the background"), self.tr("Set the painted area aside")
            if reading.area is EditArea.SUBJECT:
                text = self.tr("Edit the subject")
            as_named = partial(self._document.change, uses_mask=False, area=EditArea.AUTOMATIC)
            yield HintLink(text, tooltip, as_named)
        if self._names_area(reading):
            tooltip = self.tr("Change the whole photo instead")
            everything = partial(self._document.change, area=EditArea.EVERYTHING)
            yield HintLink(self.tr("Edit everything"), tooltip, everything)

    def _sentences(self, reading: InstructionReading) -> Iterator[str]:
        if self._names_area(reading):
            is_subject = reading.area is EditArea.SUBJECT
            yield self.tr("Subject only.") if is_subject else self.tr("Background only.")
        if self._is_outvoted(reading):
            yield self.tr("The painted area is edited.")
        if reading.is_corrected:
            yield self.tr("Read as “{instruction}”.").format(instruction=reading.instruction)
        if reading.unread:
            last = reading.instruction[: reading.read_length].split()[-3:]
            yield self.tr("Too long: it is read up to “… {words}”.").format(words=" ".join(last))
        if reading.verdict.is_doubtful:
            name = self._document.model.name if self._document.model else ""
            text = self.tr("{name} does not know this edit.")
            if reading.verdict is Verdict.SIMILAR:
                text = self.tr("{name} may not know this edit.")
            yield text.format(name=name)

    def _links(self, reading: InstructionReading) -> Iterator[HintLink]:
        for instruction in reading.nearest:
            tooltip = self.tr("Write “{instruction}”").format(instruction=instruction)
            yield HintLink(instruction, tooltip, partial(self._composer.suggest, instruction))
        yield from self._other_model()

    def _other_model(self) -> Iterator[HintLink]:
        """A link to a model for any instruction: an installed one, else the smallest one to download."""
        try:
            entries = sorted(read_catalogue(), key=lambda entry: entry.size)
        except ModelNotUsable:
            return
        sources = [entry.source for entry in entries]
        for card in self._installed.cards:
            if card.source in sources:
                text = self.tr("{name} can").format(name=card.name)
                yield HintLink(text, self.tr("Use this model"), partial(self.model_chosen.emit, card.path))
                return
        for entry in entries[:1]:
            text = self.tr("{name} can ({size})…").format(name=entry.name, size=size_text(entry.size))
            yield HintLink(text, self.tr("See the models that can be downloaded"), self.models_requested.emit)
