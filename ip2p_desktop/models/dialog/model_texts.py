"""Texts about models: facts in one line, sizes and speeds."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.downloads import DownloadProgress
from engine.edit_settings import SCHEDULER_LABELS, EditSettings
from engine.files.disk_space import size_text
from engine.library import ModelCard
from engine.library.catalogue import CatalogueEntry
from engine.models.families import find_family
from ip2p_desktop.base.durations import time_left


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)


def family_title(name: str) -> str:
    """The title of a family; the name itself if this version does not know the family."""
    try:
        return find_family(name).title if name else ""
    except OSError:
        return name


def card_facts(card: ModelCard, size: int, is_own: bool) -> str:
    """Family, size and licence of an installed model, as far as they are known."""
    origin = "" if is_own else _tr("comes with this app")
    return _joined(family_title(card.family), size_text(size) if size else "", _licence(card.licence), origin)


def entry_facts(entry: CatalogueEntry) -> str:
    """Family, size, licence and terms of a model to download."""
    terms = "" if entry.allows_commercial_use else _tr("not for commercial use")
    return _joined(family_title(entry.family), size_text(entry.size), _licence(entry.licence), terms)


def recommended(settings: EditSettings) -> str:
    """The recommended settings in one line."""
    values = {
        "%1": str(settings.num_inference_steps),
        "%2": SCHEDULER_LABELS[settings.scheduler],
        "%3": f"{settings.text_guidance_scale:g}",
        "%4": f"{settings.image_guidance_scale:g}",
        "%5": str(settings.resolution),
    }
    text = _tr("Recommended: steps %1, %2 · text %3 · image %4 · %5 pixels")
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def free_space_text(size: int) -> str:
    """The free space on the disk; `size` is in bytes."""
    return _tr("%1 free on this disk").replace("%1", size_text(size))


def amount(progress: DownloadProgress) -> str:
    """Downloaded and total size, speed and remaining time."""
    done = size_text(progress.received)
    if progress.total:
        done = _tr("%1 of %2").replace("%1", done).replace("%2", size_text(progress.total))
    speed = progress.bytes_per_second
    return _joined(
        done,
        _tr("%1 a second").replace("%1", size_text(speed)) if speed else "",
        time_left(progress.seconds_left),
    )


def breakable(path: object) -> str:
    """A path with a zero-width space after every separator, so that long paths wrap."""
    return str(path).replace("/", "/\u200b").replace("\\", "\\\u200b")


def _licence(name: str) -> str:
    return _tr("licence %1").replace("%1", name) if name else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
