"""Follows a script in the order it would run, one pipeline after the other, every branch and every loop."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import ORIGIN_LOCAL, SETTING, UNKNOWN, Action
from twelve.factors.guardrails.actions.code import load
from twelve.factors.guardrails.actions.expanding import arguments, expanded, joined
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.redirecting import connect, deliver
from twelve.factors.guardrails.actions.state import DEPTH, State
from twelve.factors.guardrails.actions.streams import Stream, merged, silence
from twelve.system.shell.syntax import ARRAY, Compound, Pipeline, Script, Simple, Unparsable, Word

ROUNDS = 12
"""Values of a loop that are followed one by one; the rest is followed once with an unknown value."""
VALUE_LIMIT = 50_000
"""Characters a variable may hold; a longer value counts as unknown, because values double with every line that adds them up."""
WORDS_LIMIT = 256
"""Elements of an array and positional parameters that are kept."""
RUN_NAMES = frozenset(
    (
        "BASH_ENV", "ENV", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS4", "PYTHONSTARTUP", "NODE_OPTIONS", "PERL5OPT", "RUBYOPT",
        "LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "ZDOTDIR", "PYTEST_ADDOPTS", "PAGER", "EDITOR", "VISUAL", "LESSOPEN",
    )
)  # fmt: skip
"""Variables whose value runs, or names what runs, in programs that are started later."""
SOURCE_LIMIT = 400
"""Characters of the text an action quotes."""


def walk(script: Script, state: State, stdin: Stream) -> Stream:
    """Everything the script does goes to `state.work`; answers what it would print."""
    if state.depth > DEPTH:
        state.work.actions.append(Action(UNKNOWN, detail="programs are nested too deeply to be followed", via=state.via, certain=False))
        return Stream(None)
    outputs: list[Stream] = []
    for pipeline in script.pipelines:
        if not state.work.spend():
            return Stream(None)
        outputs.append(_pipeline(pipeline, state, stdin))
    return merged(outputs)


def _pipeline(pipeline: Pipeline, state: State, stdin: Stream) -> Stream:
    if len(pipeline.stages) == 1 and not pipeline.background:
        return _stage(pipeline.stages[0], state, stdin)
    for stage in pipeline.stages:
        output = _stage(stage, state.child(), stdin)
        stdin = Stream(output.text, origin=output.origin, data=output.data, path=output.path)
        stdin.pattern, stdin.members, stdin.later = output.pattern, output.members, output.later
    return stdin


def _stage(stage: Simple | Compound, state: State, stdin: Stream) -> Stream:
    try:
        return _simple(stage, state, stdin) if isinstance(stage, Simple) else _compound(stage, state, stdin)
    except Unparsable as trouble:
        state.work.actions.append(Action(UNKNOWN, detail=f"a word that cannot be expanded: {trouble}", via=state.via, certain=False))
        return Stream(None)


def _compound(stage: Compound, state: State, stdin: Stream) -> Stream:
    stdin, outlets = connect(stage.redirects, state, stdin, "", stage.kind)
    return deliver(outlets, _COMPOUNDS[stage.kind](stage, state, stdin), state, "", stage.kind)


def _simple(simple: Simple, state: State, stdin: Stream) -> Stream:
    words = arguments(simple.words, state)
    source = _source(simple)
    program = words[0].text if words else ""
    if not words:
        for name, value in simple.assignments:
            _set(name, value, state, source)
        given, outlets = connect(simple.redirects, state, silence(), "", source)
        return deliver(outlets, given, state, "", source)
    before = _temporarily(simple, state, source)
    stdin, outlets = connect(simple.redirects, state, stdin, program, source)
    output = state.work.run(words, state, stdin, source)
    for name, former in before:
        _restore(name, former, state)
    return deliver(outlets, output, state, program, source)


def _source(simple: Simple) -> str:
    pieces = [f"{name}={word.raw}" for name, word in simple.assignments] + [word.raw for word in simple.words]
    return " ".join(pieces)[:SOURCE_LIMIT]


def _set(name: str, word: Word, state: State, source: str) -> None:
    """An assignment that stays; of an array every element is kept."""
    if len(word.parts) != 1 or word.parts[0].kind != ARRAY:
        assign(name, joined(word, state), state, source)
        return
    elements = arguments(word.parts[0].words, state)
    texts = tuple(element.text for element in elements)
    base = name.removesuffix("+")
    if name.endswith("+"):
        texts = (state.scope.arrays.get(base) or ()) + texts
    first = elements[0] if elements else Argument("")
    whole = Argument(first.text, pattern=any(element.pattern for element in elements), origin=first.origin, data=first.data)
    assign(base, whole, state, source)
    state.scope.arrays[base] = texts if len(texts) <= WORDS_LIMIT else None


def _temporarily(simple: Simple, state: State, source: str) -> list[tuple[str, str | None]]:
    """Assignments in front of a command: set for its time; answers what to put back."""
    before: list[tuple[str, str | None]] = []
    variables = state.scope.variables
    for name, word in simple.assignments:
        value = joined(word, state)
        before.append((name, variables.get(name) if name in variables else "\2"))
        state.exported.add(name)
        assign(name, value, state, source)
    return before


def _restore(name: str, value: str | None, state: State) -> None:
    if value == "\2":
        state.scope.variables.pop(name, None)
        state.exported.discard(name)
    else:
        state.scope.variables[name] = value


def assign(name: str, value: Argument, state: State, source: str = "") -> None:
    """Sets a variable and says so: rules know the names that change how later commands behave."""
    text: str | None = value.text
    if name.endswith("+"):
        name = name[:-1]
        text = (state.scope.variables.get(name) or "") + value.text
    state.scope.variables[name] = None if text is not None and len(text) > VALUE_LIMIT else text
    state.patterns.discard(name)
    if value.pattern:
        state.patterns.add(name)
    (state.computed.add if value.computed else state.computed.discard)(name)
    state.taints.pop(name, None)
    if value.data or value.origin != ORIGIN_LOCAL or value.stream is not None:
        known = value.stream or Stream(value.text)
        state.taints[name] = Stream(known.text, origin=value.origin, data=value.data, path=known.path)
        state.taints[name].later = known.later
    state.work.actions.append(Action(SETTING, verb=name, target=text or "", source=source, via=state.via, certain=value.exact))
    if name in RUN_NAMES and state.depth <= DEPTH:
        load("twelve.factors.guardrails.actions.environment", "follow")(name, value, state)


def _group(stage: Compound, state: State, stdin: Stream) -> Stream:
    return merged([walk(body, state, stdin) for body in stage.bodies])


def _subshell(stage: Compound, state: State, stdin: Stream) -> Stream:
    return _group(stage, state.child(), stdin)


def _branches(stage: Compound, state: State, stdin: Stream) -> Stream:
    """Every body may run; what is true afterwards is what any of them leaves behind."""
    arguments(stage.values, state)
    bodies = stage.bodies
    outputs: list[Stream] = []
    if stage.kind == "if" and bodies:
        outputs.append(walk(bodies[0], state, stdin))
        bodies = bodies[1:]
    start = state.cwds, dict(state.scope.variables)
    ends = [start]
    for body in bodies:
        state.cwds, state.scope.variables = start[0], dict(start[1])
        outputs.append(walk(body, state, stdin))
        ends.append((state.cwds, state.scope.variables))
    state.go(tuple(place for cwds, _ in reversed(ends) for place in cwds))
    state.scope.variables = _either([variables for _, variables in ends], state.scope.variables)
    return Stream(None, data=merged(outputs).data, origin=merged(outputs).origin)


def _either(ends: list[dict[str, str | None]], now: dict[str, str | None]) -> dict[str, str | None]:
    result: dict[str, str | None] = {}
    for name in {name for end in ends for name in end}:
        values = {end[name] for end in ends if name in end}
        result[name] = values.pop() if len(values) == 1 else None
    result["PWD"] = now.get("PWD")
    return result


def _loop(stage: Compound, state: State, stdin: Stream) -> Stream:
    if stage.name:
        return _for(stage, state, stdin)
    arguments(stage.values, state)
    lines = _lines(state, stdin)
    if lines is None or len(lines) > ROUNDS:
        return merged([walk(body, state, stdin) for body in stage.bodies])
    outputs = []
    for line in lines:
        outputs += [walk(body, state, Stream(line + "\n", origin=stdin.origin, data=stdin.data)) for body in stage.bodies]
    return merged(outputs)


def _lines(state: State, stdin: Stream) -> list[str] | None:
    """The lines a `while read` loop walks over, when they are known and there are any."""
    text = stdin.text if stdin.text is None or not stdin.path else state.text_of(stdin)
    return text.rstrip("\n").split("\n") if text else None


def _for(stage: Compound, state: State, stdin: Stream) -> Stream:
    values = [value for word in stage.values for value in _values(word, state)]
    outputs: list[Stream] = []
    for value in values[:ROUNDS]:
        assign(stage.name, value, state)
        outputs += [walk(body, state, stdin) for body in stage.bodies]
    if len(values) > ROUNDS or not values:
        state.scope.variables[stage.name] = None
        outputs += [walk(body, state, stdin) for body in stage.bodies]
    return merged(outputs)


def _values(word: Word, state: State) -> list[Argument]:
    """A pattern in a loop's list stands for its matches, and for itself when there are none to be seen."""
    found: list[Argument] = []
    for value in expanded(word, state):
        places = Invocation("", [], state, silence()).places(value) if value.pattern and state.look else []
        concrete = [place for place in places if not place.glob]
        found += [Argument(place.path) for place in concrete] if 0 < len(concrete) <= ROUNDS else [value]
    return found


def _test(stage: Compound, state: State, _stdin: Stream) -> Stream:
    arguments(stage.values, state)
    return silence()


def _function(stage: Compound, state: State, _stdin: Stream) -> Stream:
    state.functions[stage.name] = stage
    return silence()


_COMPOUNDS = {
    "subshell": _subshell,
    "group": _group,
    "if": _branches,
    "case": _branches,
    "loop": _loop,
    "function": _function,
    "test": _test,
}
