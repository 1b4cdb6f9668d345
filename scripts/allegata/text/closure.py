"""What follows from recorded relations between claims.

Equivalent claims form classes. Every relation holds between whole classes; entailment is transitive; what contradicts a
claim contradicts everything that entails it. Which relations mean that is said by the scheme of the corpus
(`allegata.schema.scheme.Relations`); succession says nothing about a third claim.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from allegata.schema.scheme import Relations


class Closure:
    """Relations between names, added one by one and asked for afterwards."""

    def __init__(self, relations: Relations) -> None:
        self._relations = relations
        self._parent: dict[str, str] = {}
        self._recorded: list[tuple[str, str, str]] = []

    def add(self, a: str, b: str, relation: str) -> None:
        """Record that `relation`, one of the scheme, leads from `a` to `b`."""
        if relation == self._relations.equivalence:
            self.unite(a, b)
        self._recorded.append((a, b, relation))

    def unite(self, a: str, b: str) -> None:
        """Record that two names are of one class."""
        self._parent[self.class_of(b)] = self.class_of(a)

    def class_of(self, name: str) -> str:
        """One name that stands for the equivalence class of `name`."""
        while (parent := self._parent.get(name, name)) != name:
            self._parent[name] = self._parent.get(parent, parent)
            name = parent
        return name

    def edges(self, relation: str | None) -> dict[str, set[str]]:
        """Class -> classes that `relation` leads to, as recorded."""
        found = defaultdict(set)
        for a, b, label in self._recorded:
            if label == relation:
                found[self.class_of(a)].add(self.class_of(b))
        return dict(found)

    def settles(self, a: str, b: str) -> bool:
        """True if the pair is recorded, in either order, or follows from what is recorded.

        Call it when everything has been added.
        """
        first, second = self.class_of(a), self.class_of(b)
        if first == second or (first, second) in self._linked:
            return True
        above, below = self.entailed(first), self.entailed(second)
        if second in above or first in below:
            return True
        return any((x, y) in self._contradictions for x in above for y in below)

    @cached_property
    def _linked(self) -> set[tuple[str, str]]:
        pairs = {(self.class_of(a), self.class_of(b)) for a, b, _ in self._recorded}
        return pairs | {(b, a) for a, b in pairs}

    @cached_property
    def _contradictions(self) -> set[tuple[str, str]]:
        pairs = {(a, b) for a, targets in self.edges(self._relations.contradiction).items() for b in targets}
        return pairs | {(b, a) for a, b in pairs}

    @cached_property
    def _refined(self) -> dict[str, set[str]]:
        return self.edges(self._relations.entailment)

    def entailed(self, name: str) -> set[str]:
        """The classes that the class `name` entails, itself among them."""
        found, waiting = {name}, [name]
        while waiting:
            new = self._refined.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found


def cycle(edges: dict[str, set[str]]) -> list[str]:
    """The nodes of one cycle of a directed graph in order, or an empty list. Sorted, so the answer is stable."""
    done: set[str] = set()
    for start in sorted(edges):
        path: list[str] = []
        stack = [iter([start])]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if path:
                    done.add(path.pop())
            elif node in path:
                return path[path.index(node) :]
            elif node not in done:
                path.append(node)
                stack.append(iter(sorted(edges.get(node, ()))))
    return []
