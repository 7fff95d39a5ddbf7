"""A parser for Go templates, as far as the data-flow analysis needs it: actions, blocks and expressions."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<end>\s*-?\}\})|(?P<space>\s+)|(?P<comment>/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])+')|(?P<assign>:?=)|(?P<mark>[(),|])
    |(?P<variable>\$\w*)|(?P<field>\.[A-Za-z_]\w*)|(?P<dot>\.)|(?P<word>[^\s(),|=:}]+)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCKS = ("if", "with", "range")


class TemplateError(ValueError):
    """The text is not a template that this parser understands."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(cause)
        self.line = line


@dataclass(frozen=True)
class Token:
    """A token of an action; ``glued`` is true if no space precedes it."""

    kind: str
    text: str
    offset: int
    glued: bool


@dataclass(frozen=True)
class Text:
    """A literal; None for a literal that is not a string."""

    value: str | None


@dataclass(frozen=True)
class Variable:
    """A variable, by its name with the dollar; the empty name is the dot."""

    name: str


@dataclass(frozen=True)
class Fields:
    """A chain of fields of an expression."""

    base: Expression
    names: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Call:
    """A function call; ``site`` is unique within the file."""

    function: str
    arguments: tuple[Expression, ...]
    line: int
    site: int
    # The function that receives the result through a pipe.
    piped_into: str = ""


Expression = Text | Variable | Fields | Call


@dataclass(frozen=True)
class Statement:
    """An expression, and the variables that its result is assigned to."""

    expression: Expression
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """An if, with or range: header, body and else branch."""

    kind: str
    header: Statement
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] = field(default_factory=list)


Node = Statement | Block


@dataclass
class Template:
    """The body of a template file, and the templates that it defines."""

    body: list[Node] = field(default_factory=list)
    defines: dict[str, list[Node]] = field(default_factory=dict)


def parse(text: str) -> Template:
    """Parse a template; raises TemplateError."""
    return _Parser(text).template


