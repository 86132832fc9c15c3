"""Finding what keeps an installation from working. `checks` looks, `repairs` mends with a person's consent."""

from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight
from twelve.workflow.install.doctor.checks import CHECKS, look, run

__all__ = ["CHECKS", "Ailment", "Look", "Weight", "look", "run"]
