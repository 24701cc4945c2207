"""Give the site's database role its rights anew; every migrate ends with the same."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import rights


class Command(BaseCommand):
    help = "Make the role of DATABASE_URL if it is missing, set its password, and grant what the site needs."

    def handle(self, *args: Any, **options: Any) -> None:
        if not rights.site_role():
            raise CommandError("Set DATABASE_URL (the site's role) and DATABASE_OWNER_URL (another one, the owner).")
        if not rights.make_role(has_new_password=True):
            name = rights.site_role()
            raise CommandError(f"There is no role {name}, and the owner may not make it: CREATE ROLE {name} LOGIN …")
        rights.grant()
        self.stdout.write(f"{rights.site_role()} may add to append-only tables, and change the others.")
