"""Sample messages that wait on the desk: one that no rule could place, one that came through a list."""

from __future__ import annotations

from email.message import EmailMessage

from django.conf import settings

from submissions.mail.intake import take
from submissions.mail.models import ReceivedMail

_ENGLISH = """\
Dear desk,

I run the lost-property office of a railway with eleven stations. Each spring we sell what nobody has asked for.
This year we did something else: we wrote to the makers of 212 umbrellas and asked what a repair costs.

Nine answered. A spoke costs less than the postage. We bought a box of spokes, asked two pensioners who once
mended bicycles, and by May 140 umbrellas stood at the stations, free to borrow. Ninety-one came back.

I have kept the figures by station and by week, and can send them.

Odile Marchetti
"""
_CHINESE = """\
各位编辑：

我在县气象站管雨量筒，管了二十三年。去年站里换了自动设备，我照旧每天早上八点去看一眼旧筒，把数抄在本子上。

三个月下来，两边差得最多的是四月十七日：自动设备记了零，旧筒里有十一毫米。师傅拆开一看，翻斗里住着一窝蜘蛛。

现在站里规定每周清一次翻斗，我那本子也成了正式的校核记录。附近三个县来问过做法。

骆平
"""
_SAMPLES: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("en", "Ninety-one umbrellas came back", "Odile Marchetti <odile.marchetti@example.org>", _ENGLISH, {}),
    ("zh-hans", "雨量筒里的蜘蛛", "骆平 <luo.ping@example.org>", _CHINESE, {"List-Id": "<readers.example.org>"}),
)


def load() -> str:
    """Take what is missing, as a mail server would hand it over; return a line that says what there is."""
    stories = settings.MAIL_STORIES or "stories@example.org"
    for language, subject, sender, text, more in _SAMPLES:
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = sender, stories, subject
        made["Message-ID"] = f"<sample-{language}@example.org>"
        made["Precedence"] = "list"  # so that no letter goes out: the addresses are nobody's
        for name, value in more.items():
            made[name] = value
        made.set_content(text)
        take(made.as_bytes(), recipient=stories)
    return f"{ReceivedMail.objects.waiting().count()} messages waiting"
