"""Every attack and every control of the corpus `pdf_attacks`, before us and before others: who catches what. Run by .ci/judges attacks; writes docs/attacks.md.

Trust is left aside: every certificate that the files hold is an anchor, and what a judge says of chains, revocation and times is no verdict on the document.
- caught: the document is not passed: refused, unreadable, no signature found, or open;
- warned: the mathematics hold, and something is said of changes after the signature, of what is not covered, or of the structure;
- passed: nothing is said.
A judge that was not made to look at something passes it: pdfsig, PDFBox and LibreOffice say only whether the whole file is covered.
"""

import argparse
import asyncio
import concurrent.futures as futures
import csv
import importlib.util
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from judges_common import SECONDS, WORKERS

WORDS = ("caught", "warned", "passed")
MOMENT = "2026-11-21T20:00:00Z"
# Of these our conformance run leaves the same aside.
IDENTITY = {"weak-algorithm", "timestamp-not-trusted", "timestamp-in-the-future", "no-trusted-path", "path-broken", "unsupported-path", "certificate-not-bound"}
# What EU DSS says of chains, revocation and times, and of signatures that do not name their certificate.
DSS_TRUST = {
    "SIG_CONSTRAINTS_FAILURE",
    "NO_CERTIFICATE_CHAIN_FOUND", "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "CERTIFICATE_CHAIN_GENERAL_FAILURE", "CHAIN_CONSTRAINTS_FAILURE", "TRY_LATER",
    "OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED", "REVOKED_NO_POE", "REVOKED", "EXPIRED", "CRYPTO_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "NO_POE", "REVOCATION_OUT_OF_BOUNDS_NO_POE", "NOT_YET_VALID",
}
DSS_OF_DOCUMENT = re.compile(r"chang|modif|overlap|visual|page|annotation|ByteRange|byte range|cover|form|DocMDP|FieldMDP", re.I)


def run(command, seconds=SECONDS):
    try:
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=seconds).stdout
    except subprocess.TimeoutExpired:
        return ""


def each(judge):
    def all_of(paths):
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(judge, paths))

    return all_of


def ours(program, roots):
    def judge(path):
        told = run([program, path, "--trust", roots, "--revocation", "not-checked", "--at", MOMENT, "--report", "json"])
        try:
            report = json.loads(told)
        except ValueError:
            return "caught", "unreadable"
        if not report["signatures"]:
            return "caught", "no signature"
        worst, findings = "sound", list(report["findings"])
        for signature in report["signatures"]:
            for part in (signature["integrity"], signature["changes"]):
                serious = [finding for finding in part["findings"] if finding["severity"] != "information"]
                findings += part["findings"]
                if part["conclusion"] == "broken" or part["conclusion"] == "unknown" and any(finding["kind"] not in IDENTITY for finding in serious):
                    worst = "broken"
            findings += signature["time"]["findings"]
        told = [finding["kind"] for finding in findings if finding["severity"] != "information" and finding["kind"] not in IDENTITY]
        errors = any(finding["severity"] == "error" for finding in report["findings"])
        return ("caught" if worst == "broken" or errors else "warned" if told else "passed"), " ".join(sorted(set(told)))

    return each(judge)


def pyhanko_file(script, root, path):
    spec = importlib.util.spec_from_file_location("judge_pyhanko", script)
    module = sys.modules.get("judge_pyhanko") or importlib.util.module_from_spec(spec)
    if "judge_pyhanko" not in sys.modules:
        sys.modules["judge_pyhanko"] = module
        spec.loader.exec_module(module)
        logging.lastResort = logging.NullHandler()
    arguments = argparse.Namespace(
        file=str(path), root=[root], other=[], tsa_root=[], crl=[], ocsp=[], at=MOMENT, online=False, revocation="soft-fail",
        any_key_usage=True, lenient=False, password=None, no_diff=False, compact=True, allow_weak=True)
    try:
        out = asyncio.run(asyncio.wait_for(module.judge(arguments), SECONDS))
    except Exception as error:  # whatever it is, it has not accepted the file
        return "caught", f"{type(error).__name__}: {error}"[:200]
    if out["errors"]:
        return "caught", out["errors"][0][:200]
    warned = []
    for one in out["signatures"]:
        # What `judge_pyhanko.py` looks at beside pyHanko is left out.
        own = [error for error in one["errors"] if not error.startswith("structure: ")]
        if own or one.get("intact") is False or one.get("valid") is False or one.get("docmdp_ok") is False:
            return "caught", (own or ["not intact, not valid, or not allowed"])[0][:200]
        if one.get("modification_level") in ("FORM_FILLING", "ANNOTATIONS", "OTHER"):
            warned.append(f"modified: {one['modification_level']}")
    last = max((one.get("revision", 0) for one in out["signatures"]), default=0)
    partial = [one for one in out["signatures"] if one.get("revision") == last and one.get("coverage") != "ENTIRE_FILE"]
    if partial:
        warned.append(f"covers {partial[0].get('coverage')}")
    return ("warned" if warned else "passed"), "; ".join(warned)


