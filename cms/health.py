"""What a supervisor asks: does the process live (healthz), can it serve (readyz)?"""

from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.models import Letter, WorkerBeat

WORKER_SILENCE = timedelta(minutes=2)


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated; 503 otherwise. Tells of the worker and of overdue letters."""
    try:
        migrated = cache.get_or_set("migrated", _migrated, 10)
        beat = WorkerBeat.objects.filter(beat__gte=timezone.now() - WORKER_SILENCE).exists()
        waiting = Letter.objects.due().count()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    facts = {"migrated": migrated, "worker": beat, "letters_due": waiting}
    return JsonResponse({"status": "ok" if migrated else "not migrated", **facts}, status=200 if migrated else 503)
