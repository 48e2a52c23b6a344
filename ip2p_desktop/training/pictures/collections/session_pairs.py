"""Pairs of the session: a photo and the result of its edit, with the instruction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PIL import Image

from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.training.pictures.collections.given_pictures import GivenImage, GivenPair


def offered_results(tree: EditTree, *, only_starred: bool = False) -> tuple[EditedPhoto, ...]:
    """The listed results that differ from their photo, the newest first."""
    results = [node for node in reversed(tree.listed) if isinstance(node, EditedPhoto)]
    return tuple(
        result for result in results if not result.is_unchanged and (result.is_starred or not only_starred)
    )


def pair_of_result(result: EditedPhoto) -> GivenPair:
    """The photo that was edited, the result as it is shown, and its instruction."""
    source, words = result.source, result.state.instruction.strip()
    return GivenPair(
        GivenImage(source.name, partial(_image_of, source)),
        GivenImage(result.name, result.image),
        (words,) if words else (),
    )


def pairs_of_results(results: Sequence[EditedPhoto]) -> tuple[GivenPair, ...]:
    """The pairs of results, oldest first."""
    return tuple(map(pair_of_result, sorted(results, key=lambda result: result.created)))


def opened_photos(tree: EditTree | None) -> tuple[GivenImage, ...]:
    """The photos that are open, the oldest first."""
    if tree is None:
        return ()
    return tuple(GivenImage(photo.name, partial(_image_of, photo)) for photo in tree.photos)


def _image_of(photo: SourcePhoto) -> Image.Image:
    return photo.image
