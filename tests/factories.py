"""Test objects. Patients are opened through the registration service, so that they have their rows and rights."""

import itertools
from typing import Any

import factory
from django.utils import timezone

from accounts.models import Team, User
from accounts.roles import Role
from accounts.services import sync_lead_groups
from patients import services
from patients.models import Patient

PASSWORD = "correct horse battery staple"  # noqa: S105
_numbers = itertools.count(1)


class TeamFactory(factory.django.DjangoModelFactory[Team]):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user.{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@clinic.example")
    display_name = factory.Sequence(lambda n: f"Person Number {n}")
    role = Role.THERAPIST
    team = factory.SubFactory(TeamFactory)
    approved_at = factory.LazyFunction(timezone.now)
    # Not a hash of anything: tests sign in with force_login unless they test signing in.
    password = "!"  # noqa: S105

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("raw_password", None)
        user = super()._create(model_class, *args, **kwargs)
        if password:
            user.set_password(password)
            user.save()
        sync_lead_groups(account=user)
        return user


def make_patient(therapist: User, *, by: User | None = None, **fields: Any) -> Patient:
    """A registered patient of this therapist."""
    number = next(_numbers)
    details: dict[str, Any] = {
        "patient_id": f"OT-{number:05}",
        "family_name": f"Family{number}",
        "given_names": "Given",
        "date_of_birth": "1950-01-31",
    }
    mobility_status = fields.pop("mobility_status", "assist_1")
    chart_status = fields.pop("chart_status", "active")
    patient = services.register_patient(
        by=by or therapist,
        primary_therapist=therapist,
        mobility_status=mobility_status,
        chart_status=chart_status,
        details=details | fields,
    )
    return Patient.objects.with_people().get(pk=patient.pk)
