"""From answers to a result. Pure functions over the catalogue: Decimals in, Decimals out, no database, no binary float."""

from mobility.scoring.answers import Answers, AnswersRefused, Problem, ProblemKind
from mobility.scoring.engine import points_for, score, score_goals, score_speed, score_value
from mobility.scoring.result import Result

__all__ = [
    "Answers",
    "AnswersRefused",
    "Problem",
    "ProblemKind",
    "Result",
    "points_for",
    "score",
    "score_goals",
    "score_speed",
    "score_value",
]
