"""A second opinion on our reader: tree-sitter's bash grammar says how commands stand to each other, our rules what every word is.

The product does not use it. Its error recovery swallows commands, and some legal lines come out wrong without an error.
So nothing is taken on trust:
every word is read again and must end where the grammar says, every token is accounted for, and what stands between two
nodes may only be blank. Anything else is Unparsable.
"""

from __future__ import annotations

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from kit.bashnodes import REDIRECTS, Nodes
from twelve.system.shell.assignments import RESERVED, plain_text
from twelve.system.shell.compounds import ALL_ARGUMENTS
from twelve.system.shell.cursor import META
from twelve.system.shell.heredocs import Pending
from twelve.system.shell.syntax import Compound, Pipeline, Redirect, Script, Simple, Unparsable, Word

PARSER = Parser(Language(tree_sitter_bash.language()))
SIMPLE = ("command", "declaration_command", "unset_command", "variable_assignment", "variable_assignments")
WORDS = frozenset(
    (
        *("command_name", "word", "number", "string", "raw_string", "ansi_c_string", "translated_string", "concatenation"),
        *("simple_expansion", "expansion", "command_substitution", "process_substitution", "arithmetic_expansion"),
        *("brace_expression", "variable_name", "declare", "typeset", "export", "readonly", "local", "unset", "unsetenv", "$"),
    )
)
JOINING = frozenset(("&&", "||", ";", "\n", "|", "|&", "(", ")", "{", "}", "!"))


def parse(line: str) -> Script:
    """The tree of `line`. Raises Unparsable for anything doubtful."""
    if "\0" in line:
        raise Unparsable("a NUL character")
    try:
        root = PARSER.parse(line.encode("utf-8", "surrogateescape")).root_node
        if root.has_error:
            raise Unparsable("the grammar does not understand it")
        return Tree(line, _places(line)).script(root)
    except (RecursionError, UnicodeEncodeError) as deep:
        raise Unparsable("nested too deeply or not text") from deep


def _places(line: str) -> list[int] | None:
    """The character at every byte, None where both count the same."""
    if line.isascii():
        return None
    places: list[int] = []
    for number, sign in enumerate(line):
        places.extend([number] * len(sign.encode("utf-8", "surrogateescape")))
    return [*places, len(line)]


