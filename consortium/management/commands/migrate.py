"""``migrate``, run by the role that owns the tables; afterwards the portal's role gets what it needs, no more."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import sql

READ_ONLY_TABLES = ["django_migrations"]


class Command(migrate.Command):
    """Migrate as the owner, then grant the portal's role its rights."""

    def add_arguments(self, parser):
        """Let the owner migrate unless another alias is asked for."""
        super().add_arguments(parser)
        if "owner" in settings.DATABASES:
            parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        """Migrate; a plan, a check or a single step back leaves the rights as they are."""
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        portal = settings.DATABASES[DEFAULT_DB_ALIAS]
        granted = grant(connections[options["database"]], portal["USER"], portal["PASSWORD"])
        if options["verbosity"]:
            self.stdout.write(
                f"The role {portal['USER']} may work with {granted} tables and owns none."
                if granted
                else self.style.WARNING(
                    "One role both migrates and works: the audit table is guarded by its trigger only. "
                    "Set DATABASE_OWNER_URL and DATABASE_URL to two different roles."
                )
            )


def grant(connection, role, password=""):
    """Give the role the right to work on every table, to add to append-only ones, to own and empty none.

    Makes the role first where it is missing. Returns the number of tables, 0 when the role is the migrating one.
    Raises CommandError when the role is missing and cannot be made, or is mightier than it may be.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema(), current_database()")
        owner, schema, database = cursor.fetchone()
        if role == owner:
            return 0
        _make_role(cursor, role, password)
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p', 'v')",
            [schema],
        )
        tables = sorted(name for (name,) in cursor.fetchall())
        names = {
            n: sql.Identifier(v) for n, v in (("role", role), ("schema", schema), ("database", database))
        }

        def run(text, **more):
            cursor.execute(sql.SQL(text).format(**names, **more))

        run("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}, PUBLIC")
        run("GRANT USAGE ON SCHEMA {schema} TO {role}")
        run("REVOKE CREATE ON SCHEMA {schema} FROM {role}, PUBLIC")
        # A temporary table is found before ours, and a trigger of one could pass for ours.
        run("REVOKE TEMPORARY, CREATE ON DATABASE {database} FROM {role}, PUBLIC")
        _refuse_temporary(cursor, role, database)
        run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}")
        for table in tables:
            if table in READ_ONLY_TABLES:
                rights = "SELECT"
            elif table in settings.APPEND_ONLY_TABLES:
                rights = "SELECT, INSERT"
            else:
                rights = "SELECT, INSERT, UPDATE, DELETE"
            run(
                "GRANT {rights} ON TABLE {schema}.{table} TO {role}",
                rights=sql.SQL(rights),
                table=sql.Identifier(table),
            )
    return len(tables)


def _refuse_temporary(cursor, role, database):
    cursor.execute("SELECT has_database_privilege(%s, %s, 'TEMPORARY')", [role, database])
    if cursor.fetchone() == (True,):
        raise CommandError(
            f"The role {role} can make temporary tables. Let an administrator type: "
            f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}"
        )


def _make_role(cursor, role, password):
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    if found == (True,):
        raise CommandError(
            f"The role {role} is a superuser: no right can be kept from it. Use another in DATABASE_URL."
        )
    if found:
        return
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() != (True,):
        raise CommandError(
            f"The role {role} does not exist. Let an administrator type: CREATE ROLE {role} LOGIN PASSWORD '…'"
        )
    cursor.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(password or None)
        )
    )
