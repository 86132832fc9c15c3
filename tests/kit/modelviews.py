"""What a scripted model needs to know of a request, whichever provider's API it came by."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

TEXT_KEYS = ("text", "content", "output", "parts", "functionResponse", "response", "arguments", "thinking", "error", "result", "llmContent")
CALL_ITEMS = ("function_call", "custom_tool_call", "local_shell_call", "reasoning")


def flat_text(content: Any) -> str:
    """All text inside a message's content."""
    if content is None:
        return ""
    if isinstance(content, list):
        return "\n".join(flat_text(part) for part in content)
    if isinstance(content, dict):
        return "\n".join(filter(None, (flat_text(content[key]) for key in TEXT_KEYS if key in content)))
    return str(content)


def estimate(value: Any) -> int:
    """Four characters a token: good enough for usage that only has to move plausibly."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return max(1, (len(text) + 3) // 4)


@dataclass
class View:
    """One request, reduced to the parts a scenario may look at."""

    api: str
    body: dict[str, Any]
    model: str = ""
    stream: bool = False
    tools: list[str] = field(default_factory=list)
    system: str = ""
    first_user: str = ""
    last: str = ""
    tail: str = ""
    side: bool = False
    """A call of the client's own (title, quota, router): it offers no tools."""

    def where(self, place: str) -> str:
        match place:
            case "system":
                return self.system
            case "tail":
                return self.tail or self.last
            case "first_user":
                return self.first_user
            case "all":
                return json.dumps(self.body, ensure_ascii=False)
        return self.last


def anthropic(body: dict[str, Any]) -> View:
    messages = body.get("messages") or []
    users = [m for m in messages if m.get("role") == "user"]
    last: list[str] = []
    tail: list[str] = []
    for message in reversed(messages):
        if message.get("role") == "assistant":
            break
        # system messages in mid-conversation carry listings and hook context, so they count only for "tail"
        tail.append(flat_text(message.get("content")))
        if message.get("role") == "user":
            last.append(tail[-1])
    tools = [str(tool.get("name", tool.get("type", "?"))) for tool in body.get("tools") or []]
    return View(
        api="anthropic",
        body=body,
        model=str(body.get("model", "")),
        stream=bool(body.get("stream")),
        tools=tools,
        system=flat_text(body.get("system")),
        first_user=flat_text(users[0].get("content")) if users else "",
        last="\n".join(reversed(last)),
        tail="\n".join(reversed(tail)),
        side=not tools or body.get("max_tokens") == 1,
    )


def responses(body: dict[str, Any]) -> View:
    items = body.get("input") or []
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    last: list[str] = []
    for item in reversed(items):
        if item.get("role") == "assistant" or item.get("type") in CALL_ITEMS:
            break
        last.append(flat_text(item.get("content") if "content" in item else item.get("output")))
    tools = [str(tool.get("name", tool.get("type", "?"))) for tool in body.get("tools") or []]
    return View(
        api="responses",
        body=body,
        model=str(body.get("model", "")),
        stream=bool(body.get("stream")),
        tools=tools,
        system=flat_text(body.get("instructions")),
        first_user="\n".join(flat_text(i.get("content")) for i in items if i.get("role") == "user"),
        last="\n".join(reversed(last)),
        side=not tools and not any(i.get("type") == "additional_tools" for i in items),
    )


def gemini(body: dict[str, Any], path: str) -> View:
    found = re.search(r"/models/([^:/]+):(\w+)", path)
    contents = body.get("contents") or []
    users = [c for c in contents if c.get("role", "user") == "user"]
    last: list[str] = []
    for content in reversed(contents):
        if content.get("role") == "model":
            break
        last.append(flat_text(content.get("parts")) or json.dumps(content.get("parts"), ensure_ascii=False))
    tools = [str(d.get("name", "?")) for tool in body.get("tools") or [] for d in tool.get("functionDeclarations") or []]
    return View(
        api="gemini",
        body=body,
        model=found.group(1) if found else "",
        stream=bool(found and found.group(2) == "streamGenerateContent"),
        tools=tools,
        system=flat_text(body.get("systemInstruction")),
        first_user=flat_text(users[0].get("parts")) if users else "",
        last="\n".join(reversed(last)),
        side=not tools,
    )


def view(path: str, body: dict[str, Any]) -> View | None:
    """The request as a model request, or None for any other call."""
    if path.endswith("/messages"):
        return anthropic(body)
    if path.endswith("/responses"):
        return responses(body)
    if re.search(r":(stream)?[gG]enerateContent$", path):
        return gemini(body, path)
    return None
