"""Settings: NeMo's names, defaults, and one sentence for each mistake."""

from __future__ import annotations

import pytest

from trainer.config import ConfigNotValid, read_config

REQUIRED = ["data.data_path=pairs", "model.unet_config.from_pretrained=model", "exp_manager.exp_dir=run"]


def test_dotted_keys_reach_their_place() -> None:
    config = read_config(
        [*REQUIRED, "trainer.max_steps=7", "model.optim.lr=3e-5", "model.channels_last=False"]
    )
    assert config.trainer.max_steps == 7
    assert config.model.optim.lr == pytest.approx(3e-5)
    assert config.model.channels_last is False
    assert config.model.conditioning_dropout_prob == 0.05


def test_the_model_is_named_after_the_dataset_unless_it_has_a_name() -> None:
    assert read_config(REQUIRED).model_name == "pairs"
    assert read_config([*REQUIRED, "model.name=Ünder the sea"]).model_name == "Ünder the sea"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (REQUIRED[1:], "data.data_path is missing"),
        ([*REQUIRED, "trainer.max_stepz=3"], "max_stepz"),
        ([*REQUIRED, "trainer.max_steps=many"], "many"),
        ([*REQUIRED, "trainer.max_steps=0"], "trainer.max_steps must be at least 1"),
        ([*REQUIRED, "model.optim.lr=0"], "model.optim.lr must be above 0"),
        ([*REQUIRED, "model.conditioning_dropout_prob=0.5"], "conditioning_dropout_prob must be from 0"),
        ([*REQUIRED, "trainer.precision=8"], "trainer.precision must be one of"),
        ([*REQUIRED, "model.optim.betas=[0.9]"], "model.optim.betas must be two numbers"),
        ([*REQUIRED, "fast"], "“fast” is not a setting"),
        ([*REQUIRED, "model.name=[x"], "characters with a meaning of their own"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(ConfigNotValid) as caught:
        read_config(arguments)
    assert words in caught.value.message
    assert "\n" not in str(caught.value)
