"""The words of a mail: what its writer wrote just now, without signatures, quoted mail and hard line ends."""

from __future__ import annotations

import re

import nh3

from cms.text import TAGS, clean_html, clean_line, html_of_plain, plain_text
from submissions.mail.parse import Mail

_SIGNATURE = re.compile(r"\n-- ?\n")  # RFC 3676, 4.3
_SIGNATURE_LINES = 12  # what is longer is no signature
_LONG_LINE = 55  # characters; shorter lines were ended by a person
_WRAPPED_AT = 80  # no program wraps at more
_ATTRIBUTION = re.compile(
    r"^(?:On .{5,200}wrote:|Am .{5,200}schrieb.{0,80}:|Le .{5,200}a écrit ?:|.{0,200}(?:写道|写到)[：:])$", re.DOTALL
)
_OTHER_MAIL = re.compile(
    r"^(?:-{2,} ?(?:Original Message|Forwarded message|原始邮件|转发邮件|回复的原邮件) ?-{2,}"
    r"|(?:From|发件人)[:：] ?.+\n(?:.*\n){0,3}?(?:Sent|Date|To|发送时间|收件人|日期)[:：].*)$",
    re.MULTILINE | re.IGNORECASE,
)
_ANSWER_MARK = re.compile(r"^(?:(?:re|fwd?|aw|wg|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)
_QUOTES_OUT = nh3.Cleaner(
    tags={*TAGS, "div"} - {"blockquote"},
    attributes={"a": {"href"}},
    clean_content_tags={"blockquote", "script", "style"},
)
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[^\W\d_]{2,}")
_LINK = re.compile(r"https?://[^\s<>\"'（）()，。、；\u3000]+")


def language_of(text: str) -> str:
    """The language of a text, guessed from its script: "zh-hans" or "en"."""
    sample = text[:20_000]
    return "zh-hans" if len(_CJK.findall(sample)) > len(_LATIN.findall(sample)) else "en"


def links_in(text: str) -> list[str]:
    """The web addresses that a text names, each once, in their order."""
    return list(dict.fromkeys(link.rstrip(".,;:!?") for link in _LINK.findall(text)))


def headline_of(mail: Mail) -> str:
    """The subject without "Re:" and the like; the text's first line where there is no subject."""
    subject = _ANSWER_MARK.sub("", mail.headers.subject)
    first = next((line for line in plain_text(body_of(mail)).splitlines() if line.strip()), "")
    return (subject or clean_line(first))[:255].strip()


def body_of(mail: Mail) -> str:
    """The message as a story's body: sanitised HTML, "" where there is nothing to read.

    Quotes stay: in a story they are its own. Only what follows the mark of a signature goes.
    """
    if mail.text.strip():
        return html_of_plain(_without_signature(_unwrapped(mail.text, flowed=mail.flowed)))
    body = clean_html(_without_head(mail.html))
    return body if plain_text(body).strip() else ""


def answer_of(mail: Mail) -> str:
    """The message as an answer in a conversation: plain text without the mail that it quotes."""
    if not mail.text.strip():
        return plain_text(clean_html(_without_quoted_mail(mail.html)))
    text = mail.text.strip("\n")
    fresh = _without_quotes(_without_signature(_without_other_mail(text)))
    return _unwrapped(fresh or text, flowed=mail.flowed).strip()


def _without_signature(text: str) -> str:
    mark = next(reversed([*_SIGNATURE.finditer(text)]), None)
    if mark is None or not text[: mark.start()].strip():
        return text
    return text if text.count("\n", mark.end()) >= _SIGNATURE_LINES else text[: mark.start()]


def _without_other_mail(text: str) -> str:
    """Cut where a whole other mail follows, as Outlook and many Chinese programs append it."""
    found = _OTHER_MAIL.search(text)
    return text[: found.start()].rstrip("_ \n") if found and text[: found.start()].strip("_ \n") else text


def _without_quotes(text: str) -> str:
    """Drop a quoted mail before or after the answer; where answer and quotes alternate, all of it stays."""
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or lines[-1].startswith(">")):
        lines.pop()
    for count in (1, 2, 3):  # a long attribution is wrapped
        if len(lines) >= count and _ATTRIBUTION.match("\n".join(lines[-count:]).strip()):
            del lines[-count:]
            break
    start = 0
    if lines and (lines[0].startswith(">") or _ATTRIBUTION.match(lines[0].strip())):
        start = next((at for at, line in enumerate(lines) if at and line.strip() and not line.startswith(">")), 0)
    if any(line.startswith(">") for line in lines[start:]):
        start = 0
    return "\n".join(lines[start:]).strip("\n")


def _without_head(html: str) -> str:
    """What stands before the body is not shown: a title would be printed as the first line."""
    return html[max(html.lower().find("<body"), 0) :]


def _without_quoted_mail(html: str) -> str:
    """HTML mail marks quoted mail by blockquotes; they go only if something else stays."""
    html = _without_head(html)
    fresh = _QUOTES_OUT.clean(html)
    return fresh if plain_text(clean_html(fresh)).strip() else html


def _unwrapped(text: str, *, flowed: bool) -> str:
    """Join the lines that a mail program broke: by the rules of RFC 3676 where it says so, else by their lengths."""
    blocks = re.split(r"\n[ \t]*\n", text)
    return "\n\n".join(_flowed(block) if flowed else _joined(block) for block in blocks)


def _flowed(block: str) -> str:
    lines = [line.removeprefix(" ") if line.startswith((" >", " From ", "  ")) else line for line in block.split("\n")]
    return "".join(line if line.endswith(" ") and line != "-- " else line + "\n" for line in lines).rstrip("\n")


def _joined(block: str) -> str:
    """Join a paragraph whose lines, but for the last, are all about as long as a screen."""
    lines = block.split("\n")
    wrapped = len(lines) > 1 and all(_LONG_LINE <= len(line) <= _WRAPPED_AT for line in lines[:-1])
    marked = any(line.startswith((">", "-", "*", "#", " ")) or line == "-- " for line in lines)
    return block if marked or not wrapped else " ".join(line.strip() for line in lines)
