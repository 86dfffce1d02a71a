"""The models of what contributors send; each lives in a module of its own."""

from submissions.guidelines.models import Chapter, Guidelines, Rule
from submissions.story import Story

__all__ = ["Chapter", "Guidelines", "Rule", "Story"]
