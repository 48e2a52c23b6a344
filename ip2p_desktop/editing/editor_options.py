"""The options of an editor, from the preferences or the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from engine.errors import DeviceNotUsable
from ip2p_desktop.base.paths import compiled_folder, edit_costs_file, is_frozen
from ip2p_desktop.base.preferences import Preferences

if TYPE_CHECKING:
    from engine.editing.editor import Editor


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorOptions:
    """Device, data type, compilation and threads; see `engine.editing.editor.Editor`."""

    device: str = "auto"
    dtype: str = "auto"
    compile_unet: bool | None = None
    threads: int | None = None
    has_preferred_device: bool = field(default=False, compare=False)
    """On the command line, whether the device is that of the preferences, which an error then names."""

    @classmethod
    def preferred(cls, preferences: Preferences) -> Self:
        """The options in the preferences."""
        return cls(
            device=preferences.device,
            dtype=preferences.dtype,
            compile_unet=preferences.compile_unet,
            threads=preferences.threads,
        )


def open_editor(options: EditorOptions) -> Editor:
    """Create an editor; the first call imports torch. Raises `DeviceNotUsable`."""
    from engine.editing.cost_history import CostHistory
    from engine.editing.editor import Editor

    try:
        return Editor(
            device=options.device,
            dtype=options.dtype,
            # the packaged program contains no compiler
            compile_unet=False if is_frozen() else options.compile_unet,
            threads=options.threads,
            compiled_folder=compiled_folder(),
            history=CostHistory(edit_costs_file()),
        )
    except DeviceNotUsable as error:
        if not options.has_preferred_device:
            raise
        raise DeviceNotUsable(
            "device.preferred-not-available",
            "The device chosen in Preferences, {device}, is not usable on this computer.",
            "Set --device, or choose another device in Preferences.",
            device=options.device,
        ) from error
