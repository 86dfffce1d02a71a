"""What nobody can see in a text, and what of it a language needs all the same.

Left out are control characters, what Unicode calls default-ignorable (UAX #44: marks of direction, zero-width and
filling characters, tags, variation selectors), annotations, halves of characters, and code points that are none. They
disguise a text (`U+202E`), hide another one in it, or make an XML file unreadable. Kept are, where they do their work
and nowhere else:

- the joiner within emoji of several parts; both joiners where RFC 5892, appendix A, has them in a name: between
  Arabic letters (as Persian and Urdu write them), and after the virama of an Indian script;
- the selectors of the form of an emoji, of a Chinese character and of a Mongolian letter;
- the tags that make the flags of England, Scotland and Wales.
"""

from __future__ import annotations

import re

_CONTROL = "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_NONE = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_UNSEEN = f"[{_CONTROL}{_IGNORABLE}{_NONE}]"

_SYMBOLS = "\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_EMOJI = f"[{_SYMBOLS}]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_FLAGS = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls"))
_ARABIC = "\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06df-\u06e8\u06ea-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff"
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NEEDED = "|".join(
    (
        f"{_EMOJI}(?:\u200d{_EMOJI})+",
        f"\U0001f3f4(?:{_FLAGS})\U000e007f",
        f"(?<=[{_ARABIC}])[\u200c\u200d](?=[{_ARABIC}])",
        f"(?<=[{_VIRAMA}])[\u200c\u200d](?=[^\\W\\d_])",
        f"(?<=[#*0-9\u00a9\u00ae{_SYMBOLS}])[\ufe0e\ufe0f]",
        f"(?<=[{_HAN}])[\ufe00-\ufe02\U000e0100-\U000e01ef]",
        "(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f]",
    )
)
_ANY = re.compile(_UNSEEN)
_ALL = re.compile(f"(?P<needed>{_NEEDED})|{_UNSEEN}")


def visible(text: str) -> str:
    """The text without what cannot be seen in it. Doing it twice changes nothing.

    Tabs and line ends stay.
    """
    return _ALL.sub(lambda found: found["needed"] or "", text) if _ANY.search(text) else text
