"""What the site's database role may do with each table, worked out from the models, granted and checked.

The site runs as a role that owns nothing: append-only tables and field history take SELECT and INSERT, tracked tables
no DELETE, the chain's own tables SELECT. Nothing is granted by default, so that a new table is closed until `migrate`,
which runs as the owner, has seen its model.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import errors, sql
from simple_history.models import HistoricalChanges

ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")


def site_role() -> str:
    """The role of DATABASE_URL where DATABASE_OWNER_URL names another one; empty where there is but one role."""
    return str(settings.OT_SITE_ROLE["USER"]) if settings.OT_SITE_ROLE else ""


def rights_of(model: Any) -> tuple[str, ...]:
    """What the site may do with a model's table."""
    if rights := getattr(model, "site_rights", None):
        return tuple(rights)
    if issubclass(model, HistoricalChanges):
        return ("SELECT", "INSERT")
    return ALL[:-1] if hasattr(model, "history") else ALL


def rights_by_table() -> dict[str, tuple[str, ...]]:
    """Every table of the site; one that no model has is for reading."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(connection.introspection.table_names(), ("SELECT",))
    found |= {
        model._meta.db_table: rights_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table in found
    }
    caches = [str(cache.get("LOCATION")) for cache in settings.CACHES.values()]
    return found | {name: ALL for name in caches if name in found}


def grant() -> None:
    """Give the site's role its rights, and take away what else it has. As the owner; any number of times."""
    role = sql.Identifier(site_role())
    statements = [
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM {}").format(role),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {}").format(role),
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {}").format(role),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE ALL ON SCHEMA audit_partitions FROM PUBLIC, {}").format(role),
        *(
            sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(", ").join(map(sql.SQL, rights)), sql.Identifier(table), role
            )
            for table, rights in rights_by_table().items()
        ),
        *(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(sql.SQL(name)) for name in _trigger_functions()),
    ]
    with connection.cursor() as cursor:
        if _owns_database(cursor):  # a temporary table could stand in front of a real one
            name = sql.Identifier(connection.settings_dict["NAME"])
            statements.append(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
        cursor.execute(sql.SQL("; ").join(statements).as_string(cursor.connection))


def make_role(*, has_new_password: bool = False) -> bool:
    """Make the role of DATABASE_URL, if the owner may; False where there is none and the owner may not."""
    name, password = sql.Identifier(site_role()), settings.OT_SITE_ROLE.get("PASSWORD") or None
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        may_create = cursor.fetchone()[0]
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [site_role()])
        if cursor.fetchone()[0]:
            if has_new_password and may_create and password:
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password))
                cursor.execute(statement.as_string(cursor.connection))
            return True
        if not may_create:
            return False
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))
        raw = cursor.connection.cursor()
        with cursor.connection.transaction():  # roles are the server's: another database may be making this one
            try:
                with cursor.connection.transaction():
                    raw.execute(statement)
            except (errors.DuplicateObject, errors.UniqueViolation):
                pass
    return True


def after_migrate(verbosity: int = 1, **kwargs: Any) -> None:
    """Grant what new tables need, and add the partitions of the months to come: each `migrate` ends with this."""
    from audit import partitions

    if not partitions.is_there():
        return  # migrated to a state from before
    partitions.add_coming()
    if site_role() and make_role():
        grant()
    elif site_role() and verbosity:
        print(f"There is no role {site_role()}. Make it, then run manage.py grant_rights (docs/audit.md).")  # noqa: T201


def shortcomings() -> list[str]:
    """What the role that asks could do to the append-only tables; empty for the site's role as it should be."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        name, is_super, may_make_roles = cursor.fetchone()
        if is_super:
            return [f"The role {name} is a superuser."]
        if may_make_roles:
            found.append(f"The role {name} may make roles.")
        rights = rights_by_table()
        cursor.execute(_LOOSE, {"closed": [t for t, r in rights.items() if "UPDATE" not in r], "all": list(rights)})
        found += [f"The role {name} owns {table} or may change it." for (table,) in cursor.fetchall()]
        cursor.execute(
            """SELECT count(*) FROM pg_namespace WHERE (nspname = 'public' AND has_schema_privilege(oid, 'CREATE'))
                OR (nspname = 'audit_partitions' AND has_schema_privilege(oid, 'USAGE'))"""
        )
        if cursor.fetchone()[0]:
            found.append(f"The role {name} may make tables, or reach partitions directly.")
    return found + switched_off()


_LOOSE = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relname = ANY(%(all)s) AND (
    pg_has_role(c.relowner, 'MEMBER') OR has_table_privilege(c.oid, 'TRUNCATE') OR has_table_privilege(c.oid, 'TRIGGER')
    OR (c.relname = ANY(%(closed)s) AND (
        has_any_column_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE'))))
ORDER BY 1
"""


def switched_off() -> list[str]:
    """Triggers of append-only tables that somebody has switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT tgname, tgrelid::regclass::text FROM pg_trigger
                WHERE NOT tgisinternal AND tgenabled <> 'O' AND (right(tgname, 12) = '_append_only' OR tgfoid IN
                    (SELECT oid FROM pg_proc WHERE proname IN ('audit_refuse_change', 'audit_link')))"""
        )
        return [f"The trigger {trigger} of {table} is switched off." for trigger, table in cursor.fetchall()]


def _trigger_functions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                AND prorettype = 'trigger'::regtype AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')"""
        )
        return [name for (name,) in cursor.fetchall()]


def _owns_database(cursor: Any) -> bool:
    cursor.execute("SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()")
    return bool(cursor.fetchone()[0])