def pyhanko(script, root):
    def judge(paths):
        with futures.ProcessPoolExecutor(WORKERS) as pool:
            return list(pool.map(pyhanko_file, [script] * len(paths), [root] * len(paths), paths, chunksize=4))

    return judge


def pdfsig(script, root):
    def judge(path):
        told = run([script, path, root])
        signatures = [line for line in told.splitlines() if line.startswith("sig ")]
        if not signatures:
            return "caught", (told.splitlines() or ["no answer"])[-1]
        if any("crypto=INVALID" in line or "crypto=UNVERIFIED" in line and "RFC3161" not in line for line in signatures):
            return "caught", "not valid"
        return ("passed", "") if any("covers=TOTAL" in line for line in signatures) else ("warned", "not the whole document")

    return each(judge)


def pdfbox(script, root, scratch):
    def judge(paths):
        listing = scratch / "pdfbox.list"
        listing.write_text("".join(f"{path}\n" for path in paths))
        blocks, name = defaultdict(list), None
        for line in run([script, f"@{listing}", root], 10 * SECONDS).splitlines():
            if line.startswith("FILE "):
                name = line.removeprefix("FILE ")
            elif name:
                blocks[name].append(line)
        return [one(blocks[str(path)]) for path in paths]

    def one(lines):
        signatures = [line for line in lines if line.startswith("sig ")]
        if not signatures:
            return "caught", (lines or ["no answer"])[-1]
        # The shape of the byte range is looked at by `JudgePdf`, not by PDFBox; what it says of it is left out as far as PDFBox opens the file.
        if any("crypto=OK" not in line for line in signatures):
            return "caught", "not valid"
        return ("passed", "") if any("covers=TOTAL" in line for line in signatures) else ("warned", "not the whole document")

    return judge


def dss(script, root, scratch):
    def judge(paths):
        listing = scratch / "dss.list"
        listing.write_text("".join(f"{path}\n" for path in paths))
        blocks = defaultdict(list)
        for line in run([script, f"@{listing}", root, "--soft-revocation", "--at", MOMENT], 20 * SECONDS).splitlines():
            name, _, rest = line.partition("\t")
            blocks[name].append(rest.split("\t"))
        return [one(blocks[path.name]) for path in paths]

    def one(rows):
        signatures = [row for row in rows if row[0] in ("signature", "timestamp")]
        if not signatures:
            return "caught", (rows or [["no answer"]])[-1][0]
        for row in signatures:
            _, _, indication, reason, *_ = row
            if indication in ("TOTAL_FAILED", "FAILED", "INDETERMINATE") and reason not in DSS_TRUST:
                return "caught", f"{indication} {reason}"
        told = [text for row in signatures for text in row[4:] if DSS_OF_DOCUMENT.search(text)]
        return ("warned", told[0][:200]) if told else ("passed", "")

    return judge


def libreoffice(script, root):
    def judge(path):
        lines = run(["/usr/bin/python3", script, path], 2 * SECONDS).splitlines()
        signatures = [line for line in lines if line.startswith("sig ")]
        if not signatures:
            return "caught", (lines or ["no answer"])[-1]
        # It does not know document timestamps: they have no signer.
        own = [line for line in signatures if not line.endswith("signer=None")]
        if not own or any("valid=False" in line for line in own):
            return "caught", "not valid"
        return ("warned", "not the whole document") if any("partial=True" in line for line in own) else ("passed", "")

    return each(judge)


