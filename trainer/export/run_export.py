"""Exports the model of a run in every configured format, with a model card."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from engine.library.edit_looks import EditLook
from trainer.datasets import Pair, PairSet
from trainer.datasets.splits import Splits
from trainer.export.export import export_model
from trainer.export.model_card import DataFacts, Sample, TrainingRecord
from trainer.export.original_files import LiveWeights
from trainer.export.run_record import RunRecord
from trainer.export.trained_looks import completed_looks
from trainer.learning.history import History
from trainer.learning.learner import Learner
from trainer.learning.lora import has_lora
from trainer.validation.validation import FOLDER, Validation, edit_file, photo_file


class RunExport:
    """Exports a run's model; the loop calls it while the averaged weights are in the model."""

    def __init__(
        self,
        learner: Learner,
        history: History,
        run: RunRecord,
        *,
        validation: Validation | None = None,
        pairs: Sequence[Pair] = (),
        hardware: str = "",
    ) -> None:
        """`pairs` are those of training, with which the looks are completed; `hardware` is that on which the
        run trained, empty is that of the learner.
        """
        self._pairs = pairs
        self._learner, self._history, self._run = learner, history, run
        self._validation, self._hardware = validation, hardware or hardware_name(learner.device)

    def __call__(self, target: Path) -> Path:
        """Writes the model to `target` and returns that. Raises as `export_model`.

        Before the first step it has learned no instruction.
        """
        learner = self._learner
        return export_model(
            learner.loss.model,
            target,
            name=learner.config.model_name,
            instructions=self._run.instructions if learner.step else (),
            config=learner.config.export,
            looks=self._looks() if learner.step else (),
            live=self._live_weights(),
            record=self._record(),
        )

    def _looks(self) -> tuple[EditLook, ...]:
        """Returns the looks of the run's record, with the gains of the model as it is now."""
        return completed_looks(self._learner.loss.model, self._run.looks or (), self._pairs)

    def _live_weights(self) -> LiveWeights | None:
        """Returns the UNet's weights before averaging, for the layout that holds both.

        Returns None for a LoRA, of which only the average is exported.
        """
        ema, unet = self._learner.ema, self._learner.loss.model.unet
        is_wanted = self._learner.config.export.original_layout and ema.updates and not has_lora(unet)
        if not is_wanted:
            return None
        live: Mapping[str, Tensor] = ema.live_copies
        return LiveWeights(
            {name: live.get(f"unet.{name}", tensor) for name, tensor in unet.state_dict().items()},
            ema.decay,
            ema.updates,
        )

    def _record(self) -> TrainingRecord:
        return TrainingRecord(
            config=self._learner.config,
            data=self._run.data,
            history=self._history,
            steps=self._learner.step,
            examples_seen=self._learner.examples_seen,
            hardware=self._hardware,
            steps_elsewhere=self._run.steps_elsewhere,
            samples=tuple(self._samples()),
        )

    def _samples(self) -> Iterator[Sample]:
        """Yields the previews of the newest step that has some."""
        folder = self._learner.config.run_folder / FOLDER
        for number, instruction in enumerate(self._validation.instructions if self._validation else ()):
            photo = photo_file(folder, number)
            made = [path for path in sorted(folder.glob(f"step-*-{number}.png")) if _is_of(path, number)]
            if photo.is_file() and made:
                yield Sample(instruction=instruction, source=photo, edited=made[-1])


def _is_of(path: Path, number: int) -> bool:
    """Returns whether a file is the edit of this number, and not of one with the same ending."""
    step = path.stem.split("-")[1]
    return path.name == edit_file(path.parent, number, int(step)).name


def data_facts(found: PairSet, divided: Splits) -> DataFacts:
    """Returns what a model card lists about the data."""
    return DataFacts(
        paths=tuple(source.path for source in found.sources),
        layouts=tuple(str(layout) for layout in found.layouts),
        train=len(divided.train.pairs),
        val=len(divided.val.pairs),
        test=len(divided.test.pairs),
        skipped=divided.train.left_out,
    )


def hardware_name(device: torch.device) -> str:
    """Returns the name of the hardware for a model card."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    kind = "Apple GPU" if device.type == "mps" else f"processor with {torch.get_num_threads()} thread(s)"
    return f"{kind} ({platform.system()}, {platform.machine()})"
