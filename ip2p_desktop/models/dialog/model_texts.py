"""Texts about models: facts in one line, sizes and speeds."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from engine.downloads import DownloadProgress
from engine.edit_settings import SCHEDULER_LABELS, EditSettings
from engine.files.disk_space import size_text
from engine.library import ModelCard
from engine.library.catalogue import CatalogueEntry
from engine.models.families import find_family
from ip2p_desktop.base.durations import Durations

LONG_WORD = re.compile(r"[^\s\u200b]{30}(?=\S)")


def family_title(name: str) -> str:
    """The title of a family; the name itself if this version does not know the family."""
    try:
        return find_family(name).title if name else ""
    except OSError:
        return name


def card_facts(card: ModelCard, size: int, is_own: bool) -> str:
    """Family, size, licence and place of an installed model, as far as they are known."""
    if not is_own:
        place = QCoreApplication.translate("Models", "comes with this app, which keeps it unchanged")
    elif card.is_file:
        place = QCoreApplication.translate("Models", "file {name}").format(name=wrapping(card.path.name))
    else:
        place = QCoreApplication.translate("Models", "folder {name}").format(name=wrapping(card.path.name))
    return _joined(family_title(card.family), size_text(size) if size else "", _licence(card.licence), place)


def entry_facts(entry: CatalogueEntry) -> str:
    """Family, size, licence and terms of a model to download."""
    terms = (
        "" if entry.allows_commercial_use else QCoreApplication.translate("Models", "not for commercial use")
    )
    return _joined(family_title(entry.family), size_text(entry.size), _licence(entry.licence), terms)


def recommended(settings: EditSettings) -> str:
    """The recommended settings in one line."""
    text = QCoreApplication.translate(
        "Models",
        "Recommended: steps {steps}, {scheduler} · text {text} · image {image} · {resolution} pixels",
    )
    return text.format(
        steps=settings.num_inference_steps,
        scheduler=SCHEDULER_LABELS[settings.scheduler],
        text=f"{settings.text_guidance_scale:g}",
        image=f"{settings.image_guidance_scale:g}",
        resolution=settings.resolution,
    )


def free_space_text(size: int) -> str:
    """The free space on the disk; `size` is in bytes."""
    return QCoreApplication.translate("Models", "{size} free on this disk").format(size=size_text(size))


def amount(progress: DownloadProgress) -> str:
    """Downloaded and total size, speed and remaining time."""
    done = size_text(progress.received)
    if progress.total:
        text = QCoreApplication.translate("Models", "{size} of {total}")
        done = text.format(size=done, total=size_text(progress.total))
    speed = ""
    if progress.bytes_per_second:
        text = QCoreApplication.translate("Models", "{size} a second")
        speed = text.format(size=size_text(progress.bytes_per_second))
    return _joined(done, speed, Durations().time_left(progress.seconds_left))


def breakable(path: object) -> str:
    """A path with a zero-width space after every separator, so that long paths wrap."""
    return str(path).replace("/", "/\u200b").replace("\\", "\\\u200b")


def wrapping(text: str) -> str:
    """A text with zero-width spaces in long words, so that they wrap."""
    return LONG_WORD.sub("\\g<0>\u200b", text)


def _licence(name: str) -> str:
    return QCoreApplication.translate("Models", "licence {name}").format(name=name) if name else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
