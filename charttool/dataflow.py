"""A points-to analysis of a chart's templates: which values they read, through variables, dicts and includes.

Nothing is rendered. The analysis is flow-insensitive and context-insensitive: it computes what each expression may
point to, for all callers together, and iterates until it reaches a fixed point. It over-approximates: it may report a
value as read that is not, but hardly ever the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from charttool.go_template import Block, Call, Expression, Fields, Node, Template, Text, Variable

# These functions serialize their whole argument.
_WRITERS = frozenset(f"{must}to{form}" for must in ("", "must") for form in ("Yaml", "Json", "Toml"))
_WRITERS |= frozenset(f"{must}to{form}Json" for must in ("", "must") for form in ("Raw", "Pretty"))
_CHECKSUMS = frozenset({"sha256sum", "sha1sum", "sha512sum", "adler32sum"})
_MERGERS = frozenset({"merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"})
_ANY = "*"


@dataclass(frozen=True)
class RootContext:
    """The root context of a template: Values, Release, Chart and so on."""


@dataclass(frozen=True)
class ValuesPath:
    """The value at a path of the chart's values. The empty path is the root; a list item has the path of its list."""

    path: str


@dataclass(frozen=True)
class AllocationSite:
    """The dicts or lists that a template creates at one place."""

    file: Path
    site: int


@dataclass(frozen=True)
class Constant:
    """A string literal of a template."""

    text: str


@dataclass(frozen=True)
class ChartFile:
    """A file of the chart that .Files.Get reads."""

    name: str


AbstractValue = RootContext | ValuesPath | AllocationSite | Constant | ChartFile
PointsTo = frozenset[AbstractValue]
NOTHING: PointsTo = frozenset()


@dataclass(frozen=True)
class Scope:
    """A template file or a define: a unit with its own dot and variables."""

    name: str
    file: Path
    body: Sequence[Node]


@dataclass
class ValueReads:
    """The result: the leaves that are read, and reads of undeclared paths by file and line."""

    leaves: set[str] = field(default_factory=set)
    undeclared: dict[tuple[Path, int], str] = field(default_factory=dict)


def analyze(templates: Mapping[Path, Template], files: Mapping[str, Template], keys: Mapping[str, bool]) -> ValueReads:
    """Analyze a chart's templates, and those of its files that a template renders with tpl.

    ``keys`` maps each path of the values to whether it is a leaf.
    """
    analysis = _Analysis(keys, templates, files)
    before = -1
    while before != (before := analysis.size()):
        analysis.run()
    # Before the fixed point, a field may seem undeclared only because its value is not known yet.
    analysis.reads.undeclared.clear()
    analysis.run()
    return analysis.reads


