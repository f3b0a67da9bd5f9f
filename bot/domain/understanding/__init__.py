"""Understanding of texts: normalise, put spelling right, find phrases, weigh them."""

from bot.domain.understanding.fuzzy import fuzzy_choice
from bot.domain.understanding.normalise import normalise
from bot.domain.understanding.reader import Reader

__all__ = ["Reader", "fuzzy_choice", "normalise"]
