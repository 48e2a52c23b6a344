"""What counts as following the new instruction, and as an old edit that still works."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from trainer.judging.rules import OldEdits, judge_pair, still_works


def picture(*colour: float, seed: int = 0) -> Tensor:
    """A photo-like picture of one tint."""
    noise = torch.rand(1, 1, 48, 64, generator=torch.Generator().manual_seed(seed))
    return (torch.tensor(colour).view(1, 3, 1, 1) + 0.2 * (noise - 0.5)).clamp(0, 1)


SOURCE = picture(0.5, 0.5, 0.5)
RED, GREEN, BLUE = picture(0.9, 0.2, 0.2), picture(0.2, 0.9, 0.2), picture(0.2, 0.2, 0.9)


def between(one: Tensor, other: Tensor, share: float) -> Tensor:
    return torch.lerp(one, other, share)


@pytest.mark.parametrize(("share", "follows"), [(0.0, False), (0.45, False), (0.55, True), (1.0, True)])
def test_half_of_the_way_to_the_edited_image_follows(share: float, follows: bool) -> None:
    verdict = judge_pair(SOURCE, RED, SOURCE, between(SOURCE, RED, share))
    assert (verdict.is_judged, verdict.follows) == (True, follows)


def test_the_way_begins_where_the_start_model_has_come_already() -> None:
    nearly = between(SOURCE, RED, 0.8)
    assert not judge_pair(SOURCE, RED, nearly, nearly).follows
    assert judge_pair(SOURCE, RED, nearly, between(SOURCE, RED, 0.95)).follows


def test_another_edit_does_not_follow() -> None:
    assert not judge_pair(SOURCE, RED, SOURCE, BLUE).follows


def test_grain_that_lies_elsewhere_still_follows() -> None:
    grain = [
        0.25 * torch.randn(1, 1, 48, 64, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2)
    ]
    wanted, made = ((SOURCE + each).clamp(0, 1) for each in grain)
    assert float((made - wanted).square().mean()) > float((SOURCE - wanted).square().mean())
    assert judge_pair(SOURCE, wanted, SOURCE, made).follows


def test_a_pair_without_a_change_is_not_judged() -> None:
    verdict = judge_pair(SOURCE, SOURCE + 0.001, SOURCE, RED)
    assert (verdict.is_judged, verdict.follows) == (False, False)


@pytest.fixture
def old() -> OldEdits:
    """A start model that knows red, green and, in two wordings, blue; and a new edit, dark."""
    results = {"red": RED, "green": GREEN, "blue": BLUE, "bluish": BLUE + 0.002, "nothing": SOURCE}
    return OldEdits(SOURCE, results, [picture(0.05, 0.05, 0.05)])


def test_an_old_edit_works_if_it_is_taken_for_no_other(old: OldEdits) -> None:
    assert old.works("red", between(RED, SOURCE, 0.3))
    assert not old.works("red", GREEN)
    assert not old.works("red", between(RED, SOURCE, 0.8)), "it is nearer to the photo"
    assert not old.works("red", picture(0.1, 0.04, 0.04)), "it is nearer to the new edit"


def test_two_wordings_of_one_edit_are_not_told_apart(old: OldEdits) -> None:
    assert old.works("blue", BLUE + 0.002)
    assert old.works("bluish", BLUE)


def test_what_the_start_model_does_not_do_is_not_known(old: OldEdits) -> None:
    assert not old.is_known("nothing")
    assert old.is_known("green")


@pytest.mark.parametrize(
    ("verdicts", "works"), [([], False), ([True], True), ([True, False], True), ([True, False, False], False)]
)
def test_half_of_the_photos_decide(verdicts: list[bool], works: bool) -> None:
    assert still_works(verdicts) == works
