"""The desk's work that can wait."""

from datetime import timedelta

from cms import claims
from cms.worker import job


@job(every=timedelta(minutes=1))
def lapse_claims() -> int:
    """End the claims of people who went away."""
    return claims.lapse_claims()
