"""The errors and warnings that are made in the source, read from its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE, WARNING = "EngineError", "make_warning"


@dataclass(frozen=True)
class MadeError:
    """A call that makes an error or a warning."""

    place: str
    kind: str
    """Empty for a warning, whose kind follows from its code."""
    texts: tuple[str | None, ...]
    """Code, message and advice; None for one that is neither a literal nor a constant."""
    names: frozenset[str]
    is_partial: bool


class SourceErrors:
    """Everything in the source that makes an error."""

    def __init__(self) -> None:
        self._trees = {
            ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
            for package in ("engine", "trainer", "ip2p_desktop")
            for path in sorted((ROOT / package).rglob("*.py"))
        }
        self._classes = {
            node.name: node
            for tree in self._trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
        }
        self._kinds = dict(self._find_kinds())

    def __iter__(self) -> Iterator[MadeError]:
        for module, tree in self._trees.items():
            yield from self._made_in(module, tree, "")

    @property
    def phrases(self) -> list[str]:
        """The phrases among the values of errors, and the nouns of settings, sorted."""
        calls = [
            (module, call)
            for module, tree in self._trees.items()
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
        ]
        found = {
            self._text(call.args[0], module)
            for module, call in calls
            if isinstance(call.func, ast.Name) and call.func.id == "Phrase"
        }
        nouns = {
            self._text(keyword.value, module)
            for module, call in calls
            for keyword in call.keywords
            if keyword.arg == "noun"
        }
        return sorted(filter(None, found | nouns))

    def _made_in(self, module: str, node: ast.AST, around: str) -> Iterator[MadeError]:
        if isinstance(node, ast.ClassDef):
            around = node.name
        if isinstance(node, ast.Call):
            name, arguments = self._called(node, around)
            if name == WARNING or name in self._kinds:
                yield MadeError(
                    place=f"{module}:{node.lineno}",
                    kind=self._kinds.get(name, ""),
                    texts=tuple(self._text(argument, module) for argument in arguments),
                    names=frozenset(keyword.arg or "**" for keyword in node.keywords),
                    is_partial=isinstance(node.func, ast.Name) and node.func.id == "partial",
                )
        for child in ast.iter_child_nodes(node):
            yield from self._made_in(module, child, around)

    def _called(self, node: ast.Call, around: str) -> tuple[str, list[ast.expr]]:
        """The class, or the one whose `__init__` passes its sentences on; and the arguments."""
        function, arguments = node.func, node.args
        if isinstance(function, ast.Attribute) and function.attr == "__init__":
            return ("" if around == BASE else around), arguments
        if isinstance(function, ast.Name) and function.id == "partial" and arguments:
            function, *arguments = arguments
        name = function.id if isinstance(function, ast.Name) else ""
        return ("" if self._words_itself(name) else name), arguments

    def _words_itself(self, name: str) -> bool:
        made = self._classes.get(name) if name != BASE else None
        return made is not None and any(getattr(item, "name", "") == "__init__" for item in made.body)

    def _find_kinds(self) -> Iterator[tuple[str, str]]:
        for name in self._classes:
            if name != BASE and BASE in (family := list(self._family(name))):
                yield name, next(filter(None, map(self._own_kind, family)))
        yield BASE, "engine"

    def _family(self, name: str) -> Iterator[str]:
        yield name
        for base in self._classes[name].bases if name in self._classes else ():
            if isinstance(base, ast.Name):
                yield from self._family(base.id)

    def _own_kind(self, name: str) -> str:
        for item in self._classes[name].body if name in self._classes else ():
            target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
            if isinstance(target, ast.Name) and target.id == "kind":
                value = getattr(item, "value", None)
                return str(value.value) if isinstance(value, ast.Constant) else ""
        return ""

    def _text(self, node: ast.expr, module: str) -> str | None:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        return self._constant(node.id, module) if isinstance(node, ast.Name) else None

    def _constant(self, name: str, module: str) -> str | None:
        """The text of a module's constant, also of one that it imports."""
        for statement in self._trees[module].body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
                return self._text(statement.value, module)
            if isinstance(statement, ast.ImportFrom) and name in [each.name for each in statement.names]:
                return self._constant(name, str(statement.module))
        return None
