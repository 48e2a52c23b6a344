"""The libraries of the engine are imported once, and models are recognised by their weights."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import ModelNotUsable
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base import engine_loading
from ip2p_desktop.base.engine_loading import ENGINE, load_libraries, recognise_model
from ip2p_desktop.base.paths import starter_model


def test_two_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(2) as pool:
        loadings = [pool.submit(load_libraries, CancelToken()) for _ in range(2)]
    assert [loading.exception() for loading in loadings] == [None, None]
    assert ENGINE in sys.modules


def test_a_model_is_known_by_its_weights() -> None:
    assert recognise_model(starter_model(), CancelToken()) == "sd1"
    vae = starter_model() / "vae" / "diffusion_pytorch_model.safetensors"
    with pytest.raises(ModelNotUsable, match="This is a VAE without the model"):
        recognise_model(vae, CancelToken())


def test_who_waits_for_another_thread_can_still_stop() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with engine_loading._loading, pytest.raises(Cancelled):
        load_libraries(cancel)
