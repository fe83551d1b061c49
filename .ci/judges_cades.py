"""Shows signatures of every level (CAdES), our own and others' that we took further, to independent judges. Run by `.ci/judges cades`.

The messages are those of the example `cades_matrix` and of .ci/foreign/sign.sh. EU DSS must name the level that the file name promises and say
TOTAL_PASSED (B-B and B-T without revocation information: with soft revocation). Archive timestamps are recomputed here, from the text of EN 319 122-1,
5.5, with asn1crypto, and shown to `openssl ts`. A judge that refuses one, or gives no answer, fails the run, except where it lacks what it needs
(LACKS): that is printed as "lacks", and is no acceptance.
"""

import asyncio
import concurrent.futures as futures
import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from asn1crypto import cms, core, parser, pem, tsp, x509

from judges_common import WORKERS, asn1crypto, openssl

LEVELS = {"b": "B", "t": "T", "lt": "LT", "lta": "LTA", "lta-renewed-1": "LTA", "lta-renewed-2": "LTA"}
LACKS = {
    "openssl": r"^$",
    "asn1crypto": r"-lta(-renewed-\d)?\.p7.$|^older-",  # reads no tokens in attributes that it does not know
    "pyhanko": r"-lta(-renewed-\d)?\.p7.$|^older-",  # the same: it stands on asn1crypto
    "archive": r"-(b|t|lt)\.p7.$",  # there is none to recompute
    "dss": r"^$",
}
ARCHIVE_TIMESTAMP_V3, HASH_INDEX_V3 = "0.4.0.1733.2.4", "0.4.0.19122.1.5"


def level_of(path):
    return next(word for end, word in sorted(LEVELS.items(), key=lambda item: -len(item[0])) if path.stem.endswith(f"-{end}"))


def dss(shared, folder, files):
    """One run each for what is attached and detached, with and without revocation information: starting costs more than judging."""
    verdicts = {}
    for suffix, detached in ((".p7m", []), (".p7s", ["--detached", str(folder / "content.txt")])):
        for soft in (True, False):
            chosen = [path for path in files if path.suffix == suffix and (level_of(path) in ("B", "T")) == soft]
            names = folder / "list.txt"
            names.write_text("".join(f"{path}\n" for path in chosen))
            command = ["bash", f"{shared}/judges/judge_dss.sh", f"@{names}", str(folder / "root.pem"), *detached, "--brief"]
            done = subprocess.run(command + (["--soft-revocation"] if soft else []), capture_output=True, text=True)
            for line in done.stdout.splitlines():
                fields = line.split("\t")
                if len(fields) > 4 and fields[1] == "signature":
                    verdicts[fields[0]] = " ".join(fields[2:5])
    return verdicts


def dss_verdict(path, said):
    wanted = f"CAdES-BASELINE-{level_of(path)} TOTAL_PASSED -"
    return "VERDICT: PASS" if said == wanted else f"{said}, not {wanted}"


def elements(data):
    """The elements of some bytes, each with its tag and length."""
    found, at = [], 0
    while at < len(data) and data[at:at + 2] != b"\0\0":
        _, _, _, head, content, tail = parser.parse(data[at:])
        found.append((head + content + tail, content))
        at += len(head) + len(content) + len(tail)
    return found


def archive(_shared, path):
    """Recomputes every archive timestamp of version 3 from the raw message, and asks `openssl ts` about the result."""
    message = path.read_bytes()
    signed_data = elements(elements(elements(message)[0][1])[1][1])[0][1]
    fields = elements(signed_data)
    encapsulated, signers = fields[2], fields[-1]
    sets = {field[0][0]: elements(field[1]) for field in fields[3:-1]}
    content_type, *inside = elements(encapsulated[1])
    if inside:
        content = core.OctetString.load(elements(inside[0][1])[0][0]).native
    else:
        content = path.with_name("content.txt").read_bytes()
    signer = elements(elements(signers[1])[0][1])
    unsigned = signer[-1] if signer[-1][0][0] == 0xA1 else None
    signed_fields = b"".join(raw for raw, _ in (signer[:-1] if unsigned else signer))
    values = []
    for _, attribute in elements(unsigned[1]):
        kind, held = elements(attribute)
        values += [(core.ObjectIdentifier.load(kind[0]).native, kind[0] + value) for value, _ in elements(held[1])]
    count = 0
    for oid, value in values:
        if oid != ARCHIVE_TIMESTAMP_V3:
            continue
        token = value[len(core.ObjectIdentifier(oid).dump()):]
        info = elements(elements(elements(token)[0][1])[1][1])[0][1]
        token_signer = elements(elements(elements(info)[-1][1])[0][1])
        index = [
            held
            for _, attribute in elements(token_signer[-1][1])
            for kind, held in [elements(attribute)]
            if core.ObjectIdentifier.load(kind[0]).native == HASH_INDEX_V3
        ]
        if len(index) != 1:
            return f"{len(index)} hash indices"
        index = elements(index[0][1])[0]
        algorithm, *lists = elements(index[1])
        name = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.3": "sha512"}[core.ObjectIdentifier.load(elements(algorithm[1])[0][0]).native]
        digest = lambda data: hashlib.new(name, data).digest()
        there = [
            {digest(raw) for raw, _ in sets.get(0xA0, [])},
            {digest(raw) for raw, _ in sets.get(0xA1, [])},
            {digest(value) for _, value in values},
        ]
        for listed, hashes in zip(lists, there):
            absent = [raw for raw, octets in elements(listed[1]) if octets not in hashes]
            if absent:
                return f"{len(absent)} hashes of what is not there"
        with tempfile.TemporaryDirectory() as folder:
            data, stamp = Path(folder, "data"), Path(folder, "token")
            data.write_bytes(content_type[0] + digest(content) + signed_fields + index[0])
            stamp.write_bytes(token)
            command = ["openssl", "ts", "-verify", "-data", str(data), "-in", str(stamp), "-token_in", "-CAfile", str(path.with_name("root.pem"))]
            done = subprocess.run(command, capture_output=True, text=True)
            if "Verification: OK" not in done.stdout + done.stderr:
                return f"openssl ts: {done.stderr.strip()}"
        count += 1
    wanted = 3 if path.stem.endswith("-2") else 2 if path.stem.endswith("-1") else 1
    return "VERDICT: PASS" if count == wanted else f"{count} archive timestamps, not {wanted}"


