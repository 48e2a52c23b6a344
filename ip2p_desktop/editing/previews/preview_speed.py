"""Whether previews with a model are fast enough, by measurement."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from engine.editing.cost_history import CostHistory
from engine.library import ModelCard
from engine.request import EditRequest

LIMIT_SECONDS = 1.5
"""Time for one preview, without loading the model, up to which a model counts as fast."""
COUNTED = 3
"""The last previews that are counted, so that a moment in which the computer is busy changes nothing."""
SMALL_BYTES = 512 * 1024**2
"""A model that was never measured is tried up to this size of its files."""


class PreviewSpeed:
    """Measured seconds of previews by model, in this run of the program. Used on the worker's thread."""

    def __init__(self, history: CostHistory) -> None:
        self._history = history
        self._measured: dict[Path, deque[float]] = {}
        self._allowed: dict[Path, bool] = {}
        """For models without measured previews: whether the history or their size allows them."""

    def note(self, model: ModelCard, seconds: float) -> None:
        """Add the time of a preview, without loading the model."""
        self._measured.setdefault(model.path, deque(maxlen=COUNTED)).append(seconds)

    def forget(self, model: Path) -> None:
        """Measure a model again."""
        self._measured.pop(model, None)
        self._allowed.pop(model, None)

    def allows(self, model: ModelCard, request: EditRequest) -> bool:
        """Whether to make a preview; reads files the first time for a model."""
        if measured := self._measured.get(model.path):
            return sum(measured) <= COUNTED * LIMIT_SECONDS
        if not self._allowed.get(model.path):  # a real edit may have been measured since
            self._allowed[model.path] = self._is_expected_fast(model, request)
        return self._allowed[model.path]

    def _is_expected_fast(self, model: ModelCard, request: EditRequest) -> bool:
        expected = self._history.forecast(model, request.source_image.size, request.settings)
        if expected is not None:
            return expected.seconds <= LIMIT_SECONDS
        return _file_bytes(model) <= SMALL_BYTES


def _file_bytes(model: ModelCard) -> int:
    """Size of the model's files; more than any limit if they cannot be read."""
    try:
        if model.is_file:
            return model.path.stat().st_size
        return sum(file.stat().st_size for file in model.path.rglob("*") if file.is_file())
    except OSError:
        return SMALL_BYTES + 1
