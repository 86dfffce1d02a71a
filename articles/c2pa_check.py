"""A program of its own: it checks the Content Credentials of the picture on standard input, and prints what it found.

The library is native code, and what it parses comes from strangers. In a process of its own a crash, an endless loop
or a manifest that swells harms nobody. Nothing of ours is imported, and nothing is fetched.
"""

import contextlib
import json
import resource
import sys
from io import BytesIO
from typing import Any

MEMORY = 1024**3  # bytes of address space, most of which is the library's own code and its threads' stacks
SECONDS = 5  # of processor time
MOST = 50  # manifests, assertions of each and actions of each that are looked at
OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


def main(kind: str) -> None:
    """Print `state`, `codes` (of the actions) and `generator` as JSON. Ends with another code than 0 for what fails."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(limit, (most, most))
    from c2pa import Context, Reader, Settings

    raw = BytesIO(sys.stdin.buffer.read())
    with Context(Settings.from_dict(OFFLINE)) as context, Reader(kind, raw, context=context) as reader:
        store = json.loads(reader.json())
    manifests = store.get("manifests", {})
    found = {"state": store.get("validation_state"), "codes": codes_of(manifests)}
    json.dump(found | {"generator": generator_of(manifests.get(store.get("active_manifest"), {}))}, sys.stdout)


def codes_of(manifests: dict[str, Any]) -> list[str]:
    """The digital source types of all actions, the ingredients' too."""
    codes = []
    for manifest in list(manifests.values())[:MOST]:
        for assertion in manifest.get("assertions", [])[:MOST]:
            if str(assertion.get("label")).startswith("c2pa.actions"):
                actions = assertion.get("data", {}).get("actions", [])[:MOST]
                codes += [str(action["digitalSourceType"])[:200] for action in actions if "digitalSourceType" in action]
    return codes


def generator_of(manifest: dict[str, Any]) -> str:
    """The program that made the claim: its name, without versions, machines and people."""
    named = [info.get("name") for info in manifest.get("claim_generator_info") or [{}]]
    return str(named[0] or str(manifest.get("claim_generator") or "").split("/")[0])[:200]


if __name__ == "__main__":
    main(sys.argv[1])
