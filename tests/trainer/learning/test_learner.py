"""Each switch is in force: looked at is what it does to a step, not whether it is set."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.learners import CPU, batch, learner_of, settings
from torch import Tensor, nn

from engine.errors import OutOfMemory
from engine.models.loading import Model
from trainer.batches.batch import Batch
from trainer.learning import networks
from trainer.learning.attention_kernels import flash_attention
from trainer.learning.learner import Learner, TrainingDiverged
from trainer.learning.networks import NOT_COMPILED
from trainer.learning.precision import Precision, choose_precision
from trainer.learning.threads import Deadline, TooSlow
from trainer.learning.trial_pass import trial_pass

SAME = 2e-5
"""Rounding, as the optimiser enlarges it where a gradient is next to nothing; a step moves by 1e-4."""
Make = Callable[..., Learner]


@pytest.fixture
def make(tiny_editor: Path) -> Make:
    """A learner with settings, on a fresh copy of the same model."""

    return partial(learner_of, tiny_editor)


def weights_after(learner: Learner, steps: int = 3, size: int = 4) -> dict[str, Tensor]:
    for _ in range(steps):
        first = learner.batch_number(0)
        learner.take_step([batch(first + place, size) for place in range(learner.micro_batches)])
    return {name: weight.detach().clone() for name, weight in learner.weights.items()}


def furthest(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def calls_of(learner: Learner, module: Any, look: Callable[[Any, Any], Any] = lambda *_: None) -> list[Any]:
    """Records values at each finished forward call of a module in one step."""
    seen: list[Any] = []
    handle = module.register_forward_hook(lambda module, inputs, output: seen.append(look(module, output)))
    learner.take_step([batch(0)])
    handle.remove()
    return seen


def test_activation_checkpointing_computes_twice_and_learns_the_same(make: Make) -> None:
    plain, kept = make(), make("model.unet_config.use_checkpoint=True")
    calls = []
    for learner in (plain, kept):
        block = learner.networks.parts["unet"].down_blocks[0].resnets[0]
        begun: list[None] = []
        # the second time it is left as soon as all is computed that is needed
        handle = block.register_forward_pre_hook(lambda *_, begun=begun: begun.append(None))
        learner.take_step([batch(0)])
        handle.remove()
        calls.append(len(begun))
    assert calls == [1, 2]
    assert furthest(weights_after(plain), weights_after(kept)) < SAME


@pytest.mark.parametrize(
    ("words", "asked"),
    [(["model.channels_last=True"], True), (["model.channels_last=False"], False), ([], False)],
    ids=["on", "off", "default on a processor"],
)
def test_channels_last_is_the_layout_of_weights_and_activations(
    make: Make, words: list[str], asked: bool
) -> None:
    learner = make(*words)
    convolution = learner.networks.parts["unet"].down_blocks[0].resnets[0].conv1

    def look(module: Any, output: Tensor) -> tuple[bool, bool]:
        tensors = (module.weight, output)
        is_last = [tensor.is_contiguous(memory_format=torch.channels_last) for tensor in tensors]
        return is_last[0], is_last[1]

    assert calls_of(learner, convolution, look) == [(asked, asked)]


@pytest.mark.parametrize(
    ("precision", "dtype"), [("32", torch.float32), ("bf16", torch.bfloat16), ("bf16-mixed", torch.bfloat16)]
)
def test_precision_is_that_of_activations_and_never_of_weights(
    make: Make, precision: str, dtype: torch.dtype
) -> None:
    learner = make(f"trainer.precision={precision}")
    convolution = learner.networks.parts["unet"].conv_in
    assert calls_of(learner, convolution, lambda _, output: output.dtype) == [dtype]
    assert {weight.dtype for weight in learner.weights.values()} == {torch.float32}


def test_half_precision_without_a_gpu_is_reported(make: Make) -> None:
    dtype, warning = choose_precision("16", CPU)
    assert dtype in (torch.bfloat16, torch.float32)
    assert warning is not None
    assert "16-bit floats needs a GPU" in warning.message
    assert [each.code for each in make("trainer.precision=16").warnings] == ["precision.no-half"]


def test_half_precision_scales_the_loss_and_leaves_out_steps_without_numbers() -> None:
    precision = Precision(torch.float16, CPU)
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    precision.backward(weight.sum())
    assert weight.grad is not None
    assert weight.grad[0] == precision.scaler.get_scale() > 1
    precision.step(optimizer)
    assert torch.equal(weight.detach(), torch.zeros(2))
    before = precision.scaler.get_scale()
    weight.grad = torch.full((2,), float("inf"))
    precision.step(optimizer)
    assert torch.equal(weight.detach(), torch.zeros(2))
    assert precision.scaler.get_scale() < before


FLASH = "aten::_scaled_dot_product_flash_attention_for_cpu"


def test_flash_attention_is_insisted_on(make: Make) -> None:
    def without_flash(model: Model) -> None:
        # as torch would choose on its own where another kernel is set
        torch.backends.cuda.enable_flash_sdp(False)

    try:
        plain = make(prepare=without_flash)
        insisting = make("model.unet_config.use_flash_attention=True")
        used = []
        for learner in (plain, insisting):
            with torch.profiler.profile() as profile:
                learner.take_step([batch(0)])
            names = {event.key for event in profile.key_averages()}
            used.append((FLASH in names, f"{FLASH}_backward" in names))
    finally:
        torch.backends.cuda.enable_flash_sdp(True)
    assert used == [(False, False), (True, True)]
    assert insisting.warnings == []


def test_no_kernel_of_cudnn_is_taken(make: Make) -> None:
    """Its gradients are at times no numbers on the newest GPUs."""
    torch.backends.cuda.enable_cudnn_sdp(True)
    make()
    assert not torch.backends.cuda.cudnn_sdp_enabled()


def test_it_is_insisted_on_in_the_unet_alone(make: Make) -> None:
    """The VAE's attention is too wide for the kernel on a GPU, and the text encoder's has a mask."""
    learner = make("model.unet_config.use_flash_attention=True", "model.unet_config.use_checkpoint=True")
    model = learner.loss.model
    parts = {"unet": model.unet.mid_block, "text": model.text_encoders.networks[0], "vae": model.vae.encoder}
    others: dict[str, set[bool]] = {}
    for part, module in parts.items():
        module.register_forward_pre_hook(
            lambda *_, part=part: others.setdefault(part, set()).add(torch.backends.cuda.math_sdp_enabled())
        )
    pixels = torch.rand(2, 3, 16, 16) * 2 - 1
    learner.take_step([Batch(pixels, pixels, ["make it night"] * 2)])
    assert others == {"unet": {False}, "text": {True}, "vae": {True}}


def test_unavailable_flash_attention_is_reported(make: Make) -> None:
    unet = make().networks.parts["unet"]
    _, problem = flash_attention(unet, torch.complex64)
    assert problem is not None
    assert problem.message.startswith(
        "Flash attention cannot be used (Expected query, key and value to all be of"
    )


@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method:DeprecationWarning")
def test_inductor_compiles_the_unet_and_runs_what_it_compiled(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real front end; in place of generated C++ the captured graph itself is run."""
    compiled, run = [], []

    def compile_fx(graph: Any, example_inputs: Any, **_: Any) -> Callable[..., Any]:
        compiled.append(graph)

        def launch(*inputs: Any) -> Any:
            run.append(len(inputs))
            return graph.forward(*inputs)

        return launch

    torch._dynamo.reset()
    monkeypatch.setattr("torch._inductor.compile_fx.compile_fx", compile_fx)
    plain, fast = make(), make("model.inductor=True", "model.inductor_cudagraphs=True")
    sentences = [warning.message for warning in fast.warnings if warning.kind == "compiler"]
    assert sentences == ["CUDA graphs need a GPU from NVIDIA; the UNet is compiled without."]
    assert furthest(weights_after(plain, steps=2), weights_after(fast, steps=2)) < SAME
    convolutions = [node for graph in compiled for node in graph.graph.nodes if "conv" in str(node.target)]
    assert len(convolutions) > 5
    assert len(run) >= 2 * len(compiled) > 0, "once for each step"


