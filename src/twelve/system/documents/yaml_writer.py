"""Plain values as block-style YAML."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from twelve.system.documents.yaml_events import plain


class _Representer(SafeRepresenter):
    """Texts of several lines as literal blocks; no anchors, so equal values never become aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, data: str) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=_style(data))


_OLD_MEANING = re.compile(r"y|yes|n|no|on|off|=|[-+]?\d+(?::\d+)+(?:\.\d*)?", re.IGNORECASE)
"""Plain texts that readers of YAML 1.1 take for a boolean or a number."""


def _style(data: str) -> str | None:
    if _literal(data):
        return "|"
    # Only the double-quoted style writes odd line breaks and invisible characters as escapes.
    if not data.isprintable():
        return '"'
    # The library's own list of what needs quotes is not the reader's: it lets `.0E0` through.
    return "'" if _OLD_MEANING.fullmatch(data) or not isinstance(plain(data), str) else None


def _literal(data: str) -> bool:
    # A literal block cannot carry trailing blanks or odd line ends faithfully.
    lines = data.split("\n")
    return len(lines) > 1 and data[0] not in " \n\t" and all(line == line.rstrip() and (not line or line.isprintable()) for line in lines)


_Representer.add_representer(str, _Representer.represent_text)


def _check_keys(value: Any) -> None:
    if isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str):
                raise TypeError(f"key {key!r} is not text")
            _check_keys(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            _check_keys(member)


def write(value: Any, stream: StringIO) -> None:
    """Write one document without markers; a bare scalar ends with a newline only."""
    _check_keys(value)
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library declares None, its default
    yaml.width = 1 << 30
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(value, text)
    stream.write(text.getvalue().removesuffix("...\n"))
