"""From answers to a result. Pure functions over the catalogue: Decimals in, Decimals out, no database, no binary float."""

from mobility.scoring.answers import Answers, AnswersRefused, Problem, ProblemKind
from mobility.scoring.engine import points_for, score, score_goals, score_speed, score_value
from mobility.scoring.result import Result
from mobility.scoring.sitting import Kind, Sitting, kind_of, open_items, score_sitting, tidy

__all__ = [
    "Answers",
    "AnswersRefused",
    "Kind",
    "Problem",
    "ProblemKind",
    "Result",
    "Sitting",
    "kind_of",
    "open_items",
    "points_for",
    "score",
    "score_goals",
    "score_sitting",
    "score_speed",
    "score_value",
    "tidy",
]
