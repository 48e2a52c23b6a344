"""Settings: NeMo's names, defaults, and one sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.config import ConfigNotValid, TrainingConfig, read_config, read_settings

NEMO = Path(__file__).resolve().parents[2] / "assets" / "nemo_sd_finetune.yaml"
REQUIRED = ["data.data_path=pairs", "model.unet_config.from_pretrained=model", "exp_manager.exp_dir=run"]


def test_dotted_keys_reach_their_place() -> None:
    config = read_config(
        [*REQUIRED, "trainer.max_steps=7", "model.optim.lr=3e-5", "model.channels_last=False"]
    )
    assert config.trainer.max_steps == 7
    assert config.model.optim.lr == pytest.approx(3e-5)
    assert config.model.channels_last is False
    assert config.model.conditioning_dropout_prob == 0.05


def test_the_model_is_named_after_the_dataset_unless_it_has_a_name() -> None:
    assert read_config(REQUIRED).model_name == "pairs"
    assert read_config([*REQUIRED, "model.name=Ünder the sea"]).model_name == "Ünder the sea"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (REQUIRED[1:], "data.data_path is missing"),
        ([*REQUIRED, "trainer.max_stepz=3"], "max_stepz"),
        ([*REQUIRED, "trainer.max_steps=many"], "trainer.max_steps is “many”, but must be a whole number"),
        ([*REQUIRED, "trainer.max_steps=0"], "trainer.max_steps must be at least 1"),
        ([*REQUIRED, "trainer=0"], "trainer is a group of settings"),
        ([*REQUIRED, "trainer.max_time=5 hours"], "trainer.max_time must be days:hours"),
        ([*REQUIRED, "model.optim.lr=0"], "model.optim.lr must be above 0"),
        ([*REQUIRED, "model.optim.name=lion"], "must be one of adamw, adam, fused_adam"),
        ([*REQUIRED, "model.optim.min_lr=1"], "There is no setting called model.optim.min_lr"),
        ([*REQUIRED, "model.conditioning_dropout_prob=0.5"], "conditioning_dropout_prob must be from 0"),
        ([*REQUIRED, "model.loss_type=huber"], "model.loss_type can only be l2 here, not huber"),
        ([*REQUIRED, "model.inductor_cudagraphs=True"], "launches what model.inductor compiles"),
        ([*REQUIRED, "trainer.precision=8"], "trainer.precision must be one of"),
        ([*REQUIRED, "model.optim.betas=[0.9]"], "model.optim.betas must be two numbers"),
        ([*REQUIRED, "model.name=${trainer.nothing}"], "trainer.nothing"),
        ([*REQUIRED, f"model.seed={2**32}"], f"model.seed must be below {2**32}"),
        ([*REQUIRED, "fast"], "“fast” is not a setting"),
        ([*REQUIRED, "~model.name=x"], "is not a setting"),
        ([*REQUIRED, "--config=nowhere.yaml"], "nowhere.yaml cannot be read"),
        ([*REQUIRED, "--probe=few"], "“few” is not a list of steps"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(ConfigNotValid) as caught:
        read_config(arguments)
    assert words in caught.value.message
    assert "\n" not in str(caught.value)


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(ConfigNotValid, match=r"Did you mean trainer\.max_steps\?"):
        read_config([*REQUIRED, "trainer.max_step=3"])


def test_nemos_configuration_runs_unchanged() -> None:
    settings = read_settings(["--config", str(NEMO), "model.data.data_path=/pairs"])
    config = settings.config
    assert config.data.data_path == "/pairs"
    assert config.data.num_workers == 2
    assert (config.trainer.precision, config.trainer.max_steps) == ("16", 10000)
    assert (config.model.micro_batch_size, config.model.seed) == (32, 1234)
    assert config.model.optim.name == "fused_adam"
    assert config.model.optim.sched.name == "WarmupHoldPolicy"
    assert config.exp_manager.checkpoint_callback_params.save_top_k == 4
    assert config.exp_manager.ema.enable is False
    assert config.run_folder == Path("experiments/instruct-pix2pix")
    assert config.start_weights.name == "starter"
    assert config.resumed_checkpoint is None


def test_settings_files_of_an_earlier_version_name_replay_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text(
        "data:\n  cache:\n    enable: true\n  rehearsal:\n    pairs: 12\n    share: 0.25\n", encoding="utf-8"
    )
    replay = read_config([*REQUIRED, "--config", str(file)]).data.replay
    assert (replay.pairs, replay.share) == (12, 0.25)


def test_only_settings_without_meaning_here_are_reported() -> None:
    notes = read_settings([f"--config={NEMO}", "model.data.data_path=/pairs"]).notes
    assert [note.code for note in notes] == ["settings.of-start-weights", "settings.without-meaning"]
    weights, others = (note.message for note in notes)
    assert weights.startswith("These settings follow from the start weights")
    for key in ("model.linear_start", "model.unet_config.model_channels", "model.cond_stage_config.version"):
        assert key in weights
    for key in ("trainer.max_epochs", "trainer.logger", "model.use_ema"):
        assert key in others
    for key in (
        "micro_batch_size",
        "use_flash_attention",
        "loss_type",
        "ema.every_n_steps",
        "unet_config.in_channels",
    ):
        assert key not in weights + others


def test_overrides_of_nemos_page_are_heard() -> None:
    config = read_config(
        [
            f"--config={NEMO}",
            "+model.data.data_path=[/one, /two]",
            "model.unet_config.use_checkpoint=True",
            "model.unet_config.use_flash_attention=True",
            "++model.channels_last=True",
            "model.inductor=True",
            "trainer.precision=bf16-mixed",
            "trainer.devices=8",
            "trainer.num_nodes=4",
            "model.global_batch_size=1024",
            "trainer.max_time=10:00:30:00",
            "exp_manager.exp_dir=/runs",
        ]
    )
    assert [path.name for path in config.data.paths] == ["one", "two"]
    assert config.model.unet_config.use_checkpoint
    assert config.model.unet_config.use_flash_attention
    assert config.model.inductor
    assert config.micro_batches(32) == 1
    assert config.trainer.max_seconds == 10 * 86400 + 1800
    assert config.run_folder == Path("/runs/instruct-pix2pix")


def test_later_words_win_and_references_are_followed(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("trainer:\n  max_steps: 5\nmodel:\n  name: in ${trainer.max_steps} steps\n  seed: ???\n")
    config = read_config([*REQUIRED, "--config", str(file), "trainer.max_steps=6"])
    assert config.model.name == "in 6 steps"
    assert config.model.seed == 0


def test_a_literal_dollar_stays_what_it_is() -> None:
    assert read_config([*REQUIRED, r'model.name="a \\${b}"']).model.name == "a ${b}"


def sized(**sizes: int | None) -> TrainingConfig:
    config = TrainingConfig()
    config.model.micro_batch_size = sizes.get("micro") or 4
    config.model.global_batch_size = sizes.get("whole")
    config.trainer.accumulate_grad_batches = sizes.get("accumulate")
    return config


@pytest.mark.parametrize(
    ("sizes", "processes", "expected"),
    [
        ({}, 2, 1),
        ({"accumulate": 3}, 2, 3),
        ({"whole": 32}, 2, 4),
        ({"whole": 32, "accumulate": 4}, 2, 4),
        # as NeMo counts it
        ({"whole": 8, "accumulate": 4}, 2, 4),
    ],
)
def test_what_is_accumulated_follows_from_the_sizes(
    sizes: dict[str, int], processes: int, expected: int
) -> None:
    assert sized(**sizes).micro_batches(processes) == expected


@pytest.mark.parametrize("sizes", [{"whole": 12}, {"whole": 0}, {"whole": 32, "accumulate": 3}])
def test_sizes_that_contradict_each_other_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ConfigNotValid, match=r"model\.global_batch_size is"):
        sized(**sizes).micro_batches(2)
