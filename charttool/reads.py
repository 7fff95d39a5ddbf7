"""Finds out which values a chart's templates read, by following them through variables, dicts and includes.

Nothing is rendered. The analysis asks what each expression may stand for, in any order and for all callers together,
until nothing new is found; it may take a value for read that is not, but hardly ever the other way round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from charttool.go_template import Block, Call, Expression, Fields, Node, Template, Text, Variable

# These write out the whole of what they are given.
_WRITERS = frozenset(f"{must}to{form}" for must in ("", "must") for form in ("Yaml", "Json", "Toml"))
_WRITERS |= frozenset(f"{must}to{form}Json" for must in ("", "must") for form in ("Raw", "Pretty"))
_CHECKSUMS = frozenset({"sha256sum", "sha1sum", "sha512sum", "adler32sum"})
_MERGERS = frozenset({"merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"})
_ANY = "*"


@dataclass(frozen=True)
class Context:
    """What a template gets: Values, Release, Chart and so on."""


@dataclass(frozen=True)
class Value:
    """What is at a path of the values; the empty path is all of them. An entry of a list has the list's path."""

    path: str


@dataclass(frozen=True)
class Made:
    """A dict or list that a template makes, by the place where it does."""

    file: Path
    site: int


@dataclass(frozen=True)
class Constant:
    """A text that is written in a template."""

    text: str


@dataclass(frozen=True)
class OwnFile:
    """A file of the chart, as .Files.Get reads it."""

    name: str


Thing = Context | Value | Made | Constant | OwnFile
Things = frozenset[Thing]
NOTHING: Things = frozenset()


@dataclass(frozen=True)
class Unit:
    """A file or a define: something that is rendered with a dot of its own."""

    name: str
    file: Path
    body: Sequence[Node]


@dataclass
class Reads:
    """The answer: which leaves are read, and which paths are read that nobody declares."""

    leaves: set[str] = field(default_factory=set)
    undeclared: dict[tuple[Path, int], str] = field(default_factory=dict)


def follow(templates: Mapping[Path, Template], files: Mapping[str, Template], keys: Mapping[str, bool]) -> Reads:
    """Follow values through a chart's templates, and through those of its files that a template renders by tpl.

    ``keys`` tells of each path of the values whether it is a leaf.
    """
    analysis = _Analysis(keys, templates, files)
    before = -1
    while before != (before := analysis.size()):
        analysis.run()
    analysis.reads.undeclared.clear()  # Of what was not known yet in the first rounds, nothing can be said.
    analysis.run()
    return analysis.reads


