"""minimum_rust.py METADATA: no dependency may ask for a newer Rust than our `rust-version`. METADATA: output of `cargo metadata`."""

import json
import sys


def version(text):
    """`1.88` is `1.88.0`."""
    parts = [int(part) for part in text.split(".")]
    return tuple(parts + [0] * (3 - len(parts)))


with open(sys.argv[1]) as file:
    metadata = json.load(file)
members = set(metadata["workspace_members"])
ours = {package["rust_version"] for package in metadata["packages"] if package["id"] in members}
if len(ours) != 1 or None in ours:
    sys.exit(f"our crates do not agree on one rust-version: {ours}")
(ours,) = ours
newer = [
    f"{package['name']} {package['version']} asks for Rust {package['rust_version']}"
    for package in metadata["packages"]
    if package["rust_version"] and version(package["rust_version"]) > version(ours)
]
print("\n".join(newer) if newer else f"no dependency asks for more than Rust {ours} ({len(metadata['packages'])} packages)")
sys.exit(1 if newer else 0)
