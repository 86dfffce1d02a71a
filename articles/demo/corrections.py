"""Samples: an article that was corrected, its translation that waits, and an error that a reader reports."""

import hashlib
from datetime import timedelta

from django.utils import timezone

from articles.models import Article, CorrectionRequest
from cms.models import User

CORRECTED = "demo-en-02"
WRONG, RIGHT = "uses half as much salt", "uses a fifth less salt"
WORDS = (
    "An earlier version of this article said that Luo Guifang uses half as much salt in the morning. "
    "She uses a fifth less."
)
REPORTED = {
    "article": "demo-en-06",
    "wrong": "Levelling up cost £21,400 in the first year, on a turnover of a little under a million.",
    "right": "The accounts that the bakery filed give a turnover of £1.1 million for that year.",
    "source_url": "https://example.org/weir-street-bakery/accounts",
    "email": "ledger-reader@example.org",
}


def load() -> None:
    """Load what is missing."""
    system = User.objects.system()
    article = Article.objects.get(external_id=CORRECTED)
    if not article.corrections() and RIGHT in article.body:
        # As if it had been printed wrong: the translation shows what the correction changed.
        Article.objects.filter(pk=article.pk).update(body=article.body.replace(RIGHT, WRONG))
        article.amend(by=system, body=article.body)
        article.correct(by=system, reason=WORDS)
    seed = hashlib.sha256(b"copydesk sample error").hexdigest()[:32]
    if not CorrectionRequest.objects.filter(seed=seed).exists():
        came = timezone.now() - timedelta(hours=7)
        reported = Article.objects.get(external_id=REPORTED["article"])
        fields = {name: value for name, value in REPORTED.items() if name != "article"}
        request = CorrectionRequest(article=reported, seed=seed, created=came, waiting_since=came, **fields)
        request.receive(by=system)
