"""What the strip says about photos and results, also to screen readers."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode


def description(node: EditNode) -> str:
    """The name of a photo; the instruction, model and settings of a result."""
    if not isinstance(node, EditedPhoto):
        return QCoreApplication.translate("HistoryStrip", "Photo: {name}").format(name=node.name)
    settings = node.state.settings
    text = QCoreApplication.translate(
        "HistoryStrip",
        "{instruction}\nModel {model}\nText guidance {text} · image guidance {image}\n"
        "Steps {steps} · seed {seed}",
    )
    return text.format(
        instruction=node.state.instruction,
        model=node.model.name,
        text=f"{settings.text_guidance_scale:g}",
        image=f"{settings.image_guidance_scale:g}",
        steps=settings.num_inference_steps,
        seed=settings.seed,
    )


def spoken_result(node: EditNode, *, is_source: bool, branch_size: int) -> str:
    """A photo or result in the tree, with what its picture shows by signs."""
    translate = QCoreApplication.translate
    parts = [node.name, description(node)]
    if is_source:
        parts.append(translate("HistoryStrip", "Source of the next edit"))
    if node.is_starred:
        parts.append(translate("HistoryStrip", "Starred"))
    if branch_size:
        text = translate("HistoryStrip", "Results made from it: {count}")
        parts.append(text.format(count=branch_size))
    return "\n".join(parts)


def spoken_photo(name: str, result_count: int) -> str:
    """A photo in the row of photos."""
    text = QCoreApplication.translate("HistoryStrip", "{name}\nResults: {count}")
    return text.format(name=name, count=result_count)
