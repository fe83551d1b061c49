"""Signs the corpus' ordinary PDFs with the example `sign_pdf` and asks independent judges about every output. Run by .ci/judges.

What counts as a failure: judges_cases.py. Ours is `verify_pdf` here.

CHANCERY_SIGN_PDF and CHANCERY_VERIFY_PDF name other programs with the same arguments (to judge the judges); an empty
CHANCERY_VERIFY_PDF leaves `verify_pdf` out.
"""

import concurrent.futures as futures
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from judges_cases import Case, examine, manifest, timed
from judges_panel import SECONDS, WORKERS, last_line, panel

EVERY = {"all": 1, "quick": 4}  # of how many files one is taken; 4 keeps `quick` within two minutes on two cores
PASSWORD = "test"  # of the judges' own PKCS#12 files

HOME = Path(os.environ["JUDGES_HOME"])
PKI = HOME / "pki"
ROOT, INTERMEDIATE = str(PKI / "root.pem"), str(PKI / "int.pem")
VARIANTS = [(key, stamped) for key in ("rsa2048", "p256") for stamped in (False, True)]


def sign_pdf():
    return os.environ.get("CHANCERY_SIGN_PDF") or "target/release/examples/sign_pdf"


def sign(case, key, tsa):
    command = [sign_pdf(), str(case.original), str(case.output), "--p12", str(PKI / f"{key}.p12"), "--p12-password-env", "JUDGE_P12_PASSWORD"]
    if tsa:
        command += ["--level", "b-t", "--tsa", tsa, "--allow-loopback"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, env={**os.environ, "JUDGE_P12_PASSWORD": PASSWORD})
    except subprocess.TimeoutExpired:
        case.refused = f"no answer within {SECONDS} s"
        return
    if run.returncode != 0:
        case.refused = f"exit {run.returncode}: {last_line(run.stderr) or last_line(run.stdout)}"
    elif not case.output.is_file():
        case.refused = "exit 0 and no output"
    else:
        before, after = case.original.read_bytes(), case.output.read_bytes()
        if len(after) <= len(before) or not after.startswith(before):
            case.refused = "the original is not a prefix of the output"


class Tsa:
    """The judges' timestamp authority on a free port of loopback."""

    def __init__(self, judges):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(["bash", str(judges / "services/tsa/start.sh"), str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self):
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.process.kill()
        sys.exit("the timestamp authority of the judges did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)


def verify_pdf():
    program = os.environ.get("CHANCERY_VERIFY_PDF", "target/release/examples/verify_pdf")
    words = {0: "PASS", 1: "FAIL", 2: "INDETERMINATE", 3: "NOSIG", 4: "ERROR"}

    def one(question):
        command = [program, str(question.path), "--trust", ROOT, "--other", INTERMEDIATE, "--revocation", "when-known"]
        try:
            run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"ERROR no answer within {SECONDS} s"
        return words.get(run.returncode, f"ERROR exit {run.returncode}") + ("" if run.returncode in (0, 3) else f" {last_line(run.stderr) or ' '.join(run.stdout.split())[:200]}")

    def judge(questions):
        with futures.ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, questions))

    return judge if program else None


def main():
    shared, mode = Path(sys.argv[1]), sys.argv[2]
    if mode not in EVERY:
        sys.exit("usage: .ci/judges [quick|all]")
    results = Path("target/judges")
    outputs = results / "signed"
    shutil.rmtree(results, ignore_errors=True)
    outputs.mkdir(parents=True)

    corpus = shared / "corpus/plain_pdf"
    files = [corpus / row["file"] for row in manifest(corpus) if row["expected"] == "must_sign" and "encrypted" not in row["traits"]]
    sample = files[:: EVERY[mode]]
    cases = {
        (original, key, stamped): Case(original, f"{key}{'+tsa' if stamped else ''}", (outputs / f"{original.stem}.{key}{'.tsa' if stamped else ''}.pdf").absolute())
        for original in sample
        for key, stamped in VARIANTS
    }
    print(f"{len(sample)} of {len(files)} files that must be signed, {len(VARIANTS)} variants: {len(cases)} outputs", flush=True)
    with Tsa(shared / "judges") as tsa, futures.ThreadPoolExecutor(WORKERS) as pool:
        one = lambda item: sign(item[1], item[0][1], tsa.url if item[0][2] else None)
        timed("signed", lambda: list(pool.map(one, cases.items())))
    judges = panel(shared, results, [ROOT, INTERMEDIATE])
    if ours := verify_pdf():
        judges["chancery"] = ours
    sys.exit(1 if examine(sorted(cases.values(), key=lambda case: case.variant), judges, results) else 0)


if __name__ == "__main__":
    main()
