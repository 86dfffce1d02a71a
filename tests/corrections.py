"""What several tests of corrections do: an item is opened, moved, and edited as the admin's form would."""

from django.urls import reverse

from tests.factories import make_section

WORDS = "An earlier version said that three lines run all night. There are four."


def review(item):
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])


def make(browser, item, move, **fields):
    address = review(item).replace("change", f"move/{move}")
    return browser.post(address, {"seen": item.version} | fields)


def texts(article, **changes):
    """What the admin's form of a published article posts where nothing is changed."""
    time = article.published_at
    return {
        "seen": article.version, "headline": article.headline, "dek": article.dek, "byline": article.byline,
        "body": article.body, "section": make_section().pk, "cover_alt": "", "series": article.series,
        "published_at_0": time.strftime("%Y-%m-%d"), "published_at_1": time.strftime("%H:%M:%S"), "_continue": "1",
    } | changes  # fmt: skip