class _Analysis:
    def __init__(
        self, keys: Mapping[str, bool], templates: Mapping[Path, Template], files: Mapping[str, Template]
    ) -> None:
        self.reads = ValueReads()
        self._keys = keys
        self._entry_points = [Scope("", path, template.body) for path, template in templates.items()]
        self._defines = {
            name: Scope(name, path, body)
            for path, template in templates.items()
            for name, body in template.defines.items()
        }
        self._files = {name: Scope(f"file {name}", Path(name), template.body) for name, template in files.items()}
        self._dots: defaultdict[Scope | str, set[AbstractValue]] = defaultdict(set)
        self._variables: defaultdict[tuple[str, Path, str], set[AbstractValue]] = defaultdict(set)
        self._fields: defaultdict[tuple[AbstractValue, str], set[AbstractValue]] = defaultdict(set)
        self._known_keys: defaultdict[AbstractValue, set[str]] = defaultdict(set)

    def size(self) -> int:
        """Return the number of known facts, which only ever grows."""
        known = (self._dots, self._variables, self._fields)
        return len(self.reads.leaves) + sum(len(values) for table in known for values in table.values())

    def run(self) -> None:
        """Evaluate every template once, with the facts known so far."""
        for scope in self._entry_points:
            _Evaluator(self, scope, frozenset({RootContext()})).run(scope.body)
        for scope in [*self._defines.values(), *self._files.values()]:
            if dot := frozenset(self._dots[scope.name]):
                _Evaluator(self, scope, dot).run(scope.body)

    def call(self, name: str, dot: PointsTo) -> None:
        """Record that a define or a file is rendered with a dot."""
        self._dots[name] |= dot

    def variable(self, scope: Scope, name: str) -> set[AbstractValue]:
        """Return the mutable points-to set of a variable."""
        return self._variables[scope.name, scope.file, name]

    def put(self, value: AbstractValue, key: str, values: PointsTo) -> None:
        """Record a value of a field. An unknown key of the chart's values is ignored: it would affect all of them."""
        if key != _ANY or isinstance(value, AllocationSite):
            self._known_keys[value].add(key)
            self._fields[value, key] |= values

    def elements(self, values: PointsTo) -> PointsTo:
        """Return what a range iterates over."""
        found: set[AbstractValue] = set()
        for value in values:
            if isinstance(value, AllocationSite):
                found.update(*(self._fields[value, key] for key in self._known_keys.get(value, ())))
            elif isinstance(value, ValuesPath) and self._keys.get(value.path):
                found.add(value)
            elif isinstance(value, ValuesPath) and value.path:
                depth = value.path.count(".") + 1
                below = (path for path in self._keys if path.startswith(f"{value.path}.") and path.count(".") == depth)
                found.update(ValuesPath(path) for path in below)
        return frozenset(found)

    def lookup(self, values: PointsTo, name: str) -> tuple[PointsTo, bool]:
        """Return a field of any of the values, and whether one of them may have the field or is unknown."""
        found: set[AbstractValue] = set()
        may_have = not any(isinstance(value, ValuesPath) and not self._keys.get(value.path) for value in values)
        for value in values:
            stored: set[AbstractValue] = set()
            for key in {name, _ANY} & self._known_keys.get(value, set()):
                stored |= self._fields[value, key]
                may_have = True
            if isinstance(value, RootContext) and name == "Values":
                found.add(ValuesPath(""))
            elif isinstance(value, ValuesPath) and self._keys.get(value.path):
                found.add(value)
            elif isinstance(value, ValuesPath) and (path := f"{value.path}.{name}".lstrip(".")) in self._keys:
                found.add(ValuesPath(path))
            may_have = may_have or bool(found) or isinstance(value, RootContext)
            found |= stored
        return frozenset(found), may_have

    def record_reads(self, values: Iterable[AbstractValue], whole: bool = False) -> None:
        """Record leaves as read; with ``whole``, also all leaves below a map."""
        for value in values:
            if isinstance(value, ValuesPath) and self._keys.get(value.path):
                self.reads.leaves.add(value.path)
            elif isinstance(value, ValuesPath) and value.path and whole:
                below = (path for path, leaf in self._keys.items() if leaf and path.startswith(f"{value.path}."))
                self.reads.leaves.update(below)


