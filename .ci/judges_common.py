"""What the judges of signed messages have in common (.ci/judges_cms.py, .ci/judges_cades.py)."""

import os
import subprocess
import sys

WORKERS = os.cpu_count() or 2
SECONDS = 60  # for one file and one judge


def ask(command):
    """The last line of what a judge says."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return "no answer"
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return lines[-1] if lines else "no answer"


def content_of(path):
    """Where the signed content is."""
    return "-" if path.suffix == ".p7m" else str(path.with_name("content.txt"))


def openssl(shared, path):
    root = str(path.with_name("root.pem"))
    return ask(["bash", f"{shared}/judges/judge_openssl_cms.sh", str(path), content_of(path), root])


def asn1crypto(shared, path):
    return ask([sys.executable, f"{shared}/judges/judge_cms.py", str(path), content_of(path)])