class _Parser:
    def __init__(self, text: str) -> None:
        self.template = Template()
        self._text = text
        # The stack of node lists to append to, outermost first: the body or the else branch of each open block.
        self._open: list[tuple[str, Block | None, list[Node]]] = [("file", None, self.template.body)]
        position = 0
        while (start := text.find("{{", position)) >= 0:
            position = self._action(start)
        if len(self._open) > 1:
            raise TemplateError(text.count("\n") + 1, f"the last {self._open[-1][0]} is not closed")

    def _action(self, start: int) -> int:
        tokens, position = self._tokens(start + 2)
        if not tokens:
            return position
        word, rest = (tokens[0].text, tokens[1:]) if tokens[0].kind == "word" else ("", tokens)
        if word in _BLOCKS:
            self._begin(word, rest)
        elif word == "else":
            kind, block, _ = self._open.pop()
            if block is None:
                raise TemplateError(self._line(start), "else without if, with or range")
            self._open.append(("chained else" if kind.startswith("chained") else "else", block, block.otherwise))
            if rest:
                # `else if` is an if inside the else branch; one end closes both.
                self._begin(rest[0].text, rest[1:], chained=True)
        elif word in ("define", "block"):
            body = self.template.defines.setdefault(ast.literal_eval(rest[0].text), [])
            if word == "block":
                self._call_of_template(rest, start)
            self._open.append((word, None, body))
        elif word == "end":
            if len(self._open) == 1:
                raise TemplateError(self._line(start), "end without a block")
            while self._open.pop()[0].startswith("chained"):
                pass
        elif word == "template":
            self._call_of_template(rest, start)
        elif word not in ("break", "continue"):
            self._add(self._statement(tokens))
        return position

    def _begin(self, kind: str, header: Sequence[Token], chained: bool = False) -> None:
        block = Block(kind, self._statement(header))
        self._add(block)
        self._open.append((("chained " if chained else "") + kind, block, block.body))

    def _call_of_template(self, rest: Sequence[Token], start: int) -> None:
        name, argument = Text(ast.literal_eval(rest[0].text)), self._pipeline(rest[1:]) if rest[1:] else Text(None)
        self._add(Statement(Call("include", (name, argument), self._line(start), start)))

    def _add(self, node: Node) -> None:
        self._open[-1][2].append(node)

    def _tokens(self, position: int) -> tuple[list[Token], int]:
        """Return the tokens of an action, and the offset after it."""
        tokens: list[Token] = []
        position += bool(re.match(r"-\s", self._text[position : position + 2]))
        glued = False
        while match := _TOKEN.match(self._text, position):
            position = match.end()
            kind = str(match.lastgroup)
            if kind == "end":
                return tokens, position
            if kind not in ("space", "comment"):
                tokens.append(Token(kind, match.group(), match.start(), glued))
            glued = kind != "space"
        raise TemplateError(self._line(position), "unterminated action")

    def _statement(self, tokens: Sequence[Token]) -> Statement:
        at = next((number for number, token in enumerate(tokens) if token.kind == "assign"), None)
        variables = tuple(token.text for token in tokens[:at] if token.kind == "variable") if at is not None else ()
        return Statement(self._pipeline(tokens[at + 1 if at is not None else 0 :]), variables)

    def _pipeline(self, tokens: Sequence[Token]) -> Expression:
        """Parse a pipeline: each command receives the result of the previous one as its last argument."""
        commands: list[list[Token]] = [[]]
        depth = 0
        for token in tokens:
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
            if token.text == "|" and token.kind == "mark" and not depth:
                commands.append([])
            else:
                commands[-1].append(token)
        result: Expression | None = None
        for command, following in zip(commands, [*commands[1:], []], strict=True):
            result = self._command(command, result, following[0].text if following else "")
        return result or Text(None)

    def _command(self, tokens: Sequence[Token], piped: Expression | None, piped_into: str) -> Expression:
        operands = self._operands(tokens)
        arguments = [*operands, piped] if piped else operands
        if not arguments:
            return Text(None)
        line, site = self._line(tokens[0].offset), tokens[0].offset
        if tokens[0].kind == "word" and re.match("[A-Za-z]", tokens[0].text):
            return Call(tokens[0].text, tuple(arguments[1:]), line, site, piped_into)
        if isinstance(arguments[0], Fields) and len(arguments) > 1:
            return Call(".".join(arguments[0].names), tuple(arguments), line, site, piped_into)
        return arguments[0]

    def _operands(self, tokens: Sequence[Token]) -> list[Expression]:
        operands: list[Expression] = []
        number = 0
        while number < len(tokens):
            token = tokens[number]
            line = self._line(token.offset)
            if token.kind == "field" and token.glued and operands:
                base = operands.pop()
                above = base.names if isinstance(base, Fields) else ()
                inner = base.base if isinstance(base, Fields) else base
                operands.append(Fields(inner, (*above, token.text[1:]), line))
            elif token.kind == "field":
                operands.append(Fields(Variable(""), (token.text[1:],), line))
            elif token.text == "(" and token.kind == "mark":
                end = _closing(tokens, number)
                operands.append(self._pipeline(tokens[number + 1 : end]))
                number = end
            elif token.kind in ("variable", "dot"):
                operands.append(Variable(token.text.removeprefix(".")))
            else:
                operands.append(Text(_unquoted(token.text) if token.kind == "text" else None))
            number += 1
        return operands

    def _line(self, offset: int) -> int:
        return self._text.count("\n", 0, offset) + 1


def _closing(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for number in range(opening, len(tokens)):
        if tokens[number].kind == "mark":
            depth += {"(": 1, ")": -1}.get(tokens[number].text, 0)
            if not depth:
                return number
    return len(tokens)


def _unquoted(text: str) -> str:
    if text[0] == "`":
        return text[1:-1]
    return str(ast.literal_eval(text)) if text[0] == '"' else text
