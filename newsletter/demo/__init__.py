"""Sample subscribers, an issue that is being written, and one that waits for approval."""

import json
from pathlib import Path

from articles.models import Article
from cms.models import User
from newsletter.models import Issue, IssueArticle, Subscriber

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
    issues = _load_issues()
    confirmed = Subscriber.objects.confirmed().count()
    return f"{Subscriber.objects.count()} subscribers, {confirmed} of them confirmed; {issues} newsletter issues"


def _load_issues() -> int:
    """Write the sample issues that are missing, from the newest articles; return how many issues there are."""
    system = User.objects.system()
    for sample in json.loads((FOLDER / "issues.json").read_text(encoding="utf-8")):
        number, state = sample.pop("articles"), sample.pop("state")
        if Issue.objects.filter(slug=sample["slug"], language=sample["language"]).exists():
            continue
        issue = Issue(**sample, status=Issue.Status.DRAFT).enter(by=system, move="draft")
        articles = Article.objects.published().in_language(issue.language).newest_first()[:number]
        for position, article in enumerate(articles, 1):
            IssueArticle.objects.create(issue=issue, article=article, position=position)
        if state == Issue.Status.WAITING:
            issue.submit(by=system)
    return Issue.objects.count()
