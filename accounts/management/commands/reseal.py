"""`manage.py reseal`: write what is sealed in the database anew under the present SECRET_KEY.

To run after a change of SECRET_KEY, before the earlier key leaves SECRET_KEY_FALLBACKS.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management import BaseCommand
from django.db import transaction

from accounts import sealing
from accounts.models import KeptForm

SEALED = ("secret", "seed")


class Command(BaseCommand):
    help = "Seal secrets in the database anew under the present SECRET_KEY."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        count = lost = 0
        for row in Authenticator.objects.select_for_update():
            names = [name for name in SEALED if name in row.data]
            try:
                row.data |= {name: sealing.seal(sealing.unseal(row.data[name])) for name in names}
            except sealing.Unreadable:
                lost += 1
                continue
            count += bool(names)
            row.save(update_fields=["data"])
        KeptForm.objects.all().delete()  # hours old at most, and of people who are signed out
        if options["verbosity"]:
            self.stdout.write(f"Sealed anew: {count}.")
        if lost:
            self.stderr.write(f"Cannot be opened under any key of SECRET_KEY and SECRET_KEY_FALLBACKS: {lost}.")
