"""The grammar's nodes with the word reader at hand: every word is read again and has to end where its node does."""

from __future__ import annotations

from tree_sitter import Node

from twelve.system.shell.assignments import descriptive, plain_text
from twelve.system.shell.compounds import Compounds
from twelve.system.shell.syntax import Redirect, Simple, Unparsable, Word

REDIRECTS = ("file_redirect", "herestring_redirect")


class Nodes(Compounds):
    """Words, assignments and redirections of nodes, and the proof that no text between nodes was passed over."""

    __slots__ = ("_places", "scripts")

    def __init__(self, text: str, places: list[int] | None = None, depth: int = 0) -> None:
        super().__init__(text, depth)
        self._places = places
        self.scripts: dict[int, Node] = {}

    def expanding_body(self, body: str) -> Word:
        """Continued lines are gone from the body, so the grammar's places no longer fit: the first reader takes it."""
        return Compounds(body, self.depth + 1).body()

    def start(self, node: Node) -> int:
        return node.start_byte if self._places is None else self._places[node.start_byte]

    def end(self, node: Node) -> int:
        return node.end_byte if self._places is None else self._places[node.end_byte]

    def source(self, node: Node) -> str:
        return self.text[self.start(node) : self.end(node)]

    def filled(self, nodes: list[Node], begin: int, finish: int, *, newlines: bool = True) -> None:
        """Between the nodes only blanks, continued lines and, where commands may end, newlines."""
        for node in nodes:
            self.gap(begin, self.start(node), newlines=newlines)
            if node.type == "comment" and self.start(node) and self.text[self.start(node) - 1] not in " \t\n;&|()":
                raise Unparsable("a comment where none may begin")
            begin = self.end(node)
        self.gap(begin, finish, newlines=newlines)

    def gap(self, begin: int, finish: int, *, newlines: bool) -> None:
        between = self.text[begin:finish].replace("\\\n", "").strip(" \t\n" if newlines else " \t")
        if between:
            raise Unparsable(f"text the grammar passed over: {between[:20]}")

    def word_of(self, node: Node) -> Word:
        """The word a node stands for, read again. It must end where the node ends."""
        self.at = self.start(node)
        self.remember(node)
        word = self.word()
        self.arrived(node)
        if self.here() in ("<", ">") and descriptive(word):
            raise Unparsable("a descriptor the grammar takes for a word")
        return word

    def bracket(self, node: Node) -> Simple:
        """`[ … ]` is a command like any other; the grammar reads its operands as an expression."""
        words: list[Word] = []
        self.at = self.start(node)
        self.remember(node)
        while self.at < self.end(node):
            words.append(self.word())
            self.blanks()
            if self.here() in ("\n", ";", "&", "|", "(", ")", "<", ">") and self.at < self.end(node):
                raise Unparsable("a test command that does not stay on its line")
        if plain_text(words[-1]) != "]":
            raise Unparsable("the grammar ends a test elsewhere")
        return Simple(tuple(words))

    def remember(self, node: Node) -> None:
        """Where scripts begin inside `node`, for the reader of words."""
        if node.type in ("command_substitution", "process_substitution") and node.children[0].type != "`":
            self.scripts[self.end(node.children[0])] = node
        for child in node.children:
            self.remember(child)

    def arrived(self, node: Node) -> None:
        if self.at != self.end(node):
            raise Unparsable("the grammar ends a word elsewhere")

    def assignment(self, node: Node, words: list[Word], assignments: list[tuple[str, Word]]) -> None:
        self.at = self.start(node)
        self.remember(node)
        self.item(words, assignments)
        self.arrived(node)

    def redirect(self, node: Node, words: list[Word], redirects: list[Redirect]) -> None:
        """A redirection. The grammar takes the words behind its target for more targets; they are arguments."""
        self.filled(node.children, self.start(node), self.end(node), newlines=False)
        self.at = self.start(node)
        self.remember(node)
        if not self.redirection(redirects):
            raise Unparsable("not a redirection")
        for child in node.children:
            if self.start(child) >= self.at:
                words.append(self.word_of(child))
        self.arrived(node)
