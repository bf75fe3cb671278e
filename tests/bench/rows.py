"""Rows for the benchmarks: the demo's tracks, as many as are wanted."""


def grow(wanted: int) -> None:
    """Add tracks like those that are there, until there are so many."""
    from django.core.management.color import no_style
    from django.db import connection

    from store.models import Track

    names = ", ".join(f.column for f in Track._meta.concrete_fields if not f.primary_key)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Track]):
            cursor.execute(statement)
        while (missing := wanted - Track.objects.count()) > 0:
            table = f"INSERT INTO store_track ({names}) SELECT {names} FROM store_track LIMIT"
            cursor.execute(f"{table} {missing}")
        if connection.vendor != "sqlite":
            cursor.execute("VACUUM ANALYZE")
