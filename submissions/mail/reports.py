"""A message as a copyright report: what its labelled lines say is put through the form that everybody uses.

A plain letter seldom has every part that a law asks for. 17 USC 512(c)(3)(B)(ii) wants the sender asked for the rest:
the form's errors are the list of it, and a person reads what came.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import translation

from cms import codes
from cms.models import User
from submissions.copyright.forms import MAX_URLS, STATEMENTS, ReportForm, article_at
from submissions.copyright.models import CopyrightReport
from submissions.mail.parse import Mail
from submissions.mail.words import answer_of, language_of, links_in

_LABELS = {
    "work": "your work|work|copyrighted work|作品|你的作品|您的作品",
    "explanation": "explanation|which part|infringement|哪一部分|侵权部分|说明|理由",
    "name": "name|your name|full name|姓名|名称",
    "for_organisation": "organisation|organization|company|on behalf of|机构|单位|公司",
    "address": "address|postal address|地址|邮寄地址|通信地址",
    "phone": "phone|telephone|tel|电话|手机",
    "signature": "signature|signed|/s/|签名|签字",
}
_LABEL_OF = {label: name for name, labels in _LABELS.items() for label in labels.split("|")}
_LABELLED = re.compile(r"^[ \t*]*(/s/|[^\W\d_][^:：\n]{0,30}?)[ \t*]*[:：][ \t]*(.*)$")
_DMCA = re.compile(r"\bDMCA\b|512\(c\)|penalty of perjury", re.IGNORECASE)
_REPORT_FIELDS = (
    "basis", "name", "for_organisation", "email", "address", "phone", "work", "urls", "explanation", "signature",
)  # fmt: skip


def report_form(mail: Mail) -> ReportForm:
    """The form of a copyright report, filled in from a message. Its answer goes to the address in From alone."""
    text = answer_of(mail)
    ours = [link for link in links_in(text)[:MAX_URLS] if article_at(link)]
    data = {
        **_labelled(text),
        "email": mail.headers.sender,
        "urls": "\n".join(ours),
        "basis": "dmca" if _DMCA.search(text) else "dsa",
        **dict.fromkeys(_statements_in(text), "on"),
    }
    data.setdefault("name", mail.headers.name)
    return ReportForm(data)


def receive(form: ReportForm, mail: Mail) -> CopyrightReport:
    """Make a report of a form that is valid; its letter is written with it."""
    statements, sha256 = form.statements()
    made = CopyrightReport(
        **{name: form.cleaned_data[name] for name in _REPORT_FIELDS},
        language=language_of(answer_of(mail)),
        statements=statements,
        statements_sha256=sha256,
        seed=form.seed,
        code_hash=codes.hash_of(codes.code_of(form.seed, use="case")),
    )
    return made.receive(by=User.objects.system(), articles=form.articles)


def _labelled(text: str) -> dict[str, str]:
    """The values behind known labels, to the next label or empty line: the first of each counts."""
    found: dict[str, list[str]] = {}
    present: list[str] | None = None
    for line in text.split("\n"):
        match = _LABELLED.match(line[:2_000])
        name = _LABEL_OF.get(match[1].strip().lower(), "") if match else ""
        if match and name:
            present = found.setdefault(name, []) if name not in found else None
            if present is not None:
                present.append(match[2])
        elif not line.strip():
            present = None
        elif present is not None:
            present.append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items() if "".join(lines).strip()}


def _statements_in(text: str) -> list[str]:
    """The statements of the form that the message makes in their full words, in any of our languages."""
    said = _folded(text)
    made = []
    for name, statement in STATEMENTS.items():
        for language, _label in settings.LANGUAGES:
            with translation.override(language):
                if _folded(str(statement)) in said:
                    made.append(name)
    return list(dict.fromkeys(made))


def _folded(text: str) -> str:
    return "".join(text.split()).rstrip(".。").lower()
