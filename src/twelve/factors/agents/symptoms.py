"""What an error text or HTTP status means for a turn, whichever client printed it."""

from __future__ import annotations

import re

from twelve.factors.agents.harness import TurnStatus

HTTP: dict[int, TurnStatus] = {
    401: TurnStatus.BAD_CREDENTIALS,
    402: TurnStatus.RATE_LIMITED,
    403: TurnStatus.BAD_CREDENTIALS,
    408: TurnStatus.UNREACHABLE,
    429: TurnStatus.RATE_LIMITED,
    500: TurnStatus.OVERLOADED,
    502: TurnStatus.OVERLOADED,
    503: TurnStatus.OVERLOADED,
    504: TurnStatus.OVERLOADED,
    529: TurnStatus.OVERLOADED,
}
"""402 is a spent quota: it lifts by itself like a rate limit, while retrying with the same key is allowed."""

_STATUS = re.compile(r"(?:status|api error|\bcode|\bhttp)\W{0,12}(?:code\W{0,4})?([45]\d\d)\b", re.IGNORECASE)
_WORDS: tuple[tuple[re.Pattern[str], TurnStatus], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), status)
    for pattern, status in (
        (
            (
                r"invalid (?:x-)?api[ _-]?key|api key not valid|authentication[ _](?:error|failed|required)|unauthorized|not logged in"
                r"|please run /login|credit balance is too low|permission_error|must specify .{0,40}api_key|set an auth method"
                r"|missing environment variable|oauth token (?:has expired|revoked)"
            ),
            TurnStatus.BAD_CREDENTIALS,
        ),
        (r"rate[ _-]?limit|too many requests|quota|resource_exhausted|usage limit", TurnStatus.RATE_LIMITED),
        (r"overloaded|service unavailable|\bunavailable\b|high demand|internal server error|at capacity", TurnStatus.OVERLOADED),
        (r"refus(?:al|ed to answer)|content[_ ]filter|usage polic|safety|prohibited_content|blocklist", TurnStatus.REFUSED),
        (
            (
                r"stream (?:disconnected|closed|ended|error)|error decoding response body|incomplete (?:stream|response|json)"
                r"|premature close|api error: terminated|connection closed mid-response"
            ),
            TurnStatus.BROKEN_STREAM,
        ),
        (
            (
                r"econnrefused|econnreset|enotfound|etimedout|connection (?:refused|reset|error)|error sending request|fetch failed"
                r"|dns error|unable to connect|socket hang up|request timed out|network error"
            ),
            TurnStatus.UNREACHABLE,
        ),
        (r"empty response|no text or thoughts", TurnStatus.EMPTY),
        (r"loop detected|maximum (?:number of )?(?:session )?turns|max[_ ](?:session[_ ])?turns", TurnStatus.MAX_TURNS),
    )
)
_UNREACHABLE_FIRST = re.compile(r"error sending request|connection refused", re.IGNORECASE)
LOOK_AT = 20_000
"""Characters of an error text that are examined; its end says most."""


def from_status(status: object) -> TurnStatus | None:
    """The meaning of an HTTP status, None for success and for those that say nothing about a remedy."""
    return HTTP.get(status) if isinstance(status, int) else None


def from_text(text: str) -> TurnStatus:
    """The meaning of an error text; FAILED when it has no known one."""
    text = text[-LOOK_AT:]
    for found in reversed(_STATUS.findall(text)):
        if status := from_status(int(found)):
            return status
    if _UNREACHABLE_FIRST.search(text):
        return TurnStatus.UNREACHABLE
    return next((status for pattern, status in _WORDS if pattern.search(text)), TurnStatus.FAILED)
