"""The keys and mouse gestures that are no entries of menus, for the page of shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def other_keys() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups with a title; in each, what is done, and by which keys."""
    tr = QCoreApplication.translate
    return [
        (
            tr("OtherKeys", "Instruction"),
            [
                (tr("OtherKeys", "Make the edit"), tr("OtherKeys", "Enter")),
                (tr("OtherKeys", "Choose a suggestion"), tr("OtherKeys", "Up, Down, Enter")),
            ],
        ),
        (
            tr("OtherKeys", "Photo"),
            [
                (tr("OtherKeys", "Zoom to the pointer"), tr("OtherKeys", "Wheel")),
                (tr("OtherKeys", "Fit, or show at 100 %"), tr("OtherKeys", "Double-click")),
                (tr("OtherKeys", "Zoom to 25, 50, 100, 200, 400 %"), tr("OtherKeys", "+ and -")),
                (tr("OtherKeys", "See the original"), tr("OtherKeys", "Hold O")),
                (tr("OtherKeys", "Move the photo"), tr("OtherKeys", "Drag, middle button, or arrow keys")),
                (tr("OtherKeys", "Move the divider"), tr("OtherKeys", "Drag, or Tab and arrow keys")),
            ],
        ),
        (
            tr("OtherKeys", "Help"),
            [(tr("OtherKeys", "This page"), tr("OtherKeys", "F1, or ? outside of text"))],
        ),
    ]
