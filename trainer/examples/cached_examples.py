"""Training without the VAE and the text encoder: their outputs are cached on disk.

These outputs are the same in every epoch. In return, each pair has a fixed number of cuts instead of a new
random one every time. One cut, the middle, trains fastest with the least variety; four, two of them mirrored
where allowed, take four times the disk space and come close to random cuts for all but the smallest datasets.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.editing.conditioning import TextConditioning
from engine.errors import ImageUnreadable
from engine.models.model_plan import Autoencoder
from engine.models.text_encoders import TextEncoders
from engine.progress import CancelToken
from trainer.batches.batch import Batch
from trainer.batches.buckets import bucket_sizes
from trainer.batches.cutting import Cut, cut_out, middle_cut, random_cut
from trainer.batches.draws import Draw, Draws
from trainer.batches.latents import latent_distribution
from trainer.batches.mirroring import may_be_mirrored
from trainer.datasets.checking.inspection import read_pair
from trainer.datasets.lookahead import worked_ahead
from trainer.datasets.opening import PairNotUsable, Size, open_pair
from trainer.datasets.pairs import DatasetNotUsable, Pair, PairSet
from trainer.distributed.parallel import Processes
from trainer.examples.cache_filling import CacheFilling, Retried, once
from trainer.examples.cache_folder import Cache, Entry, OnCached
from trainer.examples.encoding import PairCuts, encoded_pairs, encoded_texts, text_bytes
from trainer.learning.fingerprint import fingerprint

if TYPE_CHECKING:
    from trainer.examples.replay import Replay

log = logging.getLogger(__name__)

GEOMETRY = 1
"""Version of the rule that makes cuts; part of every key."""
HEADER = 500
"""Bytes of an entry beside its tensors, at most."""


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """How pairs are cut for the cache, and the folder of the cache."""

    folder: Path
    variants: int = 4
    flip: bool = True
    limit: int = 50 * 10**9
    """Bytes."""


class CachedExamples:
    """Batches of latents, and of embeddings if there is a text encoder, in the order of `PairExamples`."""

    def __init__(
        self,
        found: PairSet,
        settings: CacheSettings,
        vae: Autoencoder,
        text_encoder: TextEncoders | None,
        *,
        resolution: int,
        batch_size: int,
        seed: int,
        image_sizes: Sequence[Size] | None = None,
        size_multiple: int = 64,
        replay: Replay | None = None,
    ) -> None:
        """Makes no entries yet: call `build` before the first batch. `text_encoder` is None if it is trained.

        `image_sizes` and `size_multiple` are those of `PairExamples`. `replay` makes the edits of the pairs
        of its source, whose own edited images are not used. No network is kept: processes
        that make batches get a copy of this.
        """
        sizes = bucket_sizes(resolution, size_multiple) if image_sizes else ((resolution, resolution),)
        self._draws = Draws(found, batch_size=batch_size, seed=seed, sizes=sizes, image_sizes=image_sizes)
        self._found, self._settings = found, settings
        self._latents = Cache(settings.folder, f"latents-{fingerprint(vae)}", settings.limit)
        self._made, self._made_source, self._made_salt, self._brings_noise = self._latents, -1, b"", False
        if replay is not None:
            self._made = Cache(settings.folder, replay.name, settings.limit)
            self._made_source, self._made_salt = replay.source, replay.salt
            self._brings_noise = replay.has_noise
        self._texts = None
        if text_encoder is not None:
            name = f"text-{text_encoder.layer}-{fingerprint(*text_encoder.networks)}"
            self._texts = Cache(settings.folder, name, settings.limit)
        self._keys: list[str] = []
        self._unusable: tuple[str, ...] = ()
        self.size = self._draws.count

    def build(
        self,
        vae: Autoencoder,
        text_encoder: TextEncoders | None,
        replay: Replay | None = None,
        *,
        on_cached: OnCached = lambda done, total: None,
        on_replayed: OnCached = lambda done, total: None,
        cancel: CancelToken | None = None,
        processes: Processes | None = None,
        retried: Retried = once,
    ) -> None:
        """Makes and caches the missing entries, with the networks given to the constructor.

        With several `processes`, all must call this, and each makes its share; a single one writes each entry
        and reads each pair with `retried`. Pairs that cannot be used are
        left out with a warning. Raises `DatasetNotUsable` if none is left, `OutputNotWritable`, before
        anything is made if the cache is too small, or `Cancelled`.
        """
        token, everyone = cancel or CancelToken(), processes or Processes()
        self._keys = self._all_keys(token)
        usable = [place for place, key in enumerate(self._keys) if key]
        made = [place for place in usable if self._is_made(place)]
        given = [place for place in usable if not self._is_made(place)]
        texts = self._found.instructions if self._texts is not None else ()
        replayed = CacheFilling(self._made, [self._keys[place] for place in made], everyone)
        latents = CacheFilling(self._latents, [self._keys[place] for place in given], everyone)
        encoded = CacheFilling(self._texts or self._latents, [text_key(text) for text in texts], everyone)
        if everyone.is_first:
            needed = self._latent_bytes(vae, [given[each] for each in latents.missing])
            needed += self._latent_bytes(vae, [made[each] for each in replayed.missing])
            if text_encoder is not None:
                needed += (text_bytes(text_encoder) + HEADER) * len(encoded.missing)
            if needed:
                self._latents.make_room(needed)
        total = len(texts) + len(given)
        if text_encoder is not None:
            encoded.fill(
                lambda missing: encoded_texts(text_encoder, texts, missing),
                on_cached=lambda done, _: on_cached(done, total),
                cancel=token,
                retried=retried,
            )
        latents.fill(
            lambda missing: self._encoded(vae, given, missing, token, retried),
            on_cached=lambda done, _: on_cached(len(texts) + done, total),
            cancel=token,
            retried=retried,
        )
        if made and replay is not None:
            with replay.worker_threads() as workers:
                replayed.fill(
                    lambda missing: self._replayed(replay, made, missing, workers, token, retried),
                    on_cached=on_replayed,
                    cancel=token,
                    retried=retried,
                )
        self._leave_out(replayed.failed() | latents.failed())

    def _all_keys(self, cancel: CancelToken) -> list[str]:
        """Returns the key of each pair; files that nobody has read yet are read now."""
        unread = [place for place, pair in enumerate(self._found.pairs) if pair.facts is None]
        read = worked_ahead(self._digests_of, unread, cancel=cancel)
        return [
            self._key_of(place, pair.facts.digests if pair.facts else next(read))
            for place, pair in enumerate(self._found.pairs)
        ]

    def _digests_of(self, place: int) -> bytes:
        """Returns the digests of `PairFacts`; b"" for unreadable files."""
        inspection = read_pair(self._found.pairs[place])
        if inspection.facts is None:
            log.warning("Left out: %s", inspection.findings[0].detail)
            return b""
        return inspection.facts.digests

    def _latent_bytes(self, vae: Autoencoder, places: Sequence[int]) -> int:
        """Returns the bytes of the entries of pairs, without making them."""
        counts = Counter((self._draws.sizes[place], self._is_made(place)) for place in places)
        total = 0
        for (size, is_made), count in counts.items():
            blank = torch.zeros(1, 3, size[1], size[0], device=next(vae.parameters()).device)
            latents, deviation = latent_distribution(vae, blank)
            tensors = 2 + (deviation is not None) + (is_made and self._brings_noise)
            cuts = 1 if is_made else self._settings.variants
            total += count * (cuts * tensors * latents.numel() * latents.element_size() + HEADER)
        return total

    def _key_of(self, place: int, digests: bytes) -> str:
        """Returns a hash of all that a pair's latents depend on beside the VAE; "" for unreadable images."""
        if not digests:
            return ""
        pair = self._found.pairs[place]
        digest = hashlib.blake2b(digests, digest_size=20)
        geometry = (GEOMETRY, self._draws.sizes[place], self._settings.variants, self._mirrors(pair))
        digest.update(repr(geometry).encode())
        if pair.alignment is not None:
            digest.update(repr(pair.alignment).encode())
        if self._is_made(place):
            digest.update(self._made_salt + pair.instruction.encode())
        return digest.hexdigest()

    def _is_made(self, place: int) -> bool:
        return self._found.pairs[place].source == self._made_source

    def _mirrors(self, pair: Pair) -> bool:
        return self._settings.flip and may_be_mirrored(pair.instructions)

    def _encoded(
        self,
        vae: Autoencoder,
        given: list[int],
        missing: Sequence[int],
        cancel: CancelToken,
        retried: Retried,
    ) -> Iterator[tuple[int, Entry]]:
        def cuts() -> Iterator[tuple[int, PairCuts]]:
            places = [given[each] for each in missing]
            images = worked_ahead(partial(self._pixels, retried), places, cancel=cancel)
            for number, pixels in zip(missing, images, strict=True):
                if pixels is not None:
                    yield number, pixels

        return encoded_pairs(vae, cuts())

    def _replayed(
        self,
        replay: Replay,
        made: list[int],
        missing: Sequence[int],
        workers: int,
        cancel: CancelToken,
        retried: Retried,
    ) -> Iterator[tuple[int, Entry]]:
        def requests() -> Iterator[tuple[int, Tensor, TextConditioning]]:
            places = [made[number] for number in missing]
            images = worked_ahead(partial(self._pixels, retried), places, cancel=cancel)
            for number, place, pixels in zip(missing, places, images, strict=True):
                if pixels is not None:
                    yield number, pixels[0], replay.text(self._found.pairs[place].instruction)

        def numbered_entry(request: tuple[int, Tensor, TextConditioning]) -> tuple[int, Entry]:
            number, pixels, text = request
            return number, replay.entry(pixels, text, self._keys[made[number]], cancel)

        yield from worked_ahead(numbered_entry, requests(), cancel=cancel, workers=workers)

    def _pixels(self, retried: Retried, place: int) -> PairCuts | None:
        """Returns all cuts of both images of a pair; None if it cannot be used.

        Raises `DatasetNotUsable` if its whole dataset is gone.
        """
        opened: tuple[Image.Image, Image.Image] | None = retried(lambda: self._opened(place))
        if opened is None:
            return None
        original, edited = opened
        cuts = list(self._cuts(original.size, place))
        return (
            torch.stack([cut_out(original, cut) for cut in cuts]),
            torch.stack([cut_out(edited, cut) for cut in cuts]),
        )

    def _opened(self, place: int) -> tuple[Image.Image, Image.Image] | None:
        pair = self._found.pairs[place]
        try:
            return open_pair(pair)
        except (ImageUnreadable, PairNotUsable) as error:
            if not self._found.sources[pair.source].path.exists():
                raise DatasetNotUsable(
                    "dataset.disappeared",
                    "The images of the dataset can no longer be read.",
                    "Check that its drive is connected.",
                ) from error
            log.warning("Left out: %s", error.message)
            return None

    def _cuts(self, image_size: Size, place: int) -> Iterator[Cut]:
        """Yields the middle, then random cuts that follow from the content; every second one is mirrored if
        allowed.

        A replayed edit has one random cut, since other cuts of the photo get other instructions.
        """
        size, mirrors = self._draws.sizes[place], self._mirrors(self._found.pairs[place])
        rng = np.random.default_rng(int(self._keys[place], 16))
        if self._is_made(place):
            yield random_cut(image_size, size, rng, mirrored=mirrors and bool(rng.random() < 0.5))
            return
        yield middle_cut(image_size, size)
        for variant in range(1, self._settings.variants):
            yield random_cut(image_size, size, rng, mirrored=mirrors and variant % 2 == 1)

    def _leave_out(self, failed: set[str]) -> None:
        self._keys = ["" if key in failed else key for key in self._keys]
        self._unusable = tuple(
            pair.name for pair, key in zip(self._found.pairs, self._keys, strict=True) if not key
        )
        if not any(self._keys):
            raise DatasetNotUsable(
                "dataset.no-readable-pair", "No pair of the dataset can be read.", "Check its images."
            )

    def batch(self, number: int) -> Batch:
        """Returns B pairs as latents. Raises `CacheIncomplete` if an entry is missing."""
        draws = [self._usable(draw) for draw in self._draws.batch(number)]
        entries = [self._entry(draw) for draw in draws]
        texts = [self._texts.read(text_key(draw.instruction)) for draw in draws] if self._texts else []
        return Batch(
            torch.stack([entry["original"] for entry in entries]),
            torch.stack([entry["edited"] for entry in entries]),
            [draw.instruction for draw in draws],
            is_latents=True,
            unusable=self._unusable,
            edited_std=_stacked(entries, "edited_std"),
            noise=self._noise(entries, draws),
            embeddings=_stacked(texts, "embeddings"),
            pooled=_stacked(texts, "pooled"),
        )

    def _entry(self, draw: Draw) -> Entry:
        """Returns one of the cuts of a pair."""
        key = self._keys[draw.place]
        if self._is_made(draw.place):
            return self._made.read(key, 0)
        return self._latents.read(key, int(draw.rng.integers(self._settings.variants)))

    def _noise(self, entries: list[Entry], draws: list[Draw]) -> Tensor | None:
        """Returns the initial noise of replayed edits, and random noise for the other examples.

        Returns None if replayed edits store no noise.
        """
        if not self._brings_noise:
            return None
        return torch.stack(
            [
                entry["noise"] if "noise" in entry else _random_noise(entry["edited"].shape, draw.rng)
                for entry, draw in zip(entries, draws, strict=True)
            ]
        )

    def _usable(self, draw: Draw) -> Draw:
        """Returns the draw, or one of the next pair of its size that is in the cache."""
        if self._keys[draw.place]:
            return draw
        following = (*range(draw.place + 1, len(self._keys)), *range(draw.place))
        sizes = self._draws.sizes
        place = next((p for p in following if self._keys[p] and sizes[p] == draw.size), None)
        if place is None:
            raise DatasetNotUsable(
                "dataset.no-readable-shape",
                "No image of one of the shapes can be read.",
                "Train without data.buckets.",
            )
        return self._draws.drawn(place, draw.size, draw.rng)


def text_key(instruction: str) -> str:
    """Returns the key of an instruction's entry."""
    return hashlib.blake2b(instruction.encode(), digest_size=20).hexdigest()


def _random_noise(shape: torch.Size, rng: np.random.Generator) -> Tensor:
    return torch.from_numpy(rng.standard_normal(tuple(shape), dtype=np.float32))


def _stacked(entries: list[Entry], name: str) -> Tensor | None:
    return torch.stack([entry[name] for entry in entries]) if entries and name in entries[0] else None
