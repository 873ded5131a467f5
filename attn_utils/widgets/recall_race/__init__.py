"""The race of networks that remember a capital."""

from .recall_race import RecallRace

__all__ = ["RecallRace"]
