"""Sentences with numbers in them: counts, steps and times as people say them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from trainer.protocol.events import PreparationProgressed, WarningRaised


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Teaching", text, None, count)


def pairs_found(count: int) -> str:
    return _tr("%Ln pair found", count) if count == 1 else _tr("%Ln pairs found", count)


def entries_left_out(count: int) -> str:
    return _tr("%Ln entry was left out", count) if count == 1 else _tr("%Ln entries were left out", count)


def remarks_made(count: int) -> str:
    return _tr("%Ln thing to look at", count) if count == 1 else _tr("%Ln things to look at", count)


def earlier_warnings(count: int) -> str:
    return _tr("%Ln earlier note", count) if count == 1 else _tr("%Ln earlier notes", count)


def warning(event: WarningRaised) -> str:
    """The trainer's own words."""
    return f"{event.message} {event.advice}".strip()


def more_entries(count: int) -> str:
    return _tr("and %Ln more", count)


def steps(count: int) -> str:
    return _tr("%Ln step", count) if count == 1 else _tr("%Ln steps", count)


def steps_done(step: int, total: int) -> str:
    return _tr("Step {step} of {total}").format(
        step=QLocale().toString(step), total=QLocale().toString(total)
    )


def instructions_found(instructions: tuple[str, ...], shown: int) -> str:
    """The first instructions in quotation marks, and how many more there are."""
    quoted = [_tr("“{instruction}”").format(instruction=text) for text in instructions[:shown]]
    hidden = len(instructions) - len(quoted)
    return "\n".join([*quoted, *([more_entries(hidden)] if hidden else [])])


def preparing(event: PreparationProgressed | None) -> str:
    """What happens before the first step; the words of the trainer, where they are known here."""
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
