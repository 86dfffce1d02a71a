"""The same pages of the admin beside few rows and beside many: the same queries, and the same time."""

from __future__ import annotations

from tests.bench.house import Findings, House

SAME = 1.5  # times a short table's milliseconds are still "the same time" on a busy machine


def compare(
    house: House, findings: Findings, pages: dict[str, str], rows: str, middle: int, few: dict[str, float], plans: bool
) -> dict[str, float]:
    """Open each page (name -> address, in which `{middle}` stands for a key), as the house's "bench" user.

    `rows` says beside how many it was; `few` are the milliseconds beside few rows, {} the first time. Returns the
    milliseconds of each page. With `plans`, prints how the database goes about it.
    """
    from django.test import Client

    from cms.models import User
    from tests.bench import queries

    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(house.port))
    client.force_login(User.objects.get(username="bench"))
    took = {}
    for what, address in pages.items():
        path = address.format(middle=middle)
        ran, _response = queries.counted(client, path)
        took[what] = queries.milliseconds(client, path)
        allowed = SAME * few.get(what, took[what])
        budget = f"<= {allowed:.0f} ms" if few else ""
        said = f"{took[what]:.0f} ms, {len(ran)} queries"
        findings.add(f"{rows}, {what}", said, budget, took[what] <= allowed)
        if plans:
            print(path, *queries.plans(client, path), sep="\n")
    return took
