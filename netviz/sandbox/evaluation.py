"""Working out what authors wrote, node by node, with a bound on the steps it takes and on all that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from markupsafe import Markup, escape

from netviz.mistakes import nearest
from netviz.sandbox.aggregates import Aggregate, asked_of_each, summed_up
from netviz.sandbox.grammar import CLAIM, ConditionNode, operands, test_of, written
from netviz.sandbox.operations import (
    ARITHMETIC,
    COMPARISONS,
    FILTERS,
    TESTS,
    applied,
    checked,
    joined,
    number_of,
    size_of,
    text_of,
)
from netviz.sandbox.plain_data import (
    PLAIN,
    ExpressionError,
    Function,
    Missing,
    attribute,
    described,
    is_data,
    item,
    look_up,
    reading,
    truth_of,
)

Observer = Callable[[ConditionNode, bool], None]
"""Is told of every condition that is tested (`netviz.sandbox.grammar.ConditionNode`), and whether it was met."""

WORK = 200_000  # steps, characters and items that the expressions of one text may take: a lesson takes thousands

Scope = dict[str, Any]


class Evaluation:
    """One text's expressions at work: ``pieces`` is what they have printed so far.

    ``filters`` are those beside our own; ``text`` is what becomes of the words between expressions; ``observe`` is told
    of conditions. Raises ExpressionError at the line where one fails.
    """

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]],
        text: Callable[[str], str] = str,
        work: int = WORK,
        observe: Observer = lambda node, met: None,
    ) -> None:
        self.filters, self.text, self.left, self.observe = {**FILTERS, **filters}, text, work, observe
        self.pieces: list[str] = []
        self.loops = 0

    def run(self, statements: Sequence[nodes.Node], scope: Scope) -> None:
        """Print what statements print, and put the names that they set into their scope."""
        for node in statements:
            match node:
                case nodes.Output():
                    self.pieces += [self._printed(part, scope) for part in node.nodes]
                case nodes.If():
                    self.run(self._branch(node, scope), scope)
                case nodes.For():
                    self._loop(node, scope)
                case nodes.Assign():
                    self._assign(node, scope)
                case nodes.CallBlock():
                    self._claim(node, scope)

    def value(self, node: nodes.Node | None, scope: Scope) -> Any:
        """What an expression gives: plain data."""
        assert node is not None  # the grammar sees to it
        found = self._found(node, scope)
        if not is_data(found):
            raise ExpressionError(f"{written(node)} is {described(found)}", node.lineno)
        return found

    def readings(self, spoken_of: Iterable[nodes.Expr], scope: Scope) -> dict[str, Any]:
        """What can be told of the values that a claim speaks of, by the names it gave them.

        A claim may ask whether something is there, or speak of it under a condition: what is not there has no reading.
        """
        found: dict[str, Any] = {}
        for one in spoken_of:
            with suppress(Missing):
                match one:
                    case nodes.Call(args=[summed]) if any(asked_of_each(summed)):
                        found |= self._readings_of_each(self._found(one.node, scope), summed, scope)
                    case _:
                        found[written(one)] = reading(self.value(one, scope), written(one))
        return found

    def _readings_of_each(self, aggregate: Aggregate, summed: nodes.Expr, scope: Scope) -> dict[str, Any]:
        """What an aggregate of several values sums up: they tell more than it does, and are few."""
        found: dict[str, Any] = {}
        for one in operands(summed):
            if any(asked_of_each(one)):
                values = [self.value(one, {**scope, **names}) for names in aggregate.scopes(one)]
                found[written(one)] = reading(values, written(one))
            else:
                found |= self.readings([one], scope)
        return found

    def _spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise ExpressionError(f"this is too much work: more than {WORK} steps and characters")

    def _printed(self, node: nodes.Node, scope: Scope) -> str:
        if isinstance(node, nodes.TemplateData):
            with _at(node):
                self._spend(len(node.data))
            return self.text(node.data)
        found = self._found(node, scope)
        if isinstance(node, nodes.Call) and isinstance(found, Markup):
            self._spend(len(found) if self.loops else 0)
            return str(found)
        with _at(node):
            text = text_of(found)
            self._spend(len(text))
            return str(escape(text))

    def _branch(self, node: nodes.If, scope: Scope) -> list[nodes.Node]:
        for one in (node, *node.elif_):
            if self._is_met(one, scope):
                return one.body
        return node.else_

    def _is_met(self, node: ConditionNode, scope: Scope) -> bool:
        met = bool(self.value(test_of(node), scope))
        self.observe(node, met)
        return met

    def _claim(self, node: nodes.CallBlock, scope: Scope) -> None:
        """Print what the function ``claim`` makes of a sentence, of what it claims, and of what was measured."""
        source, claim = node.call.args
        with _at(node):
            met = truth_of(self.value(claim, scope))
        self.observe(node, met)
        measured = self.readings(operands(claim), scope)
        before = len(self.pieces)
        self.run(node.body, scope)
        sentence = Markup("".join(self.pieces[before:]))
        with _at(node):
            self.pieces[before:] = [str(self._named(CLAIM, scope)(self.value(source, scope), met, measured, sentence))]

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        items = [one for one in self._items(node, node.iter, scope) if self._is_wanted(node, one, scope)]
        if not items:
            self.run(node.else_, scope.copy())
        self.loops += 1
        for number, one in enumerate(items, start=1):
            loop = {"index": number, "first": number == 1, "last": number == len(items), "length": len(items)}
            inner = scope | {"loop": loop}
            self._bind(node.target, one, inner)
            self.run(node.body, inner)
        self.loops -= 1

    def _is_wanted(self, node: nodes.For, one: Any, scope: Scope) -> bool:
        if node.test is None:
            return True
        inner = scope.copy()
        self._bind(node.target, one, inner)
        return bool(self.value(node.test, inner))

    def _items(self, asks: nodes.Node, node: nodes.Node | None, scope: Scope) -> Sequence[Any]:
        """A list that a node asks for, to be gone through."""
        items = self.value(node, scope)
        with _at(asks):
            if not isinstance(items, (list, tuple)):
                raise ExpressionError(f"only a list can be gone through, and here is {described(items)}")
            self._spend(len(items))
        return items

    def _assign(self, node: nodes.Assign, scope: Scope) -> None:
        if isinstance(node.target, nodes.Tuple) and isinstance(node.node, nodes.Tuple):
            values: Any = [self.value(one, scope) for one in node.node.items]
        else:
            values = self.value(node.node, scope)
        self._bind(node.target, values, scope)

    def _bind(self, target: Any, value: Any, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = value
            return
        if not isinstance(value, (list, tuple)) or len(value) != len(target.items):
            raise ExpressionError(f"these are {len(target.items)} names for {described(value)}", target.lineno)
        scope.update(zip((name.name for name in target.items), value, strict=True))

    def _found(self, node: nodes.Node, scope: Scope) -> Any:
        """What a node gives: plain data, a function, or a piece of the page."""
        try:
            self._spend(1)
            if find := _FOUND.get(type(node)):
                return find(self, node, scope)
            return self._made(self._worked_out(node, scope))
        except ExpressionError as error:
            error.line = error.line or node.lineno
            raise

    def _attribute(self, node: nodes.Getattr, scope: Scope) -> Any:
        return attribute(self.value(node.node, scope), node.attr, _Written(node.node))

    def _item(self, node: nodes.Getitem, scope: Scope) -> Any:
        return item(self.value(node.node, scope), self.value(node.arg, scope), _Written(node.node))

    def _both(self, node: nodes.And, scope: Scope) -> Any:
        return self.value(node.left, scope) and self.value(node.right, scope)

    def _either(self, node: nodes.Or, scope: Scope) -> Any:
        return self.value(node.left, scope) or self.value(node.right, scope)

    def _chosen(self, node: nodes.CondExpr, scope: Scope) -> Any:
        return self.value(node.expr1 if self._is_met(node, scope) else node.expr2, scope)

    def _worked_out(self, node: nodes.Node, scope: Scope) -> Any:
        """What a node makes that was not there before."""
        match node:
            case nodes.Filter():
                return self._filtered(node, scope)
            case nodes.Concat():
                return joined(self.value(one, scope) for one in node.nodes)
            case nodes.Neg() | nodes.Pos():
                number = number_of(self.value(node.node, scope))
                return -number if isinstance(node, nodes.Neg) else number
            case nodes.BinExpr():
                left, right = self.value(node.left, scope), self.value(node.right, scope)
                return applied(f"`{node.operator}`", ARITHMETIC[type(node)], left, right)
            case nodes.List() | nodes.Tuple():
                return [self._plain(one, scope) for one in node.items]
            case nodes.Dict():
                return {self._plain(one.key, scope): self._plain(one.value, scope) for one in node.items}
        raise ExpressionError(f"not for lessons: {type(node).__name__.lower()}")

    def _made(self, value: Any) -> Any:
        self._spend(size_of(value))
        return checked(value)

    def _plain(self, node: nodes.Node, scope: Scope) -> Any:
        """A text or number: lists of lists could double with each step."""
        value = self.value(node, scope)
        if type(value) not in PLAIN:
            raise ExpressionError(f"a list written here holds texts and numbers, not {described(value)}")
        return value

    def _named(self, name: str, scope: Scope) -> Any:
        if name not in scope:
            raise Missing(f"unknown name {name!r}", word=name, hint=nearest(name, sorted(scope)))
        return scope[name]

    def _called(self, node: nodes.Call, scope: Scope) -> Any:
        function = self._found(node.node, scope)
        if isinstance(function, Aggregate):
            return self._summed_up(node, function, scope)
        if not isinstance(function, Function):
            raise ExpressionError(f"{written(node.node)} is {described(function)}: it can't be called")
        arguments = [self.value(one, scope) for one in node.args]
        try:
            function.check(*arguments)
        except TypeError as error:
            raise ExpressionError(f"{written(node.node)}(…): {error}") from None
        try:
            return function(*arguments)
        except ExpressionError:
            raise
        except ValueError as error:
            raise ExpressionError(str(error)) from None

    def _summed_up(self, node: nodes.Call, aggregate: Aggregate, scope: Scope) -> Any:
        """What an expression gives for each of many, summed up; each has as much work as one text's expressions."""
        if len(node.args) != 1:
            raise ExpressionError(f"{written(node.node)}(…) takes one expression, here are {len(node.args)}")
        left, values = self.left, []
        for names in aggregate.scopes(node.args[0]):
            self.left = left
            values.append(self.value(node.args[0], {**scope, **names}))
        return summed_up(aggregate, values)

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Any:
        arguments = [self.value(one, scope) for one in node.args]
        if node.name == "map":
            return [self._made(self._apply(str(arguments[0]), one)) for one in self._items(node, node.node, scope)]
        try:
            value = self.value(node.node, scope)
        except Missing:
            if node.name != "default":
                raise
            return arguments[0]
        self._spend(size_of(value))
        return value if node.name == "default" else self._apply(node.name, value, *arguments)

    def _apply(self, name: str, *arguments: Any) -> Any:
        return applied(f"the filter {name!r}", look_up(self.filters, name, "this"), *arguments)

    def _tested(self, node: nodes.Test, scope: Scope) -> bool:
        try:
            value = self.value(node.node, scope)
        except Missing:
            if node.name in ("defined", "undefined"):
                return bool(node.name == "undefined")
            raise
        return bool(applied(f"the test {node.name!r}", look_up(TESTS, node.name, "this"), value))

    def _compared(self, node: nodes.Compare, scope: Scope) -> bool:
        left = self.value(node.expr, scope)
        for operand in node.ops:
            right = self.value(operand.expr, scope)
            self._spend(size_of(left) + size_of(right))
            if not applied("this comparison", COMPARISONS[operand.op], left, right):
                return False
            left = right
        return True


_FOUND: Mapping[type[nodes.Node], Callable[[Evaluation, Any, Scope], Any]] = {  # what is there, and need not be made
    nodes.Const: lambda _, node, scope: node.value,
    nodes.Name: lambda evaluation, node, scope: evaluation._named(node.name, scope),
    nodes.Getattr: Evaluation._attribute,
    nodes.Getitem: Evaluation._item,
    nodes.Call: Evaluation._called,
    nodes.And: Evaluation._both,
    nodes.Or: Evaluation._either,
    nodes.CondExpr: Evaluation._chosen,
    nodes.Not: lambda evaluation, node, scope: not evaluation.value(node.node, scope),
    nodes.Test: Evaluation._tested,
    nodes.Compare: Evaluation._compared,
}


@dataclass(frozen=True, slots=True)
class _Written:
    """What an expression asks, as its author wrote it: put into words only where it fails."""

    node: nodes.Node

    def __str__(self) -> str:
        return written(self.node)


@contextmanager
def _at(node: nodes.Node) -> Iterator[None]:
    """What fails within the block fails at a node's line, unless it is known to fail at another's within it."""
    try:
        yield
    except ExpressionError as error:
        error.line = error.line or node.lineno
        raise
