"""The two sets of colours of the window: light and dark."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeColours:
    """The colours of a theme. The contrast of text is at least 4.5 to 1."""

    window: str
    surface: str
    raised: str
    canvas: str
    field: str
    field_border: str
    border: str
    hover: str
    pressed: str
    track: str
    knob: str
    knob_border: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    accent_text: str
    on_accent: str
    focus: str
    focus_on_accent: str
    danger: str
    danger_soft: str
    danger_border: str


LIGHT_COLOURS = ThemeColours(
    window="#f4f5f7",
    surface="#fbfbfc",
    raised="#ffffff",
    canvas="#e6e7eb",
    field="#ffffff",
    field_border="#b9bdc9",
    border="#dfe1e7",
    hover="#ebecf1",
    pressed="#dfe1ea",
    track="#d3d6df",
    knob="#ffffff",
    knob_border="#9298a8",
    text="#1b1d24",
    muted="#5c6271",
    faint="#9499a6",
    accent="#4f46e5",
    accent_hover="#4338ca",
    accent_pressed="#372fa8",
    accent_soft="#e3e1fd",
    accent_text="#4338ca",
    on_accent="#ffffff",
    focus="#6d66f0",
    focus_on_accent="#1f1a73",
    danger="#b3261e",
    danger_soft="#fdf0ee",
    danger_border="#f2c4bf",
)
DARK_COLOURS = ThemeColours(
    window="#17181c",
    surface="#1c1e23",
    raised="#26282f",
    canvas="#101114",
    field="#16171b",
    field_border="#474b57",
    border="#2e3138",
    hover="#2a2d35",
    pressed="#343842",
    track="#3d414c",
    knob="#e9eaee",
    knob_border="#0f1013",
    text="#eceef2",
    muted="#a3a9b6",
    faint="#6c7280",
    accent="#665df5",
    accent_hover="#5f56ea",
    accent_pressed="#5048cc",
    accent_soft="#3a3870",
    accent_text="#a7a2ff",
    on_accent="#ffffff",
    focus="#8f89ff",
    focus_on_accent="#d8d5ff",
    danger="#ff8a80",
    danger_soft="#3a2124",
    danger_border="#6b3a3e",
)
