"""The three providers' answers, streamed or plain, built from one scripted turn."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from kit.modelviews import View
from twelve.factors.agents.harness import Usage

Event = tuple[str, Any]
"""Server-sent event: name ("" = none) and payload."""


class Cut(Exception):  # noqa: N818 - not an error: the script asks for a broken stream here
    """The connection breaks at this point."""


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]


def pause(turn: dict[str, Any]) -> None:
    if gap := turn.get("chunk_delay_ms", 0):
        time.sleep(gap / 1000)


def cut(turn: dict[str, Any]) -> None:
    if turn.get("disconnect") == "mid":
        raise Cut


def says(turn: dict[str, Any]) -> bool:
    return turn.get("text") is not None and bool(turn["text"] or not turn.get("tools"))


def anthropic_message(view: View, n: int, turn: dict[str, Any], use: dict[str, int]) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    if says(turn):
        blocks.append({"type": "text", "text": turn["text"]})
    for i, tool in enumerate(turn.get("tools", [])):
        blocks.append(
            {"type": "tool_use", "id": tool.get("id", f"toolu_fake{n:04d}{i:02d}"), "name": tool["name"], "input": tool.get("input", {})}
        )
    fresh = max(1, use["total"] - use["read"])
    usage = {
        "input_tokens": min(fresh, 4),
        "cache_creation_input_tokens": max(0, fresh - 4),
        "cache_read_input_tokens": use["read"],
        "output_tokens": use["out"],
        "service_tier": "standard",
    }
    usage.update(turn.get("usage", {}))
    return {
        "id": f"msg_fake{n:05d}",
        "type": "message",
        "role": "assistant",
        "model": view.model or "fake-model",
        "content": blocks,
        "stop_reason": turn.get("stop_reason", "tool_use" if turn.get("tools") else "end_turn"),
        "stop_sequence": None,
        "usage": usage,
    }


def anthropic_events(message: dict[str, Any], turn: dict[str, Any]) -> Iterator[Event]:
    first = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    yield "message_start", {"type": "message_start", "message": first}
    yield "ping", {"type": "ping"}
    for i, block in enumerate(message["content"]):
        text = block["type"] == "text"
        start = {"type": "text", "text": ""} if text else {**block, "input": {}}
        yield "content_block_start", {"type": "content_block_start", "index": i, "content_block": start}
        whole = block["text"] if text else json.dumps(block["input"], ensure_ascii=False)
        for part in pieces(whole, int(turn.get("chunk", 24))):
            delta = {"type": "text_delta", "text": part} if text else {"type": "input_json_delta", "partial_json": part}
            yield "content_block_delta", {"type": "content_block_delta", "index": i, "delta": delta}
            pause(turn)
        cut(turn)
        yield "content_block_stop", {"type": "content_block_stop", "index": i}
    end: dict[str, Any] = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": end, "usage": message["usage"]}
    yield "message_stop", {"type": "message_stop"}


def response_items(n: int, turn: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if says(turn):
        content: list[dict[str, Any]] = [{"type": "output_text", "text": turn["text"], "annotations": []}]
        if turn.get("stop_reason") == "refusal":
            content = [{"type": "refusal", "refusal": turn["text"]}]
        items.append({"type": "message", "id": f"msg_{n}", "role": "assistant", "status": "completed", "content": content})
    for i, tool in enumerate(turn.get("tools", [])):
        call = {"call_id": tool.get("id", f"call_fake{n:04d}{i:02d}"), "status": "completed", "name": tool["name"]}
        if tool.get("custom"):
            items.append({"type": "custom_tool_call", "id": f"ctc_{n}_{i}", "input": tool.get("input", ""), **call})
        else:
            items.append({"type": "function_call", "id": f"fc_{n}_{i}", "arguments": json.dumps(tool.get("input", {})), **call})
    return items


def response(view: View, n: int, turn: dict[str, Any], use: dict[str, int]) -> dict[str, Any]:
    usage = {
        "input_tokens": use["total"],
        "input_tokens_details": {"cached_tokens": use["read"]},
        "output_tokens": use["out"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": use["total"] + use["out"],
    }
    usage.update(turn.get("usage", {}))
    head = {"id": f"resp_fake{n:05d}", "object": "response", "created_at": int(time.time()), "model": view.model}
    return {**head, "status": "completed", "output": response_items(n, turn), "usage": usage}


def response_events(done: dict[str, Any], turn: dict[str, Any]) -> Iterator[Event]:
    count = iter(range(1_000_000))

    def event(kind: str, **fields: Any) -> Event:
        return kind, {"type": kind, "sequence_number": next(count), **fields}

    opened = {key: value for key, value in done.items() if key != "usage"}
    yield event("response.created", response={**opened, "status": "in_progress", "output": []})
    for i, item in enumerate(done["output"]):
        at = {"item_id": item["id"], "output_index": i}
        if item["type"] == "message":
            content = item["content"][0]
            yield event("response.output_item.added", output_index=i, item={**item, "status": "in_progress", "content": []})
            if content["type"] == "refusal":
                yield event("response.refusal.done", **at, content_index=0, refusal=content["refusal"])
                yield event("response.output_item.done", output_index=i, item=item)
                continue
            yield event("response.content_part.added", **at, content_index=0, part={**content, "text": ""})
            for part in pieces(content["text"], int(turn.get("chunk", 24))):
                yield event("response.output_text.delta", **at, content_index=0, delta=part)
                pause(turn)
            cut(turn)
            yield event("response.output_text.done", **at, content_index=0, text=content["text"])
        elif item["type"] == "function_call":
            yield event("response.output_item.added", output_index=i, item={**item, "status": "in_progress", "arguments": ""})
            yield event("response.function_call_arguments.done", **at, arguments=item["arguments"])
        else:
            yield event("response.output_item.added", output_index=i, item=item)
        yield event("response.output_item.done", output_index=i, item=item)
    if turn.get("stop_reason") == "content_filter":
        unfinished = {**done, "status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
        yield event("response.incomplete", response=unfinished)
    else:
        yield event("response.completed", response=done)


def gemini_response(view: View, n: int, turn: dict[str, Any], use: dict[str, int]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": turn["text"]}] if says(turn) else []
    for i, tool in enumerate(turn.get("tools", [])):
        call = {"id": tool.get("id", f"fc_{n}_{i}"), "name": tool["name"], "args": tool.get("input", {})}
        parts.append({"functionCall": call, "thoughtSignature": "ZmFrZQ=="})
    usage = {
        "promptTokenCount": use["total"],
        "candidatesTokenCount": use["out"],
        "totalTokenCount": use["total"] + use["out"],
        "cachedContentTokenCount": use["read"],
    }
    usage.update(turn.get("usage", {}))
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": turn.get("stop_reason", "STOP"), "index": 0}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": view.model, "responseId": f"fake{n}"}


def answer(view: View, n: int, turn: dict[str, Any], use: dict[str, int]) -> tuple[dict[str, Any], Iterator[Event]]:
    """The whole answer, and the same as a stream of events."""
    if view.api == "anthropic":
        message = anthropic_message(view, n, turn, use)
        return message, anthropic_events(message, turn)
    if view.api == "responses":
        done = response(view, n, turn, use)
        return done, response_events(done, turn)
    whole = gemini_response(view, n, turn, use)
    return whole, gemini_events(whole, turn)


def gemini_events(whole: dict[str, Any], turn: dict[str, Any]) -> Iterator[Event]:
    if turn.get("disconnect") == "mid":
        unfinished = {**whole["candidates"][0]}
        unfinished.pop("finishReason")
        yield "", {**whole, "candidates": [unfinished]}
        raise Cut
    yield "", whole


def delivered(view: View, whole: dict[str, Any]) -> Usage:
    """The tokens of an answer, each counted in one place only."""
    if view.api == "anthropic":
        row = whole["usage"]
        return Usage(
            input=row["input_tokens"],
            output=row["output_tokens"],
            cache_read=row["cache_read_input_tokens"],
            cache_write=row["cache_creation_input_tokens"],
        )
    if view.api == "responses":
        row, read = whole["usage"], whole["usage"]["input_tokens_details"]["cached_tokens"]
        return Usage(input=row["input_tokens"] - read, output=row["output_tokens"], cache_read=read)
    row, read = whole["usageMetadata"], whole["usageMetadata"]["cachedContentTokenCount"]
    return Usage(input=row["promptTokenCount"] - read, output=row["candidatesTokenCount"], cache_read=read)
