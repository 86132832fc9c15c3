"""Putting a repository under operations, and taking everything back.

Admission test: it plans, writes or removes files of the user's repository that Twelve itself put there.
Plans are values; only `apply` writes, and the manifest is on disk before the first byte of anything else.
"""

from twelve.workflow.install.plan import apply, diff, plan_install, plan_uninstall
from twelve.workflow.install.values import Change, Plan

__all__ = ["Change", "Plan", "apply", "diff", "plan_install", "plan_uninstall"]
