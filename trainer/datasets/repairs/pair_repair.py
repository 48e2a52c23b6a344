"""What is changed about one pair: its instructions, its order, its alignment, or that it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.files.json_record import JsonRecord, with_unknown
from trainer.datasets.affine_map import AffineMap
from trainer.datasets.pairs import Pair


@dataclass(frozen=True, slots=True)
class PairRepair:
    """The repair of a pair. One without any change does nothing."""

    instructions: tuple[str, ...] = ()
    """Wordings that replace those of the dataset; empty keeps them."""
    swap: bool = False
    """Whether the image that the dataset gives as edited is the original."""
    exclude: bool = False
    """Whether the pair is left out."""
    alignment: AffineMap | None = None
    """Where the edited image shows what the original shows, after they were swapped."""
    images: tuple[str, str] = ("", "")
    """Names of original and edited image in the dataset, by which the pair is recognised."""
    unknown: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Fields of other versions of the program; they are written again."""

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.instructions or self.swap or self.exclude or self.alignment or self.unknown)

    def swapped(self) -> PairRepair:
        """Returns the repair with the other order; the two images stay aligned."""
        inverse = self.alignment.inverse() if self.alignment else None
        # many times faster than `replace`, and thousands of pairs are swapped at one click
        return PairRepair(
            instructions=self.instructions,
            swap=not self.swap,
            exclude=self.exclude,
            alignment=inverse,
            images=self.images,
            unknown=self.unknown,
        )

    def applied_to(self, pair: Pair) -> Pair:
        """Returns the pair with the repair, also if it is left out."""
        captions = pair.captions
        if self.swap:
            pair = replace(
                pair,
                original=pair.edited,
                edited=pair.original,
                captions=captions[::-1] if captions else None,
            )
        return replace(pair, instructions=self.instructions or pair.instructions, alignment=self.alignment)

    def belongs_to(self, pair: Pair) -> bool:
        """Returns whether a pair of the dataset has the images of this repair."""
        return self.images in (("", ""), (pair.original.name, pair.edited.name))

    def to_json(self) -> dict[str, Any]:
        """Returns the fields that change something."""
        values: dict[str, Any] = {}
        if self.instructions:
            values["instructions"] = list(self.instructions)
        if self.swap:
            values["swap"] = True
        if self.exclude:
            values["exclude"] = True
        if self.alignment:
            values["align"] = list(self.alignment.matrix)
        if any(self.images):
            values["images"] = list(self.images)
        return with_unknown(values, self.unknown)


def read_repair(record: JsonRecord) -> PairRepair:
    """Returns the repair in a JSON object; a value that cannot be used is left away."""
    images = record.texts("images")
    return PairRepair(
        instructions=tuple(text for text in record.texts("instructions") if text.strip()),
        swap=record.get("swap", False),
        exclude=record.get("exclude", False),
        alignment=AffineMap.of(record.value("align")),
        images=(images[0], images[1]) if len(images) == 2 else ("", ""),
        unknown=record.unknown(),
    )
