"""Offers the edit on screen again at a higher resolution, and reports what that brought."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import QObject

from engine.editing.cost_history import CostHistory
from engine.editing.costs import Estimate
from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.durations import Durations
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController

if TYPE_CHECKING:
    from engine.editing.finer import FinerGain

log = logging.getLogger(__name__)

MEMORY_SHARE = 0.8
"""Share of this computer's memory that an edit may need, by its estimate, to be offered."""
MORE_DETAIL = 1.05
"""Ratio of fine detail from which it counts as more."""


@dataclass(frozen=True, slots=True)
class FinerOffer:
    """A result that can be repeated."""

    result: EditedPhoto
    resolution: int
    estimate: Estimate | None


class FinerController(QObject):
    """Shows a button beside the estimate where a higher resolution would make the result finer."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        edits: EditController,
        models: InstalledModels,
        history: CostHistory,
    ) -> None:
        super().__init__(window)
        self._bar, self._button = window.notice_bar, window.composer.finer_button
        self._document, self._queue, self._edits = document, queue, edits
        self._models, self._history = models, history
        self._durations = Durations(self)
        self._background = Background(self, workers=1)
        self._offer: FinerOffer | None = None
        self._coarse: dict[EditJob, EditedPhoto] = {}
        """The results that running and waiting jobs repeat."""
        document.result_changed.connect(self._measure)
        queue.is_busy_changed.connect(self._measure)
        queue.finished.connect(self._on_finished)
        self._button.clicked.connect(self._repeat)
        self._show(None)

    def shut_down(self) -> None:
        """Wait for the comparison that is being made."""
        self._background.cancel()
        self._background.close()

    def _measure(self) -> None:
        """Find out in the background whether the result on screen can become finer."""
        self._show(None)
        result = self._document.result
        if result is None or self._queue.is_busy or self._models.find(result.model.path) is None:
            return
        self._background.submit(partial(offer_of, result, self._history), self._on_measured, _log_failure)

    def _on_measured(self, offer: FinerOffer | None) -> None:
        is_current = offer is not None and offer.result is self._document.result
        if is_current and not self._queue.is_busy:
            self._show(offer)

    def _show(self, offer: FinerOffer | None) -> None:
        self._offer = offer
        self._button.setVisible(offer is not None)
        if offer is None:
            return
        text = self.tr("Finer ({resolution})").format(resolution=offer.resolution)
        if offer.estimate is not None:
            text = self.tr("Finer ({resolution}, {time})").format(
                resolution=offer.resolution, time=self._durations.about(offer.estimate.seconds)
            )
        self._button.setText(text)
        tooltip = self.tr("Make this result again at {resolution} pixels, with the same seed")
        self._button.setToolTip(tooltip.format(resolution=offer.resolution))

    def _repeat(self) -> None:
        offer = self._offer
        if offer is None:
            return
        job = self._edits.repeat(offer.result, resolution=offer.resolution)
        if job is not None:
            self._coarse[job] = offer.result

    def _on_finished(self, job: EditJob) -> None:
        coarse = self._coarse.pop(job, None)
        self._coarse = {job: result for job, result in self._coarse.items() if not job.state.is_end}
        if coarse is not None and job.results:
            fine = job.results[0]
            report = partial(self._report, fine)
            self._background.submit(partial(_gain_of, coarse, fine), report, _log_failure)

    def _report(self, fine: EditedPhoto, gain: FinerGain | None) -> None:
        """Say what it brought, if the finer result is still on screen."""
        if self._document.result is not fine or gain is None:
            return
        if not gain.is_visible:
            text = self.tr("No visible difference.")
            advice = self.tr("The two results agree to {decibels} dB.")
        elif gain.detail < MORE_DETAIL:
            text = self.tr("The result differs, but has no more fine detail.")
            advice = self.tr("The two results agree to {decibels} dB.")
        else:
            text = self.tr("Finer: {ratio} times as much fine detail.").format(ratio=f"{gain.detail:.1f}")
            advice = self.tr(
                "Of the photo's own fine detail {after} % is in the result, {before} % before. "
                "The two results agree to {decibels} dB."
            )
        advice = advice.format(
            decibels=round(gain.decibels),
            after=round(100 * gain.kept_after),
            before=round(100 * gain.kept_before),
        )
        self._bar.show_message(text, advice=advice, causes=("result",))


def offer_of(result: EditedPhoto, history: CostHistory) -> FinerOffer | None:
    """The offer for a result; None if a higher resolution would hardly change it or needs too much memory.

    Slow.
    """
    from engine.editing.finer import is_painted, next_resolution

    settings, size = result.state.settings, result.source.pixels.size
    photo_size = (size.width(), size.height())
    resolution = next_resolution(photo_size, result.model, settings.resolution)
    if resolution is None:
        return None
    if not is_painted(result.source.image, result.image(), settings.resolution):
        return None
    settings = result.state.with_values(resolution=resolution).settings
    estimate = history.forecast(result.model, photo_size, settings)
    peak = estimate.peak_bytes if estimate is not None else None
    if peak is not None and peak > MEMORY_SHARE * psutil.virtual_memory().total:
        return None
    return FinerOffer(result, resolution, estimate)


def _gain_of(coarse: EditedPhoto, fine: EditedPhoto) -> FinerGain | None:
    """What the finer result brought; None for results of different sizes. Slow."""
    from engine.editing.finer import finer_gain

    before, after, photo = coarse.image(), fine.image(), fine.source.image
    if not before.size == after.size == photo.size:
        return None
    return finer_gain(photo, before, after, coarse.state.settings.resolution)


def _log_failure(report: ErrorReport) -> None:
    log.warning("A result could not be compared: %s", report)
