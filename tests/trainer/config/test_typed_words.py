"""A word on the command line is the value, of the type of its setting, and no YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.config import ConfigNotValid, read_config, read_settings
from trainer.config.training import TrainingConfig
from trainer.config.typed_words import typed_value, types_of

ODD_TEXTS = [
    *("paint house #5", "007", "no", "null", "~", "[a]", "[a", "{b}", "1e-5", "2024-01-01", "12:30:00"),
    *("make it: snow", "- snow", "'tis night", 'say "hello" twice', "*", "&x", "!tag", "%", "@home", "a, b"),
    *(r"C:\new\table", "50 %", "Ünder the sea", "?", "|", ">", "True", "a=b", "  two blanks  ", "costs ${5"),
]


@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.parametrize("key", ["data.instruction", "model.name"])
def test_a_text_is_what_was_written(key: str, text: str) -> None:
    config = read_config(["data.data_path=pairs", f"{key}={text}"])
    assert (config.data.instruction if key == "data.instruction" else config.model.name) == text


@pytest.mark.parametrize(
    "name",
    ["Set #2", "007", "no", "null", "1.50", r"C:\Users\me\Set #2", "a [b]", "x: y", "~backup", "on"],
)
def test_a_folder_is_what_was_written(name: str) -> None:
    for key in ("data.data_path", "model.data.data_path", "+data.data_path"):
        assert read_config([f"{key}={name}"]).data.paths == [Path(name)]
    assert read_config(["data.data_path=x", f"exp_manager.exp_dir=/runs/{name}"]).exp_manager.exp_dir == (
        f"/runs/{name}"
    )


def test_a_folder_in_brackets_is_a_folder_if_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_config(["data.data_path=[a]"]).data.paths == [Path("a")]
    (tmp_path / "[a]").mkdir()
    assert read_config(["data.data_path=[a]"]).data.paths == [Path("[a]")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"in quotes"', "in quotes"),
        ("'in quotes'", "in quotes"),
        ("'it''s'", "it's"),
        (r'"C:\\Users\\\"me\""', r'C:\Users\"me"'),
        (r'"C:\Users\me"', r"C:\Users\me"),
        ('"one" and "two"', '"one" and "two"'),
        ("'tis", "'tis"),
    ],
)
def test_quotes_around_the_whole_value_are_no_part_of_it(written: str, expected: str) -> None:
    assert read_config(["data.data_path=x", f"data.instruction={written}"]).data.instruction == expected


def test_numbers_and_switches_are_of_the_type_of_their_setting() -> None:
    config = read_config(
        [
            *("data.data_path=x", "trainer.max_steps=1e3", "model.seed=010", "model.optim.lr=1e-5"),
            *("data.flip=no", "data.check=0", "model.channels_last=ON", "data.cache.limit_gb=5"),
            *("model.global_batch_size=null", "trainer.accumulate_grad_batches=2", "trainer.precision=16"),
            *("trainer.max_time=00:01:30:00", "model.optim.betas=[0.5,1e-1]", "model.ckpt_path=null"),
        ]
    )
    assert (config.trainer.max_steps, config.model.seed, config.model.optim.lr) == (1000, 10, 1e-5)
    assert (config.data.flip, config.data.check, config.model.channels_last) == (False, False, True)
    assert (config.data.cache.limit_gb, config.model.global_batch_size) == (5.0, None)
    assert (config.trainer.accumulate_grad_batches, config.trainer.precision) == (2, "16")
    assert (config.trainer.max_seconds, config.model.optim.betas) == (5400, [0.5, 0.1])
    assert config.model.ckpt_path == ""


def test_lists_of_texts() -> None:
    config = read_config(
        [
            "data.data_path=[Set #2, 007,'a, b',\"c\"]",
            'data.replay.instructions=["make it snow", no, paint house #5]',
            "validation.photos=photo #1.png",
            "validation.instructions=make it night, please",
            "data.weights=[1,2,3,4.5]",
        ]
    )
    assert config.data.paths == [Path(name) for name in ("Set #2", "007", "a, b", "c")]
    assert config.data.replay.instructions == ["make it snow", "no", "paint house #5"]
    assert config.validation.instructions == ["make it night, please"]
    assert config.data.weights == [1, 2, 3, 4.5]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("trainer.max_steps=5 #", "a whole number"),
        ("trainer.max_steps=2.5", "a whole number"),
        ("model.optim.lr=1,5", "a number"),
        ("data.flip=maybe", "True or False"),
        ("model.global_batch_size=x", "a whole number or null"),
        ("data.weights=[1,x]", "a list of numbers in brackets"),
    ],
)
def test_an_error_names_setting_value_and_what_is_expected(word: str, expected: str) -> None:
    key, _, value = word.partition("=")
    with pytest.raises(ConfigNotValid) as caught:
        read_config(["data.data_path=x", word])
    assert caught.value.message == f"{key} is “{value}”, but must be {expected}."
    assert caught.value.advice.startswith(f"Write {key}=")


def test_an_error_in_a_file_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("data: {data_path: x, weights: [1, x]}\ntrainer: {max_steps: soon}\n", encoding="utf-8")
    with pytest.raises(ConfigNotValid, match=r"trainer\.max_steps is “soon”, but must be a whole number"):
        read_settings(["--config", str(file), "data.weights=[1]"])
    with pytest.raises(ConfigNotValid, match=r"data\.weights is “\[1, 'x'\]”, but must be a list of numbers"):
        read_settings(["--config", str(file), "trainer.max_steps=5"])


def test_every_setting_has_a_type_that_words_are_read_by() -> None:
    for key, kind in types_of(TrainingConfig):
        if kind is str:
            assert typed_value(key, kind, "#1 no") == "#1 no"
