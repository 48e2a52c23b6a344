"""The previews of a run, ordered by edit and by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer.protocol.events import PreviewMade

PREVIEWS_FOLDER = "previews"
"""The folder in that of a run where the trainer writes the previews."""


@dataclass(frozen=True, slots=True)
class PreviewedEdit:
    """A fixed edit that is made again and again while the model is trained."""

    number: int
    instruction: str
    original: Path
    wanted: Path | None
    """The edited image of a pair; None for a photo."""
    is_held_back: bool
    """Whether it is a pair that is never trained on."""


@dataclass(frozen=True, slots=True)
class PreviewTimeline:
    """All previews of a run."""

    edits: tuple[PreviewedEdit, ...] = ()
    """By their number; pairs come first."""
    steps: tuple[int, ...] = ()
    """The steps at which there are previews, ascending."""
    made: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """The files of the edited images as the trainer names them, by step and number of the edit."""
    run: Path = Path()
    """The folder of the run."""

    @classmethod
    def of(cls, previews: Sequence[PreviewMade], run: Path) -> PreviewTimeline:
        """The previews of the run in a folder. Of two of the same step, the later one counts."""
        edits = {event.number: event for event in previews}
        return cls(
            edits=tuple(_edit_of(edits[number], run) for number in sorted(edits)),
            steps=tuple(sorted({event.step for event in previews})),
            made={(event.step, event.number): event.edited for event in previews},
            run=run,
        )

    def edited(self, edit: PreviewedEdit, moment: int) -> Path | None:
        """What the model made of an edit at the step of this index, or at the last one before it.

        None if it had not been made by then.
        """
        for place in range(min(moment, len(self.steps) - 1), -1, -1):
            if written := self.made.get((self.steps[place], edit.number)):
                return _file_in(self.run, written)
        return None

    def newest_of(self, edits: Sequence[PreviewedEdit]) -> PreviewTimeline:
        """Only what the model made last, of some of the edits."""
        last, moment = self.steps[-1:], len(self.steps) - 1
        made = {(last[0], edit.number): file.name for edit in edits if (file := self.edited(edit, moment))}
        return PreviewTimeline(tuple(edits), last, made, self.run)


def _edit_of(event: PreviewMade, run: Path) -> PreviewedEdit:
    return PreviewedEdit(
        number=event.number,
        instruction=event.instruction,
        original=_file_in(run, event.source),
        wanted=_file_in(run, event.wanted) if event.wanted else None,
        is_held_back=event.held_back,
    )


def _file_in(run: Path, written: str) -> Path:
    """The file of a preview. Only its name counts: the run may have been moved here from another computer."""
    return run / PREVIEWS_FOLDER / written.replace("\\", "/").rpartition("/")[2]
