"""Hypothesis strategies for the values of a chart, made from its schema.

They favour values that break templates, such as strings that YAML reads as another type. Values of Kubernetes types
come from lists of valid examples, because the schemas of Kubernetes admit much that the API server refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import jsonschema_rs
import yaml
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.harness.field_paths import set_field
from tests.harness.schema_leaves import Schema, kubernetes_type, leaves, resolved, section_of

# Helm stores numbers as floats; a careless template prints large ones with an exponent.
NUMBERS = (0, 1, 2, 100, 1_000_000, 10_000_000, 20_000_000)
FRACTIONS = (0.5, 1.5, 0.00001, 99.999)
TEXTS = (
    *("", "a", "yes", "no", "on", "n", "true", "False", "null", "~", "Null", "NaN", ".inf", "1", "007", "1e3", "0x1f"),
    *("1_000", "12e03", "1.0", "1.5e3", "0o7", "1:30", "2024-01-01", "2024-01-01T00:00:00Z", "50%", "0%", "1Gi", "1.5"),
    *("-", "- a", "a: b", "a:", ": a", "#a", "a #b", "?", "|", ">", "&a", "*a", "!a", "%a", "@a", "`a`", "[", "{", "}"),
    *(
        "'",
        '"',
        "it's",
        'say "a"',
        "\\",
        "\\n",
        "a\nb",
        "a\n",
        "\na",
        "\ta",
        " a ",
        "---",
        "...",
        "=",
        "<<",
        "{}",
        "[]",
    ),
    *(
        "ä",
        "日本",
        "🚀",
        "a b",
        "a,b",
        "a/b",
        "/a: b",
        "/a #b",
        "a.b",
        "a-b",
        "a_b",
        "A",
        "1a",
        "a1",
        "x" * 63,
        "x" * 300,
    ),
)
TEMPLATES = ("{{ .Values }}", "{{", "}}", "{{ fail }}", "{{/* a")
# Characters that need no escape in YAML.
LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), include_characters="\n")
# Maximum number of optional keys in an entry of a list, to keep failures readable.
MAX_OPTIONAL_KEYS = 5
_STRING_WORDS = {"minLength", "maxLength", "pattern", "allOf", "not"}
_NUMBER_WORDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}


class SchemaStrategies:
    """Strategies for the values of one schema.

    `examples` lists valid values by path or by Kubernetes type. `words` are strings with a meaning for the chart, such
    as the names that it uses itself. The paths in `exclude` are never set.
    """

    def __init__(
        self,
        schema: Schema,
        examples: Mapping[str, Sequence[Any]],
        words: Sequence[str] = (),
        exclude: Iterable[str] = (),
    ) -> None:
        self._root = schema
        self._examples = examples
        self._words = words
        self._cache: dict[tuple[int, tuple[str, ...]], SearchStrategy[dict[str, Any]]] = {}
        self._paths = [path for path in leaves(schema) if path not in set(exclude)]

    @cached_property
    def units(self) -> dict[str, SearchStrategy[Any]]:
        """A strategy for each leaf. A list of maps that the chart defines has one strategy for the whole list."""
        return {path: self.at(path) for path in dict.fromkeys(path.partition("[]")[0] for path in self._paths)}

    def some(self, most: int, of: Iterable[str] | None = None) -> SearchStrategy[dict[str, Any]]:
        """Return values with at most `most` units set, out of `of` or of all."""
        names = tuple(sorted(self.units if of is None else of))
        # Building a strategy takes longer than generating from it.
        if (most, names) not in self._cache:
            self._cache[most, names] = self._some(most, names)
        return self._cache[most, names]

    def _some(self, most: int, names: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
        paths = st.lists(st.sampled_from(names), unique=True, max_size=most)

        @st.composite
        def draw(draw: DrawFn) -> dict[str, Any]:
            values: dict[str, Any] = {}
            for path in draw(paths):
                values = set_field(values, path, draw(self.units[path]))
            return values

        return draw()

    def at(self, path: str) -> SearchStrategy[Any]:
        """Return a strategy for the value at a path."""
        schema, passed_through = self._root, False
        for part in path.split("."):
            schema = resolved(schema, self._root)["properties"][part]
            passed_through |= _is_passed_through(schema)
        return self._of(schema, path, passed_through)

    def _of(self, schema: Schema, path: str, passed_through: bool) -> SearchStrategy[Any]:
        section = section_of(schema)
        if section:
            return self._of(self._root["properties"][section], section, passed_through)
        if path in self._examples:
            return st.sampled_from(self._examples[path])
        full = resolved(schema, self._root)
        name = kubernetes_type(schema) or kubernetes_type(full)
        if name:
            return self._of_kubernetes(name, full)
        if "enum" in full:
            return st.sampled_from(full["enum"])
        types = full["type"] if isinstance(full.get("type"), list) else [full.get("type")]
        passed_through |= _is_passed_through(full)
        return st.one_of([self._of_type(kind, full, path, passed_through) for kind in types])

    def _of_kubernetes(self, name: str, schema: Schema) -> SearchStrategy[Any]:
        if name not in self._examples:
            raise LookupError(f"no examples of {name}. Remedy: add valid ones to tests/harness/kubernetes_examples.py.")
        examples = st.sampled_from(self._examples[name])
        if schema.get("type") != "array":
            return examples
        return st.lists(examples, min_size=schema.get("minItems", 0), max_size=2, unique_by=str)

    def _of_type(self, kind: str | None, schema: Schema, path: str, passed_through: bool) -> SearchStrategy[Any]:
        match kind:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer":
                return _integers(schema)
            case "number":
                return _numbers(schema)
            case "string":
                return texts(schema, passed_through, self._words)
            case "array" if schema["items"]:
                items = self._of(schema["items"], f"{path}[]", passed_through)
                unique = str if schema.get("uniqueItems") else None
                return st.lists(items, min_size=schema.get("minItems", 0), max_size=2, unique_by=unique)
            case "array":
                return st.lists(_anything(), max_size=2)
            case "object" if schema.get("properties"):
                return self._entry(schema, path, passed_through)
            case "object" if schema.get("patternProperties"):
                ((pattern, entry),) = schema["patternProperties"].items()
                keys = texts({"minLength": 1, "pattern": pattern}, True, self._words)
                return st.dictionaries(keys, self._of(entry, f"{path}.*", passed_through), max_size=2)
            case "object" if isinstance(schema.get("additionalProperties"), Mapping):
                names = schema.get("propertyNames", {})
                any_name = texts({"minLength": 1, **names}, True, self._words)
                keys = st.sampled_from(names["enum"]) if "enum" in names else any_name
                return self._map(keys, schema["additionalProperties"], path, passed_through)
        raise LookupError(f"{path}: the schema accepts anything. Remedy: add examples to STRATEGIES.")

    def _map(
        self, keys: SearchStrategy[str], values: Schema, path: str, passed_through: bool
    ) -> SearchStrategy[dict[str, Any]]:
        return st.dictionaries(keys, self._of(values, f"{path}.*", passed_through), max_size=2)

    def _entry(self, schema: Schema, path: str, passed_through: bool) -> SearchStrategy[Any]:
        """Return a map with all required and some optional keys."""
        parts = {name: self._of(part, f"{path}.{name}", passed_through) for name, part in schema["properties"].items()}
        required = schema.get("required", [])
        optional = sorted(set(parts) - set(required))
        more = st.lists(st.sampled_from(optional), unique=True, max_size=MAX_OPTIONAL_KEYS) if optional else st.just([])

        @st.composite
        def draw(draw: DrawFn) -> dict[str, Any]:
            return {name: draw(parts[name]) for name in [*required, *draw(more)]}

        return draw()


def texts(schema: Schema, passed_through: bool = False, words: Sequence[str] = ()) -> SearchStrategy[str]:
    """Return strings that a schema accepts. Values that are passed through tpl are never templates themselves."""
    rules = {"type": "string", **{word: value for word, value in schema.items() if word in _STRING_WORDS}}
    validator = jsonschema_rs.Draft7Validator(rules)
    known = [text for text in (*TEXTS, *words, *([] if passed_through else TEMPLATES)) if validator.is_valid(text)]
    if "pattern" in rules:
        # In Python, $ also matches before a trailing newline; in Go it does not.
        pattern = re.sub(r"(?<!\\)\$", r"\\Z", rules["pattern"])
        free = st.from_regex(pattern, alphabet=LETTERS).filter(validator.is_valid)
    else:
        free = st.text(LETTERS, min_size=rules.get("minLength", 0), max_size=rules.get("maxLength", 40))
    free = free.filter(lambda text: "{{" not in text)
    return st.sampled_from(known) | free if known else free


def _is_passed_through(schema: Schema) -> bool:
    return "Passed through tpl" in str(schema.get("description"))


def _integers(schema: Schema) -> SearchStrategy[int]:
    low = int(schema.get("minimum", schema.get("exclusiveMinimum", 0)))
    high = int(schema.get("maximum", schema.get("exclusiveMaximum", max(NUMBERS))))
    known = sorted({low, high, *(number for number in NUMBERS if low <= number <= high)})
    # Hypothesis shrinks towards the first alternative.
    return st.integers(low, high) | st.sampled_from(known) | st.sampled_from(known)


def _numbers(schema: Schema) -> SearchStrategy[Any]:
    rules = {word: value for word, value in schema.items() if word in _NUMBER_WORDS}
    return (_integers(schema) | st.sampled_from(FRACTIONS)).filter(jsonschema_rs.Draft7Validator(rules).is_valid)


def _anything() -> SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.sampled_from([*NUMBERS, 0.5, *TEXTS])
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("a"), inner))


class _Dumper(yaml.SafeDumper):
    """Quotes strings that YAML 1.1, which Helm reads, could parse as another type."""


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z-]{3,}", text) and text.lower() not in ("true", "false", "null")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text_node)


def as_yaml(values: Any) -> str:
    """Return values as the text of a values file."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def for_all(strategy: SearchStrategy[Any], check: Callable[[Any], None], cases: int, shard: int = 0) -> None:
    """Call `check` with `cases` examples, the same in each run of a shard. Raises the error of the smallest example."""
    rules = settings(
        max_examples=cases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )

    def check_one(example: Any) -> None:
        check(example)

    seed(shard)(rules(given(example=strategy)(check_one)))()
