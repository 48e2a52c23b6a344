"""Short runs of the tiny editor whose checkpoints are kept."""

from __future__ import annotations

from pathlib import Path

from fakes.trainer_programs import run_trainer

INSTRUCTION = "turn it inside out"
STEPS = 4


def train_tiny(folder: Path, pairs: Path, base: Path, *more: str) -> Path:
    """The folder of a run of four steps, with a checkpoint of every second one and two val pairs."""
    words = [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={base}",
        f"exp_manager.explicit_log_dir={folder}",
        f"trainer.max_steps={STEPS}",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=2",
        "exp_manager.checkpoint_callback_params.save_top_k=-1",
        "exp_manager.ema.decay=0.5",
        "model.optim.lr=0.01",
        "model.optim.sched.warmup_steps=0",
        "model.name=Inside out",
        "model.micro_batch_size=2",
        "data.num_workers=0",
        "data.resolution=32",
        "data.split.smallest_val=2",
        "data.replay.pairs=0",
        "trainer.precision=32",
        "trainer.threads=1",
        "trainer.val_check_interval=0",
        *more,
    ]
    folder.parent.mkdir(parents=True, exist_ok=True)
    code, events, errors = run_trainer(words, folder.parent / f"{folder.name}-output")
    assert code == 0, (events, errors)
    return folder
