"""Whether the presets fit for a base model: measured where they were measured, else estimated."""

from __future__ import annotations

from engine.devices.free_memory import DeviceMemory
from ip2p_desktop.training.dialog.plan.plan_texts import PlanTexts
from ip2p_desktop.training.dialog.plan.preset_choice import CardState
from ip2p_desktop.training.plans.fitness import Fitness, MemoryFit, fitness
from ip2p_desktop.training.plans.plan_choices import PlanChoices
from ip2p_desktop.training.plans.presets import Preset
from ip2p_desktop.training.runs.plan_measurements import PlanMeasurements

FIRST_CHOICES = (Preset.BALANCED, Preset.LITTLE_MEMORY)
"""What is chosen unless the user chooses: the first that may fit."""


class PlanFitness:
    """Answers for the choices on the page."""

    def __init__(self, measurements: PlanMeasurements, texts: PlanTexts) -> None:
        self._measurements = measurements
        self._texts = texts
        self.memory: DeviceMemory | None = None
        """The memory of the device; None until it is known."""

    def estimated(self, choices: PlanChoices, preset: Preset) -> Fitness:
        """Whether a preset fits, without a measurement."""
        base = choices.base
        return fitness(base.parameters, choices.settings(preset), self.memory, family=base.card.family)

    def found(self, choices: PlanChoices, preset: Preset) -> Fitness:
        """Whether a preset of the chosen model fits, as measured or estimated."""
        return fitness(
            choices.base.parameters,
            choices.settings(preset),
            self.memory,
            family=choices.base.card.family,
            measured=self._measurements.estimate(preset),
            is_short=self._measurements.is_short_of_memory(preset),
        )

    def first_possible(self, choices: PlanChoices) -> Preset:
        """The preset to choose unless the user chooses."""
        possible = [each for each in FIRST_CHOICES if self.estimated(choices, each).is_possible]
        return possible[0] if possible else FIRST_CHOICES[0]

    def description(self, choices: PlanChoices, chosen: Preset | None) -> tuple[str, bool]:
        """What is known of a base model in a line, and whether it can be chosen.

        `chosen` is the preset if the model is the chosen one, whose presets are measured.
        """
        judge = self.found if chosen else self.estimated
        found, little = judge(choices, chosen or Preset.BALANCED), judge(choices, Preset.LITTLE_MEMORY)
        if found.fit is MemoryFit.TOO_LARGE and little.is_possible and little.memory:
            return self._texts.fits_with_little_memory(little), True
        return self._texts.fitness(found, self.memory), found.is_possible

    def card_state(self, choices: PlanChoices, preset: Preset, steps: int) -> CardState:
        """What the card of a preset shows."""
        found, estimate = self.found(choices, preset), self._measurements.estimate(preset)
        if not found.is_possible:
            return CardState(reason=self._texts.card_reason(found, self.memory), is_possible=False)
        if estimate is None:
            reason = self._texts.card_reason(found, self.memory) if found.fit is MemoryFit.TIGHT else ""
            time = self._texts.measuring() if self._measurements.is_measuring(preset) else ""
            return CardState(time=time, reason=reason)
        if not estimate.fits(steps):
            return CardState(reason=self._texts.too_little_disk(estimate.disk))
        time, sizes = self._texts.times(estimate, steps)
        return CardState(time=time, sizes=sizes)
