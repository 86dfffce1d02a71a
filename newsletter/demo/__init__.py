"""Sample subscribers."""

import json
from pathlib import Path

from newsletter.models import Subscriber

FOLDER = Path(__file__).parent
PAGE = "/en/newsletter/"


def load() -> str:
    """Load what is missing; return a line that says what there is."""
    for sample in json.loads((FOLDER / "subscribers.json").read_text(encoding="utf-8")):
        if Subscriber.objects.filter(folded=sample["email"].lower()).exists():
            continue
        subscriber = Subscriber.objects.sign_up(sample["email"], language=sample["language"], page=PAGE)
        if sample["state"] != Subscriber.Status.PENDING:
            subscriber.confirm(page=PAGE)
        if sample["state"] == Subscriber.Status.UNSUBSCRIBED:
            subscriber.unsubscribe(page=PAGE)
    return f"{Subscriber.objects.count()} subscribers, {Subscriber.objects.confirmed().count()} of them confirmed"
