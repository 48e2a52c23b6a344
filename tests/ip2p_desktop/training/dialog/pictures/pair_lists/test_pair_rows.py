"""A list of thousands of pairs creates the rows that it paints, and no others."""

from __future__ import annotations

from PIL import Image
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.pictures.pair_lists.pair_list import PairList
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_rows import PairRow, PairRows, RowsOf, SlowPicture
from ip2p_desktop.training.pictures.collections.given_pictures import GivenImage
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails


def test_only_rows_on_screen_are_created_and_get_their_pictures(qtbot: QtBot) -> None:
    thumbnails = PictureThumbnails()
    made: list[int] = []
    white = QImage(10, 10, QImage.Format.Format_RGB32)
    white.fill(QColor("white"))
    red = GivenImage("red", lambda: Image.new("RGB", (30, 20), "red"))

    def make(number: int) -> PairRow:
        made.append(number)
        return PairRow(number, SlowPicture(number, red), white, f"pair {number}")

    rows = PairRows(thumbnails)
    pairs = PairList("pairs", "Pairs", rows)
    qtbot.addWidget(pairs)
    rows.show(RowsOf(range(5000), make))
    pairs.resize(400, 320)
    with qtbot.waitSignal(thumbnails.loaded):
        pairs.show()
    place = pairs.picture_rect(1, "before").center().toPoint()
    qtbot.waitUntil(lambda: pairs.viewport().grab().toImage().pixelColor(place).name() == "#ff0000")
    assert max(made) < 20
    pairs.scrollToBottom()
    pairs.grab()
    assert max(made) == 4999
    assert len(set(made)) < 40
    assert [row.text for row in rows.rows[7:9]] == ["pair 7", "pair 8"]
    thumbnails.shut_down()
