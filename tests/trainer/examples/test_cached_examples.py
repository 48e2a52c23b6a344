"""Caches return the outputs of the networks, are shared between runs, and survive killed runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models import AutoencoderKL, AutoencoderTiny
from fakes.process_threads import ThreadProcesses, run_together
from PIL import Image
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from engine.errors import OutputNotWritable
from engine.models.families import clip_vocabulary
from engine.models.text_encoders import TextEncoder, TextEncoders
from engine.progress import Cancelled, CancelToken
from trainer.batches.batch import batches_from
from trainer.batches.cutting import cut_out, middle_cut
from trainer.datasets import DatasetNotUsable, PairSet, Source, find_pairs
from trainer.datasets.affine_map import AffineMap
from trainer.datasets.opening import open_pair
from trainer.datasets.repairs.pair_repair import PairRepair
from trainer.examples import cache_folder
from trainer.examples.cache_folder import Cache, CacheIncomplete
from trainer.examples.cached_examples import CachedExamples, CacheSettings, text_key
from trainer.learning.fingerprint import fingerprint

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "SPARE", 0)


@pytest.fixture(scope="module")
def vae() -> AutoencoderKL:
    torch.manual_seed(0)
    return AutoencoderKL(
        block_out_channels=(8, 8), norm_num_groups=4, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    ).eval()  # fmt: skip


@pytest.fixture(scope="module")
def tiny_vae() -> AutoencoderTiny:
    torch.manual_seed(0)
    return AutoencoderTiny(
        encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8),
        num_encoder_blocks=(1, 1), num_decoder_blocks=(1, 1), upsampling_scaling_factor=2,
    ).eval()  # fmt: skip


@pytest.fixture(scope="module")
def text_encoders() -> TextEncoders:
    torch.manual_seed(0)
    tokenizer = CLIPTokenizer.from_pretrained(clip_vocabulary())
    network = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16,
            num_hidden_layers=1, num_attention_heads=2, max_position_embeddings=77,
        )
    ).eval()  # fmt: skip
    return TextEncoders((TextEncoder(network, tokenizer, tokenizer.eos_token_id),))


@pytest.fixture
def found(pair_folder: Path) -> PairSet:
    return find_pairs([Source(pair_folder)])


def cached(
    found: PairSet, folder: Path, vae: Any, text: TextEncoders | None = None, **changes: Any
) -> CachedExamples:
    settings = CacheSettings(folder, **{"variants": 4, "flip": True, **changes})
    return CachedExamples(found, settings, vae, text, resolution=32, batch_size=4, seed=0)


def built(
    found: PairSet, folder: Path, vae: Any, text: TextEncoders | None = None, **changes: Any
) -> CachedExamples:
    examples = cached(found, folder, vae, text, **changes)
    examples.build(vae, text)
    return examples


def entries(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


def test_cached_latents_are_those_of_the_vae(found: PairSet, tmp_path: Path, vae: AutoencoderKL) -> None:
    examples = built(found, tmp_path, vae, variants=1)
    batch = examples.batch(2)
    assert batch.is_latents
    places = [draw.place for draw in examples._draws.batch(2)]
    for row, place in enumerate(places):
        original, edited = open_pair(found.pairs[place])
        cut = middle_cut(original.size, (32, 32))
        with torch.no_grad():
            source = vae.encode(cut_out(original, cut)[None]).latent_dist
            target = vae.encode(cut_out(edited, cut)[None]).latent_dist
        torch.testing.assert_close(batch.original[row], source.mode()[0])
        torch.testing.assert_close(batch.edited[row], target.mean[0])
        assert batch.edited_std is not None
        torch.testing.assert_close(batch.edited_std[row], target.std[0])


def test_a_deterministic_vae_has_no_deviation(
    found: PairSet, tmp_path: Path, tiny_vae: AutoencoderTiny
) -> None:
    batch = built(found, tmp_path, tiny_vae).batch(0)
    assert batch.edited_std is None
    assert batch.original.shape == batch.edited.shape == (4, 4, 16, 16)
    assert batch.embeddings is None


def test_cached_embeddings_are_those_of_the_text_encoder(
    found: PairSet, tmp_path: Path, tiny_vae: AutoencoderTiny, text_encoders: TextEncoders
) -> None:
    batch = built(found, tmp_path, tiny_vae, text_encoders).batch(0)
    with torch.no_grad():
        expected, _ = text_encoders.encode(batch.instructions)
    assert batch.embeddings is not None
    torch.testing.assert_close(batch.embeddings, expected)
    assert batch.pooled is None


def test_original_and_edited_are_cut_alike(found: PairSet, tmp_path: Path) -> None:
    class Pixels(AutoencoderTiny):
        """Latents that are the pixels themselves."""

        def encode(self, x: torch.Tensor, return_dict: bool = True) -> Any:  # type: ignore[override]
            return type("Encoded", (), {"latents": x})()

    plain = Pixels(
        encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8),
        num_encoder_blocks=(1, 1), num_decoder_blocks=(1, 1),
    )  # fmt: skip
    examples = built(found, tmp_path, plain, variants=4)
    pictures = []
    for number in range(8):
        batch = examples.batch(number)
        assert (batch.original + batch.edited).abs().max() < 0.06, "a negative cancels its photo"
        pictures += [picture.numpy().tobytes() for picture in batch.original]
    assert len(set(pictures)) > len(found.pairs), "a pair comes in several cuts"


def test_a_second_run_makes_nothing_anew(found: PairSet, tmp_path: Path, vae: AutoencoderKL) -> None:
    first = built(found, tmp_path, vae)
    made = {path: path.stat().st_ino for path in entries(tmp_path)}
    assert len(made) == 8
    again = cached(found, tmp_path, vae)
    progress: list[tuple[int, int]] = []
    again.build(vae, None, on_cached=lambda done, total: progress.append((done, total)))
    assert progress == [(8, 8)]
    assert {path: path.stat().st_ino for path in entries(tmp_path)} == made
    assert torch.equal(again.batch(3).edited, first.batch(3).edited)
    for number, batch in enumerate(batches_from(again, 0, 3, workers=1)):
        assert torch.equal(batch.original, first.batch(number).original)


def test_other_content_cuts_or_weights_are_other_entries(
    tmp_path: Path, pair_folder: Path, vae: AutoencoderKL
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(pair_folder, copy)
    cache = tmp_path / "cache"

    def made(**changes: Any) -> int:
        built(find_pairs([Source(copy)]), cache, vae, **changes)
        return len(entries(cache))

    assert made() == 8
    (copy / "0-after.png").write_bytes((copy / "1-after.png").read_bytes())
    assert made() == 9
    assert made(flip=False) == 17
    assert made(variants=2) == 25
    old = fingerprint(vae)
    weight = vae.encoder.conv_in.bias
    with torch.no_grad():
        weight[0] += 1e-3
    try:
        assert fingerprint(vae) != old
        assert made() == 33
    finally:
        with torch.no_grad():
            weight[0] -= 1e-3


def test_repaired_pairs_are_other_entries(found: PairSet, tmp_path: Path, vae: AutoencoderKL) -> None:
    built(found, tmp_path, vae)
    before = len(entries(tmp_path))
    first, *others = found.pairs
    repair = PairRepair(alignment=AffineMap((1, 0, 0.2, 0, 1, 0)))
    aligned, both = repair.applied_to(first), repair.swapped().applied_to(first)
    for pair in (aligned, PairRepair(swap=True).applied_to(first), both):
        built(found.with_pairs([pair, *others]), tmp_path, vae)
        assert len(entries(tmp_path)) == before + 1
        before += 1
    built(found.with_pairs([aligned, *others]), tmp_path, vae)
    assert len(entries(tmp_path)) == before


def test_damaged_and_half_written_entries_are_made_again(
    found: PairSet, tmp_path: Path, vae: AutoencoderKL
) -> None:
    first = built(found, tmp_path, vae)
    expected = [first.batch(number).edited for number in range(4)]
    cut_short, empty, *_ = entries(tmp_path)
    cut_short.write_bytes(cut_short.read_bytes()[:-10])
    empty.write_bytes(b"")
    half = cut_short.with_name(".1234.safetensors.ip2p-0123abcd.tmp")
    half.write_bytes(b"half")
    again = built(found, tmp_path, vae)
    assert all(torch.equal(again.batch(number).edited, expected[number]) for number in range(4))


BUILD_FOR_EVER = """
import sys
import threading
from dataclasses import replace
from pathlib import Path
import torch
from trainer.examples.cache_folder import Cache
cache = Cache(Path(sys.argv[1]), "x")
number = 0
while True:
    cache.write(f"{number % 5:040d}", {"a": torch.full((200_000,), float(number))})
    if number == 10:
        print("writing", flush=True)
    number += 1
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_a_process_that_is_killed_while_writing_leaves_only_whole_entries(tmp_path: Path) -> None:
    for _ in range(2):
        command = [sys.executable, "-c", BUILD_FOR_EVER, str(tmp_path)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        cache = Cache(tmp_path, "x")
        for path in entries(tmp_path):
            values = cache.read(path.stem)["a"]
            assert torch.equal(values, torch.full((200_000,), float(values[0])))


def test_an_entry_that_disappears_is_reported(found: PairSet, tmp_path: Path, vae: AutoencoderKL) -> None:
    examples = built(found, tmp_path, vae)
    for folder in (next(tmp_path.glob("latents-*")), tmp_path):
        shutil.rmtree(folder)
        with pytest.raises(CacheIncomplete) as refused:
            examples.batch(0)
        assert refused.value.code == ("cache.changed" if tmp_path.exists() else "cache.disappeared")


def test_building_can_be_cancelled_and_resumed(found: PairSet, tmp_path: Path, vae: AutoencoderKL) -> None:
    token = CancelToken()

    def stop_after_three(done: int, total: int) -> None:
        if done == 3:
            token.cancel()

    with pytest.raises(Cancelled):
        cached(found, tmp_path, vae).build(vae, None, on_cached=stop_after_three, cancel=token)
    assert len(entries(tmp_path)) == 3
    progress: list[int] = []
    cached(found, tmp_path, vae).build(vae, None, on_cached=lambda done, total: progress.append(done))
    assert progress == [3, 4, 5, 6, 7, 8]


def test_pairs_that_cannot_be_used_are_left_out(
    tmp_path: Path, pair_folder: Path, vae: AutoencoderKL
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(pair_folder, copy)
    found = find_pairs([Source(copy)])
    (copy / "0-after.png").unlink()
    Image.new("RGB", (40, 200)).save(copy / "1-after.png")
    examples = built(found, tmp_path / "cache", vae)
    assert len(entries(tmp_path / "cache")) == 6
    for number in range(6):
        assert examples.batch(number).original.shape[0] == 4
    assert examples.batch(0).unusable == ("Line 1", "Line 2")
    for path in copy.glob("*.png"):
        path.unlink()
    with pytest.raises(DatasetNotUsable, match="No pair of the dataset can be read"):
        built(found, tmp_path / "cache", vae)


def test_keys_of_texts_tell_them_apart() -> None:
    assert text_key("a") != text_key("A")


def test_the_default_folder_moves_with_the_data_folder(data_folder: Path) -> None:
    assert cache_folder.default_cache_folder() == data_folder / "cache" / "training"


def test_an_entry_does_not_depend_on_the_others(
    found: PairSet, tmp_path: Path, vae: AutoencoderKL, text_encoders: TextEncoders
) -> None:
    """Though they are encoded in batches, which are filled up."""
    pairs = [replace(pair, instructions=(f"edit {place}",)) for place, pair in enumerate(found.pairs)]
    together, alone = tmp_path / "together", tmp_path / "alone"
    built(found.with_pairs(pairs), together, vae, text_encoders, variants=2)
    for pair in reversed(pairs[:3]):
        built(found.with_pairs([pair]), alone, vae, text_encoders, variants=2)
    made = entries(alone)
    assert len(made) == 2 * 3
    assert len(entries(together)) == 2 * len(pairs)
    for path in made:
        assert path.read_bytes() == (together / path.relative_to(alone)).read_bytes()


def test_a_limit_is_noticed_before_anything_is_made(
    found: PairSet, tmp_path: Path, vae: AutoencoderKL, text_encoders: TextEncoders
) -> None:
    """Latents of 8 pairs take 100 kB, those of 100 texts 500 kB: both do not fit."""
    texts = tuple(f"edit {number}" for number in range(100))
    many = found.with_pairs([replace(pair, instructions=texts) for pair in found.pairs])
    with pytest.raises(OutputNotWritable, match=r"needs 6\d\d kB, but may take at most 500 kB"):
        built(many, tmp_path, vae, text_encoders, variants=1, limit=500_000)
    assert entries(tmp_path) == []
    built(many, tmp_path, vae, text_encoders, variants=1, limit=700_000)
    assert len(entries(tmp_path)) == 108
    taken = sum(path.stat().st_size for path in entries(tmp_path))
    assert 500_000 < taken < 700_000


def test_processes_make_a_share_each(
    found: PairSet, tmp_path: Path, vae: AutoencoderKL, text_encoders: TextEncoders
) -> None:
    pairs = [replace(pair, instructions=(f"edit {place}",)) for place, pair in enumerate(found.pairs)]
    several = found.with_pairs([*pairs, *pairs[:2]])
    written: dict[int, list[str]] = {0: [], 1: []}
    ranks: dict[int, int] = {}

    class NotedCache(Cache):
        """Notes the keys that each process writes."""

        def write(self, key: str, entry: dict[str, torch.Tensor]) -> None:
            written[ranks[threading.get_ident()]].append(key)
            super().write(key, entry)

    def build(processes: ThreadProcesses) -> CachedExamples:
        ranks[threading.get_ident()] = processes.rank
        examples = cached(several, tmp_path / "cache", vae, text_encoders, variants=1)
        for name in ("_latents", "_texts"):
            cache = getattr(examples, name)
            setattr(examples, name, NotedCache(cache.folder, cache.name, cache.limit))
        examples.build(vae, text_encoders, processes=processes)
        return examples

    first, second = run_together(2, build)
    assert [len(set(keys)) for keys in written.values()] == [8, 8], "4 pairs and 4 texts each"
    assert [len(keys) for keys in written.values()] == [8, 8], "each once"
    assert not set(written[0]) & set(written[1])
    alone = built(several, tmp_path / "alone", vae, text_encoders, variants=1)
    for number in range(3):
        expected = alone.batch(number)
        for batch in (first.batch(number), second.batch(number)):
            assert torch.equal(batch.edited, expected.edited)
            assert batch.embeddings is not None
            assert expected.embeddings is not None
            assert torch.equal(batch.embeddings, expected.embeddings)
