"""Sentences of the plan page about base models, time, memory and disk space."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject

from engine.devices.free_memory import DeviceMemory
from engine.files.disk_space import size_text
from ip2p_desktop.base.durations import Durations
from ip2p_desktop.training.plans.base_models import BaseModel
from ip2p_desktop.training.plans.fitness import Fitness, MemoryFit
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate

FEW_SECONDS = 10
"""Below this, the seconds of a step have a decimal."""


class PlanTexts(QObject):
    """A class of Qt, for its translations."""

    def base_line(self, base: BaseModel, fitness: str) -> str:
        """Licence, kind and fitness of a base model in a line."""
        licence = base.card.licence
        known = self.tr("Licence: {licence}").format(licence=licence)
        parts = [known if licence else self.tr("Licence not known")]
        if not base.is_editor:
            parts.append(self.tr("makes pictures from text, and becomes an editor: this takes many pairs"))
        return " · ".join(filter(None, (*parts, fitness)))

    def fitness(self, found: Fitness, memory: DeviceMemory | None) -> str:
        """Whether a base model fits, and how that is known."""
        needed = size_text(found.memory)
        match found.fit:
            case MemoryFit.NOT_TRAINABLE:
                return self.tr("cannot be trained here")
            case MemoryFit.TOO_LARGE if memory is not None and found.memory and not found.is_measured:
                return self.tr("needs about {needed} of memory, this computer has {total}").format(
                    needed=needed, total=size_text(memory.total)
                )
            case MemoryFit.TOO_LARGE:
                return self.tr("does not fit into the memory of this computer")
            case MemoryFit.TIGHT if memory is not None:
                return self.tr("needs about {needed} of memory, {free} are free now").format(
                    needed=needed, free=size_text(memory.free)
                )
            case MemoryFit.FITS if found.seconds_per_step:
                return self.tr("fits: {seconds} s a step, measured here").format(
                    seconds=self.step_seconds(found.seconds_per_step)
                )
            case MemoryFit.FITS:
                return self.tr("fits: needs about {needed} of memory, not measured yet").format(needed=needed)
        return self.tr("not measured yet")

    def fits_with_little_memory(self, found: Fitness) -> str:
        """The line of a base model that fits with one preset only."""
        return self.tr("fits only with Little memory: about {needed} of memory, not measured yet").format(
            needed=size_text(found.memory)
        )

    def card_reason(self, found: Fitness, memory: DeviceMemory | None) -> str:
        """Why a preset does not fit, or may not."""
        if found.fit is MemoryFit.NOT_TRAINABLE or memory is None or not found.memory:
            return self.tr("Does not fit")
        needed = size_text(found.memory)
        if found.fit is MemoryFit.TIGHT:
            return self.tr("Needs about {needed}, {free} are free now").format(
                needed=needed, free=size_text(memory.free)
            )
        if found.is_measured:
            return self.tr("Does not fit: memory was too short when it was tried")
        return self.tr("Does not fit: needs about {needed}, there are {total}").format(
            needed=needed, total=size_text(memory.total)
        )

    def too_little_disk(self, needed: int) -> str:
        """Why a run does not fit on the disk."""
        return self.tr("Does not fit: {size} of free disk space are needed.").format(size=size_text(needed))

    def measuring(self) -> str:
        """The place of a time that is not known yet."""
        return self.tr("measuring…")

    def estimate(
        self,
        estimate: TrainingEstimate | None,
        steps: int,
        *,
        is_measuring: bool = False,
        is_short: bool = False,
        has_failed: bool = False,
    ) -> str:
        """The time, memory and disk space of a number of steps, as far as they are known."""
        if is_measuring:
            return self.tr("Measuring how long it takes on this computer…")
        if is_short:
            return self.tr("Does not fit: this computer has too little memory to train this model.")
        if has_failed:
            return self.tr("How long it takes could not be measured. More steps take longer.")
        if estimate is None:
            return self.tr("More steps take longer.")
        if not estimate.fits(steps):
            return self.too_little_disk(estimate.disk)
        time, disk = Durations().on_this_computer(estimate.seconds(steps)), size_text(estimate.disk)
        if not estimate.memory:
            needs = self.tr("It needs {disk} of disk space.")
            return f"{time} {needs.format(disk=disk)}"
        needs = self.tr("It needs {memory} of memory and {disk} of disk space.")
        return f"{time} {needs.format(memory=size_text(estimate.memory), disk=disk)}"

    def step_seconds(self, seconds: float) -> str:
        """Seconds of a step, without a unit."""
        return QLocale().toString(seconds, "f", 1 if seconds < FEW_SECONDS else 0)

    def times(self, estimate: TrainingEstimate, steps: int) -> tuple[str, str]:
        """The time of a run, and its memory and disk space in a line each."""
        sizes = [self.tr("{size} memory").format(size=size_text(estimate.memory))] if estimate.memory else []
        sizes.append(self.tr("{size} disk").format(size=size_text(estimate.disk)))
        return Durations().duration(estimate.seconds(steps)), "\n".join(sizes)

    def keep_cost(self, estimate: TrainingEstimate | None, steps: int) -> str:
        """The cost of replay as a sentence; empty if it is not known."""
        seconds = estimate.replay_seconds(steps) if estimate else 0.0
        if not seconds:
            return ""
        return self.tr("Takes {time} more, before the first step.").format(time=Durations().about(seconds))
