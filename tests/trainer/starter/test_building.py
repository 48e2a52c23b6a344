"""The starter is built from photos, through all stages, to a folder that edits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from engine.editing.editor import Editor
from engine.request import EditRequest
from ip2p_desktop.base.paths import starter_model
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.starter.build import NAME, RECOMMENDED, StarterBuild, UNetStage, build_starter
from trainer.starter.stages.knowledge_fit import KnowledgeFit

STAGES = tuple(
    UNetStage(square=square, shards=1, batch_size=4, steps=2, learning_rate=1e-4, decay=square == 64)
    for square in (32, 64)
)
SHORT_FIT = KnowledgeFit(
    grammar_sentences=300, subject_sentences=10, unknown_sentences=60, vocabulary_sentences=300, epochs=1
)


def test_every_stage_follows_the_one_before(photo_set: Path, tmp_path: Path) -> None:
    build = StarterBuild(
        photos=photo_set,
        run=tmp_path / "run",
        device=torch.device("cpu"),
        stages=STAGES,
        grown_from=starter_model(),
        autoencoder_seconds=1e-3,
        decoder_seconds=1e-3,
        pixel_seconds=1e-3,
        knowledge=SHORT_FIT,
    )
    target = tmp_path / "starter"
    told = Commands()
    told.request_stop()
    assert not build_starter(build, target, EventStream(), told)
    assert not target.exists()
    shards = sorted((build.run / "pairs").glob("*.safetensors"))
    written = [path.stat().st_mtime_ns for path in shards]
    assert build_starter(build, target, EventStream(), Commands())
    assert [path.stat().st_mtime_ns for path in shards] == written  # what was there is not made again
    states = [
        build.run / name for name in ("autoencoder/state.pt", "polishing/decoder.pt", "finishing/unet.pt")
    ]
    assert all(torch.load(path, weights_only=True)["step"] == 1 for path in states)
    photo = Image.fromarray(np.full((64, 96, 3), 128, dtype=np.uint8))
    request = EditRequest(source_image=photo, instruction="make it sepia", model=target, settings=RECOMMENDED)
    assert Editor(device="cpu").edit(request).edited_image.width == RECOMMENDED.resolution
    assert NAME in (target / "ip2p.json").read_text(encoding="utf-8")
