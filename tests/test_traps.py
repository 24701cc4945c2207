"""Traps that sites of this kind fall into, each set once more over all forms at once."""

import logging
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from accounts.models import User
from patients.models import Patient
from tests.clinic import Clinic, sign_in_all
from tests.forms_found import Found, find_forms
from tests.roles import as_site
from tests.test_architecture import OURS

# What a form has no field for, with what somebody would like to be written there.
PLANTED_DAY = "1999-09-09"
FOREIGN = {
    "person": (
        "author", "by", "user", "owner", "actor", "recorded_by", "logged_by", "saved_by", "signed_by", "created_by",
        "added_by", "ended_by", "changed_by", "reviewed_by", "decided_by", "resolved_by", "reopened_by", "asked_by",
        "primary_therapist", "history_user", "entered_in_error_by", "voided_by", "approved_by", "author_id", "user_id",
    ),
    "patient": ("patient", "patient_id", "object_id", "match", "content_object", "holder"),
    "moment": (
        "created_at", "recorded_at", "updated_at", "signed_at", "saved_at", "scored_at", "checked_out_at", "returned_at",
        "ended_at", "decided_at", "reviewed_at", "opened_at", "effective_at", "entered_in_error_at", "approved_at",
        "history_date", "at", "date", "starts_at", "ends_at",
    ),
    "team": ("team", "team_id"),
}  # fmt: skip
# Of these a form posts one: then it is the form's own business, and tested there.
OWN_WAY = ("csrfmiddlewaretoken", "form_token", "next", "version", "draft_version", "do")


@pytest.fixture(autouse=True)
def _quiet(db: None) -> Iterator[None]:
    logging.disable(logging.ERROR)
    with as_site():
        yield
    logging.disable(logging.NOTSET)


def mentions(clinic: Clinic) -> dict[str, int]:
    """Rows by table and column that name the stranger, the other team's patient, that team or the planted day."""
    stranger, other = clinic.people["stranger"], clinic.other.patient
    wanted = {User: f"= {stranger.pk}", Patient: f"= '{other.pk}'", type(other.team): f"= {other.team_id}"}
    parts = []
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)):
        table = model._meta.db_table
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateField):
                asked = f"BETWEEN '{PLANTED_DAY}' AND '1999-09-11'"
            elif field.related_model in wanted:
                asked = wanted[field.related_model]
            else:
                continue
            parts.append(f"SELECT '{table}.{field.column}', count(*) FROM {table} WHERE {field.column} {asked}")  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def test_a_post_sets_nothing_that_its_form_has_no_field_for(clinic: Clinic):
    """Neither who wrote it, nor when, nor whose it is; nor can a hidden field or a choice lead to another's chart."""
    visitors = sign_in_all(clinic)
    values = {"person": clinic.people["stranger"].pk, "patient": clinic.other.patient.pk, "moment": f"{PLANTED_DAY} 09:09",
              "team": clinic.other.patient.team_id}  # fmt: skip
    extra = {name: values[kind] for kind, names in FOREIGN.items() for name in names}
    before, wrong, saved = mentions(clinic), [], 0
    for found in find_forms(clinic, visitors):
        if found.form.action.startswith(("/accounts/", "/account/", "/admin/")):
            continue
        own = found.form.controls
        for fields in (
            {name: value for name, value in extra.items() if name not in own} | found.form.filled(),
            found.form.filled() | {n: clinic.other.ids.get(n, clinic.other.patient.pk) for n in chosen(found)},
        ):
            with transaction.atomic():
                status = visitors[found.who].post(found.form.action, fields).status_code
                after = mentions(clinic)
                transaction.set_rollback(True)
            saved += status == 302
            wrong += [f"{found.name}: {where}" for where in after if after[where] != before[where] and status < 500]
            wrong += [f"{found.name}: {status}"] if status >= 500 else []
    assert saved > 25, "most of what is sent is saved"
    assert not wrong, "\n".join(wrong)


def chosen(found: Found) -> list[str]:
    """Fields of a form that name something else: a person, a score, patients."""
    kinds = {"hidden", "select", "checkbox"}
    return [name for name, control in found.form.controls.items() if control.kind in kinds and name not in OWN_WAY]


def test_a_list_of_the_admin_takes_no_nonsense(clinic: Clinic):
    office = sign_in_all(clinic)["admin"]
    for page in ("/admin/accounts/user/", "/admin/accounts/team/", "/admin/accounts/lockout/"):
        for action in (
            "approve",
            "deactivate",
            "reset_second_factor",
            "unlock",
            "delete_selected",
            "",
            "\x00",
            "x" * 999,
        ):
            for keys in (
                [],
                ["x"],
                ["9" * 40],
                ["-1", "0"],
                ["\x00"],
                ["1' OR '1'='1"],
                ["1", "1"],
                [clinic.own.patient.pk],
            ):
                with transaction.atomic():
                    data = {"action": action, "_selected_action": keys, "index": "\u0661", "select_across": "x"}
                    response = office.post(page, data)
                    transaction.set_rollback(True)
                assert response.status_code < 500, (page, action, keys)
        for charset in ("nonsense", "hex", "utf-7", "utf-16", "idna"):
            kind = f"application/x-www-form-urlencoded; charset={charset}"
            response = office.generic("POST", page, b"action=approve&_selected_action=1", CONTENT_TYPE=kind)
            assert response.status_code < 500, (page, charset)
