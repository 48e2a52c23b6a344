"""The pages of the help as HTML, made from plain texts, tables and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from PySide6.QtCore import QObject, QUrl

from engine.instructions.knowledge import has_knowledge
from engine.library import ModelCard
from ip2p_desktop.base import paths
from ip2p_desktop.editing.previews.known_edits import KnownIdea, known_ideas
from ip2p_desktop.window.help.action_list import SUBMENU, ListedAction
from ip2p_desktop.window.help.other_keys import OtherKeys

PICTURE_SIDE = 112
TEXT_SCALES, IMAGE_SCALES = ("1", "2", "4"), ("0.7", "1", "1.5")
"""The scales of the pictures in `resources/help`."""


class Html(str):
    """A part of a page that is HTML already; all other texts are plain, also those of models."""


def paragraphs(title: str, *parts: str) -> str:
    """A page with a title; a part that is not `Html` becomes a paragraph."""
    lines = [part if isinstance(part, Html) else f"<p>{escape(part)}</p>" for part in parts]
    return "\n".join([f"<h2>{escape(title)}</h2>", *lines])


def heading(text: str) -> Html:
    """A heading within a page."""
    return Html(f"<h3>{escape(text)}</h3>")


def numbered(steps: Sequence[str]) -> Html:
    """A numbered list."""
    return Html("<ol>" + "".join(f"<li>{escape(step)}</li>" for step in steps) + "</ol>")


class HelpPages(QObject):
    """Makes the pages."""

    def first_steps(self) -> str:
        """How an edit is made."""
        steps = (
            self.tr("Drop a photo on the window, or press Ctrl+O."),
            self.tr("Type what should change, for example “make it snowy”, and press Enter."),
            self.tr("Drag the divider to compare. The photo itself is never changed."),
            self.tr(
                "Not right? Change the instruction or a slider and press Enter again. Every result is kept."
            ),
            self.tr("Save the result you like with Ctrl+S."),
        )
        return paragraphs(
            self.tr("First steps"),
            numbered(steps),
            self.tr(
                "Everything happens on this computer. At the next start, your photos and results are "
                "here again."
            ),
        )

    def scales(self) -> str:
        """What the two guidance scales do, with a table of pictures."""
        head = "".join(f"<td align='center'>{escape(scale)}</td>" for scale in IMAGE_SCALES)
        rows = [
            f"<tr><td></td><td colspan='3' align='center'>{escape(self.tr('Image guidance'))} →</td></tr>",
            f"<tr><td>{escape(self.tr('Text guidance'))} ↓</td>{head}</tr>",
        ]
        for text in TEXT_SCALES:
            cells = "".join(f"<td>{_picture(text, image)}</td>" for image in IMAGE_SCALES)
            rows.append(f"<tr><td align='right' valign='middle'>{escape(text)}&nbsp;</td>{cells}</tr>")
        return paragraphs(
            self.tr("The two scales"),
            self.tr(
                "Text guidance says how strongly the instruction is followed. Image guidance says how"
                " closely the photo is kept."
            ),
            Html(f"<table cellspacing='4'>{''.join(rows)}</table>"),
            self.tr("“show it at golden hour” with the starter. Its recommended values are 1 and 1."),
            self.tr("Nothing changes? Raise text guidance, or lower image guidance."),
            self.tr("Too much changes? Lower text guidance, or raise image guidance."),
            self.tr(
                "Every model has values of its own that suit it; they are marked on the sliders. "
                "“Reset settings” sets them again."
            ),
        )

    def model(self, card: ModelCard | None) -> str:
        """What the current model knows."""
        title = self.tr("What this model knows")
        if card is None:
            return paragraphs(title, self.tr("No model is installed. Open Models… (Ctrl+M) to get one."))
        parts: list[str] = [heading(card.name)]
        if card.description:
            parts.append(card.description)
        ideas = known_ideas(card)
        if ideas:
            parts.append(
                self.tr("These are examples; other words for the same edits work too. Click one to use it.")
            )
            parts.append(_links(ideas))
        if card.lists_all_edits or has_knowledge(card.path):
            parts.append(
                self.tr(
                    "An instruction that it does not know leaves the photo nearly unchanged, and a line "
                    "below the instruction says so before you press Enter."
                )
            )
        else:
            parts.append(self.tr("It takes any instruction. Short, clear ones work best."))
        return paragraphs(title, *parts)

    def keys(self, actions: Iterable[ListedAction]) -> str:
        """All shortcuts: those of the menus, then the other keys."""
        parts: list[str] = []
        with_keys = [action for action in actions if action.keys]
        groups = [
            (menu.partition(SUBMENU)[0], [(each.text, each.keys) for each in group])
            for menu, group in groupby(with_keys, key=lambda action: action.menu.partition(SUBMENU)[0])
        ]
        for title, rows in (*groups, *OtherKeys(self).groups()):
            parts.append(heading(title))
            parts.append(_key_table(rows))
        return paragraphs(self.tr("Keyboard shortcuts"), *parts)

    def problems(self) -> str:
        """What to do when something does not work."""
        return paragraphs(
            self.tr("When something goes wrong"),
            heading(self.tr("Nothing changes in the photo")),
            self.tr(
                "The model may not know the instruction: the line below it says so and names what is "
                "closest. Otherwise raise text guidance or lower image guidance."
            ),
            heading(self.tr("It takes too long")),
            self.tr(
                "Beside the instruction is an estimate. Fewer steps and a lower resolution are "
                "faster. In Preferences you can choose the device: a graphics card is many times as "
                "fast as a processor."
            ),
            heading(self.tr("There is not enough memory")),
            self.tr(
                "The program then uses a slower plan that needs less, and says so. If that is not "
                "enough, close other programs or choose a lower resolution."
            ),
            heading(self.tr("The result looks blurred or strange")),
            self.tr(
                "Go back towards the recommended values that are marked on the sliders. Another seed "
                "gives another try."
            ),
            heading(self.tr("A photo cannot be opened")),
            self.tr(
                "The message says why. Camera RAW files need an additional package; JPEG, PNG, WebP, "
                "HEIC, AVIF and TIFF always work."
            ),
            heading(self.tr("The disk is full")),
            self.tr(
                "File › Sessions and disk space shows what earlier sessions take, and deletes those "
                "you choose."
            ),
            heading(self.tr("Anything else")),
            self.tr(
                "“Copy details” beside an error copies what others need to find its cause, and “Show the "
                "report” shows more of it. Help › Show log shows what the program has noted. None of it is "
                "sent anywhere."
            ),
        )


def _links(ideas: Sequence[KnownIdea]) -> Html:
    items = []
    for idea in ideas:
        address = bytes(QUrl.toPercentEncoding(idea.instruction).data()).decode()
        items.append(f"<li><a href='edit:{address}'>{escape(idea.instruction)}</a></li>")
    return Html(f"<ul>{''.join(items)}</ul>")


def _picture(text: str, image: str) -> str:
    file = paths.resources_folder() / "help" / f"guidance-text{text}-image{image}.jpg"
    address = QUrl.fromLocalFile(str(file)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    return f"<img src='{address}' width='{PICTURE_SIDE}' height='{PICTURE_SIDE}'>"


def _key_table(rows: Iterable[tuple[str, str]]) -> Html:
    lines = [
        f"<tr><td width='65%'>{escape(text)}</td><td><b>{escape(keys)}</b></td></tr>" for text, keys in rows
    ]
    return Html(f"<table width='100%' cellspacing='0' cellpadding='3'>{''.join(lines)}</table>")
