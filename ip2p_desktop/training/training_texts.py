"""Texts of the training dialog: counts, steps and stages."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from ip2p_desktop.base.error_texts import error_text
from trainer.protocol.events import PreparationProgressed, WarningRaised


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Teaching", text, None, count)


def pairs_found(count: int) -> str:
    """The number of pairs found."""
    return _tr("%Ln pair found", count) if count == 1 else _tr("%Ln pairs found", count)


def entries_left_out(count: int) -> str:
    """The number of entries that were left out."""
    return _tr("%Ln entry was left out", count) if count == 1 else _tr("%Ln entries were left out", count)


def remarks_made(count: int) -> str:
    """The number of remarks about the images."""
    return _tr("%Ln thing to look at", count) if count == 1 else _tr("%Ln things to look at", count)


def earlier_warnings(count: int) -> str:
    """The number of earlier warnings."""
    return _tr("%Ln earlier note", count) if count == 1 else _tr("%Ln earlier notes", count)


def warning(event: WarningRaised) -> str:
    """The message and the advice of a warning."""
    return str(error_text(event.report()))


def more_entries(count: int) -> str:
    """The number of entries that are not listed."""
    return _tr("and %Ln more", count)


def steps(count: int) -> str:
    """A number of steps."""
    return _tr("%Ln step", count) if count == 1 else _tr("%Ln steps", count)


def steps_done(step: int, total: int) -> str:
    """The current step and the number of steps."""
    return _tr("Step {step} of {total}").format(
        step=QLocale().toString(step), total=QLocale().toString(total)
    )


def instructions_found(instructions: tuple[str, ...], shown: int) -> str:
    """The first `shown` instructions in quotation marks, and the number of further ones."""
    quoted = [_tr("“{instruction}”").format(instruction=text) for text in instructions[:shown]]
    hidden = len(instructions) - len(quoted)
    return "\n".join([*quoted, *([more_entries(hidden)] if hidden else [])])


def preparing(event: PreparationProgressed | None) -> str:
    """The stage before the first step; a stage without a text here is shown by the trainer's name for it."""
    if event is None:
        return _tr("Getting ready…")
    known = {
        "reading dataset": _tr("Reading the pairs…"),
        "checking pairs": _tr("Looking into the pictures…"),
        "comparing pictures": _tr("Looking into the pictures…"),
        "caching": _tr("Preparing the pictures…"),
        "replaying": _tr("Recalling the edits it knows…"),
        "loading libraries": _tr("Getting ready…"),
        "loading model": _tr("Loading the model to start from…"),
    }
    return known.get(event.stage, _tr("Getting ready: {stage}…").format(stage=event.stage))
