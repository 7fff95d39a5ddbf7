"""The programs whose grammars the shared definitions stand for, as judges of generated texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.charts.programs import run
from tests.harness.strategies import LETTERS

RECEIVERS = [{"name": "a"}]
_CHECKED = re.compile(r"^Checking '?(?P<file>[^'\n]+)'?(?P<result>.*?)(?=^Checking |\Z)", re.MULTILINE | re.DOTALL)
Document = Callable[[str], Any]


def accepted_by(command: Sequence[str], document: Document, texts: Sequence[str], folder: Path) -> list[bool]:
    """Return which texts a program accepts in a document, checked in one run of it."""
    files = [folder / f"{number:04}.yml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(json.dumps(document(text), ensure_ascii=False), encoding="utf-8")
    done = run(command[0], *command[1:], *files)
    results = {match["file"]: "SUCCESS" in match["result"] for match in _CHECKED.finditer(done.stdout)}
    assert set(results) == set(map(str, files)), f"{command[0]} did not check every file:\n{done.stdout}{done.stderr}"
    return [results[str(file)] for file in files]


@dataclass(frozen=True)
class Grammar:
    """The grammar of a program, and texts to try on it."""

    judge: Callable[[Sequence[str], Path], list[bool]]
    texts: SearchStrategy[str]
    # Texts that are on the border, or that people write.
    known: Sequence[str] = ()
    # Texts that the program accepts and the chart does not, each with the reason.
    narrower: Mapping[str, str] = field(default_factory=dict)


def _of(*command: str, document: Document) -> Callable[[Sequence[str], Path], list[bool]]:
    return lambda texts, folder: accepted_by(command, document, texts, folder)


def _rule(**fields: Any) -> dict[str, Any]:
    return {"groups": [{"name": "a", "rules": [{"alert": "A", "expr": "up == 0", **fields}]}]}


def route(**fields: Any) -> dict[str, Any]:
    """Return a configuration of Alertmanager with a root route that has these fields."""
    return {"route": {"receiver": "a", **fields}, "receivers": RECEIVERS}


RULES = ("promtool", "check", "rules", "--lint=none")
CONFIG = ("promtool", "check", "config", "--syntax-only")
ALERTMANAGER = ("amtool", "check-config")

_NUMBERS = st.integers(0, 99).map(str) | st.sampled_from(["00", "007", "1.5", ".5", "5.", "-1", "+1", "1e3", " 1", ""])


def _sums(units: Sequence[str]) -> SearchStrategy[str]:
    """Return numbers with units, most of them in order."""
    parts = st.lists(st.tuples(st.sampled_from(range(len(units))), _NUMBERS), min_size=1, max_size=4)
    joined = parts.map(lambda pairs: "".join(f"{number}{units[at]}" for at, number in pairs))
    ordered = parts.map(lambda pairs: "".join(f"{number}{units[at]}" for at, number in sorted(dict(pairs).items())))
    whole = st.dictionaries(st.sampled_from(range(len(units))), st.integers(0, 90), min_size=1, max_size=4)
    return joined | ordered | whole.map(lambda given: "".join(f"{n}{units[at]}" for at, n in sorted(given.items())))


_DURATIONS = _sums(["y", "w", "d", "h", "m", "s", "ms"])
_KNOWN_DURATIONS = [
    *("0", "0s", "0m", "0ms", "1h30m", "1d12h", "90s", "1m1h", "1.5h", "5m0s", "", "10", "1h30", "1M", "-5m", " 5m"),
    *("292y", "293y", "100y", "36500d", "99999d", "106752d", "9999w", "999999h", "1y2w3d4h5m6s7ms", "5m\n"),
]
_IN_SUMS = "sums of several units are limited to 100 years"


def _of_mesh(texts: Sequence[str], folder: Path) -> list[bool]:
    """Return which durations istiod accepts as the timeout of a connection."""
    objects = [
        {
            "apiVersion": "networking.istio.io/v1",
            "kind": "DestinationRule",
            "metadata": {"name": "a", "namespace": f"of-{number}"},
            "spec": {"host": "a", "trafficPolicy": {"connectionPool": {"tcp": {"connectTimeout": text}}}},
        }
        for number, text in enumerate(texts)
    ]
    file = folder / "objects.yaml"
    file.write_text("\n---\n".join(map(json.dumps, objects)), encoding="utf-8")
    done = run("istioctl", "analyze", "--use-kube=false", "--all-namespaces", "--output=json", file)
    refused = set(re.findall(r'"DestinationRule of-([0-9]+)/a"', done.stdout))
    refused |= set(re.findall(r"objects\.yaml\[([0-9]+)\]: failed parsing", done.stderr))
    return [str(number) not in refused for number in range(len(texts))]


_NAMES = st.sampled_from(["a", "a_b", "a:b", "a-b", "a b", '"a b"', "ä", "1", "", "a.b", '"', "a{"])
_OPERATORS = st.sampled_from(["=", " = ", "!=", "=~", " =~ ", "!~", "==", ""])
_WORDS = st.sampled_from(
    [
        *("b", "b c", '"b"', '"b, c"', '"b\\"c"', '"b', 'b"', "", '""', '"b{2}"', "b|c", "(", '"("', "[a", "ä"),
        *('"\\\\("', "(?i)b", "(?=b)", "b=c", "b!", "#b", "'b'", ".*", "*", "b\\", '"b\\"', '"b\\nc"', "b\nc"),
    ]
)
_MATCHERS = st.lists(st.tuples(_NAMES, _OPERATORS, _WORDS).map("".join), min_size=1, max_size=2).map(",".join)

GRAMMARS = {
    "prometheusDurationOrZero": Grammar(
        _of(*RULES, document=lambda text: _rule(**{"for": text})), _DURATIONS, _KNOWN_DURATIONS, {"250y1d": _IN_SUMS}
    ),
    "prometheusDuration": Grammar(
        _of(*ALERTMANAGER, document=lambda text: route(repeat_interval=text)),
        _DURATIONS,
        _KNOWN_DURATIONS,
        {"292y24w3d": _IN_SUMS},
    ),
    "retentionSize": Grammar(
        _of(*CONFIG, document=lambda text: {"storage": {"tsdb": {"retention": {"size": text}}}}),
        _sums(["PB", "TB", "GiB", "GB", "MB", "KB", "B"]).filter(lambda text: "+" not in text),
        ["0", "80GB", "80G", "80GiB", "1GB512MB", "1.5GB", "80gb", "7EB", "8EB", "512", "1kB", "80 GB", "08GB"],
        {"7EB1B": "EB is not combined with other units", "1000PB": "three digits are enough"},
    ),
    "alertLabels": Grammar(
        _of(*RULES, document=lambda text: _rule(labels={text: "a"})),
        st.text(LETTERS, max_size=8),
        ["", "__name__", "__a", "my-label", "a b", "1", "ä", "severity", '"', "{{", "a.b/c"],
        {"<<": "Helm does not quote it"},
    ),
    "externalLabels": Grammar(
        _of(*CONFIG, document=lambda text: {"global": {"external_labels": {text: "a"}}}),
        st.text(LETTERS, max_size=8),
        ["", "__name__", "my-label", "a b", "1", "ä"],
        {"<<": "Helm does not quote it"},
    ),
    "alertMatcher": Grammar(
        _of(*ALERTMANAGER, document=lambda text: route(routes=[{"matchers": [text]}])),
        _MATCHERS,
        ["a = b", "severity == critical", '{a="b"}', "a=b,"],
        {
            "": "matches every alert",
            '{a="b"}': "without braces, a list of matchers is the same",
            "a =~ b{2}": "Alertmanager drops the last brace",
            "a=b,": "a comma is between two matchers",
        },
    ),
    "duration": Grammar(
        _of_mesh,
        # Guards refuse zero where Istio does; signs are not needed.
        _sums(["h", "m", "s", "ms"]).filter(lambda text: re.search("[1-9]", text) is not None and "+" not in text),
        ["1s", "1.5s", ".5s", "5.s", "1m1h", "1.0005s", "1ms", "0.5ms", "604800s", "1d", "", "1", "s", "-1s"],
    ),
}
# Definitions that stand for no program's grammar, or that another test holds against it.
OTHERS = {
    "prometheusDurationOrEmpty": "prometheusDuration or empty",
    "durationOrEmpty": "duration or empty",
    "positiveDuration": "Go's grammar, of which that of Istio is a part",
    "gatewayDuration": "the pattern of the Gateway API's own schema, which every rendered object is validated by",
    **dict.fromkeys(
        (
            "dnsLabel",
            "dnsLabelOrEmpty",
            "objectName",
            "objectNameOrEmpty",
            "domainName",
            "hostName",
            "hostNameOrEmpty",
            "networkRange",
        ),
        "rules of the API server, which tests/harness/admission.py repeats",
    ),
    **dict.fromkeys(("labels", "annotations", "quantity", "secretDataKey", "secretData"), "rules of the API server"),
    **dict.fromkeys(
        ("imageRegistry", "imageRepository", "imageTag", "imageDigest", "imageReferenceOrEmpty"),
        "the grammar of image references",
    ),
    **dict.fromkeys(("intOrPercent", "intOrPercentUpTo100"), "rules of the API server"),
    **dict.fromkeys(
        ("namePartOrEmpty", "storageClassOrEmpty", "versionName", "versionNameOrEmpty"), "a rule of the charts"
    ),
    **dict.fromkeys(("modelName", "modelNameOrEmpty"), "a rule of the server"),
    **dict.fromkeys(("absolutePath", "relativePathOrEmpty", "line", "webAddressOrEmpty"), "a rule of the charts"),
    **dict.fromkeys(("headerName", "lowerCaseHeaderName", "corsOrigin"), "the grammar of HTTP"),
    "hostPort": "the chart reads the port, so names of ports are not allowed",
}