class Tree(Nodes):
    """Walks the grammar's statements."""

    __slots__ = ()

    def nested(self) -> Script:
        """The script the grammar found here, inside a substitution."""
        node = self.scripts.get(self.at)
        if node is None:
            raise Unparsable("the grammar sees no script here")
        children = node.children
        script = self.of(children[1:-1], self.at, self.start(children[-1]))
        self.at = self.end(node)
        return script

    def embedded(self, text: str) -> Script:
        return parse(text)

    # Scripts.

    def script(self, root: Node) -> Script:
        return self.of(root.children, 0, self.size)

    def of(self, nodes: list[Node], begin: int, finish: int) -> Script:
        """Statements and what joins them, which must fill the text from `begin` to `finish`."""
        pipelines: list[Pipeline] = []
        self.filled(nodes, begin, finish)
        for node in nodes:
            if node.type == "&":
                pipelines[-1].background = True
            elif node.type != "comment" and node.type not in JOINING:
                pipelines.extend(self.statements(node))
        return Script(tuple(pipelines))

    def statements(self, node: Node) -> list[Pipeline]:
        kind = node.type
        if kind in SIMPLE:
            return [Pipeline((self.simple_of(node),))]
        if kind == "list":
            return list(self.of(node.children, self.start(node), self.end(node)).pipelines)
        if kind == "pipeline":
            return self.piped(node.children, self.start(node), self.end(node))
        if kind == "redirected_statement":
            return self.redirected_of(node)
        if kind == "test_command" and node.children[0].type == "[":
            return [Pipeline((self.bracket(node),))]
        if kind == "negated_command":
            if self.text[self.start(node) + 1] not in META:
                raise Unparsable("an exclamation mark that is part of a word")
            return list(self.of(node.children, self.start(node), self.end(node)).pipelines)
        return [Pipeline((self.compound_of(node),))]

    def piped(self, nodes: list[Node], begin: int, finish: int) -> list[Pipeline]:
        self.filled(nodes, begin, finish)
        pipelines: list[Pipeline] = []
        joins = False
        for node in nodes:
            if node.type in ("|", "|&"):
                joins = True
            elif node.type == "negated_command" and joins:
                raise Unparsable("an exclamation mark behind a bar")
            elif node.type != "comment":
                found = self.statements(node)
                if joins and pipelines:
                    found[0] = Pipeline((*pipelines.pop().stages, *found[0].stages), background=found[0].background)
                pipelines.extend(found)
        return pipelines

    # Simple commands.

    def simple_of(self, node: Node) -> Simple:
        words: list[Word] = []
        assignments: list[tuple[str, Word]] = []
        redirects: list[Redirect] = []
        self.filled(node.children, self.start(node), self.end(node), newlines=False)
        if node.type == "variable_assignment":
            self.assignment(node, words, assignments)
            return Simple(tuple(words), tuple(assignments))
        for child in node.children:
            self.constituent(child, words, assignments, redirects)
        if words and (plain_text(words[0]) in RESERVED or plain_text(words[0]) == "time"):
            raise Unparsable("a keyword that does not stand where it may")
        return Simple(tuple(words), tuple(assignments), tuple(redirects))

    def constituent(self, node: Node, words: list[Word], assignments: list[tuple[str, Word]], redirects: list[Redirect]) -> None:
        if node.type == "variable_assignment":
            self.assignment(node, words, assignments)
        elif node.type in REDIRECTS:
            self.redirect(node, words, redirects)
        elif node.type in WORDS:
            words.append(self.word_of(node))
        else:
            raise Unparsable(f"{node.type} inside a command")

    # Redirections.

    def redirected_of(self, node: Node) -> list[Pipeline]:
        children = [child for child in node.children if child.type != "comment"]
        self.filled(node.children, self.start(node), self.end(node), newlines=False)
        if children[0].type in (*REDIRECTS, "heredoc_redirect"):
            pipelines = [Pipeline((Simple(()),))]
        else:
            pipelines = self.statements(children.pop(0))
        for child in children:
            if child.type == "heredoc_redirect":
                pipelines = self.here_document_of(child, pipelines)
            else:
                self.attach(child, pipelines[-1])
        return pipelines

    def attach(self, node: Node, pipeline: Pipeline) -> None:
        """A redirection, or a word behind one, belongs to the last command."""
        last = pipeline.stages[-1]
        words: list[Word] = []
        redirects: list[Redirect] = []
        self.constituent(node, words, [], redirects)
        last.redirects = (*last.redirects, *redirects)
        if words and not (isinstance(last, Simple) and last.words):
            raise Unparsable("a word that belongs to no command")
        if isinstance(last, Simple):
            last.words = (*last.words, *words)

    def here_document_of(self, node: Node, pipelines: list[Pipeline]) -> list[Pipeline]:
        """The redirection, what follows it on its line, and its body."""
        start = next(child for child in node.children if child.type == "heredoc_start")
        body = next((child for child in node.children if child.type == "heredoc_body"), None)
        if body is None or node.children[-1].type != "heredoc_end":
            raise Unparsable("a here-document without its end")
        self.at = self.start(node)
        redirects: list[Redirect] = []
        if not self.redirection(redirects) or self.at != self.end(start):
            raise Unparsable("the grammar ends a delimiter elsewhere")
        last = pipelines[-1].stages[-1]
        last.redirects = (*last.redirects, *redirects)
        waiting, self.pending = self.pending, []
        rest = node.children[node.children.index(start) + 1 : node.children.index(body)]
        line_end = self.start(rest[-1]) if rest and rest[-1].type == "\n" else self.text.index("\n", self.end(start))
        pipelines = self.rest_of_line([child for child in rest if child.type != "\n"], pipelines, self.end(start), line_end)
        self.body_of(node, line_end + 1, waiting)
        return pipelines

    def rest_of_line(self, nodes: list[Node], pipelines: list[Pipeline], begin: int, finish: int) -> list[Pipeline]:
        self.filled(nodes, begin, finish, newlines=False)
        for node in nodes:
            if node.type == "pipeline":
                found = self.piped(node.children, self.start(node), self.end(node))
                stages = (*pipelines.pop().stages, *found[0].stages)
                pipelines = [*pipelines, Pipeline(stages, background=found[0].background), *found[1:]]
            elif node.type in WORDS or node.type in REDIRECTS:
                self.attach(node, pipelines[-1])
            elif node.type not in ("&&", "||"):
                pipelines = [*pipelines, *self.statements(node)]
        return pipelines

    def body_of(self, node: Node, begin: int, waiting: list[Pending]) -> None:
        if len(waiting) != 1 or self.pending:
            raise Unparsable("several here-documents")
        self.at, self.pending = begin, waiting
        self.bodies()
        if self.text[: self.at].rstrip("\n") != self.text[: self.end(node)].rstrip("\n"):
            raise Unparsable("the grammar ends a here-document elsewhere")

    # Compound commands.

    def compound_of(self, node: Node) -> Compound:
        kind = node.type
        if kind in ("test_command", "compound_statement") and node.children[0].type in ("[[", "(("):
            return self.reread(node)
        if kind in ("subshell", "compound_statement"):
            self.opened(node)
            name = "subshell" if kind == "subshell" else "group"
            return Compound(name, (self.inside(node.children[1:-1], node.children[0], node.children[-1]),))
        if kind in ("if_statement", "while_statement", "for_statement", "function_definition"):
            return {
                "if_statement": self.condition_of,
                "while_statement": self.while_of,
                "for_statement": self.for_of,
                "function_definition": self.function_of,
            }[kind](node)
        raise Unparsable(f"{kind} is not taken from the grammar")

    def opened(self, node: Node) -> None:
        """A brace opens a group only as a word of its own, and two parentheses open arithmetic first."""
        following = self.text[self.start(node) + 1]
        if following == "(" or (self.text[self.start(node)] == "{" and following not in META):
            raise Unparsable("brackets that may mean something else")

    def reread(self, node: Node) -> Compound:
        self.at = self.start(node)
        self.remember(node)
        read = self.compound(node.children[0].type)
        self.arrived(node)
        return read

    def inside(self, nodes: list[Node], left: Node, right: Node) -> Script:
        return self.of(nodes, self.end(left), self.start(right))

    def condition_of(self, node: Node) -> Compound:
        bodies: list[Script] = []
        begin = node.children[0]
        gathered: list[Node] = []
        for child in node.children[1:]:
            if child.type in ("then", "fi", "elif_clause", "else_clause"):
                bodies.append(self.inside(gathered, begin, child))
                begin, gathered = child, []
                bodies.extend(self.clause(child) if child.type.endswith("clause") else ())
            else:
                gathered.append(child)
        bodies = [body for place, body in enumerate(bodies) if body.pipelines or place == 0]
        return Compound("if", tuple(bodies))

    def clause(self, node: Node) -> list[Script]:
        then = [place for place, child in enumerate(node.children) if child.type == "then"]
        if not then:
            return [self.of(node.children[1:], self.end(node.children[0]), self.end(node))]
        middle = then[0]
        first = self.inside(node.children[1:middle], node.children[0], node.children[middle])
        return [first, self.of(node.children[middle + 1 :], self.end(node.children[middle]), self.end(node))]

    def while_of(self, node: Node) -> Compound:
        body = node.children[-1]
        return Compound("loop", (self.inside(node.children[1:-1], node.children[0], body), self.do_of(body)))

    def do_of(self, node: Node) -> Script:
        if node.type != "do_group":
            raise Unparsable("the body of a loop is missing")
        return self.inside(node.children[1:-1], node.children[0], node.children[-1])

    def for_of(self, node: Node) -> Compound:
        children = [child for child in node.children if child.type not in (";", "\n")]
        self.filled(node.children, self.start(node), self.end(node))
        listed = len(children) > 2 and children[2].type == "in"
        words = tuple(self.word_of(child) for child in children[3:-1]) if listed else (ALL_ARGUMENTS,)
        if not listed and len(children) != 3:
            raise Unparsable("the head of a loop is not understood")
        return Compound("loop", (self.do_of(children[-1]),), name=self.source(children[1]), values=words)

    def function_of(self, node: Node) -> Compound:
        children = [child for child in node.children if child.type not in ("function", "(", ")")]
        self.filled(node.children, self.start(node), self.end(node))
        pipelines = self.statements(children[1])
        for child in children[2:]:
            self.attach(child, pipelines[-1])
        return Compound("function", (Script(tuple(pipelines)),), name=self.source(children[0]))
