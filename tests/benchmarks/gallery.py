"""The gallery of a large dataset of large photos with faults: how fast it is, and how long a click waits.

    python tests/benchmarks/gallery.py [--pairs 5000] [--megapixels 40] [--seconds 60]

Makes the dataset in a temporary folder, from a few photos under many names (hard links), so that it takes
little disk space; it is removed at the end. The list is scrolled, searched, filtered and repaired while the
check runs. “Idle” is how late the timer is on this machine without any work. The bar is 100 ms at the 99th
percentile of the delays of a timer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from event_loop import Ticks
from PIL import Image, ImageOps
from PySide6.QtWidgets import QApplication

from ip2p_desktop.base.background import Background
from ip2p_desktop.base.engine_loading import SWITCH_SECONDS
from ip2p_desktop.base.garbage_collection import GarbageCollection
from ip2p_desktop.base.paths import sample_photos
from ip2p_desktop.training.dialog.pictures.examples_page import ExamplesPage
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.pictures.gallery import PairFilter

FAULTS = ("missing", "cut off", "other shape", "unchanged", "shifted")
EVERY = 20
"""One of so many pairs has a fault."""


def make_photos(folder: Path, megapixels: float, count: int) -> dict[str, list[Path]]:
    """Writes a few large photos, their edited versions, and versions with each fault."""
    made: dict[str, list[Path]] = {"photo": [], "edited": [], "cut off": [], "other shape": [], "shifted": []}
    for number, path in enumerate(sample_photos()[:count]):
        with Image.open(path) as opened:
            photo = opened.convert("RGB")
        scale = (megapixels * 1e6 / (photo.width * photo.height)) ** 0.5
        photo = photo.resize((round(photo.width * scale), round(photo.height * scale)))
        edited = ImageOps.colorize(ImageOps.grayscale(photo), "#2b1600", "#ffe6b0")
        width, height = photo.size
        versions = {
            "photo": photo,
            "edited": edited,
            "other shape": edited.crop((0, 0, width * 3 // 4, height)),
            "shifted": edited.transform(photo.size, Image.Transform.AFFINE, (1, 0, width / 15, 0, 1, 0)),
        }
        for kind, image in versions.items():
            file = folder / f"{kind}-{number}.jpg"
            image.save(file, quality=85)
            made[kind].append(file)
        cut = folder / f"cut-{number}.jpg"
        data = made["edited"][-1].read_bytes()
        cut.write_bytes(data[: len(data) // 3])
        made["cut off"].append(cut)
    return made


def make_dataset(folder: Path, made: dict[str, list[Path]], pairs: int) -> None:
    lines = []
    for number in range(pairs):
        photo = made["photo"][number % len(made["photo"])]
        fault = FAULTS[number // EVERY % len(FAULTS)] if number % EVERY == EVERY - 1 else ""
        kind = {"unchanged": "photo", "missing": "", "": "edited"}.get(fault, fault)
        names = f"{number:05}-before.jpg", f"{number:05}-after.jpg"
        os.link(photo, folder / names[0])
        if kind:
            os.link(made[kind][number % len(made[kind])], folder / names[1])
        text = f"make it an old photo, with brown tones, number {number}"
        lines.append({"original_image": names[0], "edited_image": names[1], "edit_instruction": text})
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


turns: list[float] = []
"""Seconds that the GUI thread itself worked in each turn of its loop, whatever else the machine does."""


def run_until(condition: Callable[[], bool], seconds: float) -> float:
    started = time.perf_counter()
    while not condition() and time.perf_counter() - started < seconds:
        own = time.thread_time()
        QApplication.processEvents()
        turns.append(time.thread_time() - own)
        time.sleep(0.001)
    return time.perf_counter() - started


def report(ticks: Ticks, what: str) -> None:
    ticks.report(what)
    own = sorted(turns)
    print(f"    own work a turn: p99 {own[int(len(own) * 0.99)] * 1000:.0f} ms, max {own[-1] * 1000:.0f} ms")
    turns.clear()


def scrolled(page: ExamplesPage, seconds: float) -> None:
    """Scrolls through the whole list, as with a wheel, again and again."""
    bar = page.findings.panel.view.verticalScrollBar()
    ended = time.perf_counter() + seconds
    step = max(40, bar.maximum() // 400)
    while time.perf_counter() < ended:
        bar.setValue(0 if bar.value() >= bar.maximum() else bar.value() + step)
        run_until(lambda: False, 0.016)


def measure(folder: Path, seconds: float) -> None:
    background = Background()
    choice = DatasetChoice(background)
    page = ExamplesPage(choice)
    page.resize(720, 640)
    page.show()
    ticks = Ticks()
    run_until(lambda: False, 5)
    report(ticks, "idle")
    choice.choose(folder)
    waited = run_until(lambda: choice.findings is not None, 600)
    report(ticks, f"search ({waited:.1f} s)")
    panel = page.findings.panel
    scrolled(page, seconds)
    report(ticks, f"scrolling for {seconds:.0f} s, with the check running")
    bar = panel.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    row = panel.view.visible_rows().start
    pair = panel.view.list.shown[row].pair
    assert pair is not None
    waited = run_until(lambda: panel.view.thumbnails.of(pair) is not None, 60)
    report(ticks, f"thumbnail of a place scrolled to ({waited:.2f} s)")
    for words in ("old", "number 4", "number 49", ""):
        panel.search.setText(words)
        run_until(lambda: False, 0.5)
    for chosen in (PairFilter.PROBLEMS, PairFilter.LEFT_OUT, PairFilter.ALL):
        panel.filters[chosen].click()
        run_until(lambda: False, 0.3)
    report(ticks, "search and filters")
    for _ in range(3):
        panel.view.selectAll()
        own = time.thread_time()
        panel.swap.click()
        turns.append(time.thread_time() - own)
        run_until(lambda: False, 0.5)
        panel.undo.click()
        run_until(lambda: False, 0.5)
    report(ticks, "swapping all pairs, and undoing it")
    run_until(lambda: choice.progress is not None and choice.progress.done > 0, 30)
    started, before = time.perf_counter(), choice.progress.done if choice.progress else 0
    scrolled(page, min(20.0, seconds))
    done = choice.progress.done if choice.progress else 0
    rate = (done - before) / (time.perf_counter() - started)
    print(f"check beside scrolling: {rate:.1f} pairs a second, {done} checked")
    print(f"counts: {choice.gallery.counts()}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: peak {peak:.0f} MiB, thumbnails {panel.view.thumbnails.byte_count / 2**20:.0f} MiB")
    ticks.stop()
    choice.clear()
    panel.shut_down()
    background.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--megapixels", type=float, default=40.0)
    parser.add_argument("--photos", type=int, default=4, help="different photos")
    parser.add_argument("--seconds", type=float, default=60.0, help="of scrolling")
    options = parser.parse_args()
    application = QApplication([])
    sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
    garbage = GarbageCollection()  # likewise
    with tempfile.TemporaryDirectory(prefix="gallery-") as place:
        os.environ["IP2P_DATA_DIR"] = str(Path(place) / "data")
        photos, folder = Path(place) / "photos", Path(place) / "pairs"
        photos.mkdir()
        folder.mkdir()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:  # its memory is not measured
            made = pool.submit(make_photos, photos, options.megapixels, options.photos).result()
        make_dataset(folder, made, options.pairs)
        size = sum(path.stat().st_size for paths in made.values() for path in paths) / 1e6
        print(f"{options.pairs} pairs of {options.megapixels:g} megapixels, {size:.0f} MB on disk")
        measure(folder, options.seconds)
    garbage.shut_down()
    del application


if __name__ == "__main__":
    main()
