"""What several tests of covers do with an article and its picture."""

from io import BytesIO

from django.urls import reverse

from articles import provenance
from articles.models import Picture
from tests.test_pictures import photograph, saved

TRAINED = "trainedAlgorithmicMedia"


def doubtful(claim="digitalCapture"):
    """A picture whose file leaves no doubt that it is generated, sent as something else."""
    return Picture.objects.take_in(
        BytesIO(saved(photograph((640, 360)), xmp=provenance.xmp_packet(TRAINED))), source_type=claim
    )


def review(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def make(desk, article, move, **fields):
    return desk.post(review(article).replace("change", f"move/{move}"), {"seen": article.version} | fields)


def fields_of(article, **changes):
    day, _space, hour = str(article.published_at or "").partition(" ")
    return {
        "seen": article.version, "headline": article.headline, "dek": article.dek, "byline": article.byline,
        "body": article.body, "language": article.language, "section": article.section_id, "slug": article.slug,
        "published_at_0": day, "published_at_1": hour[:8], "cover": article.cover_id or "",
        "cover_alt": article.cover_alt, "cover_caption": article.cover_caption, "series": str(article.series),
    } | changes  # fmt: skip


def article_editor():
    from cms.models import User

    return User.objects.system()
