"""After any failure, a run ends in a usable state, and reports it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.recorded_run import STEPS, FixedValidation, RecordedRun
from fakes.trainer_programs import same

from trainer.learning.checkpoint import STATE_FILE, CheckpointNotUsable, Checkpoints, load_state
from trainer.learning.learner import TrainingDiverged
from trainer.protocol.events import (
    CheckpointSaved,
    StepFinished,
    TrainingStarted,
    ValidationFinished,
    WarningRaised,
)
from trainer.runs.probe import probe


@pytest.fixture
def run(tiny_editor: Path, tmp_path: Path) -> Callable[..., RecordedRun]:
    return lambda *words, folder="run", **options: RecordedRun(
        tiny_editor, tmp_path / folder, *words, **options
    )


def test_a_loss_without_numbers_goes_back_with_half_the_rate(run: Callable[..., RecordedRun]) -> None:
    spoilt = run("model.optim.lr=1e-3")
    spoilt.spoil(lambda tried: tried == 6)
    assert spoilt().step == STEPS
    assert [event.step for event in spoilt.events_of(StepFinished)] == [1, 2, 3, 4, 5, 5, 6, 7, 8]
    rates = [event.learning_rate for event in spoilt.events_of(StepFinished)]
    assert rates == [1e-3] * 5 + [5e-4] * 4
    warning = next(event for event in spoilt.events_of(WarningRaised) if event.kind == "diverged")
    assert "became NaN at step 6" in warning.message
    assert "from step 4 with 0.5 times the learning rate" in warning.message
    assert len(spoilt.last_state()["history"]["losses"]) == STEPS
    assert spoilt.last_state()["rate_share"] == 0.5
    assert [line["step"] for line in spoilt.metrics()] == list(range(1, STEPS + 1)), "none is doubled"
    assert [line["learning_rate"] for line in spoilt.metrics()] == [1e-3] * 4 + [5e-4] * 4


def test_after_three_returns_it_ends_in_a_sentence(run: Callable[..., RecordedRun]) -> None:
    spoilt = run()
    spoilt.spoil(lambda tried: tried > 5)
    with pytest.raises(TrainingDiverged, match="Try a lower learning rate"):
        spoilt()
    shares = [event.message.split(" times")[0].split()[-1] for event in spoilt.events_of(WarningRaised)]
    assert shares == ["0.5", "0.25", "0.125"]
    assert spoilt.saved_steps() == [2, 4]
    assert all(bool(torch.isfinite(weight).all()) for weight in spoilt.last_state()["weights"].values())


def test_before_its_first_checkpoint_it_goes_back_to_the_start(run: Callable[..., RecordedRun]) -> None:
    spoilt = run()
    spoilt.spoil(lambda tried: tried == 1)
    spoilt()
    assert [event.step for event in spoilt.events_of(StepFinished)] == list(range(1, STEPS + 1))


def test_what_want_of_memory_changes_is_kept_at_once(run: Callable[..., RecordedRun]) -> None:
    """Else a run that is killed after it would sum up in another order than before."""
    short = run(
        "exp_manager.checkpoint_callback_params.every_n_train_steps=100",
        "exp_manager.checkpoint_callback_params.save_top_k=-1",
        "trainer.max_steps=4",
    )
    tried = 0

    def fail_once(module: Any, inputs: Any) -> None:
        nonlocal tried
        tried += 1
        if tried == 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    short.training.learner.networks.parts["unet"].register_forward_pre_hook(fail_once)
    short()
    assert short.saved_steps() == [0, 3, 4]
    assert load_state(Checkpoints(short.folder, keep=-1).saved()[1])["pieces"] == 2


def test_stopping_and_time_say_which(run: Callable[..., RecordedRun]) -> None:
    stopped = run()
    stopped.commands.request_stop()
    finished = stopped()
    assert (finished.stopped, finished.reason, finished.step) == (True, "stop", 0)
    late = run("trainer.max_time=00:00:00:00")
    finished = late()
    assert (finished.stopped, finished.reason) == (True, "time")
    assert run()().reason == "steps"


def test_a_folder_with_a_run_is_not_begun_anew(run: Callable[..., RecordedRun]) -> None:
    run("trainer.max_steps=2")()
    with pytest.raises(CheckpointNotUsable, match="already contains a run"):
        run("exp_manager.resume_if_exists=False")()


def test_a_run_resumes_from_the_checkpoint_of_another(
    run: Callable[..., RecordedRun], tmp_path: Path
) -> None:
    whole = run(folder="whole")
    whole()
    run("trainer.max_steps=2", folder="first")()
    elsewhere = tmp_path / "first" / "checkpoints" / "step-00000002"
    second = run(f"exp_manager.resume_from_checkpoint={elsewhere}", folder="second")
    second()
    assert second.events_of(TrainingStarted)[0].start_step == 2
    assert same(second.last_state()["weights"], whole.last_state()["weights"])


@pytest.mark.parametrize(
    "damage", [{"history": {"validations": [["a"]]}}, {"random": [{"torch": 5}]}, {"random": 5}], ids=str
)
def test_a_checkpoint_with_a_damaged_part_is_refused_in_a_sentence(
    run: Callable[..., RecordedRun], damage: dict[str, object]
) -> None:
    made = run("trainer.max_steps=2")
    made()
    path = made.training.resumption.checkpoints.saved()[-1]
    torch.save({**load_state(path), **damage}, path / STATE_FILE)
    with pytest.raises(CheckpointNotUsable, match="missing or damaged") as raised:
        run()()
    assert raised.value.values["checkpoint"] == str(path)


def test_a_checkpoint_of_another_model_is_refused(run: Callable[..., RecordedRun]) -> None:
    run("trainer.max_steps=2")()
    with pytest.raises(CheckpointNotUsable, match="of another model, or of a run that trains other weights"):
        run("model.cond_stage_trainable=True")()


def test_the_best_checkpoint_is_kept_and_a_failed_preview_is_only_reported(
    run: Callable[..., RecordedRun],
) -> None:
    best = run(
        "exp_manager.checkpoint_callback_params.save_top_k=1",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=4",
        "trainer.val_check_interval=3",
    )
    losses = [0.9, 0.3, None, 0.5]  # at the steps 0, 3, 6, 8
    best.training.between_steps.validation = FixedValidation(losses, best.training.events)
    best()
    assert losses == []
    assert [(event.step, event.best) for event in best.events_of(ValidationFinished)] == [
        (0, True),
        (3, True),
        (8, False),
    ]
    assert best.saved_steps() == [3, 8]
    assert [event.kind for event in best.events_of(WarningRaised)] == ["validation"]
    assert Checkpoints(best.folder, keep=1).best()[1] == 0.3


def test_what_was_validated_before_a_kill_is_not_validated_again(run: Callable[..., RecordedRun]) -> None:
    first = run("trainer.max_steps=2")
    first.training.between_steps.validation = FixedValidation([0.9], first.training.events)
    first.commands.request_stop()
    first()
    again = run("trainer.max_steps=2")
    again.training.between_steps.validation = FixedValidation([0.4], again.training.events)
    again()
    assert again.last_state()["history"]["validations"] == [(0, 0.9), (2, 0.4)]


def test_an_interval_of_zero_validates_neither_at_the_start_nor_at_the_end(
    run: Callable[..., RecordedRun],
) -> None:
    never = run("trainer.val_check_interval=0", "trainer.max_steps=1")
    never.training.between_steps.validation = FixedValidation([], never.training.events)
    never()
    assert never.events_of(ValidationFinished) == []
    assert never.last_state()["history"]["validations"] == []


def test_only_some_steps_are_reported_if_configured(run: Callable[..., RecordedRun]) -> None:
    quiet = run("trainer.log_every_n_steps=3")
    quiet()
    assert [event.step for event in quiet.events_of(StepFinished)] == [3, 6, 8]
    assert all(event.samples_per_second > 0 for event in quiet.events_of(StepFinished))
    assert [event.step for event in quiet.events_of(CheckpointSaved)] == [2, 4, 6, 8]


def test_a_resumed_run_takes_the_options_of_the_optimiser_that_are_configured_now(
    run: Callable[..., RecordedRun],
) -> None:
    run("trainer.max_steps=2")()
    changed = ("model.optim.weight_decay=0.5", "model.optim.betas=[0.5,0.9]", "model.optim.eps=1e-4")
    again = run(*changed, "trainer.max_steps=3")
    again()
    decayed, undecayed = again.training.learner.optimizer.param_groups
    assert (decayed["weight_decay"], undecayed["weight_decay"]) == (0.5, 0.0)
    assert [(group["betas"], group["eps"]) for group in (decayed, undecayed)] == [((0.5, 0.9), 1e-4)] * 2
    assert [event.message for event in again.events_of(WarningRaised)] == [
        "The run continues with weight decay 0.5 instead of 0.01, betas 0.5 and 0.9 instead of 0.9 and "
        "0.999, eps 0.0001 instead of 1e-08."
    ]
    same_again = run(*changed, "trainer.max_steps=4")
    same_again()
    assert same_again.events_of(WarningRaised) == []


def test_a_run_resumed_with_other_sizes_continues_with_the_next_examples(
    run: Callable[..., RecordedRun],
) -> None:
    run("trainer.max_steps=3")()
    again = run("trainer.accumulate_grad_batches=2", "trainer.max_steps=4")
    again()
    assert again.last_state()["examples_seen"] == 3 * 2 + 4
    assert again.training.learner.batch_number(0) == 5


def test_a_probe_takes_steps_and_leaves_nothing(run: Callable[..., RecordedRun]) -> None:
    from trainer.protocol.events import Estimated, ProbeFinished

    tried = run("trainer.max_time=00:00:00:01")
    probe(tried.training, (1, 10_000_000))
    (found,) = tried.events_of(ProbeFinished)
    assert found.seconds_per_step > 0
    assert found.disk > 4 * 90_000 * 4
    short, long = tried.events_of(Estimated)
    assert (short.steps, short.fits, long.fits) == (1, True, False)
    assert long.seconds == pytest.approx(10_000_000 * found.seconds_per_step, rel=0.01)
    assert not tried.folder.exists()


def test_random_states_are_part_of_a_checkpoint(run: Callable[..., RecordedRun]) -> None:
    import random

    import numpy as np

    def draws() -> list[float]:
        return [random.random(), float(np.random.rand()), float(torch.rand(()))]

    stopped = run("trainer.max_steps=2")
    stopped()
    expected = draws()
    again = run("trainer.max_steps=2")
    again()
    assert draws() == expected
