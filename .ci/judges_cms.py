"""Shows messages in every algorithm, attached and detached, with one and with three signers, to independent judges. Run by `.ci/judges cms`.

The messages are those of the example `cms_matrix`. A judge that refuses one, or gives no answer, fails the run, except where it
lacks what the message needs (LACKS, from the judges' README): that is printed as "lacks", and is no acceptance.
"""

import concurrent.futures as futures
import re
import subprocess
import sys
from pathlib import Path

from judges_common import WORKERS, asn1crypto, openssl

LACKS = {
    "openssl": r"^ed25519-",  # 3.0 takes no digest beside EdDSA, which RFC 8419 prescribes
    "asn1crypto": r"^added-tagged-statements",  # reads no context tags in attributes that it does not know
    "dss": r"^ed25519-",  # INDETERMINATE: EdDSA is not in its list of algorithms
}


def dss(shared, folder):
    """One run for all attached messages and one for all detached ones: starting it costs more than judging."""
    verdicts = {}
    for suffix, detached in ((".p7m", []), (".p7s", ["--detached", str(folder / "content.txt")])):
        names = folder / f"list{suffix}.txt"
        names.write_text("".join(f"{path}\n" for path in sorted(folder.glob(f"*{suffix}"))))
        command = ["bash", f"{shared}/judges/judge_dss.sh", f"@{names}", str(folder / "root.pem")]
        done = subprocess.run(command + detached + ["--soft-revocation", "--brief"], capture_output=True, text=True)
        for line in done.stdout.splitlines():
            fields = line.split("\t")
            if len(fields) > 1 and fields[-1].startswith("VERDICT"):
                verdicts[Path(fields[0]).name] = fields[-1]
    return verdicts


def main():
    shared, folder = sys.argv[1], Path(sys.argv[2])
    files = sorted([*folder.glob("*.p7m"), *folder.glob("*.p7s")])
    if not files:
        sys.exit("judges_cms: no messages")
    with futures.ThreadPoolExecutor(WORKERS) as pool:
        answers = {
            "openssl": dict(zip(files, pool.map(lambda path: openssl(shared, path), files))),
            "asn1crypto": dict(zip(files, pool.map(lambda path: asn1crypto(shared, path), files))),
        }
    by_name = dss(shared, folder)
    answers["dss"] = {path: by_name.get(path.name, "no answer") for path in files}

    refused, counts = [], {judge: [0, 0, 0] for judge in answers}
    columns = ["one.p7m", "one.p7s", "three.p7m", "three.p7s"]
    words = {}
    for judge, verdicts in answers.items():
        for path, verdict in verdicts.items():
            if re.match(r"VERDICT: PASS\b", verdict):
                word, place = "yes", 0
            elif re.search(LACKS[judge], path.name):
                word, place = "lacks", 1
            else:
                word, place = "NO", 2
                refused.append(f"{path.name}: {judge}: {verdict}")
            words[judge, path.name] = word
            counts[judge][place] += 1

    print(f"each cell: {', '.join(answers)}")
    print(f"{'':24}", *(f"{column:18}" for column in columns))
    cell = lambda name: "/".join(words[judge, name] for judge in answers)
    for algorithm in sorted({path.name.removesuffix("-one.p7m") for path in files if path.name.endswith("-one.p7m")}):
        print(f"{algorithm:24}", *(f"{cell(f'{algorithm}-{column}'):18}" for column in columns))
    for path in files:
        if path.name.startswith("added-"):
            print(f"{path.name:40} {cell(path.name)}")
    for judge, (yes, lacks, no) in counts.items():
        print(f"{judge}: {yes} accepted, {lacks} lacks what they need, {no} refused, of {len(files)}")
    print(*refused, sep="\n")
    sys.exit(1 if refused else 0)


main()
