#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it starts, or joins, the embedded PostgreSQL of OT_DATA_DIR."""

import os
import sys

from config.database import choose_role, prepare_local_run


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] not in (["version"], ["--version"]):
        prepare_local_run()
        choose_role(next(iter(sys.argv[1:]), ""))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