def pyhanko(_shared, path):
    """The signature, its timestamp and both chains; from B-LT on with the revocation information of the message, which must suffice."""
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    _, _, root = pem.unarmor(path.with_name("root.pem").read_bytes())
    signed_data = cms.ContentInfo.load(path.read_bytes())["content"]
    lists, answers = [], []
    for choice in signed_data["crls"] if level_of(path) != "B" and signed_data["crls"].native else []:
        if choice.name == "other":
            answers.append(choice.chosen["other_rev_info"])
        else:
            lists.append(choice.chosen)
    mode = "soft-fail" if level_of(path) in ("B", "T") else "require"
    context = lambda: ValidationContext(
        trust_roots=[x509.Certificate.load(root)], crls=lists, ocsps=answers, allow_fetching=False, revocation_mode=mode,
        other_certs=[choice.chosen for choice in signed_data["certificates"]],
    )
    # It judges timestamps only of what is detached; the content is signed by its digest, wherever it stands.
    signed_data["encap_content_info"] = {"content_type": "data"}
    content = path.with_name("content.txt").read_bytes()
    status = asyncio.run(async_validate_detached_cms(content, signed_data, context(), context()))
    stamped = level_of(path) == "B" or (status.timestamp_validity is not None and status.timestamp_validity.valid and status.timestamp_validity.trusted)
    good = status.intact and status.valid and status.trusted and stamped
    return "VERDICT: PASS" if good else status.summary()


def guarded(judge, shared, path):
    try:
        return judge(shared, path)
    except Exception as error:  # a judge that falls has given no answer
        return f"{type(error).__name__}: {error}"


def main():
    shared, folder = sys.argv[1], Path(sys.argv[2])
    files = sorted([*folder.glob("*.p7m"), *folder.glob("*.p7s")])
    if not files:
        sys.exit("judges_cades: no messages")
    answers = {}
    with futures.ThreadPoolExecutor(WORKERS) as pool:
        for name, judge in (("openssl", openssl), ("asn1crypto", asn1crypto), ("archive", archive), ("pyhanko", pyhanko)):
            chosen = [path for path in files if not re.search(LACKS[name], path.name)]
            answers[name] = dict(zip(chosen, pool.map(lambda path: guarded(judge, shared, path), chosen)))
    by_name = dss(shared, folder, files)
    answers["dss"] = {path: dss_verdict(path, by_name.get(path.name, "no answer")) for path in files}

    refused, words = [], {}
    counts = {judge: [0, 0, 0] for judge in answers}
    for judge, verdicts in answers.items():
        for path in files:
            verdict = verdicts.get(path)
            word, place = ("lacks", 1) if verdict is None else ("yes", 0) if verdict.startswith("VERDICT: PASS") else ("NO", 2)
            if word == "NO":
                refused.append(f"{path.name}: {judge}: {verdict}")
            words[judge, path] = word
            counts[judge][place] += 1
    print(f"{'':44} {'what EU DSS says':38} {', '.join(judge for judge in answers if judge != 'dss')}")
    for path in files:
        print(f"{path.name:44} {by_name.get(path.name, 'no answer'):38} {'/'.join(words[judge, path] for judge in answers if judge != 'dss')}")
    for judge, (yes, lacks, no) in counts.items():
        print(f"{judge}: {yes} accepted, {lacks} lacks what they need, {no} refused, of {len(files)}")
    print(*refused, sep="\n")
    sys.exit(1 if refused else 0)


main()
