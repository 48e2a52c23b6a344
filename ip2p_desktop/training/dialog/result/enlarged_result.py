"""A judged edit as large as the page, with a divider between the new model's result and another picture."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ip2p_desktop.training.dialog.progress.enlarged_view import EnlargedView, tab_button
from ip2p_desktop.training.dialog.progress.preview_picture import PreviewPicture
from ip2p_desktop.training.dialog.result.judged_pictures import JudgedPictures
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class EnlargedResult(EnlargedView):
    """Page Up and Page Down show the edit before and the next one."""

    def __init__(self, view: JudgedPictures, page: QWidget) -> None:
        super().__init__("enlarged_result", page)
        self._view = view
        self._compared = view.base
        self.heading = named(ElidedLabel(), "enlarged_result_heading")
        self.heading.setProperty("role", "section")
        self.keys = body_label(self.tr("Page Up, Page Down: other pictures"), role="hint")
        self.keys.setWordWrap(False)
        self.with_base = tab_button("compare_base", self.tr("Start model and new model"))
        self.with_wanted = tab_button("compare_wanted", self.tr("Wanted and new model"))
        self.with_source = tab_button("compare_source", self.tr("Photo and new model"))
        self.close_button = plain_button(
            "close_enlarged_result", self.tr("Close"), self.tr("Close the large picture")
        )
        self._tabs = {
            view.base: self.with_base,
            view.wanted: self.with_wanted,
            view.source: self.with_source,
        }
        self.lay_out(list(self._tabs.values()), self.close_button, self.heading, self.keys)
        view.pictures_changed.connect(self._show_pictures)
        self.with_base.clicked.connect(lambda: self._compare(view.base))
        self.with_wanted.clicked.connect(lambda: self._compare(view.wanted))
        self.with_source.clicked.connect(lambda: self._compare(view.source))

    def open(self, picture: PreviewPicture) -> None:
        """Show the pictures of the view large, the clicked one beside that of the new model."""
        self.cover_page()
        self._compare(picture if picture in self._tabs else self._view.base)
        self.pictures.move_divider(0.5)

    def go(self, step: int) -> None:
        self._view.go(step)

    def _compare(self, picture: PreviewPicture) -> None:
        self._compared = picture
        self._show_pictures()

    def _show_pictures(self) -> None:
        if self.isHidden():
            return
        view = self._view
        if view.shown is None:
            self.hide()
            return
        if self._compared.isHidden():
            self._compared = view.base
        for picture, button in self._tabs.items():
            button.setVisible(not picture.isHidden())
            button.setChecked(picture is self._compared)
        self.heading.setText(f"{view.instruction.text()} · {view.kind.text()} · {view.place.text()}")
        captions = (self._compared.text(), view.trained.text())
        self.pictures.show_pictures(self._compared.image, view.trained.image, captions)
