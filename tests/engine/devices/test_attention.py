"""Attention in blocks gives what torch's own gives, and stands only where it is faster."""

from __future__ import annotations

import pytest
import torch
from diffusers.models.attention_processor import AttnProcessor2_0
from torch.nn.functional import scaled_dot_product_attention

from engine.devices import attention
from engine.devices.attention import BlockedAttention, blocked_attention, choose_attention
from engine.models.loading import Model, load_model
from ip2p_desktop.base.paths import starter_model


@pytest.mark.parametrize("shape", [(2, 3, 50, 40), (1, 2, 64, 32), (1, 1, 7, 5)])
@pytest.mark.parametrize("block", [1, 130, 10**6])
def test_it_is_attention(shape: tuple[int, ...], block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "BLOCK", block)
    torch.manual_seed(0)
    query, key, value = torch.randn(3, *shape, dtype=torch.float64)
    exact = scaled_dot_product_attention(query, key + 3, value)
    torch.testing.assert_close(blocked_attention(query, key + 3, value), exact)


def test_what_all_keys_have_in_common_costs_no_precision() -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 1, 2, 256, 40)
    common = 8 * torch.randn(40)
    errors = []
    for keys in (key, key + common):
        inputs = [each.bfloat16() for each in (query, keys, value)]
        exact = scaled_dot_product_attention(*(each.double() for each in inputs))
        errors.append(float((blocked_attention(*inputs) - exact).norm() / exact.norm()))
    plain, shifted = errors
    assert plain < 0.01
    assert shifted < 2 * plain


def _starter(dtype: torch.dtype) -> Model:
    return load_model(starter_model(), device=torch.device("cpu"), dtype=dtype)


def _processors(model: Model) -> list[type]:
    processors = model.unet.attn_processors
    return [type(processor) for name, processor in processors.items() if "attn1" in name]


def test_only_bf16_on_few_cores_without_amx_attends_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(attention, "cpu_has_amx", lambda: False)
    cpu, model = torch.device("cpu"), _starter(torch.bfloat16)
    choose_attention(model.unet, cpu)
    assert set(_processors(model)) == {BlockedAttention}
    choose_attention(model.unet, torch.device("cuda"))
    assert set(_processors(model)) == {AttnProcessor2_0}
    monkeypatch.setattr(torch, "get_num_threads", lambda: 16)
    choose_attention(model.unet, cpu)
    assert set(_processors(model)) == {AttnProcessor2_0}
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(attention, "cpu_has_amx", lambda: True)
    choose_attention(model.unet, cpu)
    assert set(_processors(model)) == {AttnProcessor2_0}


def test_a_unet_predicts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """In fp32, where nothing is rounded, and with blocks in every layer."""
    monkeypatch.setattr(attention, "MIN_TOKENS", 1)
    monkeypatch.setattr(attention, "BLOCK", 100)
    torch.manual_seed(0)
    model = _starter(torch.float32)
    sample = torch.randn(2, int(model.unet.config.in_channels), 16, 24)
    embeddings = torch.randn(2, 9, int(model.unet.config.cross_attention_dim))
    calls: list[int] = []

    def counted(*inputs: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return blocked_attention(*inputs)

    monkeypatch.setattr(attention, "blocked_attention", counted)
    with torch.inference_mode():
        stock = model.unet(sample, 500, embeddings, return_dict=False)[0]
        for name, module in model.unet.named_modules():
            if name.endswith(".attn1"):
                module.set_processor(BlockedAttention())
        ours = model.unet(sample, 500, embeddings, return_dict=False)[0]
    assert len(calls) == len(_processors(model)) > 0
    torch.testing.assert_close(ours, stock, atol=1e-5, rtol=1e-4)
