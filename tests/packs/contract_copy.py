"""The stored copy of the contract: python -m tests.packs.contract_copy rewrites contract.json.

A breaking change is only written with another contract number, or with --unreleased.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

COPY = Path(__file__).with_name("contract.json")
WORDS = ("description", "default")


def now() -> dict[str, Any]:
    """Return the contract as it is."""
    from powercrud_core.authoring.schema import contract
    from powercrud_core.testing.obligations import obligations

    return json.loads(json.dumps(contract(obligations()), default=str))


def stored() -> dict[str, Any]:
    """Return the contract as it was written down."""
    return json.loads(COPY.read_text())


def additions(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what a newer contract has that packs may leave to plain until they want it."""
    return sorted(facts(new).keys() - facts(old).keys())


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what a pack or a project that fits the old contract may trip over in the new one."""
    was, is_ = facts(old), facts(new)
    gone = [f"gone: {name}" for name in was.keys() - is_.keys()]
    changed = [
        f"changed: {name}, was {was[name]}, is {is_[name]}"
        for name in was.keys() & is_.keys()
        if was[name] != is_[name]
    ]
    needed = [f"{name} has no default" for name in required(new) - required(old)]
    known = {name.rpartition(".")[0] for name in was}
    return sorted([*gone, *changed, *(n for n in needed if n.rpartition(".")[0] in known)])


def facts(contract: dict[str, Any]) -> dict[str, str]:
    """Return everything that the contract promises, by name: fields with types, parts, states."""
    found: dict[str, str] = {}
    for name, schema in objects(contract):
        found[name] = ""
        for field, type_ in schema.get("properties", {}).items():
            bare = {k: v for k, v in type_.items() if k not in WORDS}
            found[f"{name}.{field}"] = json.dumps(bare, sort_keys=True)
        found |= {f"{name} part {part}": "" for part in schema.get("parts", ())}
        found |= {f"{name} state {state}": "" for state in schema.get("states", ())}
        for bundle, names in schema.get("aria", {}).items():
            found |= {f"{name} {bundle} {attribute}": "" for attribute in names}
    return found


def required(contract: dict[str, Any]) -> set[str]:
    return {f"{n}.{f}" for n, schema in objects(contract) for f in schema.get("required", ())}


def objects(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from contract["components"].items()
    yield from contract["$defs"].items()


def main(arguments: list[str]) -> int:
    """Rewrite the copy, or say why not."""
    new = now()
    old = stored() if COPY.is_file() else new
    for name in additions(old, new):
        print(f"new: {name}")
    broken = breaks(old, new)
    print("\n".join(broken))
    if broken and new["contract"] == old["contract"] and "--unreleased" not in arguments:
        print("Breaking: raise CONTRACT, or say --unreleased where no release has this contract.")
        return 1
    COPY.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
