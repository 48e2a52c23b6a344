"""The texts of the dialog of a grid."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ip2p_desktop.base.durations import MINUTE, Durations
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.guidance.sweep_plan import SweepKind, SweepPlan


class SweepTexts(QObject):
    """A class of Qt, for its plurals."""

    def cell(self, kind: SweepKind, state: EditState) -> str:
        """What is particular to a cell."""
        settings = state.settings
        if kind is SweepKind.SEEDS:
            return str(settings.seed)
        return f"{settings.text_guidance_scale:g} · {settings.image_guidance_scale:g}"

    def plan(self, plan: SweepPlan, seconds: float | None) -> str:
        """What will be made, and how long it takes if that is known."""
        if plan.kind is SweepKind.SEEDS:
            text = self.tr("%n edit(s), each with another seed.", "", len(plan.states))
        else:
            text = self.tr(
                "%n edit(s) with seed {seed}: text guidance from left to right, image guidance upwards.",
                "",
                len(plan.states),
            )
            text = text.format(seed=plan.states[0].settings.seed)
        return f"{text} {self._takes(seconds)}".strip()

    def progress(self, done: int, made: int, total: int, seconds: float | None) -> str:
        """How many edits have ended; after the last one, what to do."""
        if done < total:
            text = self.tr("{done} of {total} done").format(done=done, total=total)
            left = "" if seconds is None else self._left(seconds)
            return f"{text} · {left}" if left else text
        if made:
            return self.tr("Click a result to see it large.")
        return self.tr("No result was made.")

    def kept(self, others: int) -> str:
        """That a result was kept."""
        if not others:
            return self.tr("Its settings are set.")
        return self.tr("Its settings are set. %n other result(s) are in the history.", "", others)

    def removed(self, count: int) -> str:
        """That the others were removed."""
        return self.tr("%n result(s) removed from the history.", "", count)

    def _takes(self, seconds: float | None) -> str:
        if seconds is None:
            return ""
        if seconds < MINUTE:
            return self.tr("Takes about {seconds} s.").format(seconds=max(1, round(seconds)))
        return Durations(self).on_this_computer(seconds)

    def _left(self, seconds: float) -> str:
        if seconds < MINUTE:
            return self.tr("about {seconds} s left").format(seconds=max(1, round(seconds)))
        return Durations(self).time_left(seconds)
