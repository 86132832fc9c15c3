"""What an assertion claims, from its name in whatever framework, and which of two claims is the weaker one."""

from __future__ import annotations

import builtins
import re

from twelve.factors.gates.integrity.cases import Check

STRENGTH = {
    "equal": 6,
    "raises": 5,
    "snapshot": 5,
    "close": 5,
    "called": 4,
    "partial": 4,
    "contains": 3,
    "order": 3,
    "other": 3,
    "none": 2,
    "type": 2,
    "truthy": 1,
    "either": 1,
    "ran": 1,
    "vacuous": 0,
}
"""How much a passing check says about its subject, for checks of the same subject (ours)."""

_STEMS = {
    "equal": "equal equals strictequal strictequals deepequal deepequals deepstrictequal looseequal eq eql eqls deep same is be"
    " listequal dictequal setequal tupleequal countequal multilineequal sequenceequal exactly equalto len length lengthof size"
    " jsoneq yamleq equalvalues equalerror elementsmatch statuscode status type_ notequalto arrayequals iterableequals",
    "close": "almostequal closeto approx approximately within indelta inepsilon near floateq doubleeq relativeeq",
    "contains": "in contain contains include includes containsall containequal match matches regex regexp matchesregex"
    " property hasproperty haskey hasattr startswith endswith containskey containssubset subset string keys members any"
    " containexactly rdatamatch",
    "order": "greater greaterequal less lessequal greaterthan greaterthanorequal lessthan lessthanorequal above below atleast"
    " atmost gt ge lt le gte lte positive negative greaterorequal lessorequal least most",
    "partial": "matchobject objectcontaining arraycontaining like objectmatch jsoncontains",
    "snapshot": "matchsnapshot matchinlinesnapshot snapshot matchfilesnapshot throwerrormatchingsnapshot"
    " throwerrormatchinginlinesnapshot golden goldenfile verifyjson",
    "raises": "raises raisesregex raise throw throws throwerror rejects rejected panics error errorcontains errorregexp erroris"
    " erroras warns warnsregex warn throwsasync throwserror rejectswith throwexactly panicswithvalue logs raiseexception eventuallyrejects",
    "type": "instanceof isinstance typeof istype isa a an issubclass implements instanceoftype kindof",
    "none": "none null nil undefined isnull empty zero",
    "truthy": "true truthy ok that expr expression istrue isok yes pass assert",
    "called": "calledwith calledoncewith hascalls anycall calledtimes callcount calls calledonce calledonceexactly nthcalledwith"
    " lastcalledwith returnedwith calledonlywith calledonceandwith awaitedwith awaitedoncewith",
    "ran": "called defined exist exists returned awaited havebeencalled noerror isdefined noerr notpanics",
    "other": "fail unreachable",
}
_RELATION = {stem: relation for relation, stems in _STEMS.items() for stem in stems.split()}
_NEGATIVE = {
    "false": "truthy",
    "falsy": "truthy",
    "falsey": "truthy",
    "notok": "truthy",
    "isfalse": "truthy",
    "ne": "equal",
    "refute": "truthy",
}
_PREFIX = re.compile(r"^(?:to|assert|expect|should|must|have|has|been|be|is|does|d)(?=.)")
_NOT = re.compile(r"^(?:not|refute|wont)(?=.)")
_BROAD = frozenset(("Exception", "BaseException", "Error", "Throwable", "StandardError"))
_EMPTY = frozenset(("[]", "{}", "()", "''", '""', "0", "set()", "0.0"))


def named(name: str) -> tuple[str, bool]:
    """(relation, negated) of an assertion called `name`; ("other", False) for an unknown one."""
    stem = name.replace("_", "").rstrip("!").lower()
    negated = False
    while stem not in _RELATION and stem not in _NEGATIVE:
        if found := _NOT.match(stem):
            stem, negated = stem[found.end() :], not negated
        elif found := _PREFIX.match(stem):
            stem = stem[found.end() :]
        else:
            return "other", negated
    if stem in _NEGATIVE:
        return _NEGATIVE[stem], not negated
    return _RELATION[stem], negated


def known(name: str) -> bool:
    """Whether `name` is an assertion in some framework's words."""
    return named(name)[0] != "other"


def settled(check: Check) -> tuple[str, str, bool]:
    """(relation, expected, negated) with the several spellings of one claim made the same."""
    low = check.expected.strip().lower()
    if check.relation == "equal" and low in ("true", "false"):
        return "truthy", "", check.negated != (low == "false")
    if check.relation == "equal" and low in ("none", "null", "nil", "undefined"):
        return "none", "", check.negated
    return check.relation, check.expected, check.negated


def strength(check: Check) -> int:
    """Rank of what is claimed; a negation says less than its positive, but `is none` says all there is to say."""
    relation, _expected, negated = settled(check)
    if relation == "none":
        return 1 if negated else 6
    if relation in ("equal", "contains") and negated:
        return 2
    return STRENGTH.get(relation, 3)


def inverted(before: Check, after: Check) -> bool:
    """The opposite is claimed of the same subject."""
    old, new = settled(before), settled(after)
    if old[0] != new[0] or old[2] == new[2]:
        return False
    return old[1] == new[1] or old[0] in ("truthy", "none", "raises")


def weakened(before: Check, after: Check) -> str:
    """How the claim about one subject became weaker; "" when it did not."""
    old, new = settled(before), settled(after)
    if new[0] == "vacuous":
        return "can no longer fail"
    if old[0] == new[0] == "close" and after.tolerance > before.tolerance:
        return f"allows {after.tolerance:g} instead of {before.tolerance:g}"
    if old[0] == new[0] == "raises" and not (old[2] or new[2]):
        return _broader(before.expected, after.expected)
    if old[0] == new[0] == "equal" and old[1].startswith(f"{new[1]},") and new[1]:
        return "looks at less of it"
    if old[0] == new[0] == "called" and before.expected and not after.expected:
        return "no longer names the arguments"
    if _same_claim(before, after) or strength(after) >= strength(before):
        return ""
    if old[0] == new[0]:
        return "" if old[0] in ("truthy", "none") else f"only says {_said(after)} instead of {_said(before)}"
    return f"only says {_said(after)} instead of {_said(before)}"


def _same_claim(before: Check, after: Check) -> bool:
    """`== []` and `not x`, `len(x) == 0` and `not x`: another spelling."""
    old, new = settled(before), settled(after)
    return old[0] == "equal" and new[0] == "truthy" and new[2] and old[1].strip() in _EMPTY


def _said(check: Check) -> str:
    relation, _expected, negated = settled(check)
    return f"{'not ' if negated else ''}{relation}"


def _broader(before: str, after: str) -> str:
    old, old_match = _expected(before)
    new, new_match = _expected(after)
    if old and new and old < new:
        return f"also accepts {', '.join(sorted(new - old))}"
    if old and old != new and (not new or new & _BROAD or _ancestors(old) & new):
        return f"accepts {', '.join(sorted(new)) or 'anything'} instead of {', '.join(sorted(old))}"
    if old == new and old_match and not new_match:
        return "no longer looks at the message"
    return ""


def _expected(text: str) -> tuple[frozenset[str], bool]:
    """Exception names and whether a message is looked at, from `Name, Name; match=...`."""
    classes, _, match = text.partition(";")
    return frozenset(part.strip().rpartition(".")[2] for part in classes.split(",") if part.strip()), bool(match.strip())


def _ancestors(names: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            found |= {above.__name__ for above in kind.__mro__[1:]}
    return frozenset(found)
