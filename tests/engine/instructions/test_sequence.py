"""An instruction that asks for one edit after the other is split at clear markers only."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.instructions.sequence import split_sequence


@pytest.mark.parametrize(
    ("instruction", "steps"),
    [
        ("make it foggy, then black and white", ("make it foggy", "make it black and white")),
        (
            "add snow and then make it night; after that sepia",
            ("add snow", "make it night", "make it sepia"),
        ),
        ("make it night; then add fog", ("make it night", "add fog")),
        ("Make it night. Then add fog.", ("Make it night", "add fog")),
        ("make it darker & then blur it", ("make it darker", "blur it")),
        ("make it night - then add snow", ("make it night", "add snow")),
        ("make it night, and afterwards blurry", ("make it night", "make it blurry")),
        ("make it night afterwards add snow", ("make it night", "add snow")),
        ("make it night then add snow", ("make it night", "add snow")),
        ("add snow, followed by a vignette", ("add snow", "add a vignette")),
        ("make it foggy followed by black and white", ("make it foggy", "make it black and white")),
        ("First make it foggy, then, sepia", ("make it foggy", "make it sepia")),
        (
            "make it autumn, then warmer and finally add a white frame",
            ("make it autumn", "make it warmer", "add a white frame"),
        ),
        ("turn it into a sketch, then a mosaic", ("turn it into a sketch", "turn it into a mosaic")),
        ("turn it into a sketch, then into a mosaic", ("turn it into a sketch", "turn it into a mosaic")),
        ("turn it into a sketch, then sepia", ("turn it into a sketch", "make it sepia")),
        ("add snow, then some fog", ("add snow", "add some fog")),
        ("add snow, then a bit darker", ("add snow", "make it a bit darker")),
        ("make it foggy, then warm", ("make it foggy", "make it warm")),
        ("make it foggy, then warm it up", ("make it foggy", "warm it up")),
        ("make it foggy, then please blur it", ("make it foggy", "please blur it")),
        ("make it foggy, then it should snow", ("make it foggy", "it should snow")),
        (
            "make the background darker, then blurry",
            ("make the background darker", "make the background blurry"),
        ),
        ("foggy, then black and white", ("foggy", "black and white")),
    ],
)
def test_a_sequence_is_split_into_complete_instructions(instruction: str, steps: tuple[str, ...]) -> None:
    assert split_sequence(instruction) == steps


@pytest.mark.parametrize(
    "instruction",
    [
        "make it black and white",
        "make it snow and add fog",
        "make it foggy, dark and cold.",
        "make it brighter then it was",
        "every now and then a snowflake",
        "show it then and now",
        "show the place, then and now",
        "if it were night, then with stars",
        "add a dog followed by a cat",
        "then make it night",
        "make it night, then",
        "make it night, and afterwards.",
        "strengthen the contrast",
        "",
    ],
)
def test_one_edit_stays_as_it_is(instruction: str) -> None:
    assert split_sequence(f" {instruction} ") == (instruction,)


@pytest.mark.parametrize(
    ("instruction", "steps"),
    [
        ("make it snow and add fog", ("make it snow", "add fog")),
        (
            "make it black and white and add some grain",
            ("make it black and white", "add some grain"),
        ),
        ("brighten it & boost the colours", ("brighten it", "boost the colours")),
        ("could you invert it, and pixelate it", ("could you invert it", "pixelate it")),
        ("blur it slightly and also make it dreamy", ("blur it slightly", "also make it dreamy")),
        ("lower the contrast and warm it up a little", ("lower the contrast", "warm it up a little")),
        (
            "make it look like a comic and crank up the colours",
            ("make it look like a comic", "crank up the colours"),
        ),
        (
            "make it night and add some snow, then blur it",
            ("make it night", "add some snow", "blur it"),
        ),
        (
            "make the background darker and make the subject sepia",
            ("make the background darker", "make the subject sepia"),
        ),
        ("make it foggy, then black and white", ("make it foggy", "make it black and white")),
        ("make it foggy and a bit darker", ("make it foggy", "make it a bit darker")),
        ("make it cooler and less saturated", ("make it cooler", "make it less saturated")),
        ("make the photo brighter and warmer", ("make the photo brighter", "make the photo warmer")),
        ("i want it sepia with a vignette", ("i want it sepia", "add a vignette")),
        ("Make it sepia with a vignette, please.", ("Make it sepia", "add a vignette, please")),
        ("golden hour with fog", ("golden hour", "add fog")),
        ("purple duotone plus film grain", ("purple duotone", "add film grain")),
        ("darker and cooler please", ("darker", "cooler please")),
        ("less saturated but warmer", ("less saturated", "warmer")),
        (
            "Could you warm this up and make it a bit brighter?",
            ("Could you warm this up", "make it a bit brighter?"),
        ),
        (
            "It needs more contrast, and could you sharpen it too?",
            ("It needs more contrast", "could you sharpen it too?"),
        ),
        (
            "black and white pencil drawing with a white border",
            ("black and white pencil drawing", "add a white border"),
        ),
        ("make it night and add some snow with a frame", ("make it night", "add some snow", "add a frame")),
        ("draw it in charcoal with dark corners", ("draw it in charcoal", "add dark corners")),
        ("make it night, add some fog", ("make it night", "add some fog")),
        ("Fade it a bit, please. Add film grain!", ("Fade it a bit, please", "Add film grain!")),
        ("Less contrast, please. Also sharpen it.", ("Less contrast, please", "Also sharpen it")),
        ("a charcoal drawing, but darker", ("a charcoal drawing", "darker")),
        (
            "turn it into a sketch, make it sepia, then add a frame",
            ("turn it into a sketch", "make it sepia", "add a frame"),
        ),
    ],
)
def test_for_a_model_that_makes_one_edit_at_a_time_and_separates_commands(
    instruction: str, steps: tuple[str, ...]
) -> None:
    assert split_sequence(instruction, at_and=True) == steps


@pytest.mark.parametrize(
    "instruction",
    [
        "make it black and white",
        "make it warm and cool",
        "draw it in pen and colour",
        "make it light and airy",
        "draw it with a pencil",
        "paint it with lots of snow on the roofs",
        "make it look like a man with an umbrella",
        "turn it into a sketch with soft lines",
        "fill the scene with mist",
        "can you cover the castle with thick fog",
        "add a flower and water",
        "make it teal and amber",
        "make it summer and winter",
        "make it foggy, dark and cold",
        "it looks flat, more contrast please",
        "the colours look dull, make them pop",
        "please, make it night",
        "hello! make it night",
        "a red, blue and green poster",
        "a castle and add",
        "snow and turn",
        "make everything but the dog black and white",
        "make it look cut and dried",
        "rain and show me",
        "and make it night",
        "make it night and",
        "make it foggy, like autumn",
        "make it night, please",
        "also make it night",
        "make the sky darker, not the ground",
        "add a castle, a dragon and a moon",
    ],
)
def test_and_within_an_edit_separates_nothing(instruction: str) -> None:
    assert split_sequence(instruction, at_and=True) == (instruction,)


def test_it_needs_no_numpy() -> None:
    code = "import sys, engine.instructions.sequence; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("filling", [" ", ",", " ,"])
def test_long_runs_of_spaces_and_commas_are_read_at_once(filling: str) -> None:
    instruction = f"make it night{filling * 50_000}x"
    assert split_sequence(instruction, at_and=True) == (instruction,)
    assert split_sequence(f"make it night{filling * 50_000}then add snow") == ("make it night", "add snow")
