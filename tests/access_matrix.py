"""Who gets what: every route of the site as every role. THE table; tests/test_access_matrix.py walks it.

A new route needs a row here, and what its address names a number in tests/clinic.py. Left: its name, and what is
answered to a page asked for (GET, HEAD) and to an empty form sent (POST) by who is let in; 405 for a method that it
does not take. Right: who is let in.

    T therapist   primary therapist of the own patient, author of everything on the chart
    L lead        of that patient's team
    A assistant, O observer, both on the care team
    U auditor, D administrator
    X superuser   who is no administrator, but a therapist and on the care team
    W waiting     a therapist on the care team whose approval was taken back
    S signed out  or switched off while signed in

    +     let in
    .     404, word for word as for an id that nobody has
    403   may see the chart, but not do this with it
    !     403 because somebody else wrote it; the same of another patient's is 404
    w     led to the page that says to wait
    s     led to sign-in
    302   another answer than the left says
    404*  HEAD is 405: a page that is shown once is not used up by it

`others`: the roles that are let in to what has to do with the other team alike (an emergency, an item); to everybody
else it is what nobody has. So is another patient's chart, and a part of it under the own patient's address.
Every other method is 405.
"""

from dataclasses import dataclass

ROLES = {
    "T": "therapist", "L": "lead", "A": "assistant", "O": "observer", "U": "auditor", "D": "admin", "X": "superuser",
    "W": "awaiting", "S": "nobody",
}  # fmt: skip

