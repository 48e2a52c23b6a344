"""How long the strip keeps a person waiting in a session of thousands of results.

    python tests/benchmarks/history_size.py [--nodes 4000] [--chain 300]

Opens a session of a photo with so many results in memory, `--chain` of which were each made from the one
before, in a real window. Prints seconds for filling the strip, a result more, showing a result, a star, the
filter, a removal and its undo, what of them the window's thread computed (the rest other programs took), and
how late a timer of 10 ms was meanwhile; the bar is 50 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from event_loop import Ticks, wait_for
from measuring import machine
from PySide6.QtWidgets import QApplication

from engine.library import read_model_card
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState


def results_of(source: SourcePhoto, count: int, chain: int) -> list[EditNode]:
    """Results with the pixels of the photo; the first ones each go on from the one before."""
    card = read_model_card(paths.starter_model())
    nodes: list[EditNode] = []
    for number in range(count):
        state = EditState(instruction=f"edit {number}", model=card.path)
        result = EditedPhoto(source, card, state, source.pixels)
        nodes.append(result)
        if number < chain:
            nodes.append(result.as_source())
            source = nodes[-1]  # type: ignore[assignment]
        else:
            source = source.photo
    return nodes


def measure(program: Program, nodes: int, chain: int) -> None:
    """Print the seconds of everything that touches all nodes."""
    strip, tree, ticks = program.window.history_strip, program.tree, Ticks()
    wait_for(program.files.read)
    photo = program.document.source
    assert photo is not None
    program.sessions.recorder.pause()  # what is measured is the window

    def timed(what: str, act: Callable[[], object]) -> None:
        QApplication.processEvents()  # a tick that was due before is not late for this
        ticks.late.clear()
        started, worked = time.perf_counter(), time.thread_time()
        act()
        strip.update_now()
        QApplication.processEvents()
        spent, worked = time.perf_counter() - started, time.thread_time() - worked
        for _ in range(20):
            QApplication.processEvents()
            time.sleep(0.005)
        worst = max(ticks.late, default=0.0)
        print(f"{what}: {spent * 1000:.0f} ms, {worked * 1000:.0f} ms of it computing;", end=" ")
        print(f"longest wait {worst * 1000:.0f} ms", flush=True)

    added = results_of(photo, nodes, chain)

    whole = [(photo, True), *((node, isinstance(node, EditedPhoto)) for node in added)]
    assert program.edits.store is not None
    program.edits.store.mark_stored(added)  # as those of a session that is opened are
    timed(f"filling the strip with {nodes} results ({chain} in a chain)", partial(tree.replace, whole))
    results = [node for node in added if isinstance(node, EditedPhoto)]
    more = results_of(photo, 1, 0)
    timed("one result more", partial(tree.add, *more))
    for what, node in (("last", results[-1]), ("middle", results[nodes // 2]), ("first", results[0])):
        timed(f"showing the {what} result", partial(program.history.show_node, node))
    timed("a star", partial(program.history.toggle_star, results[-1]))
    timed("only starred", partial(strip.starred_button.setChecked, True))
    timed("all", partial(strip.starred_button.setChecked, False))
    timed("taller", partial(strip.tall_button.setChecked, True))
    timed("removing one result", partial(program.history.remove, results[-2]))
    timed("undo", program.undo.undo)
    timed("removing the photo with all results", partial(program.history.remove, photo))
    timed("undo", program.undo.undo)
    assert tree.result_count(photo) == nodes + 1
    timed("painting once", strip.results.viewport().repaint)
    timed("the record for the session's file", program.sessions.recorder.complete)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=4000)
    parser.add_argument("--chain", type=int, default=300)
    options = parser.parse_args()
    print("machine:", machine(), flush=True)
    if hasattr(os, "getloadavg"):
        print("load:", *(f"{load:.1f}" for load in os.getloadavg()))
    application = QApplication([])
    with tempfile.TemporaryDirectory() as data_folder:
        os.environ["IP2P_DATA_DIR"] = data_folder
        program = build_program(application, Preferences(paths.preferences_file()))
        wait_for(program.installed.changed)
        program.window.show()
        program.client.warm_up()
        wait_for(program.client.ready)  # as in the program, where all that it loads is searched no more
        program.files.open_file(paths.sample_photos()[0])
        measure(program, options.nodes, options.chain)
        program.window.close()
        program.shut_down()


if __name__ == "__main__":
    main()
