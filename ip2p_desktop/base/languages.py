"""The language of the window, and the one way in which its texts are written so that they can be translated.

- In classes of Qt: `self.tr("Saved as {name}").format(name=path.name)`.
- Elsewhere: `QCoreApplication.translate("Context", "Text")`, with both texts written out.
- Texts that are declared when a module is imported: `QT_TRANSLATE_NOOP("Context", "Text")` where they
  stand, and `translate_marked` where they are shown.
- Plurals: `self.tr("%n pair(s) found", "", count)`, in a class of Qt, because lupdate does not see that
  `translate` with a number is a plural. `%Ln` writes the number as the system does. The class that has the
  text calls `tr` itself: for plurals, Qt does not look under the names of base classes.
- Placeholders are `{name}`, filled by `str.format` after the translation.
- A sentence is one text, and no text is put into another. Sentences stand side by side with a space, facts
  with " · ", lines with a line break.

The texts in the code are English. Only their plurals are translated into English too, in `ip2p_en.ts`.
`packaging/languages.py` collects the texts and compiles what is translated.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from ip2p_desktop.base import paths

SOURCE_LANGUAGE = "en"


def install_translators(application: QCoreApplication, language: str | None) -> str:
    """Let the window speak a language, or for None the system's; the code of the one it speaks is returned.

    Widgets that exist already keep their texts. What a language lacks is shown in English.
    """
    chosen = language if language in paths.languages() else system_language()
    base_texts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (
        (f"qtbase_{chosen}", base_texts),
        (f"ip2p_{SOURCE_LANGUAGE}", str(paths.translations_folder())),
        (f"ip2p_{chosen}", str(paths.translations_folder())),
    ):
        translator = QTranslator(application)
        # of several that know a text, Qt asks the one that was installed last
        if translator.load(name, folder):
            application.installTranslator(translator)
    return chosen


def system_language() -> str:
    """The code of the first language of the system that the window speaks; English, if it speaks none."""
    spoken = paths.languages()
    for tag in QLocale.system().uiLanguages():
        code = tag.replace("-", "_")
        for wanted in (code, code.split("_")[0]):
            if wanted in spoken:
                return wanted
    return SOURCE_LANGUAGE


def translate_marked(context: str, text: str) -> str:
    """A text that was marked with `QT_TRANSLATE_NOOP`, in the language of the window."""
    return QCoreApplication.translate(context, text) if text else ""