class _Analysis:
    def __init__(
        self, keys: Mapping[str, bool], templates: Mapping[Path, Template], files: Mapping[str, Template]
    ) -> None:
        self.reads = Reads()
        self._keys = keys
        self._rendered = [Unit("", path, template.body) for path, template in templates.items()]
        self._called = {
            name: Unit(name, path, body)
            for path, template in templates.items()
            for name, body in template.defines.items()
        }
        self._files = {name: Unit(f"file {name}", Path(name), template.body) for name, template in files.items()}
        self._dots: defaultdict[Unit | str, set[Thing]] = defaultdict(set)
        self._variables: defaultdict[tuple[str, Path, str], set[Thing]] = defaultdict(set)
        self._fields: defaultdict[tuple[Thing, str], set[Thing]] = defaultdict(set)
        self._set: defaultdict[Thing, set[str]] = defaultdict(set)

    def size(self) -> int:
        """How much is known; it only ever grows."""
        known = (self._dots, self._variables, self._fields)
        return len(self.reads.leaves) + sum(len(things) for table in known for things in table.values())

    def run(self) -> None:
        """Look at every template once, with what is known by now."""
        for unit in self._rendered:
            _Look(self, unit, frozenset({Context()})).at(unit.body)
        for unit in [*self._called.values(), *self._files.values()]:
            if dot := frozenset(self._dots[unit.name]):
                _Look(self, unit, dot).at(unit.body)

    def call(self, name: str, dot: Things) -> None:
        """Note that a define or a file is rendered with a dot."""
        self._dots[name] |= dot

    def variable(self, unit: Unit, name: str) -> set[Thing]:
        """What a variable may stand for; to be added to."""
        return self._variables[unit.name, unit.file, name]

    def put(self, thing: Thing, key: str, things: Things) -> None:
        """Note what a field is set to. Under an unknown key of the values, nothing is: it would be under all."""
        if key != _ANY or isinstance(thing, Made):
            self._set[thing].add(key)
            self._fields[thing, key] |= things

    def elements(self, things: Things) -> Things:
        """What a range goes through."""
        found: set[Thing] = set()
        for thing in things:
            if isinstance(thing, Made):
                found.update(*(self._fields[thing, key] for key in self._set.get(thing, ())))
            elif isinstance(thing, Value) and self._keys.get(thing.path):
                found.add(thing)
            elif isinstance(thing, Value) and thing.path:
                depth = thing.path.count(".") + 1
                below = (path for path in self._keys if path.startswith(f"{thing.path}.") and path.count(".") == depth)
                found.update(Value(path) for path in below)
        return frozenset(found)

    def lookup(self, things: Things, name: str) -> tuple[Things, bool]:
        """A field of any of the things, and whether one of them may have it or is unknown."""
        found: set[Thing] = set()
        may_have = not any(isinstance(thing, Value) and not self._keys.get(thing.path) for thing in things)
        for thing in things:
            stored: set[Thing] = set()
            for key in {name, _ANY} & self._set.get(thing, set()):
                stored |= self._fields[thing, key]
                may_have = True
            if isinstance(thing, Context) and name == "Values":
                found.add(Value(""))
            elif isinstance(thing, Value) and self._keys.get(thing.path):
                found.add(thing)
            elif isinstance(thing, Value) and (path := f"{thing.path}.{name}".lstrip(".")) in self._keys:
                found.add(Value(path))
            may_have = may_have or bool(found) or isinstance(thing, Context)
            found |= stored
        return frozenset(found), may_have

    def mark(self, things: Iterable[Thing], whole: bool = False) -> None:
        """Note leaves as read; with `whole`, also all those below a map."""
        for thing in things:
            if isinstance(thing, Value) and self._keys.get(thing.path):
                self.reads.leaves.add(thing.path)
            elif isinstance(thing, Value) and thing.path and whole:
                below = (path for path, leaf in self._keys.items() if leaf and path.startswith(f"{thing.path}."))
                self.reads.leaves.update(below)