def anchors(files, folder):
    """Every certificate that stands in a file and can be read, as PEM."""
    from asn1crypto import cms, pem
    from cryptography.x509 import load_der_x509_certificate

    found = {}
    for path in files:
        data = path.read_bytes()
        for digits in re.findall(rb"<\s*(30[0-9A-Fa-f\s]{400,})>", data):
            digits = re.sub(rb"\s", b"", digits).decode()
            try:
                certificates = [one.chosen.dump() for one in cms.ContentInfo.load(bytes.fromhex(digits[: len(digits) // 2 * 2]))["content"]["certificates"] if one.name == "certificate"]
            except Exception:  # a forgery may hold anything
                continue
            for der in certificates:
                try:
                    load_der_x509_certificate(der).serial_number
                    found[der] = pem.armor("CERTIFICATE", der)
                except ValueError:  # nobody who reads strictly takes it as an anchor
                    continue
    bundle = folder / "anchors.pem"
    bundle.write_bytes(b"".join(found.values()))
    return bundle


def main():
    shared, program = Path(sys.argv[1]).absolute(), sys.argv[2]
    corpus, judges = shared / "corpus/pdf_attacks", shared / "judges"
    results = Path("target/judges/attacks")
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    with open(corpus / "manifest.tsv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    rows = [row for row in rows if not row["password"]]
    paths = [corpus / row["file"] for row in rows]
    bundle = anchors(paths, results)
    panel = {
        "Chancery": ours(program, bundle),
        "pyHanko": pyhanko(judges / "judge_pyhanko.py", str(bundle)),
        "EU DSS": dss(judges / "judge_dss.sh", bundle, results),
        "pdfsig": pdfsig(judges / "judge_pdfsig.sh", bundle),
        "PDFBox": pdfbox(judges / "judge_pdfbox.sh", bundle, results),
    }
    if shutil.which("soffice"):
        panel["LibreOffice"] = libreoffice(judges / "lo_verify.py", bundle)
    else:
        print("LibreOffice is not installed: its column is missing")
    said = {}
    for name, judge in panel.items():
        said[name] = judge(paths)
        print(f"{name}: {Counter(word for word, _ in said[name])}", flush=True)
    with open(results / "results.tsv", "w", encoding="utf-8") as table:
        print("file", "class", "expected", *panel, sep="\t", file=table)
        for place, row in enumerate(rows):
            cells = [" ".join(" ".join(said[name][place]).split()) for name in panel]
            print(row["file"], row["attack_class"], row["expected"], *cells, sep="\t", file=table)
    text = page(rows, said)
    Path("docs/attacks.md").write_text(text, encoding="utf-8")
    accepted = [row["file"] for place, row in enumerate(rows) if row["expected"] == "must_reject" and "valid" not in row["also_ok"] and said["Chancery"][place][0] == "passed"]
    for file in accepted:
        print(f"FALSE ACCEPT: {file}")
    print(f"{len(rows)} files; the table is docs/attacks.md, every answer in {results}/results.tsv")
    sys.exit(1 if accepted else 0)


def page(rows, said):
    """The tables."""

    def counts(name, chosen):
        counted = Counter(said[name][place][0] for place in chosen)
        return " / ".join(str(counted[word]) for word in WORDS)

    def table(expected, title, note):
        groups = defaultdict(list)
        for place, row in enumerate(rows):
            if row["expected"] == expected:
                groups[row["attack_class"]].append(place)
        lines = [f"## {title}", "", note, "", "| class | files | " + " | ".join(said) + " |", "| --- | --- |" + " --- |" * len(said)]
        for group, chosen in sorted(groups.items()):
            lines.append(f"| {group} | {len(chosen)} | " + " | ".join(counts(name, chosen) for name in said) + " |")
        all_of = [place for chosen in groups.values() for place in chosen]
        lines.append(f"| **all** | {len(all_of)} | " + " | ".join(f"**{counts(name, all_of)}**" for name in said) + " |")
        return [*lines, ""]

    head = [
        "# Attacks on signed PDFs, and who catches them",
        "",
        "Written by `.ci/judges attacks` over the corpus `pdf_attacks`; every answer to every file is then in `target/judges/attacks/results.tsv`. In each cell: **caught / warned / passed**.",
        "",
        "- *caught*: the document does not pass: refused, open, unreadable, or no signature found;",
        "- *warned*: it passes, and something is said of later changes, of what is not covered, or of the structure;",
        "- *passed*: nothing is said.",
        "",
        "Trust is left aside: every certificate in the files is an anchor, and chains, revocation and times do not count. pdfsig, PDFBox and LibreOffice do not look at what later revisions"
        " changed; they say only whether a signature covers the whole file, and each of them takes a file that it cannot read for caught.",
        "",
    ]
    tables = table("must_reject", "Attacks", "Good is *caught*.")
    tables += table("must_warn", "Doubtful", "Good is *caught* or *warned*.")
    tables += table("valid", "Controls", "Honest documents: good is *passed*, or *warned* where a later revision changed what it was allowed to change.")
    return "\n".join([*head, *tables]).rstrip() + "\n"


if __name__ == "__main__":
    main()
