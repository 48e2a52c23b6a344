"""What an editor computes with, as preferences or command-line flags say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ip2p_desktop.base.paths import compiled_folder, edit_costs_file, is_frozen
from ip2p_desktop.base.preferences import Preferences

if TYPE_CHECKING:
    from engine.editing.editor import Editor


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorOptions:
    """See `engine.editing.editor.Editor` for what they mean."""

    device: str = "auto"
    dtype: str = "auto"
    compile_unet: bool | None = None
    threads: int | None = None

    @classmethod
    def preferred(cls, preferences: Preferences) -> Self:
        return cls(
            device=preferences.device,
            dtype=preferences.dtype,
            compile_unet=preferences.compile_unet,
            threads=preferences.threads,
        )


def open_editor(options: EditorOptions) -> Editor:
    """A new editor; the first one loads torch. Raises `DeviceNotUsable`."""
    from engine.editing.costs import CostHistory
    from engine.editing.editor import Editor

    return Editor(
        device=options.device,
        dtype=options.dtype,
        # the packaged program has no compiler beside it
        compile_unet=False if is_frozen() else options.compile_unet,
        threads=options.threads,
        compiled_folder=compiled_folder(),
        history=CostHistory(edit_costs_file()),
    )
