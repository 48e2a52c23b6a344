"""Builds the starter model from photographs, stage by stage; every stage can be interrupted.

1. Train the autoencoder. 2. Make a model with it, and train its text encoder on instructions. 3. Store pairs
as latents; for a GPU, pairs are generated during training instead. 4. Train the UNet on small squares, then
5. on larger ones, both in the ordinary training loop. 6. Train the decoder to correct errors of the UNet's
latents. 7. Train the UNet on the pixels that the decoder outputs. 8. Install the model.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import torch

from engine.edit_settings import EditSettings, SchedulerName
from engine.files.atomic import atomic_folder
from engine.instructions.knowledge import has_knowledge
from engine.library import ModelCard, write_model_card
from engine.library.useful_ranges import UsefulRanges, ValueRange
from engine.models.loading import load_model
from trainer.batches.batch import Examples
from trainer.config import (
    CheckpointConfig,
    DataConfig,
    EMAConfig,
    ExperimentConfig,
    LearningRateConfig,
    ModelConfig,
    OptimizerConfig,
    TrainerConfig,
    TrainingConfig,
    UNetConfig,
)
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.runs.loop import TrainingLoop
from trainer.starter.data.instructions import SUGGESTIONS
from trainer.starter.stages.autoencoder import AutoencoderRun, train_autoencoder
from trainer.starter.stages.decoder_training import DecoderTraining, train_decoder
from trainer.starter.stages.generated_examples import GeneratedExamples
from trainer.starter.stages.initial_model import make_initial_model
from trainer.starter.stages.knowledge_fit import KnowledgeFit, write_starter_knowledge
from trainer.starter.stages.pixel_training import PixelTraining, train_on_pixels
from trainer.starter.stages.stored_examples import LatentExamples, write_shards

NAME, LICENCE = "Starter", "Apache-2.0"
DESCRIPTION = (
    "A small model for trying out and teaching. It knows some forty edits of tone, colour, light, "
    "weather and style, slightly or strongly, in any named colour. It cannot add, remove or replace things."
)
RECOMMENDED = EditSettings(
    num_inference_steps=1,
    text_guidance_scale=1.0,
    image_guidance_scale=1.0,
    scheduler=SchedulerName.DDIM,
    resolution=512,
)
USEFUL_RANGES = UsefulRanges(
    text_guidance_scale=ValueRange(1.0, 1.5),
    image_guidance_scale=ValueRange(0.9, 1.25),
    num_inference_steps=ValueRange(1, 1),
)
"""Nine in ten of the edits identified at 1 are so at its corners, too (`resources/starter/README.md`)."""
SEEDED_EDITS = ("snowy", "film grain", "old film")
"""Measured by `tests/benchmarks/seed_effect.py`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UNetStage:
    """A stage that trains the UNet on squares of one size."""

    square: int
    """Side of the squares in pixels; a multiple of 32."""
    shards: int
    """Number of shards to make and store beforehand; with 0, pairs are generated during training."""
    batch_size: int
    steps: int
    learning_rate: float
    decay: bool
    """Whether the learning rate falls along a cosine, rather than staying constant."""

    @property
    def name(self) -> str:
        """Name of the stage's run folder."""
        return f"unet-{self.square}"


