"""A fixed edit as large as the page, with a divider between two of its pictures."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ip2p_desktop.training.dialog.progress.enlarged_view import EnlargedView, tab_button
from ip2p_desktop.training.dialog.progress.preview_picture import PreviewPicture
from ip2p_desktop.training.dialog.progress.previews_view import PreviewsView
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class EnlargedPreview(EnlargedView):
    """Page Up and Page Down go through time."""

    def __init__(self, view: PreviewsView, page: QWidget) -> None:
        super().__init__("enlarged_preview", page)
        self._view = view
        self._compared = view.before
        self.heading = named(body_label("", role="section"), "enlarged_heading")
        self.keys = body_label(self.tr("Page Up, Page Down: earlier, later"), role="hint")
        self.keys.setWordWrap(False)
        self.with_before = tab_button("compare_with_before", self.tr("Before and now"))
        self.with_wanted = tab_button("compare_with_wanted", self.tr("Wanted and now"))
        self.close_button = plain_button(
            "close_enlarged", self.tr("Close"), self.tr("Close the large picture")
        )
        self.lay_out((self.with_before, self.with_wanted), self.close_button, self.heading, self.keys)
        view.pictures_changed.connect(self._show_pictures)
        self.with_before.clicked.connect(lambda: self._compare(view.before))
        self.with_wanted.clicked.connect(lambda: self._compare(view.wanted))

    def open(self, picture: PreviewPicture) -> None:
        """Show the pictures of the view large, the clicked one among them."""
        self.cover_page()
        self._compare(self._view.wanted if picture is self._view.wanted else self._view.before)
        self.pictures.move_divider(1.0 if picture is self._view.before else 0.5)

    def go(self, step: int) -> None:
        slider = self._view.slider.slider
        slider.setValue(slider.value() + step)

    def _compare(self, picture: PreviewPicture) -> None:
        self._compared = picture
        self.with_before.setChecked(picture is self._view.before)
        self.with_wanted.setChecked(picture is self._view.wanted)
        self._show_pictures()

    def _show_pictures(self) -> None:
        if self.isHidden():
            return
        view = self._view
        if self._compared is view.wanted and view.wanted.isHidden():
            self._compare(view.before)
            return
        self.with_wanted.setVisible(not view.wanted.isHidden())
        self.keys.setVisible(view.slider.slider.isEnabled())
        self.heading.setText(f"{view.instruction.text()} · {view.slider.label.text()}")
        captions = (self._compared.text(), view.now.text())
        self.pictures.show_pictures(self._compared.image, view.now.image, captions)