TABLE = """
                                        GET POST   T   L   A   O   U   D   X   W   S   others

# A patient's chart
patients:show_chart                     200 405    +   +   +   +   .   .   .   w   s
patients:show_as_of                     200 405    +   +   +   +   .   .   .   w   s
patients:show_known                     200 405    +   +   +   +   .   .   .   w   s
patients:edit_patient                   200 422    +   +   403 403 .   .   .   w   s
patients:change_status                  200 422    +   +   403 403 .   .   .   w   s
patients:change_chart_status            200 422    +   +   403 403 .   .   .   w   s
patients:add_member                     200 422    +   +   403 403 .   .   .   w   s
patients:end_membership                 200 302    +   +   403 403 .   .   .   w   s
patients:hand_over                      200 422    403 +   403 403 .   .   .   w   s
patients:end_emergency                  405 302    +   +   +   +   .   .   .   w   s
audit:show_history                      200 405    +   +   +   +   .   .   .   w   s
audit:show_who_looked                   200 405    403 +   403 403 .   .   .   w   s
mobility:show_scores                    200 405    +   +   +   +   .   .   .   w   s
mobility:show_score                     200 405    +   +   +   +   .   .   .   w   s
interchange:export_scores               200 405    +   +   +   +   .   .   .   w   s
mobility:export_scores                  200 405    +   +   +   +   .   .   .   w   s
mobility:record_score                   200 422    +   +   +   403 .   .   .   w   s
mobility:mark_in_error                  200 422    +   +   !   403 .   .   .   w   s
mobility:assess                         200 422    +   +   +   403 .   .   .   w   s
mobility:show_assessment                200 405    +   +   +   +   .   .   .   w   s
mobility:continue_assessment            200 422    +   +   +   403 .   .   .   w   s
mobility:mark_assessment_in_error       200 422    +   +   !   403 .   .   .   w   s
mobility:dismiss_suggestion             405 302    +   +   403 403 .   .   .   w   s
mobility:mark_goals_in_error            200 422    +   +   !   403 .   .   .   w   s
mobility:show_plan                      200 405    +   +   +   +   .   .   .   w   s
mobility:plan_measure                   200 422    +   +   403 403 .   .   .   w   s
mobility:undo_plan                      405 302    +   +   403 403 .   .   .   w   s
equipment:show_custody                  200 405    +   +   +   +   .   .   .   w   s
equipment:check_out                     200 422    +   +   +   403 .   .   .   w   s
equipment:return_item                   200 422    +   +   +   403 .   .   .   w   s
equipment:mark_lost                     200 422    +   +   +   403 .   .   .   w   s
equipment:change_due_date               200 422    +   +   +   403 .   .   .   w   s
equipment:void_entry                    200 422    +   +   +   403 .   .   .   w   s
sessions_notes:list_notes               200 405    +   +   +   +   .   .   .   w   s
sessions_notes:show_note                200 405    +   +   +   +   .   .   .   w   s
sessions_notes:show_versions            200 405    +   +   +   +   .   .   .   w   s
sessions_notes:write_note               200 422    +   +   +   403 .   .   .   w   s
sessions_notes:autosave(patient_id)     405 200    +   +   +   403 .   .   .   w   s
sessions_notes:edit_note                200 422    +   +   !   403 .   .   .   w   s
sessions_notes:autosave(note_id)        405 200    +   +   !   403 .   .   .   w   s
sessions_notes:continue_draft           200 405    +   .   .   403 .   .   .   w   s
sessions_notes:discard_draft            200 302    +   .   .   403 .   .   .   w   s
sessions_notes:mark_in_error            200 422    +   +   !   403 .   .   .   w   s
sessions_notes:resolve_follow_up        200 302    +   +   +   403 .   .   .   w   s
sessions_notes:reopen_follow_up         200 422    +   +   +   403 .   .   .   w   s

# A patient's requests to amend the record; the chart's has been received, no more
amendments:list_requests                200 405    +   +   +   +   .   .   .   w   s
amendments:record_request               200 422    +   +   +   403 .   .   .   w   s
amendments:show_request                 200 405    +   +   +   +   .   .   .   w   s
amendments:show_letter                  302 405    +   +   +   +   .   .   .   w   s
amendments:extend_request               200 422    403 +   403 403 .   .   .   w   s
amendments:decide_request               200 422    403 +   403 403 .   .   .   w   s
amendments:record_told                  302 422    +   +   403 403 .   .   .   w   s
amendments:add_statement                302 422    +   +   +   403 .   .   .   w   s
amendments:add_rebuttal                 302 422    +   +   403 403 .   .   .   w   s
amendments:list_open                    200 405    +   +   .   .   +   .   .   w   s

# Several patients
patients:list_caseload                  200 302    +   +   +   +   .   .   .   w   s
patients:find_patient                   405 302    +   +   +   +   .   .   .   w   s
patients:register_patient               200 422    +   +   .   .   .   .   .   w   s
patients:hand_over_many                 302 302    .   +   .   .   .   .   .   w   s
patients:list_registrations             200 405    .   +   .   .   .   .   .   w   s
patients:decide_registration            200 422    .   +   .   .   .   .   .   w   s
patients:list_access_requests           200 405    +   +   .   .   .   .   .   w   s
patients:request_access                 405 422    +   +   +   +   .   .   .   w   s
patients:decide_access                  200 422    +   +   .   .   .   .   .   w   s
patients:list_emergencies               200 405    +   +   .   .   +   .   .   w   s
patients:open_emergency                 200 422    +   +   .   .   .   .   .   w   s
patients:review_emergency               200 422    .   +   .   .   +   .   .   w   s   U
audit:list_status_history               200 405    .   +   .   .   +   .   .   w   s
audit:list_events                       200 302    .   +   .   .   +   .   .   w   s
audit:export_events                     200 405    .   +   .   .   +   .   .   w   s
audit:show_looks                        200 405    .   +   .   .   +   .   .   w   s   U
audit:print_looks                       200 405    .   +   .   .   +   .   .   w   s   U
dashboards:show_dashboard               200 405    .   +   .   .   .   .   .   w   s
mobility:list_team_measures             200 405    .   +   .   .   .   .   .   w   s

# What is known of each outcome measure
mobility:list_measures                  200 405    +   +   +   +   +   +   .   w   s
mobility:show_measure                   200 405    +   +   +   +   +   +   .   w   s
mobility:preview_total                  405 200    +   +   +   .   .   .   .   w   s

# The register of equipment
equipment:list_items                    200 302    +   +   +   +   .   .   .   w   s
equipment:show_item                     200 405    +   +   +   +   .   .   .   w   s   TLAO
equipment:register_item                 200 422    +   +   +   .   .   .   .   w   s
equipment:edit_item                     200 422    +   +   +   .   .   .   .   w   s   TLA
equipment:send_to_repair                200 422    +   +   +   .   .   .   .   w   s   TLA
equipment:mark_item_lost                200 422    +   +   +   .   .   .   .   w   s   TLA
equipment:retire_item                   200 422    +   +   +   .   .   .   .   w   s   TLA
equipment:return_to_stock               200 422    +   +   +   .   .   .   .   w   s   TLA
equipment:void_item_entry               200 422    +   +   +   .   .   .   .   w   s   TLA

# One's own account
home                                    302 405    +   +   +   +   +   +   +   +   s
awaiting_approval                       302 405    +   +   +   +   +   +   +   200 s
show_account                            200 200    +   +   +   +   +   +   +   +   s
account_change_password                 200 422    +   +   +   +   +   +   +   +   s
list_sessions                           200 405    +   +   +   +   +   +   +   +   s
end_sessions                            405 302    +   +   +   +   +   +   +   +   s
discard_kept                            405 302    +   +   +   +   +   +   +   +   s
account_reauthenticate                  200 422    +   +   +   +   +   +   +   +   s
mfa_reauthenticate                      302 302    +   +   +   +   +   +   +   +   s
mfa_reauthenticate_webauthn             302 302    +   +   +   +   +   +   +   +   s
mfa_index                               200 405    +   +   +   +   +   +   +   +   s
mfa_activate_totp                       200 422    +   +   +   +   +   +   +   +   s
mfa_deactivate_totp                     404 404    +   +   +   +   +   +   +   +   s
mfa_add_webauthn                        200 422    +   +   +   +   +   +   +   +   s
mfa_remove_webauthn                     404 404    +   +   +   +   +   +   +   +   s
mfa_view_recovery_codes                 404* 405   +   +   +   +   +   +   +   +   s
mfa_generate_recovery_codes             200 422    +   +   +   +   +   +   +   +   s

# The entrance
account_login                           200 422    302 302 302 302 302 302 302 302 +
account_signup                          200 422    302 302 302 302 302 302 302 302 +
account_logout                          200 302    +   +   +   +   +   +   +   +   302
mfa_authenticate                        302 302    +   +   +   +   +   +   +   +   +
account_inactive                        200 405    +   +   +   +   +   +   +   +   +
account_reset_password                  200 422    +   +   +   +   +   +   +   +   +
account_reset_password_done             200 405    +   +   +   +   +   +   +   +   +
account_reset_password_from_key         200 200    +   +   +   +   +   +   +   +   +
account_reset_password_from_key_done    200 405    +   +   +   +   +   +   +   +   +
account_time_left                       204 405    +   +   +   +   +   +   +   +   +
account_keep_form                       405 204    +   +   +   +   +   +   +   +   403

# Django admin
admin:index                             200 200    .   .   .   .   .   +   .   w   s
admin:login                             302 302    .   .   .   .   .   +   .   w   s
admin:logout                            302 302    .   .   .   .   .   +   .   w   s
admin:password_change                   302 302    .   .   .   .   .   +   .   w   s
admin:password_change_done              302 302    .   .   .   .   .   +   .   w   s
admin:autocomplete                      403 405    .   .   .   .   .   +   .   w   s
admin:jsi18n                            200 405    .   .   .   .   .   +   .   w   s
admin:app_list                          200 200    .   .   .   .   .   +   .   w   s
admin:auth_user_password_change         200 200    .   .   .   .   .   +   .   w   s
admin:accounts_user_changelist          200 200    .   .   .   .   .   +   .   w   s
admin:accounts_user_add                 200 422    .   .   .   .   .   +   .   w   s
admin:accounts_user_change              200 422    .   .   .   .   .   +   .   w   s
admin:accounts_user_history             200 200    .   .   .   .   .   +   .   w   s
admin:accounts_user_delete              403 403    .   .   .   .   .   +   .   w   s
admin:accounts_team_changelist          200 200    .   .   .   .   .   +   .   w   s
admin:accounts_team_add                 200 422    .   .   .   .   .   +   .   w   s
admin:accounts_team_change              200 422    .   .   .   .   .   +   .   w   s
admin:accounts_team_history             200 200    .   .   .   .   .   +   .   w   s
admin:accounts_team_delete              403 403    .   .   .   .   .   +   .   w   s
admin:accounts_lockout_changelist       200 200    .   .   .   .   .   +   .   w   s
admin:accounts_lockout_add              403 403    .   .   .   .   .   +   .   w   s
admin:accounts_lockout_change           302 403    .   .   .   .   .   +   .   w   s
admin:accounts_lockout_history          302 302    .   .   .   .   .   +   .   w   s
admin:accounts_lockout_delete           403 403    .   .   .   .   .   +   .   w   s
admin:mobility_teammeasure_changelist   200 200    .   .   .   .   .   +   .   w   s
admin:mobility_teammeasure_add          200 422    .   .   .   .   .   +   .   w   s
admin:mobility_teammeasure_change       200 422    .   .   .   .   .   +   .   w   s
admin:mobility_teammeasure_history      200 200    .   .   .   .   .   +   .   w   s
admin:mobility_teammeasure_delete       403 403    .   .   .   .   .   +   .   w   s
admin:None(object_id)                   302 302    .   .   .   .   .   +   .   w   s
admin:None(url)                         404 404    .   .   .   .   .   +   .   w   s
"""


@dataclass(frozen=True)
class Row:
    """A line of the table: what it answers, and each role's cell by the role's name."""

    get: int
    post: int
    head: int
    cells: dict[str, str]
    others: frozenset[str]

    def answer(self, method: str) -> int:
        """What is answered to who is let in."""
        return {"get": self.get, "head": self.head, "post": self.post}.get(method, 405)


def _read(key: str, get: str, post: str, *rest: str) -> Row:
    cells = dict(zip(ROLES.values(), rest, strict=False))
    assert len(cells) == len(ROLES), f"{key}: a cell is missing"
    others = rest[len(ROLES)] if len(rest) > len(ROLES) else ""
    return Row(
        int(get.strip("*")),
        int(post),
        405 if "*" in get else int(get),
        cells,
        frozenset(ROLES[letter] for letter in others),
    )


LINES = [line.split() for line in TABLE.splitlines() if line.strip() and not line.startswith(("#", " "))]
MATRIX = {key: _read(key, *rest) for key, *rest in LINES}