CPU_STAGES = (
    UNetStage(square=128, shards=60, batch_size=24, steps=6000, learning_rate=6e-4, decay=False),
    UNetStage(square=256, shards=22, batch_size=8, steps=2800, learning_rate=6e-4, decay=True),
)
GPU_STAGES = (
    # a learning rate of 1e-3 diverged after 800 steps: the UNet no longer followed instructions
    UNetStage(square=256, shards=0, batch_size=128, steps=4000, learning_rate=4e-4, decay=False),
    UNetStage(square=384, shards=0, batch_size=48, steps=1500, learning_rate=2e-4, decay=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StarterBuild:
    """How a starter is built; the README of the starter that ships documents its own training."""

    photos: Path
    run: Path
    device: torch.device
    stages: tuple[UNetStage, ...]
    grown_from: Path | None = None
    """Folder of an earlier starter whose UNet the new one begins with."""
    autoencoder_seconds: float = 1380.0
    decoder_seconds: float = 1320.0
    pixel_seconds: float = 5400.0
    processes: int = 2
    """Number of processes that make pairs."""
    knowledge: KnowledgeFit = field(default_factory=KnowledgeFit)


def stages_for(device: torch.device) -> tuple[UNetStage, ...]:
    """Returns the stages that suit a device."""
    return GPU_STAGES if device.type == "cuda" else CPU_STAGES


def build_starter(build: StarterBuild, target: Path, events: EventStream, commands: Commands) -> bool:
    """Builds the starter into `target`, resuming an earlier call; returns False if it was stopped."""
    vae_folder = build.run / "vae"
    if not vae_folder.exists():
        vae = train_autoencoder(
            AutoencoderRun(
                photos=build.photos, run=build.run / "autoencoder", seconds=build.autoencoder_seconds
            )
        )
        vae.save_pretrained(vae_folder)
    model_folder = build.run / "blank"
    if not model_folder.exists():
        make_initial_model(model_folder, vae_folder, grown_from=build.grown_from)
    for stage in build.stages:
        write_all_shards(build, stage, vae_folder)
        if not train_stage(build, stage, model_folder, events, commands):
            return False
        model_folder = build.run / stage.name / "model"
    train_decoder(
        DecoderTraining(photos=build.photos, run=build.run / "polishing", seconds=build.decoder_seconds),
        model_folder,
    )
    train_on_pixels(
        PixelTraining(photos=build.photos, run=build.run / "finishing", seconds=build.pixel_seconds),
        model_folder,
    )
    install_starter(model_folder, target, build.knowledge)
    return True


def write_all_shards(build: StarterBuild, stage: UNetStage, vae_folder: Path) -> None:
    """Makes the pairs of a stage in several processes. Raises `RuntimeError` if one fails."""
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_write_some_shards, args=(build, stage, vae_folder, worker))
        for worker in range(min(build.processes, stage.shards))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("A process that makes training pairs failed; its message stands above.")


def _write_some_shards(build: StarterBuild, stage: UNetStage, vae_folder: Path, worker: int) -> None:
    torch.set_num_threads(1)
    write_shards(
        build.run / "pairs",
        vae_folder,
        build.photos,
        size=stage.square,
        first=worker,
        end=stage.shards,
        stride=build.processes,
    )


def train_stage(
    build: StarterBuild, stage: UNetStage, start: Path, events: EventStream, commands: Commands
) -> bool:
    """Trains the UNet on the pairs of a stage; returns False if stopped before its end."""
    workers = 0 if stage.shards else build.processes
    config = TrainingConfig(
        data=DataConfig(data_path=str(build.run / "pairs"), num_workers=workers),
        model=ModelConfig(
            name=NAME,
            unet_config=UNetConfig(from_pretrained=str(start)),
            micro_batch_size=stage.batch_size,
            conditioning_dropout_prob=0.0,  # the examples already have conditions dropped
            timestep_sampling="few_steps",
            optim=OptimizerConfig(
                lr=stage.learning_rate,
                weight_decay=0.01,
                sched=LearningRateConfig(warmup_steps=min(100, stage.steps // 10), decay=stage.decay),
            ),
        ),
        trainer=TrainerConfig(max_steps=stage.steps),
        exp_manager=ExperimentConfig(
            exp_dir=str(build.run / stage.name),
            ema=EMAConfig(decay=0.999),
            checkpoint_callback_params=CheckpointConfig(every_n_train_steps=200, save_top_k=2),
        ),
    )
    model = load_model(start, device=build.device, dtype=torch.float32)
    examples = _examples(build, stage)
    training = TrainingLoop(
        config, model, examples, instructions=SUGGESTIONS, events=events, commands=commands
    )
    return not training.run().stopped


def _examples(build: StarterBuild, stage: UNetStage) -> Examples:
    if stage.shards:
        return LatentExamples(build.run / "pairs", size=stage.square, batch_size=stage.batch_size, seed=0)
    return GeneratedExamples(build.photos, size=stage.square, batch_size=stage.batch_size, seed=0)


def _remove_origin(config: Path) -> None:
    """Removes the folder that diffusers stores in a configuration, which is one of the training machine."""
    values = json.loads(config.read_text(encoding="utf-8"))
    values.pop("_name_or_path", None)
    config.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def install_starter(source: Path, target: Path, knowledge: KnowledgeFit) -> None:
    """Writes a trained model to the folder that ships; pages, plots and sheets in it are kept.

    A model without knowledge gets what is fitted as `knowledge` says.
    """
    with atomic_folder(target) as temporary:
        shutil.copytree(source, temporary, dirs_exist_ok=True)
        for config in temporary.glob("*/config.json"):
            _remove_origin(config)
        for page in (page for kind in ("md", "svg", "jpg") for page in target.glob(f"*.{kind}")):
            shutil.copy(page, temporary / page.name)
        write_model_card(
            ModelCard(
                path=temporary,
                name=NAME,
                description=DESCRIPTION,
                licence=LICENCE,
                suggestions=SUGGESTIONS,
                recommended=RECOMMENDED,
                useful_ranges=USEFUL_RANGES,
                seeded_edits=SEEDED_EDITS,
                one_edit_at_a_time=True,
            )
        )
        if not has_knowledge(temporary):
            write_starter_knowledge(temporary, knowledge)
