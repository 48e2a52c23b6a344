"""How smoothly the canvas shows photos of 50 and 100 megapixels, in each mode of comparing.

    python tests/benchmarks/large_photos.py [--megapixels 50,100] [--scale 1]

Paints with the software rasteriser on a window of 1240 × 820 points, while panning and zooming, and measures
how late the event loop is while a photo is opened, a result appears and the mode changes. The bar is 50 ms at
the 99th percentile; on a busy computer compare it with the line in which nothing happens. `--scale 2` is a
screen with two pixels for each point. CPU is the time of the GUI thread alone, which other programs do not
lengthen.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from event_loop import Ticks
from measuring import machine
from PIL import Image, ImageOps
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.images.bands import bands
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage

ZOOMS = (0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 2.0, 4.0, 16.0)
"""Zooms at which the photo is panned; 0 fits it."""
STEPS = 40
SETTLE_SECONDS = 3.0


def wait_until(is_reached: Callable[[], bool]) -> None:
    while not is_reached():
        QApplication.processEvents()
        time.sleep(0.0005)


def wait(seconds: float) -> None:
    end = time.perf_counter() + seconds
    wait_until(lambda: time.perf_counter() > end)


def write_photo(file: Path, megapixels: int) -> None:
    """A sample enlarged, with the grain of a camera, 3 : 2."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    with Image.open(paths.sample_photos()[0]) as sample:
        photo = sample.convert("RGB").resize((round(height * 1.5), height), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((1024, 1024), 24).convert("RGB")
    for top in range(0, height, 1024):
        for left in range(0, photo.width, 1024):
            box = (left, top, left + 1024, top + 1024)
            photo.paste(Image.blend(photo.crop(box), grain, 0.15), (left, top))
    photo.save(file, quality=92)


def negative_of(photo: Image.Image) -> Image.Image:
    result = Image.new("RGB", photo.size)
    for box in bands(photo.size):
        result.paste(ImageOps.invert(photo.crop(box)), box)
    return result


def show_result(program: Program, source: SourcePhoto) -> EditedPhoto:
    """A result as an edit leaves it: made and stored in the background, then shown."""
    made: list[EditedPhoto] = []
    background = Background(workers=1)
    model, state = program.document.model, replace(program.document.state, instruction="invert")
    assert model is not None

    def make() -> EditedPhoto:
        image = negative_of(source.image)
        return EditedPhoto(source, model, state, StoredImage.of(DisplayImage.of(image), image))

    background.submit(make, made.append, lambda report: sys.exit(report.message))
    wait_until(lambda: bool(made))
    program.tree.add(made[0])
    program.edits.load(made[0], lambda: program.edits.show(made[0]))
    wait_until(lambda: program.document.result is made[0])
    background.close()
    return made[0]


def report(what: str, wall: list[float], cpu: list[float]) -> None:
    texts = []
    for name, values in (("wall", sorted(wall)), ("CPU", sorted(cpu))):
        at_99 = values[int(len(values) * 0.99)]
        texts.append(f"{name} p50 {values[len(values) // 2]:.1f}, p99 {at_99:.1f}, max {values[-1]:.1f}")
    print(f"  {what}: {len(wall)} paints; ms: {'; '.join(texts)}")


def measure_paints(program: Program, mode: CompareMode) -> None:
    view = program.window.canvas.view
    view.compare_mode = mode
    if mode is CompareMode.DIFFERENCE:
        wait_until(lambda: view.comparison.difference is not None)
    wall: list[float] = []
    cpu: list[float] = []

    def paint() -> None:
        started, cpu_started = time.perf_counter(), time.thread_time()
        view.repaint()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.thread_time() - cpu_started) * 1000)

    for zoom in ZOOMS:
        if zoom:
            view.position = replace(view.position, is_fitted=False, zoom=zoom, centre_x=0.4, centre_y=0.4)
        else:
            view.zoom_to_fit()
        for step in range(STEPS):
            place = view.position
            view.position = replace(place, centre_x=place.centre_x + 0.0007, centre_y=place.centre_y + 0.0003)
            paint()
            if step % 10 == 0:
                QApplication.processEvents()
    report(f"{mode}, panning", wall, cpu)
    wall.clear()
    cpu.clear()
    view.zoom_to_fit()
    for factor in (1.25, 0.8):
        for _ in range(STEPS // 2):
            view._zoom_by(factor, QPointF(300, 200))
            paint()
    report(f"{mode}, zooming", wall, cpu)


def measure(program: Program, megapixels: int, folder: Path) -> None:
    file = folder / f"{megapixels}.jpg"
    write_photo(file, megapixels)
    ticks, view = Ticks(), program.window.canvas.view
    wait(SETTLE_SECONDS)
    ticks.report("  nothing happens")
    started = time.perf_counter()
    program.files.open_file(file)
    wait_until(lambda: program.document.source is not None and program.document.source.name == file.name)
    seconds = time.perf_counter() - started
    wait(SETTLE_SECONDS)
    ticks.report(f"  opening, {seconds:.1f} s, and storing")
    assert program.document.source is not None
    result = show_result(program, program.document.source)
    wait(SETTLE_SECONDS)
    ticks.report("  a result is made, shown and stored")
    for mode in (*CompareMode, *CompareMode):
        view.compare_mode = mode
        wait(SETTLE_SECONDS / 4)
    wait_until(lambda: view.compare_mode is CompareMode.DIFFERENCE and view.comparison.difference is not None)
    ticks.report("  the modes are changed, the difference is computed")
    for percent in range(100, 40, -1):
        program.tree.set_opacity(result, percent / 100)
        wait(0.03)
    shown = id(view.comparison.difference)
    wait_until(lambda: id(view.comparison.difference) != shown)
    ticks.report("  the opacity is changed, the difference is computed")
    for mode in CompareMode:
        measure_paints(program, mode)
    kilobytes = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  memory: {kilobytes / 1e6:.2f} GB now, {peak / 1e6:.2f} GB at most so far")
    ticks.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--megapixels", default="50,100")
    parser.add_argument("--scale", default="1")
    options = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = options.scale
    application = QApplication([])
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; scale {options.scale}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IP2P_DATA_DIR"] = folder
        program = build_program(application, Preferences(paths.preferences_file()))
        program.window.resize(1240, 820)
        program.window.show()
        wait_until(lambda: program.installed.is_known and program.document.model is not None)
        for megapixels in map(int, options.megapixels.split(",")):
            print(f"{megapixels} megapixels, load {os.getloadavg()[0]:.1f}")
            measure(program, megapixels, Path(folder))
        program.window.close()
        program.shut_down()


if __name__ == "__main__":
    main()