@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method:DeprecationWarning")
def test_a_broken_compiler_is_reported_and_not_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_fx(*_: Any, **__: Any) -> None:
        raise RuntimeError("the linker is missing")

    torch._dynamo.reset()
    monkeypatch.setattr("torch._inductor.compile_fx.compile_fx", compile_fx)
    plain, fast = make(), make("model.inductor=True")
    assert furthest(weights_after(plain), weights_after(fast)) == 0
    assert NOT_COMPILED in fast.warnings


def test_without_torchs_compiler_the_unet_is_trained_as_it_is(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packaged program has only the settings of torch's compiler."""
    monkeypatch.setattr(networks, "INDUCTOR", "torch._inductor.not_there")
    plain, asked = make(), make("model.inductor=True")
    assert asked.warnings == [NOT_COMPILED]
    assert not asked.networks.is_compiled
    assert furthest(weights_after(plain), weights_after(asked)) == 0


def test_accumulated_micro_batches_count_like_one_batch(make: Make) -> None:
    whole = weights_after(make(), size=4)
    small = make("model.micro_batch_size=1", "model.global_batch_size=4")
    assert small.micro_batches == 4
    assert furthest(whole, weights_after(small, size=1)) < SAME
    assert small.examples_seen == 12


@pytest.mark.parametrize(("longest", "found"), [(0.01, 0.01), (0, None)])
def test_gradients_are_shortened_to_the_length_allowed(
    make: Make, longest: float, found: float | None
) -> None:
    learner = make(f"trainer.gradient_clip_val={longest}")
    lengths = []

    def look(*_: Any) -> None:
        gradients = [weight.grad for weight in learner.weights.values() if weight.grad is not None]
        lengths.append(float(torch.nn.utils.get_total_norm(gradients)))

    learner.optimizer.register_step_pre_hook(look)
    learner.take_step([batch(0)])
    assert lengths == [pytest.approx(found, rel=1e-3)] if found else lengths[0] > 0.05


def test_the_seed_decides(make: Make) -> None:
    first, again, other = (weights_after(make(f"model.seed={seed}"), steps=1) for seed in (1, 1, 2))
    assert furthest(first, again) == 0
    assert furthest(first, other) > 0


def test_what_is_not_trained_stays_as_it_was(make: Make) -> None:
    learner = make()
    model = learner.loss.model
    frozen = [*model.vae.parameters(), *model.text_encoders.networks[0].parameters()]
    before = [weight.clone() for weight in frozen]
    weights_after(learner, steps=1)
    assert all(torch.equal(one, other) for one, other in zip(before, frozen, strict=True))
    trained = make("model.cond_stage_trainable=True")
    start = {name: weight.detach().clone() for name, weight in trained.weights.items()}
    after = weights_after(trained, steps=1)
    changed = {name.partition(".")[0] for name in after if not torch.equal(start[name], after[name])}
    assert changed == {"unet", "text_encoder"}


def test_with_lora_nothing_else_is_trained(make: Make) -> None:
    learner = make("model.lora.enable=True", "model.lora.rank=2")
    assert learner.weights
    assert all(".lora_" in name for name in learner.weights)
    everything = dict(learner.networks.parts["unet"].named_parameters())
    before = {name: weight.detach().clone() for name, weight in everything.items()}
    weights_after(learner, steps=2)
    changed = {name for name, weight in everything.items() if not torch.equal(before[name], weight)}
    assert changed
    assert all(".lora_" in name for name in changed)


def limited(learner: Learner, most: int) -> None:
    """A UNet that has no memory for more than `most` examples."""

    def refuse(module: Any, inputs: tuple[Tensor, ...]) -> None:
        if len(inputs[0]) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    learner.networks.parts["unet"].register_forward_pre_hook(refuse)


@pytest.mark.parametrize("most", [3, 1])
def test_short_of_memory_the_same_step_is_taken_in_pieces(make: Make, most: int) -> None:
    plain, short = make(), make()
    limited(short, most)
    assert furthest(weights_after(plain), weights_after(short)) < SAME
    assert short.pieces == {3: 2, 1: 4}[most]
    sentences = [warning for warning in short.warnings if warning.kind == "memory"]
    assert len(sentences) == {3: 1, 1: 2}[most]
    again = make()
    again.load_state_dict(short.state_dict())
    assert again.pieces == short.pieces


def test_without_memory_for_one_example_it_ends_in_a_sentence(make: Make) -> None:
    learner = make()
    limited(learner, 0)
    with pytest.raises(OutOfMemory, match="not enough memory to train"):
        learner.take_step([batch(0)])
    assert learner.is_intact
    assert learner.step == 0


@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_a_step_without_numbers_leaves_the_weights_as_they_were(make: Make, where: str) -> None:
    learner = make()
    before = {name: weight.detach().clone() for name, weight in learner.weights.items()}
    unet = learner.networks.parts["unet"]

    def spoil(module: Any, inputs: Any, output: tuple[Tensor]) -> tuple[Tensor]:
        if where == "loss":
            return (output[0] * float("nan"),)
        output[0].register_hook(lambda gradient: gradient * float("inf"))
        return output

    handle = unet.register_forward_hook(spoil)
    with pytest.raises(TrainingDiverged, match="became NaN at step 1"):
        learner.take_step([batch(0)])
    handle.remove()
    assert learner.step == 0
    assert all(torch.equal(before[name], weight) for name, weight in learner.weights.items())
    weights_after(learner, steps=1)


@pytest.mark.parametrize("words", [(), ("model.lora.enable=True",)])
def test_a_trial_changes_nothing(make: Make, words: tuple[str, ...]) -> None:
    def try_out(model: Model) -> None:
        work = trial_pass(model, settings(*words))
        work()
        with pytest.raises(TooSlow), Deadline(0.0):
            work()
        assert all(weight.grad is None and not weight.requires_grad for weight in model.unet.parameters())

    assert furthest(weights_after(make(*words, prepare=try_out)), weights_after(make(*words))) == 0


def test_a_trial_is_as_large_as_a_step_of_one_example(make: Make) -> None:
    asked = settings("data.resolution=100")  # which is no multiple of what the model works on
    seen = []

    def try_out(model: Model) -> None:
        def note(network: nn.Module, inputs: tuple[Tensor, ...], output: object) -> None:
            seen.append((inputs[0].shape, inputs[0].requires_grad or network.training))

        hook = model.unet.register_forward_hook(note)
        trial_pass(model, asked)()
        hook.remove()

    make(prepare=try_out)
    assert seen == [((1, 8, 50, 50), False)]


def test_mismatches_with_the_start_weights_are_reported(make: Make) -> None:
    learner = make("model.unet_config.in_channels=4", "model.parameterization=v")
    sentences = [warning.message for warning in learner.warnings if warning.kind == "settings"]
    assert "the start weights take 8" in sentences[0]
    assert "the start weights predict epsilon" in sentences[1]
    assert make("model.unet_config.in_channels=8", "model.parameterization=eps").warnings == []
