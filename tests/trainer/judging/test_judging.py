"""A run is judged as a process: its events, its images, and what it says when something is missing."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import NewerVersion
from engine.progress import CancelToken
from ip2p_desktop.base.paths import sample_photos
from trainer.judging import __main__ as program
from trainer.judging.judgement import FILE, read_judgement
from trainer.judging.judging_events import JudgingFinished, PairJudged, parse_judging_event
from trainer.judging.settings import JudgingSettings, read_judging_settings
from trainer.protocol.commands import ATTACHED_VARIABLE, Commands

SMALL = ("resolution=64", "old_resolution=64", "threads=1", "device=cpu")


@pytest.fixture(autouse=True)
def _ordinary_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of the tests cannot raise its priority again, and keeps its input and its signals."""
    monkeypatch.setattr(program, "lower_priority", lambda: None)
    monkeypatch.setattr(Commands, "obey_signals", lambda commands: None)
    monkeypatch.setattr(program, "Commands", lambda stream, *, attached: Commands())


@pytest.fixture(scope="module")
def run(kept_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(kept_run, tmp_path_factory.mktemp("judged") / "run"))


def judged(capsys: pytest.CaptureFixture[str], run: Path, *words: str, code: int = 0) -> list[dict[str, Any]]:
    """The events of judging; each is one that a reader knows."""
    assert program.main([f"run={run}", *SMALL, *words]) == code
    lines = capsys.readouterr().out.splitlines()
    assert all(parse_judging_event(line) is not None for line in lines)
    return [json.loads(line) for line in lines]