@dataclass
class _Look:
    """One look at a unit, with all that its dot may be."""

    analysis: _Analysis
    unit: Unit
    dot: Things

    def at(self, nodes: Sequence[Node], dot: Things | None = None) -> None:
        dot = self.dot if dot is None else dot
        for node in nodes:
            if not isinstance(node, Block):
                self._assign(node.variables, self.value(node.expression, dot))
                continue
            header = self.value(node.header.expression, dot)
            inner = self.analysis.elements(header) if node.kind == "range" else header
            # The first of two variables of a range is the index.
            self._assign(node.header.variables[-1:], inner)
            self.at(node.body, dot if node.kind == "if" else inner)
            self.at(node.otherwise, dot)

    def value(self, expression: Expression, dot: Things) -> Things:
        """What an expression may stand for; leaves that it reads are marked."""
        if isinstance(expression, Text):
            return NOTHING if expression.value is None else frozenset({Constant(expression.value)})
        if isinstance(expression, Call):
            return self._call(expression, [self.value(part, dot) for part in expression.arguments])
        if isinstance(expression, Variable):
            things = self._variable(expression.name, dot)
        else:
            things = self.value(expression.base, dot)
            for name in expression.names:
                things = self._field(things, name, expression)
        self.analysis.mark(things)
        return things

    def _variable(self, name: str, dot: Things) -> Things:
        if name in ("", "$"):
            return dot if not name else self.dot
        return frozenset(self.analysis.variable(self.unit, name))

    def _field(self, things: Things, name: str, at: Fields | Call) -> Things:
        found, may_have = self.analysis.lookup(things, name)
        if not may_have:
            paths = sorted(thing.path for thing in things if isinstance(thing, Value))
            self.analysis.reads.undeclared[self.unit.file, at.line] = f"{paths[0]}.{name}".lstrip(".")
        return found

    def _assign(self, variables: Sequence[str], things: Things) -> None:
        for name in variables:
            self.analysis.variable(self.unit, name).update(things)

    def _call(self, call: Call, arguments: list[Things]) -> Things:
        made: Things = frozenset({Made(self.unit.file, call.site)})
        every = NOTHING.union(*arguments)
        name = call.function
        if name == "dict":
            for key, value in zip(arguments[::2], arguments[1::2], strict=False):
                self._put(made, key, value)
            return made
        if name in ("list", "tuple", "append", "prepend", "concat", "mustAppend", "mustPrepend", "mustConcat"):
            # All but the lists that are put together are themselves entries.
            lists = {"list": 0, "tuple": 0, "concat": len(arguments), "mustConcat": len(arguments)}.get(name, 1)
            for things in arguments[:lists]:
                self._put(made, NOTHING, self.analysis.elements(things))
            for things in arguments[lists:]:
                self._put(made, NOTHING, things)
            return made
        if name == "set":
            self._put(arguments[0], arguments[1], arguments[2])
            return arguments[0]
        if name in _MERGERS:
            self._put(arguments[0], NOTHING, NOTHING.union(*map(self.analysis.elements, arguments[1:])))
            return every
        if name in ("index", "get"):
            return self._indexed(call, arguments)
        if name in ("include", "tpl"):
            self._render(call, arguments)
            return NOTHING
        if name.endswith("Files.Get"):
            return frozenset(OwnFile(thing.text) for thing in arguments[1] if isinstance(thing, Constant))
        if name == "printf":
            return self._printed(arguments)
        if name in ("first", "last"):
            return self.analysis.elements(every)
        if name in _WRITERS and call.piped_into not in _CHECKSUMS:
            self.analysis.mark(every, whole=True)
        if name in ("default", "ternary", "coalesce", "required", "or", "and"):
            return every
        # Whatever else a function does, its result may come from what it got; but no text stays what it was.
        return frozenset(thing for thing in every if not isinstance(thing, Constant))

    def _put(self, targets: Things, keys: Things, things: Things) -> None:
        names = [key.text for key in keys if isinstance(key, Constant)] or [_ANY]
        for target in targets:
            for name in names:
                self.analysis.put(target, name, things)

    def _indexed(self, call: Call, arguments: list[Things]) -> Things:
        things = arguments[0]
        for keys in arguments[1:]:
            names = [key.text for key in keys if isinstance(key, Constant)]
            if names:
                things = NOTHING.union(*(self._field(things, name, call) for name in names))
            else:
                # Which entry, nobody knows: of a list or an open map it is the same, of the chart's own keys none.
                made = frozenset(thing for thing in things if isinstance(thing, Made))
                leaves = self.analysis.elements(things) & things
                things = self.analysis.elements(made) | leaves
        self.analysis.mark(things)
        return things

    def _render(self, call: Call, arguments: list[Things]) -> None:
        if len(arguments) < 2:
            return
        for thing in arguments[0]:
            if isinstance(thing, Constant) and call.function == "include":
                self.analysis.call(thing.text, arguments[1])
            elif isinstance(thing, OwnFile) and call.function == "tpl":
                self.analysis.call(f"file {thing.name}", arguments[1])

    def _printed(self, arguments: list[Things]) -> Things:
        """A text with other texts in it, as names of templates are put together."""
        texts = [[thing.text for thing in things if isinstance(thing, Constant)] for things in arguments]
        if len(texts) != 2 or not texts[0]:
            return NOTHING
        return frozenset(Constant(form.replace("%s", text)) for form in texts[0] for text in texts[1])
