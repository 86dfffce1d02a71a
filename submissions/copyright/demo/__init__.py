"""Sample copyright reports, and a counter-notice."""

import json
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from articles.models import Article
from cms import codes
from cms.models import User
from submissions.copyright.demo import counter
from submissions.copyright.forms import ASKED, STATEMENTS
from submissions.copyright.models import CopyrightReport
from submissions.demo import seed_of

FOLDER = Path(__file__).parent


def load() -> str:
    """Load what is missing; return a line that says what there is."""
    for number, sample in enumerate(json.loads((FOLDER / "reports.json").read_text(encoding="utf-8"))):
        seed = seed_of(f"report {number}")
        if CopyrightReport.objects.filter(seed=seed).exists():
            continue
        article = Article.objects.get(external_id=sample.pop("article_id"))
        came = timezone.now() - timedelta(hours=5 + 20 * number)
        report = CopyrightReport(
            **sample,
            urls=[article.permalink()],
            statements=[str(STATEMENTS[name]) for name in ASKED[sample["basis"]]],
            seed=seed,
            code_hash=codes.hash_of(codes.code_of(seed, use="case")),
            created=came,
            waiting_since=came,
        )
        report.receive(by=User.objects.system(), articles=[article])
    notices = counter.load()
    return f"{CopyrightReport.objects.count()} copyright reports, {notices}"