def of_type(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def test_pairs_photos_and_old_edits_are_judged(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = sample_photos()[0]
    events = judged(capsys, run, f"photos={photo}", "old_edits=3", "old_photos=2")
    pairs, photos = of_type(events, "judged-pair"), of_type(events, "judged-photo")
    old, last = of_type(events, "judged-old"), events[-1]
    assert (len(pairs), len(photos), len(old)) == (2, 1, 3)
    assert all(pair["held_back"] for pair in pairs)
    assert {pair["instruction"] for pair in pairs} == {photos[0]["instruction"]} == {"turn it inside out"}
    for event in (*pairs, *photos, *old):
        for side in {"source", "base", "trained", "wanted"} & event.keys():
            with Image.open(event[side]) as image:
                assert max(image.size) == 64
            assert Path(event[side]).parent == run / "judgement"
    assert (last["type"], last["held_back"], last["photos"], last["step"]) == ("judged", True, 1, 4)
    assert last["pairs"] == sum(pair["is_judged"] for pair in pairs) == 2
    assert last["following"] == sum(pair["follows"] for pair in pairs)
    assert last["old"] == sum(each["tried"] > 0 for each in old)
    assert last["working"] == sum(each["works"] for each in old if each["tried"])
    done = of_type(events, "judging")
    assert done[-1] == {"type": "judging", "done": 18, "total": 18}
    assert [event["done"] for event in done] == list(range(1, 19))


def test_the_judgement_can_be_read_again(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = judged(capsys, run, "old_edits=0")
    read = read_judgement(run / "judgement")
    assert read is not None
    results, summary = read
    assert summary == parse_judging_event(json.dumps(events[-1]))
    assert [each.type for each in results] == ["judged-pair", "judged-pair"]
    assert isinstance(results[0], PairJudged)
    assert isinstance(summary, JudgingFinished)


def test_the_images_of_a_judgement_that_was_moved_are_found(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paths in its file are those of the computer where it was made, or of whoever wrote the file."""
    judged(capsys, run, "old_edits=0", "pairs=1")
    folder = Path(shutil.copytree(run / "judgement", tmp_path / "moved" / "judgement"))
    text = (folder / FILE).read_text()
    text = text.replace(f"{run}/judgement/pair-0-base.jpg", "C:\\\\runs\\\\pair-0-base.jpg")
    (folder / FILE).write_text(text)
    read = read_judgement(folder)
    assert read is not None
    (pair,) = read[0]
    assert isinstance(pair, PairJudged)
    for path in (pair.source, pair.base, pair.trained, pair.wanted):
        assert Path(path).parent == folder
        assert Path(path).is_file()


def test_judging_ends_with_the_window_that_started_it(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "Commands", Commands)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setenv(ATTACHED_VARIABLE, "1")
    assert not of_type(judged(capsys, run, "old_edits=3", f"output={tmp_path}"), "judged")


def test_a_judgement_of_another_version_or_none(run: Path, tmp_path: Path) -> None:
    assert read_judgement(tmp_path) is None
    (tmp_path / FILE).write_text("{")
    assert read_judgement(tmp_path) is None
    (tmp_path / FILE).write_text('{"version": 99}')
    with pytest.raises(NewerVersion, match="newer version"):
        read_judgement(tmp_path)


def test_at_strength_0_nothing_follows_and_every_old_edit_works(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = judged(capsys, run, "strength=0", "old_edits=3", "old_photos=1", f"output={tmp_path}")
    assert events[-1]["following"] == 0
    assert events[-1]["working"] == events[-1]["old"] > 0
    for pair in of_type(events, "judged-pair"):
        assert pair["psnr_base"] == pair["psnr_trained"]
    assert (tmp_path / FILE).is_file()


def test_an_earlier_step_and_an_exported_model_are_judged(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("old_edits=0", f"output={tmp_path}")
    last, model, earlier = (
        of_type(judged(capsys, run, *words, each), "judged-pair")
        for each in ("step=4", f"model={run / 'model'}", "step=2")
    )
    for pair, other in zip(last, model, strict=True):
        assert pair["psnr_trained"] == pytest.approx(other["psnr_trained"], abs=0.1)
    assert any(
        pair["psnr_trained"] != other["psnr_trained"] for pair, other in zip(last, earlier, strict=True)
    )


def test_without_held_back_pairs_those_of_the_training_are_judged_and_that_is_said(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    record = json.loads((copy / "run.json").read_text())
    record["settings"]["data.split.smallest_val"] = 0
    (copy / "run.json").write_text(json.dumps(record))
    events = judged(capsys, copy, "old_edits=0", "pairs=3")
    assert [pair["held_back"] for pair in of_type(events, "judged-pair")] == [False] * 3
    assert (events[-1]["held_back"], events[-1]["pairs"]) == (False, 3)


def test_without_the_dataset_the_rest_is_judged(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    record = json.loads((copy / "run.json").read_text())
    record["settings"]["data.data_path"] = str(tmp_path / "gone")
    (copy / "run.json").write_text(json.dumps(record))
    events = judged(capsys, copy, "old_edits=2", "old_photos=1", f"photos={tmp_path / 'no.jpg'}")
    assert len(of_type(events, "warning")) == 2
    assert (events[-1]["pairs"], events[-1]["photos"], len(of_type(events, "judged-old"))) == (0, 0, 2)
    shutil.rmtree(copy / "judgement")
    nothing = judged(capsys, copy, "old_edits=0")[-1]
    assert (nothing["type"], nothing["pairs"], nothing["old"]) == ("judged", 0, 0)
    assert read_judgement(copy / "judgement") is not None


def test_fewer_old_edits_are_tried_if_the_time_is_short(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = judged(
        capsys, run, "minutes=0.0001", "old_edits=40", "old_photos=1", "pairs=2", f"output={tmp_path}"
    )
    assert len(of_type(events, "judged-pair")) == 1
    assert len(of_type(events, "judged-old")) == 4
    assert events[-1]["complete"] is False


def test_a_request_to_stop_ends_it_without_a_judgement(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped:
        def __init__(self, *_: object, **__: object) -> None:
            self.cancel = CancelToken()
            self.cancel.cancel()

        def obey_signals(self) -> None:
            pass

    monkeypatch.setattr(program, "Commands", Stopped)
    events = judged(capsys, run, f"output={tmp_path / 'out'}")
    assert of_type(events, "judged") == of_type(events, "failed") == []
    assert not (tmp_path / "out" / FILE).exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run=nowhere"], "run.record-missing"),
        (["strength=2"], "configuration.judging-out-of-range"),
        (["step=3"], "run.step-not-kept"),
        (["stregth=1"], "configuration.judging-setting-unknown"),
        (["pairs=few"], "configuration.judging-value-invalid"),
    ],
)
def test_wrong_settings_are_one_sentence(
    run: Path, words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (*_, failed) = judged(capsys, run, *words, code=2)
    assert (failed["type"], failed["code"]) == ("failed", code)


def test_settings_are_read_by_their_types() -> None:
    settings = read_judging_settings(["run=r", 'photos=["a b.jpg", "c.jpg"]', "strength=0.7", "pairs=4"])
    assert settings == JudgingSettings(run="r", photos=("a b.jpg", "c.jpg"), strength=0.7, pairs=4)
    assert settings.folder == Path("r") / "judgement"
    assert read_judging_settings(["run=r", "photos=one.jpg"]).photos == ("one.jpg",)
