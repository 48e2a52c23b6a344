"""Names of the problems of pairs, and what can be done about a dataset."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ip2p_desktop.training.pictures.gallery import Problem
from ip2p_desktop.training.training_texts import with_groups
from trainer.datasets.checking.advice import GOOD_PAIRS, DatasetAdvice, advice_on


class ProblemTexts(QObject):
    """Texts about pairs; a class of Qt, for its translations and plurals."""

    def title(self, problem: Problem) -> str:
        """The name of a problem, in few words."""
        titles = {
            "missing": self.tr("File missing"),
            "unreadable entry": self.tr("Invalid entry"),
            "ambiguous name": self.tr("Several files of this name"),
            "no instruction": self.tr("No instruction"),
            "corrupt": self.tr("Damaged"),
            "truncated": self.tr("Cut off"),
            "different shapes": self.tr("Different shapes"),
            "unchanged": self.tr("No change"),
            "misaligned": self.tr("Shifted"),
            "tiny": self.tr("Too small"),
            "overlong instruction": self.tr("Instruction too long"),
            "duplicate": self.tr("Repeated"),
            "different sizes": self.tr("Different sizes"),
            "much smaller": self.tr("Edited photo much smaller"),
            "rotated": self.tr("Turned upright"),
            "converted": self.tr("Colours converted"),
        }
        return titles.get(problem.kind, problem.kind.capitalize())

    def advice(self, problem: Problem) -> str:
        """What happens with such a pair, and what can be done."""
        advice = {
            "missing": self.tr("Put the file into the folder, or correct its name."),
            "unreadable entry": self.tr("Correct this entry of the list."),
            "ambiguous name": self.tr("Rename the files."),
            "no instruction": self.tr("Write what was changed."),
            "corrupt": self.tr("It is not used. Save the photo again."),
            "truncated": self.tr("It is not used. Copy the file again."),
            "different shapes": self.tr("It is not used as it is. Align the two photos, or crop both alike."),
            "unchanged": self.tr(
                "Training on it would make the model leave photos as they are. Leave it out."
            ),
            "misaligned": self.tr("Training would reproduce the shift. Align the two photos."),
            "tiny": self.tr("It is enlarged, and results will be blurred. Use a larger photo."),
            "overlong instruction": self.tr("Only about 60 words are read. Shorten it."),
            "duplicate": self.tr("Only the first of equal pairs is used."),
            "much smaller": self.tr("Training would reproduce the blur. Export it as large as the original."),
        }
        return advice.get(problem.kind, self.tr("Nothing needs to be done."))

    def dataset_advice(self, usable: int, photos: int, missing: int) -> list[str]:
        """Sentences about the dataset as a whole, of `photos` different photos; 0 of them are not known.

        `missing` is the number of files whose partner is missing.
        """
        known = advice_on(usable, photos)
        sentences: list[str] = []
        if missing:
            sentences.append(self.tr("%Ln file(s) have no partner. See “Left out”.", "", missing))
        if DatasetAdvice.FEW_PAIRS in known:
            sentence = self.tr("%Ln pair(s): the edit may then work on these photos only.", "", usable)
            sentences.append(
                " ".join((sentence, self.tr("%Ln pair(s) are a good beginning.", "", GOOD_PAIRS)))
            )
        if DatasetAdvice.ONE_PHOTO in known:
            sentences.append(
                self.tr(
                    "All pairs are of one photo. The model may reproduce this photo instead of the edit. "
                )
                + self.tr("Add pairs of other photos.")
            )
        elif DatasetAdvice.ALIKE in known:
            text = self.tr("These {usable} pairs are of {photos} different photos. Other photos teach more.")
            sentences.append(text.format(usable=with_groups(usable), photos=with_groups(photos)))
        return sentences
