"""What the compiler made is compared with the UNet itself before it trains anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.learners import batch, learner_of
from fakes.trainer_programs import same
from torch import Tensor

from trainer.learning.compiler_check import NOT_COMPARED, compare_gradients
from trainer.learning.learner import Learner
from trainer.learning.networks import NOT_COMPILED


class FakeCompiled:
    """Takes the place of a compiled UNet: the UNet itself, with what a test does to it, and counted."""

    def __init__(self, learner: Learner, spoil: Callable[[Any], Any] | None = None) -> None:
        self.calls = 0
        self._unet: Any = learner.networks.parts["unet"]
        self._spoil = spoil
        self._unet._compiled_call_impl = self

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        spoilt = self._spoil(self._unet) if self._spoil else None
        try:
            return self._unet._call_impl(*arguments, **options)
        finally:
            if spoilt is not None:
                spoilt.remove()


def without_inner_gradients(unet: Any) -> Any:
    """As torch 2.13 computes with memory layouts of its own choice: the same loss, and zeros further in."""
    return unet.mid_block.register_forward_hook(lambda module, inputs, output: output.detach())


@pytest.fixture
def make(tiny_editor: Path) -> Callable[..., Learner]:
    return partial(learner_of, tiny_editor)


def learned(learner: Learner, sizes: tuple[int, ...] = (4, 4)) -> dict[str, Tensor]:
    for number, size in enumerate(sizes):
        first = number * learner.micro_batches
        learner.take_step([batch(first + place, size) for place in range(learner.micro_batches)])
    return {name: weight.detach().clone() for name, weight in learner.weights.items()}


def codes(learner: Learner) -> list[str]:
    return [warning.code for warning in learner.warnings]


def test_wrong_gradients_are_reported_and_train_nothing(make: Callable[..., Learner]) -> None:
    learner, plain = make("model.seed=1"), make("model.seed=1")
    compiled = FakeCompiled(learner, without_inner_gradients)
    before = learner.fallbacks
    assert same(learned(learner), learned(plain))
    assert codes(learner) == ["compiler.wrong-gradients"]
    (warning,) = learner.warnings
    names = [name for name in learner.weights if name.startswith(("unet.mid_block", "unet.down_blocks.1"))]
    assert warning.values["count"] == len(learner.weights)
    assert len(names) // 2 < warning.values["differing"] < len(learner.weights)
    assert 100 <= warning.values["percent"] < 150
    assert (
        f"wrong gradients for {warning.values['differing']} of {len(learner.weights)} weights"
        in warning.message
    )
    assert json.loads(warning.to_line())["values"] == warning.values
    assert compiled.calls == 1, "and not again"
    assert (before, learner.fallbacks) == ((1, True), (1, False))


@pytest.mark.parametrize(
    "words",
    [
        ("model.global_batch_size=8",),
        ("trainer.precision=bf16", "exp_manager.ema.decay=0.5"),
        ("model.lora.enable=True", "model.lora.rank=2"),
    ],
    ids=["accumulated", "bf16", "LoRA"],
)
def test_right_gradients_are_compared_once_and_change_nothing(
    make: Callable[..., Learner], words: tuple[str, ...]
) -> None:
    learner, plain = make(*words), make(*words)
    compiled = FakeCompiled(learner)
    torch.manual_seed(5)
    expected, state = learned(plain), torch.get_rng_state()
    torch.manual_seed(5)
    assert same(learned(learner), expected)
    assert torch.equal(torch.get_rng_state(), state)
    assert learner.warnings == []
    assert learner.networks.is_compiled
    assert compiled.calls == 2 * learner.micro_batches, "the UNet itself is called beside it in one step only"
    assert same(learner.ema.state_dict(), plain.ema.state_dict())


def test_batches_of_another_shape_are_compared_too(make: Callable[..., Learner]) -> None:
    learner, plain = make(), make()
    compiled = FakeCompiled(learner)
    calls: list[None] = []
    learner.networks.parts["unet"].conv_in.register_forward_hook(lambda *_: calls.append(None))
    learner.take_step([batch(0)])
    assert len(calls) == 2
    learner.take_step([batch(1)])
    assert len(calls) == 3
    compiled._spoil = without_inner_gradients
    learner.take_step([batch(2, size=2)])
    assert codes(learner) == ["compiler.wrong-gradients"]
    for number, size in enumerate((4, 4, 2)):
        plain.take_step([batch(number, size)])
    assert same(learner.state_dict()["weights"], plain.state_dict()["weights"])


def test_too_little_memory_to_compare_is_reported_and_trains_on(make: Callable[..., Learner]) -> None:
    learner, plain = make(), make()

    def refuse(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    unet: Any = learner.networks.parts["unet"]
    handle = unet.mid_block.register_forward_hook(refuse)

    class Allowed:
        def remove(self) -> None:
            unet.mid_block._forward_hooks.update({handle.id: refuse})

    def allow(unet: Any) -> Allowed:
        unet.mid_block._forward_hooks.clear()
        return Allowed()

    compiled = FakeCompiled(learner, allow)
    assert same(learned(learner), learned(plain))
    assert learner.warnings == [NOT_COMPARED]
    assert learner.fallbacks == (1, True)
    assert compiled.calls == 2


@pytest.mark.parametrize("fails_at", [1, 2], ids=["when it is compiled", "later"])
def test_generated_code_that_raises_anything_is_not_used(make: Callable[..., Learner], fails_at: int) -> None:
    learner, plain = make(), make()

    def fail(unet: Any) -> None:
        if compiled.calls == fails_at:
            raise AssertionError("expected size 192==192, stride 9==1 at dim=1")

    compiled = FakeCompiled(learner, fail)
    assert same(learned(learner), learned(plain))
    assert learner.warnings == [NOT_COMPILED]
    assert not learner.networks.is_compiled
    assert compiled.calls == fails_at


def test_gradients_are_compared_by_their_lengths() -> None:
    long, short = torch.tensor([3.0, 4.0]), torch.tensor([0.0, 1e-6])
    eager = {"long": long, "short": short, "none": None}
    equal = compare_gradients(dict(eager), eager, 1e-3)
    assert equal is not None
    assert (equal.differing, equal.count, equal.largest) == (0, 3, 0)
    rounded = compare_gradients({**eager, "long": long * (1 + 1e-5), "short": short * 2}, eager, 1e-3)
    assert rounded is not None
    assert rounded.differing == 0
    assert rounded.largest == pytest.approx(1e-6 / (1e-3 * 5), rel=1e-2)
    for wrong, share in (
        (torch.zeros(2), 1.0),
        (None, 1.0),
        (long * 1.1, 0.1),
        (long * torch.nan, torch.inf),
    ):
        found = compare_gradients({**eager, "long": wrong}, eager, 1e-3)
        assert found is not None
        assert (found.differing, found.largest) == (1, pytest.approx(share, rel=1e-4))
    infinite = {**eager, "long": torch.tensor([torch.inf, 0.0])}
    assert compare_gradients(eager, infinite, 1e-3) is None, "fp16 leaves such a step out"
