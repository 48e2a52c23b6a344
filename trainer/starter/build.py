"""Builds the starter model from photographs, stage by stage; every stage can be interrupted.

1. The autoencoder. 2. A model around it whose text encoder has learned the language of edits.
3. Pairs as latents, unless there is a GPU, for which they are made as it goes. 4. The UNet on small squares,
then 5. on larger ones, both in the ordinary training loop. 6. The decoder, which learns the UNet's
errors, and 7. the UNet once more, which learns what the decoder makes of them. 8. Installing.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.edit_settings import EditSettings, SchedulerName
from engine.files.atomic import atomic_folder
from engine.instructions.knowledge import has_knowledge
from engine.library import ModelCard, write_model_card
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
from trainer.starter.stages.decoder_training import DecoderTraining, polish_decoder
from trainer.starter.stages.generated_examples import GeneratedExamples
from trainer.starter.stages.initial_model import make_blank_starter
from trainer.starter.stages.knowledge_fit import write_starter_knowledge
from trainer.starter.stages.pixel_training import PixelTraining, finish_unet
from trainer.starter.stages.stored_examples import LatentExamples, write_shards

NAME = "Starter"
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


@dataclass(frozen=True, kw_only=True, slots=True)
class UNetStage:
    """Training of the UNet on squares of one size."""

    square: int
    """Side of the squares in pixels; a multiple of 32."""
    shards: int
    """How many to make and keep beforehand; with 0, pairs are made as training needs them."""
    batch_size: int
    steps: int
    learning_rate: float
    decay: bool
    """Whether the learning rate falls along a cosine, rather than staying for the next stage."""
    compiled: bool = False

    @property
    def name(self) -> str:
        return f"unet-{self.square}"


CPU_STAGES = (
    UNetStage(
        square=128, shards=60, batch_size=24, steps=6000, learning_rate=6e-4, decay=False, compiled=True
    ),
    UNetStage(square=256, shards=22, batch_size=8, steps=2800, learning_rate=6e-4, decay=True, compiled=True),
)
GPU_STAGES = (
    # at 1e-3 it learned for 800 steps, and then forgot how to read
    UNetStage(square=256, shards=0, batch_size=128, steps=4000, learning_rate=4e-4, decay=False),
    UNetStage(square=384, shards=0, batch_size=48, steps=1500, learning_rate=2e-4, decay=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StarterBuild:
    """How a starter is made; the card of the one that ships tells what its weights went through."""

    photos: Path
    run: Path
    device: torch.device
    stages: tuple[UNetStage, ...]
    grown_from: Path | None = None
    """An earlier starter whose UNet the new one begins with."""
    autoencoder_seconds: float = 1380.0
    polishing_seconds: float = 1320.0
    finishing_seconds: float = 5400.0
    processes: int = 2
    """How many make pairs."""


def stages_for(device: torch.device) -> tuple[UNetStage, ...]:
    """The stages that make good use of a device."""
    return GPU_STAGES if device.type == "cuda" else CPU_STAGES


def build_starter(build: StarterBuild, target: Path, events: EventStream, commands: Commands) -> bool:
    """Build into `target`, going on where an earlier call ended; False if it was told to stop."""
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
        make_blank_starter(model_folder, vae_folder, grown_from=build.grown_from)
    for stage in build.stages:
        write_all_shards(build, stage, vae_folder)
        if not train_stage(build, stage, model_folder, events, commands):
            return False
        model_folder = build.run / stage.name / "model"
    polish_decoder(
        DecoderTraining(photos=build.photos, run=build.run / "polishing", seconds=build.polishing_seconds),
        model_folder,
    )
    finish_unet(
        PixelTraining(photos=build.photos, run=build.run / "finishing", seconds=build.finishing_seconds),
        model_folder,
    )
    install_starter(model_folder, target)
    return True


def write_all_shards(build: StarterBuild, stage: UNetStage, vae_folder: Path) -> None:
    """Make the pairs of a stage in several processes."""
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_write_some_shards, args=(build, stage, vae_folder, worker))
        for worker in range(build.processes)
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
    """Train the UNet on the pairs of a stage; False if told to stop before its end."""
    workers = 0 if stage.shards else build.processes
    config = TrainingConfig(
        data=DataConfig(data_path=str(build.run / "pairs"), num_workers=workers),
        model=ModelConfig(
            name=NAME,
            unet_config=UNetConfig(from_pretrained=str(start)),
            micro_batch_size=stage.batch_size,
            conditioning_dropout_prob=0.0,  # the examples come with conditions dropped
            timestep_sampling="few_steps",
            inductor=stage.compiled,
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


def _forget_origin(config: Path) -> None:
    """Take out the folder that diffusers notes down, which is of the machine that trained."""
    values = json.loads(config.read_text(encoding="utf-8"))
    values.pop("_name_or_path", None)
    config.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def install_starter(source: Path, target: Path) -> None:
    """Put a trained model where it ships; what was written and drawn about it by hand stays."""
    with atomic_folder(target) as temporary:
        shutil.copytree(source, temporary, dirs_exist_ok=True)
        for config in temporary.glob("*/config.json"):
            _forget_origin(config)
        for page in (page for kind in ("md", "svg", "jpg") for page in target.glob(f"*.{kind}")):
            shutil.copy(page, temporary / page.name)
        write_model_card(
            ModelCard(
                path=temporary,
                name=NAME,
                description=DESCRIPTION,
                suggestions=SUGGESTIONS,
                recommended=RECOMMENDED,
            )
        )
        if not has_knowledge(temporary):
            write_starter_knowledge(temporary)
