"""Putting a repository under operations, and taking everything back.

Admission test: it plans, writes, checks or removes files of the user's repository that Twelve itself put there.
Plans are values; only `apply` writes, and the manifest or record of a part is on disk before its first byte.
"""

from twelve.workflow.install.carrying import apply
from twelve.workflow.install.difference import diff, label
from twelve.workflow.install.machine import Wish
from twelve.workflow.install.plan import interrupted, plan_install, plan_uninstall, resume
from twelve.workflow.install.tracked import uncommitted
from twelve.workflow.install.upgrading import plan as plan_upgrade
from twelve.workflow.install.values import Change, Plan

__all__ = [
    "Change",
    "Plan",
    "Wish",
    "apply",
    "diff",
    "interrupted",
    "label",
    "plan_install",
    "plan_uninstall",
    "plan_upgrade",
    "resume",
    "uncommitted",
]
