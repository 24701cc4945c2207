"""Every write of scores and assessments. Views, importers and the demo call these."""

from mobility.services.assessments import mark_assessment_in_error, record_assessment, save_assessment
from mobility.services.goals import mark_goals_in_error, record_goals
from mobility.services.scores import mark_in_error, record_score

__all__ = [
    "mark_assessment_in_error",
    "mark_goals_in_error",
    "mark_in_error",
    "record_assessment",
    "record_goals",
    "record_score",
    "save_assessment",
]
