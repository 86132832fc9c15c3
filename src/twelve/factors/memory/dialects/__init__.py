"""Commit messages as memory: every form the method uses, read into one shape.

Admission test: a module belongs here when it turns the text of one commit message into data. Looking at
many commits is `history`; refusing a message is a gate. Pure: no git, no files.

Four forms are understood: `twelve` (Context / Solution / Learning / Impact),
`workflow` (What / Why / How / Validation / Factors Applied), `postmortem` (Incident / Root cause / Fix)
and `bullets` (a list and `Factor IV:` lines). Keys may be written `Key:`, `**Key:**`, `**Key**:` or `## Key`.
"""

from __future__ import annotations

from twelve.factors.memory.dialects.message import Dialect as Dialect
from twelve.factors.memory.dialects.message import Exemption as Exemption
from twelve.factors.memory.dialects.message import FactorUse as FactorUse
from twelve.factors.memory.dialects.message import Header as Header
from twelve.factors.memory.dialects.message import Message as Message
from twelve.factors.memory.dialects.parser import clean as clean
from twelve.factors.memory.dialects.parser import exemption as exemption
from twelve.factors.memory.dialects.parser import parse as parse
from twelve.factors.memory.dialects.wording import DEFAULT_TYPES as DEFAULT_TYPES
from twelve.factors.memory.dialects.wording import is_generic_subject as is_generic_subject
from twelve.factors.memory.dialects.wording import is_placeholder as is_placeholder
