"""`manage.py changepassword`: Django's own, with its event in the audit trail. Sessions of the account end with it."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.models import User
from audit.api import record_event


class Command(changepassword.Command):
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> str | None:
        done = super().handle(*args, **options)
        account = User.objects.get(username=options["username"] or getpass.getuser())
        record_event("account.password_set", by=None, target=account, details={"from": "command line"})
        return done
