"""Measures the plans that a user chooses from, one after another, and remembers the measurements."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.files.disk_space import free_space
from engine.library import ModelCard
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import data_folder, runs_folder
from ip2p_desktop.training.plans.measured_speeds import SPEEDS_NAME, MeasuredSpeeds, speed_key
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingPlan


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    """A plan with what its measurement depends on."""

    plan: TrainingPlan
    base: ModelCard
    pairs: int

    @property
    def key(self) -> str:
        """The key of its measurement; plans of the same speed share it."""
        return speed_key(self.base, self.pairs, self.plan.settings)


class PlanMeasurements(QObject):
    """The measurements of several plans by name. Observable."""

    changed = Signal()

    def __init__(self, probe: TrainingProbe, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._probe = probe
        self._background = Background(self, workers=1)
        self._speeds = MeasuredSpeeds(data_folder() / SPEEDS_NAME)
        self._known: dict[str, TrainingEstimate] = {}
        self._short: set[str] = set()
        self._failed: set[str] = set()
        self._plans: dict[str, MeasuredPlan] = {}
        self._current: MeasuredPlan | None = None
        self._is_read = False
        self._free = sys.maxsize
        probe.changed.connect(self._on_probe_changed)

    def measure(self, plans: Mapping[str, MeasuredPlan]) -> None:
        """Measure these plans instead of earlier ones, in their order, except those that are known."""
        self._plans = dict(plans)
        if not self._is_read:
            self._background.submit(self._read, self._on_read, self._on_not_read)
            return
        self._go_on()

    def again(self) -> None:
        """Measure the plans anew, whatever is remembered of them."""
        keys = {plan.key for plan in self._plans.values()}
        self._background.submit(partial(self._speeds.forget, keys), lambda _: None, lambda _: None)
        self._known = {key: known for key, known in self._known.items() if key not in keys}
        self._short -= keys
        self._failed -= keys
        self.stop_probe()
        self._go_on()

    def stop(self) -> None:
        """Measure nothing more; what is known stays."""
        self._plans = {}
        self.stop_probe()

    def stop_probe(self) -> None:
        """End the measurement that runs, without its result."""
        self._current = None
        self._probe.stop()

    def estimate(self, name: str) -> TrainingEstimate | None:
        """The estimate of a plan with its own amount of replay; None until it was measured."""
        plan = self._plans.get(name)
        if plan is None or (known := self._known.get(plan.key)) is None:
            return None
        is_full = known.disk > self._free
        return replace(known.for_replay(plan.plan.settings), too_many=1 if is_full else None)

    def is_measuring(self, name: str) -> bool:
        """Whether a plan is being measured, or waits for that."""
        plan = self._plans.get(name)
        return plan is not None and (not self._is_read or self._is_open(plan.key))

    def is_short_of_memory(self, name: str) -> bool:
        """Whether the measurement ended because memory was short."""
        plan = self._plans.get(name)
        return plan is not None and plan.key in self._short

    def has_failed(self, name: str) -> bool:
        """Whether a plan could not be measured, for a reason that says nothing about it."""
        plan = self._plans.get(name)
        return plan is not None and plan.key in self._failed

    def close(self) -> None:
        """Wait for files that are being read or written."""
        self._background.close()

    def _read(self) -> tuple[dict[str, TrainingEstimate], int]:
        return self._speeds.read(), free_space(runs_folder())

    def _on_read(self, found: tuple[dict[str, TrainingEstimate], int]) -> None:
        remembered, self._free = found
        self._known = {**remembered, **self._known}
        self._is_read = True
        self._go_on()

    def _on_not_read(self, report: ErrorReport) -> None:
        self._on_read(({}, sys.maxsize))

    def _is_open(self, key: str) -> bool:
        return key not in self._known and key not in self._short and key not in self._failed

    def _go_on(self) -> None:
        """Measure the next plan that is not known, unless it is being measured."""
        unknown = [plan for plan in self._plans.values() if self._is_open(plan.key)]
        keys = [plan.key for plan in unknown]
        if self._current is not None and self._current.key in keys:
            self.changed.emit()
            return
        if self._current is not None:
            self.stop_probe()
        if unknown:
            self._probe.begin(unknown[0].plan, (unknown[0].plan.steps,))  # first ends the one before
            self._current = unknown[0]
        self.changed.emit()

    @Slot()
    def _on_probe_changed(self) -> None:
        if self._current is None or self._probe.is_running():
            return
        measured, self._current = self._current, None
        if self._probe.estimate is not None:
            known = self._known[measured.key] = self._probe.estimate.per_edit(measured.plan.settings)
            remember = partial(self._speeds.remember, measured.key, known)
            self._background.submit(remember, lambda _: None, lambda _: None)
        elif self._probe.is_short_of_memory:
            self._short.add(measured.key)
        elif self._probe.has_failed:
            self._failed.add(measured.key)
        else:  # it was stopped for another dataset or a run
            self._plans = {}
        self._go_on()