@dataclass
class _Evaluator:
    """The evaluation of one scope, with all that its dot may point to."""

    analysis: _Analysis
    scope: Scope
    dot: PointsTo

    def run(self, nodes: Sequence[Node], dot: PointsTo | None = None) -> None:
        dot = self.dot if dot is None else dot
        for node in nodes:
            if not isinstance(node, Block):
                self._assign(node.variables, self.evaluate(node.expression, dot))
                continue
            header = self.evaluate(node.header.expression, dot)
            inner = self.analysis.elements(header) if node.kind == "range" else header
            # The first of two variables of a range is the index.
            self._assign(node.header.variables[-1:], inner)
            self.run(node.body, dot if node.kind == "if" else inner)
            self.run(node.otherwise, dot)

    def evaluate(self, expression: Expression, dot: PointsTo) -> PointsTo:
        """Return what an expression may point to, and record the leaves that it reads."""
        if isinstance(expression, Text):
            return NOTHING if expression.value is None else frozenset({Constant(expression.value)})
        if isinstance(expression, Call):
            return self._call(expression, [self.evaluate(part, dot) for part in expression.arguments])
        if isinstance(expression, Variable):
            values = self._variable(expression.name, dot)
        else:
            values = self.evaluate(expression.base, dot)
            for name in expression.names:
                values = self._field(values, name, expression)
        self.analysis.record_reads(values)
        return values

    def _variable(self, name: str, dot: PointsTo) -> PointsTo:
        if name in ("", "$"):
            return dot if not name else self.dot
        return frozenset(self.analysis.variable(self.scope, name))

    def _field(self, values: PointsTo, name: str, at: Fields | Call) -> PointsTo:
        found, may_have = self.analysis.lookup(values, name)
        if not may_have:
            paths = sorted(value.path for value in values if isinstance(value, ValuesPath))
            self.analysis.reads.undeclared[self.scope.file, at.line] = f"{paths[0]}.{name}".lstrip(".")
        return found

    def _assign(self, variables: Sequence[str], values: PointsTo) -> None:
        for name in variables:
            self.analysis.variable(self.scope, name).update(values)

    def _call(self, call: Call, arguments: list[PointsTo]) -> PointsTo:
        allocated: PointsTo = frozenset({AllocationSite(self.scope.file, call.site)})
        union = NOTHING.union(*arguments)
        name = call.function
        if name == "dict":
            for key, value in zip(arguments[::2], arguments[1::2], strict=False):
                self._put(allocated, key, value)
            return allocated
        if name in ("list", "tuple", "append", "prepend", "concat", "mustAppend", "mustPrepend", "mustConcat"):
            # Arguments before ``lists`` are lists that are concatenated; the others are items.
            lists = {"list": 0, "tuple": 0, "concat": len(arguments), "mustConcat": len(arguments)}.get(name, 1)
            for values in arguments[:lists]:
                self._put(allocated, NOTHING, self.analysis.elements(values))
            for values in arguments[lists:]:
                self._put(allocated, NOTHING, values)
            return allocated
        if name == "set":
            self._put(arguments[0], arguments[1], arguments[2])
            return arguments[0]
        if name in _MERGERS:
            self._put(arguments[0], NOTHING, NOTHING.union(*map(self.analysis.elements, arguments[1:])))
            return union
        if name in ("index", "get"):
            return self._indexed(call, arguments)
        if name in ("include", "tpl"):
            self._render(call, arguments)
            return NOTHING
        if name.endswith("Files.Get"):
            return frozenset(ChartFile(value.text) for value in arguments[1] if isinstance(value, Constant))
        if name == "printf":
            return self._printed(arguments)
        if name in ("first", "last"):
            return self.analysis.elements(union)
        if name in _WRITERS and call.piped_into not in _CHECKSUMS:
            self.analysis.record_reads(union, whole=True)
        if name in ("default", "ternary", "coalesce", "required", "or", "and"):
            return union
        # The result of any other function may contain its arguments, but a string does not stay the same.
        return frozenset(value for value in union if not isinstance(value, Constant))

    def _put(self, targets: PointsTo, keys: PointsTo, values: PointsTo) -> None:
        names = [key.text for key in keys if isinstance(key, Constant)] or [_ANY]
        for target in targets:
            for name in names:
                self.analysis.put(target, name, values)

    def _indexed(self, call: Call, arguments: list[PointsTo]) -> PointsTo:
        values = arguments[0]
        for keys in arguments[1:]:
            names = [key.text for key in keys if isinstance(key, Constant)]
            if names:
                values = NOTHING.union(*(self._field(values, name, call) for name in names))
            else:
                # The key is unknown: any item of a list or an open map is possible, but no key of the chart's own.
                allocated = frozenset(value for value in values if isinstance(value, AllocationSite))
                leaves = self.analysis.elements(values) & values
                values = self.analysis.elements(allocated) | leaves
        self.analysis.record_reads(values)
        return values

    def _render(self, call: Call, arguments: list[PointsTo]) -> None:
        if len(arguments) < 2:
            return
        for value in arguments[0]:
            if isinstance(value, Constant) and call.function == "include":
                self.analysis.call(value.text, arguments[1])
            elif isinstance(value, ChartFile) and call.function == "tpl":
                self.analysis.call(f"file {value.name}", arguments[1])

    def _printed(self, arguments: list[PointsTo]) -> PointsTo:
        """Return the possible results of printf with one string argument, as used for template names."""
        texts = [[value.text for value in values if isinstance(value, Constant)] for values in arguments]
        if len(texts) != 2 or not texts[0]:
            return NOTHING
        return frozenset(Constant(form.replace("%s", text)) for form in texts[0] for text in texts[1])
