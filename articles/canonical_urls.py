"""One address for each source, however it was copied: so that two stories which rest on it are found."""

from __future__ import annotations

import re
from posixpath import normpath
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_.-]*[a-z0-9_-]")
_HOST_PREFIX = re.compile(r"^(?:(?:www\d?|m|mobile|wap|amp|touch)\.)+(?=[^.]+\.)")
# Viewers that show another site's AMP page: the page's own address follows.
_VIEWER = re.compile(
    r"^https?://(?:(?:www\.)?google\.[a-z.]+/amp|[^/]+\.cdn\.ampproject\.org/[a-z])/(?P<secure>s/)?(?P<page>[^/]+\..+)$",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$|(?<=.)/amp(?:\.html?)?$|\.amp(?=\.html?$|$)")
# Parameters that say who shared the address and where, never which page it is.
_TRACKING = frozenset(
    [
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "amp",
        "cmpid",
        "dclid",
        "fbclid",
        "from_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "igsh",
        "igshid",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "ncid",
        "ocid",
        "outputtype",
        "ref",
        "ref_src",
        "ref_url",
        "referrer",
        "scm",
        "share_from",
        "share_id",
        "share_source",
        "share_token",
        "smid",
        "spm",
        "ttclid",
        "twclid",
        "vd_source",
        "wbraid",
        "yclid",
    ]
)


def canonical_url(url: str) -> str:
    """Return the address without what varies between copies of it; "" for what is no http address.

    Left out: the scheme's kind, `www.` and mobile or AMP hosts, default ports, user names, fragments, tracking
    parameters, the order of the others, `index.html`, `/amp`, and a slash at the end. Doing it twice changes nothing.
    """
    url = url.strip()
    while viewed := _VIEWER.match(url):
        url = f"https://{viewed['page']}"
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    place = host + (f":{port}" if port and port not in _PORTS.values() else "")
    query = _query(parts.query)
    return f"https://{place}{_path(parts.path)}" + (f"?{query}" if query else "")


def _host(host: str) -> str:
    """The host in the letters of the DNS, without the names of its mobile and AMP twins; "" for what cannot be one."""
    try:
        host = host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return ""
    return _HOST_PREFIX.sub("", host) if _HOST.fullmatch(host) else ""


def _path(path: str) -> str:
    """The path in one spelling: dots resolved, percent signs as few as may be, no slash at its end."""
    path = quote(unquote(path), safe="/~:@!$&'()*+,;=-._")
    path = normpath(f"/{path.lstrip('/')}")
    while (shorter := _LEFT_OUT.sub("", path)) != path:
        path = shorter
    return "" if path == "/" else path.rstrip("/")


def _query(query: str) -> str:
    """The parameters that name the page, sorted."""
    pairs = parse_qsl(query, keep_blank_values=True)
    named = [(name, value) for name, value in pairs if name.lower() not in _TRACKING]
    return urlencode(sorted(pair for pair in named if not pair[0].lower().startswith("utm_")))
