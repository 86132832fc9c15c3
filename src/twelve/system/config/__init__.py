"""The policy: defaults, `twelve.toml`, `.twelve/local.toml` and the environment, merged and explained.

The last two may only tighten `[guard] [gates] [suites] [approvals] [factors]` and `run.minimum_size`;
`tightening` holds the rule of every key.
"""

from twelve.system.config.explanation import Explanation, explain
from twelve.system.config.loading import LOCAL, TRACKED, Loaded, load, load_text

__all__ = ["LOCAL", "TRACKED", "Explanation", "Loaded", "explain", "load", "load_text"]
