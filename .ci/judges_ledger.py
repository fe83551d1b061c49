"""Ledgers in SQLite files before a second implementation of their hashes, the sqlite3 shell, strace and SIGKILL. Run by `.ci/judges ledger`.

The writer is the example `ledger_writer` of chancery-ledger; what it says it has done is recorded here, in another process, and what it
leaves is looked at by our own `ledger_verify` and by `audit` below, which reads the file by itself and knows only RFC 6962 and the
comments of `hashing.rs`. Every check that finds something wrong fails the run; checks that should find something (edited columns) fail
when they do not.
"""

import collections
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

WRITER, VERIFY, FOLDER = sys.argv[1], sys.argv[2], Path(sys.argv[3])
KILLS, EVENTS = int(sys.argv[4]), int(sys.argv[5])
EMPTY = hashlib.sha256(b"").digest()

# Columns that carry no record: an edit of them is not looked for, and why.
OPERATIONAL = {
    ("streams", "leased_until"): "a lease: who works on a deadline at the moment",
    ("outbox", "attempts"): "how often a delivery was tried, while it is open: it is delivered all the same",
    ("outbox", "next_at"): "when an open delivery is tried again: a day later at most; nothing there is found",
    ("outbox", "leased_until"): "a lease: who delivers at the moment",
}


# --- A second implementation ------------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def number(value):
    return value.to_bytes(8, "big", signed=value < 0)


def fields(*values):
    """SHA-256 over fields, each with its length before it; a list is a field that may be missing."""
    data = bytearray()
    for value in values:
        for part in ([b"\1", value[0]] if value[0] is not None else [b"\0"]) if isinstance(value, list) else [value]:
            part = number(part) if isinstance(part, int) else part.encode() if isinstance(part, str) else part
            data += len(part).to_bytes(8, "big") + part
    return sha256(bytes(data))


def node(left, right):
    return sha256(b"\1" + left + right)


def tree_hash(leaves):
    """RFC 6962, 2.1, of the hashes of leaves."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = [node(*level[n : n + 2]) if n + 1 < len(level) else level[n] for n in range(0, len(level), 2)]
    return level[0]


def included(index, size, leaf, path):
    """The root that RFC 9162, 2.1.3.2 comes to."""
    if index >= size:
        return None
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


def consistent(first, second, first_root, second_root, path):
    """RFC 9162, 2.1.4.2; a log begins with the empty one and with itself."""
    if first in (0, second):
        return not path and first_root == (EMPTY if first == 0 else second_root)
    path = ([first_root] if first & (first - 1) == 0 else []) + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (fr, sr) == (first_root, second_root)


def audit(file):
    """Recomputes every hash of a ledger from its columns; gives (events by key, hashes of leaves) or fails."""
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    (tenant,) = [row["tenant"] for row in db.execute("SELECT tenant FROM logs")]
    requests = {row["last"]: row for row in db.execute("SELECT * FROM requests WHERE tenant = ?", [tenant])}
    effects = collections.defaultdict(list)
    for row in db.execute("SELECT * FROM outbox WHERE tenant = ? ORDER BY sequence, n", [tenant]):
        effects[row["sequence"]].append(row)
        settled = None
        for word, at in (("delivered", row["delivered_at"]), ("dead", row["dead_at"])):
            if at is not None:
                settled = fields("chancery settlement v1", tenant, row["sequence"], row["n"], row["attempts"], word, at)
        ensure(settled == row["settled"], f"{file}: delivery {row['sequence']}, {row['n']} did not end as it says")
    heads, leaves, keys = {}, [], {}
    for place, row in enumerate(db.execute("SELECT * FROM events WHERE tenant = ? ORDER BY sequence", [tenant])):
        what = f"{file}: event {row['sequence']}"
        version, previous = heads.get(row["stream"], (0, bytes(32)))
        ensure((row["sequence"], row["version"], row["previous"]) == (place, version + 1, previous), f"{what} does not follow on")
        for part in ("payload", "evidence"):
            if row[f"{part}_erased"] is None:
                made = fields(f"chancery {part} v1", row[f"{part}_salt"], row[part])
                ensure(made == row[f"{part}_hash"], f"{what}: its {part} is another")
        sent, request = effects.pop(place, []), requests.pop(place, None)
        sent_hash = None
        if sent:
            bodies = [value for effect in sent for value in (effect["destination"], effect["kind"], effect["body"])]
            sent_hash = fields("chancery effects v1", len(sent), *bodies)
        request_hash = None
        if request:
            names = ("key", "command", "first", "last", "result")
            request_hash = fields("chancery request v1", *[request[name] for name in names])
            keys[request["key"]] = place
        ensure((sent_hash, request_hash) == (row["effects"], row["request"]), f"{what}: what it sends or answers is another")
        holds = [int(hold) for hold in row["holds"].split()]
        made = fields(
            "chancery event v1", tenant, row["stream"], row["version"], place, row["at"], row["actor"], row["kind"], row["schema"],
            [row["due"]], len(holds), *holds, row["payload_hash"], row["evidence_hash"], [sent_hash], [request_hash], previous,
        )  # fmt: skip
        ensure(made == row["hash"], f"{what}: its hash is another")
        heads[row["stream"]] = (row["version"], made)
        leaves.append(sha256(b"\0" + made))
    ensure(not effects and not requests, f"{file}: effects or requests without an event")
    stored = {row["stream"]: (row["version"], row["hash"]) for row in db.execute("SELECT * FROM streams")}
    ensure(stored == heads, f"{file}: heads of streams are others")
    (log,) = db.execute("SELECT * FROM logs").fetchall()
    ensure(log["size"] == len(leaves), f"{file}: its log says {log['size']} events, and there are {len(leaves)}")
    edge = [log["frontier"][n : n + 32] for n in range(0, len(log["frontier"]), 32)]
    root = EMPTY
    for hash in reversed(edge):
        root = hash if root == EMPTY else node(hash, root)
    ensure(root == tree_hash(leaves), f"{file}: the root is another")
    db.close()
    return keys, leaves


# --- Tools ------------------------------------------------------------------------------------------------------------


def ensure(holds, otherwise):
    if not holds:
        sys.exit(f"judges_ledger: {otherwise}")


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)


def largest(*command):
    """What a command says, and how much memory it took, in MB."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE)
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return said, usage.ru_maxrss // 1024


def write(*command):
    done = run(WRITER, *command)
    ensure(done.returncode == 0, f"ledger_writer {' '.join(map(str, command))}: {done.stderr}")
    return done.stdout


def verify(file):
    """The first word of ledger_verify, and all it says."""
    done = run(VERIFY, file)
    words = re.findall(r"\b(ANCHORED|CONSISTENT ONLY|BROKEN)\b", done.stdout)
    ensure("panicked" not in done.stderr, f"ledger_verify {file} panicked: {done.stderr}")
    return (words[0] if words else f"exit {done.returncode}", done.stdout + done.stderr)


def holds(file):
    word, said = verify(file)
    ensure(word == "CONSISTENT ONLY", f"{file}: ledger_verify says {said}")
    return audit(file)


def new(name):
    for old in FOLDER.glob(f"{name}.sqlite*"):
        old.unlink()
    return FOLDER / f"{name}.sqlite"


class Writer:
    """A process that writes, and what it has said so far, whole lines only."""

    def __init__(self, file, name, count):
        self.process = subprocess.Popen([WRITER, "write", str(file), name, str(count)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.done, self.begun = {}, set()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            words = line.decode().split()
            if not line.endswith(b"\n"):
                continue
            if words[0] == "begin":
                self.begun.add(words[1])
            else:
                self.done[words[1]] = int(words[2])

    def end(self):
        error = self.process.stderr.read().decode()
        self.process.wait()
        self.reader.join()
        return error


# --- What is shown ----------------------------------------------------------------------------------------------------


def twenty_processes():
    """Twenty processes append at once, to streams of their own and to one that all share."""
    file, count = new("twenty"), 60
    writers = [Writer(file, f"writer{n}", count) for n in range(20)]
    for writer in writers:
        error = writer.end()
        ensure(writer.process.returncode == 0, f"one of twenty writers failed: {error}")
        ensure(len(writer.done) == count, "a writer did less than it should")
    keys, leaves = holds(file)
    said = {key: place for writer in writers for key, place in writer.done.items()}
    ensure(keys == said and len(leaves) == 20 * count, "what twenty writers said is not what is there")
    return f"{len(leaves)} events"


def killed():
    """Writers are killed in the midst of commits; what they had said is there, once."""
    file, dead, alive = new("killed"), [], []
    for number in range(KILLS):
        while len(alive) < 3:
            alive.append(Writer(file, f"life{number}.{len(alive)}.{random.getrandbits(32):08x}", 0))
        while not alive[0].done and alive[0].process.poll() is None:
            time.sleep(0.005)
        time.sleep(random.random() * 0.08)
        victim = alive.pop(0)
        if victim.process.poll() is not None:
            sys.exit(f"judges_ledger: a writer ended by itself: {victim.end()}")
        victim.process.send_signal(signal.SIGKILL)
        victim.end()
        dead.append(victim)
        if number % 20 == 19:
            ensure(verify(file)[0] == "CONSISTENT ONLY", "the ledger does not hold while others write to it")
    for writer in alive:
        writer.process.send_signal(signal.SIGKILL)
        writer.end()
    dead += alive
    keys, leaves = holds(file)
    lost = [key for writer in dead for key, place in writer.done.items() if keys.get(key) != place]
    ensure(not lost, f"acknowledged and not there: {lost[:5]}")
    begun = set().union(*(writer.begun for writer in dead))
    ensure(set(keys) <= begun, "there is something that nobody wrote")
    ensure(len(keys) == len(leaves), "something is there twice")
    said = sum(len(writer.done) for writer in dead)
    ensure(said >= KILLS, "too little was acknowledged to prove anything")
    return f"{len(dead)} processes killed, {said} acknowledged, {len(leaves) - said} more were made, none lost"


def synchronised():
    """Between the beginning of each commit and its acknowledgement the write-ahead log is synchronised with the disk."""
    results = []
    for name, command, commits in (("single", ["write", "one", 60], 60), ("group", ["group", 16, 15], 240)):
        file, trace = new(f"synchronised-{name}"), FOLDER / "trace"
        strace = ["strace", "-f", "-y", "-e", "trace=fdatasync,fsync,write", "-s", "60", "-o", trace]
        done = run(*strace, WRITER, command[0], file, *command[1:])
        ensure(done.returncode == 0, f"strace: {done.stderr}")
        begun, syncs, acknowledged = {}, synchronisations(trace, file), 0
        for place, line in enumerate(trace.read_text().splitlines()):
            if match := re.search(r'write\(1<[^"]*"(begin|done) (\S+?)[ \\]', line):
                word, key = match.groups()
                if word == "begin":
                    begun[key] = place
                else:
                    within = any(begun[key] < start and end < place for start, end in syncs)
                    ensure(within, f"acknowledged before anything was synchronised: {line}")
                    acknowledged += 1
        ensure(acknowledged == commits, f"strace saw {acknowledged} acknowledgements of {commits}")
        ensure(name == "single" or len(syncs) < commits, "a group does not share its waiting")
        results.append(f"{name}: {acknowledged} acknowledgements, {len(syncs)} synchronisations of the write-ahead log")
    return "; ".join(results)


def synchronisations(trace, file):
    """When each successful one of the write-ahead log began and ended, as lines of what strace wrote."""
    under_way, found = {}, []
    for place, line in enumerate(trace.read_text().splitlines()):
        thread = line.split()[0]
        if re.search(rf"\b(fdatasync|fsync)\(\d+<[^>]*{re.escape(file.name)}-wal>", line):
            under_way[thread] = place
        if thread in under_way and re.search(r"\b(fdatasync|fsync)\b.*= 0$", line):
            found.append((under_way.pop(thread), place))
    return found


def shell(file, script):
    return run("sqlite3", file, input=script)


def columns_edited():
    """Each column of each table, as the schema lists them: a byte changed, and set to NULL, by the sqlite3 shell."""
    base = new("everything")
    write("everything", base)
    holds(base)
    ensure(shell(base, "PRAGMA wal_checkpoint(TRUNCATE);").returncode == 0, "the write-ahead log was not taken in")
    db = sqlite3.connect(base)
    tables = {name: sql for name, sql in db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")}
    columns = {table: db.execute(f"SELECT name, type, pk FROM pragma_table_info('{table}')").fetchall() for table in tables}
    found = {column for table in tables for column in ((table, name) for name, _, _ in columns[table])}
    ensure(set(OPERATIONAL) <= found, f"columns without meaning that do not exist: {set(OPERATIONAL) - found}")
    counts, failures = collections.Counter(), []
    for table in tables:
        keys = [name for name, _, pk in columns[table] if pk]
        rows = db.execute(f"SELECT {', '.join(f'quote({key})' for key in keys)} FROM {table}").fetchall()
        ensure(rows, f"table {table} has no row to be edited")
        for name, kind, pk in columns[table]:
            filled = db.execute(f"SELECT {', '.join(f'quote({key})' for key in keys)} FROM {table} WHERE {name} IS NOT NULL AND {name} IS NOT x''").fetchall()
            ensure(filled, f"column {table}.{name} is empty in every row: nothing is shown")
            # The last row, and one in the midst where there is one.
            chosen = {filled[-1], filled[len(filled) // 2]}
            edits = {
                "INTEGER": f"{name} + 256",
                "TEXT": f"CASE WHEN substr({name}, 1, 1) = 'z' THEN 'y' ELSE 'z' END || substr({name}, 2)",
                "BLOB": f"CAST(CASE WHEN substr({name}, 1, 1) = x'7a' THEN x'79' ELSE x'7a' END || substr({name}, 2) AS BLOB)",
            }
            for row in sorted(chosen):
                where = " AND ".join(f"{key} = {value}" for key, value in zip(keys, row))
                for word, value in (("one byte", edits[kind]), ("NULL", "NULL")):
                    edit(base, table, name, pk, where, word, value, counts, failures)
        delete(base, table, keys, rows[len(rows) // 2], counts, failures)
    db.close()
    ensure(not failures, "not found, or not named:\n  " + "\n  ".join(failures))
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))


def copied(base):
    file = new("edited")
    shutil.copyfile(base, file)
    return file


def edit(base, table, name, pk, where, word, value, counts, failures):
    file, what = copied(base), f"{table}.{name} of the row {where}: {word}"
    script = f"UPDATE {table} SET {name} = {value} WHERE {where};\nSELECT 'changed', changes();\n"
    done = shell(file, script)
    if "changed|1" not in done.stdout and word == "NULL":
        # The schema forbids it: the owner of the file forbids nothing to himself.
        loosened = (
            "PRAGMA writable_schema = ON;\n"
            f"UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '/**/     ') WHERE name = '{table}';\n"
        )
        back = "PRAGMA writable_schema = ON;\n" f"UPDATE sqlite_schema SET sql = replace(sql, '/**/     ', ' NOT NULL') WHERE name = '{table}';\n"
        shell(file, loosened)
        done = shell(file, script)
        shell(file, back)
        if "changed|1" not in done.stdout:
            # A key of a table without rowid is never NULL, whatever its schema says.
            ensure(pk, f"{what} cannot be edited: {done.stderr}")
            counts["cannot be NULL in SQLite"] += 1
            return
    ensure("changed|1" in done.stdout, f"{what} cannot be edited: {done.stderr}")
    verdict, said = verify(file)
    if (table, name) in OPERATIONAL:
        counts["carry no record"] += 1
        ensure(verdict in ("CONSISTENT ONLY", "BROKEN"), f"{what}: {said}")
        return
    if verdict != "BROKEN":
        failures.append(f"{what}: {said.strip()}")
    elif not re.search(rf"\b{table}\b", said):
        failures.append(f"{what} is found but not named: {said.strip()}")
    else:
        counts["found, and the column named" if re.search(rf"column [^:]*\b{name}\b", said) else "found, and the table or its row named"] += 1


def delete(base, table, keys, row, counts, failures):
    file = copied(base)
    where = " AND ".join(f"{key} = {value}" for key, value in zip(keys, row))
    done = shell(file, f"DELETE FROM {table} WHERE {where};\nSELECT 'changed', changes();\n")
    ensure("changed|1" in done.stdout, f"a row of {table} cannot be deleted: {done.stderr}")
    verdict, said = verify(file)
    if verdict == "BROKEN":
        counts["deleted rows found"] += 1
    else:
        failures.append(f"a row of {table} deleted: {said.strip()}")


def hexadecimal(hashes):
    return [bytes.fromhex(hash) for hash in hashes]


def proofs():
    """Proofs for random sizes of a log, checked by the algorithms of RFC 9162 against roots made by that of RFC 6962."""
    file, count = new("proofs"), 400
    write("fill", file, 1337)
    _, leaves = holds(file)
    log, *lines = [json.loads(line) for line in write("proofs", file, count).splitlines()]
    ensure(bytes.fromhex(log["root"]) == tree_hash(leaves), "the root is another")
    wrong = 0
    for line in lines:
        path = hexadecimal(line["hashes"])
        if "sequence" in line:
            root = tree_hash(leaves[: line["size"]])
            good = included(line["sequence"], line["size"], leaves[line["sequence"]], path) == root
            bad = path and included(line["sequence"], line["size"], leaves[line["sequence"]], path[:-1] + [EMPTY]) == root
        else:
            first, second = tree_hash(leaves[: line["from"]]), tree_hash(leaves[: line["to"]])
            good = consistent(line["from"], line["to"], first, second, path)
            bad = path and consistent(line["from"], line["to"], first, second, path[:-1] + [EMPTY])
        ensure(good, f"a proof does not hold: {line}")
        ensure(not bad, f"a wrong proof holds: {line}")
        wrong += bool(path)
    return f"{len(lines)} proofs hold, {wrong} altered ones do not"


def many():
    """A log of many events: verified in bounded memory, and proven."""
    file = new("many")
    start = time.monotonic()
    _, filling = largest(WRITER, "fill", file, EVENTS)
    filled = time.monotonic()
    said, verifying = largest(VERIFY, file)
    ensure("CONSISTENT ONLY" in said and "BROKEN" not in said, f"{file}: ledger_verify says {said}")
    verified = time.monotonic()
    memory = max(filling, verifying)
    ensure(memory < 256, f"a process took {memory} MB for {EVENTS} events")
    log, *lines = [json.loads(line) for line in write("proofs", file, 200, EVENTS).splitlines()]
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    levels = (EVENTS - 1).bit_length()
    for line in lines:
        path = hexadecimal(line["hashes"])
        ensure(len(path) <= 2 * levels, f"a proof of {len(path)} hashes for {EVENTS} events")
        if "sequence" in line:
            (hash,) = db.execute("SELECT hash FROM events WHERE tenant = 'acme' AND sequence = ?", [line["sequence"]]).fetchone()
            root = included(line["sequence"], EVENTS, sha256(b"\0" + hash), path)
            ensure(root == bytes.fromhex(log["root"]), f"a proof does not hold: {line}")
    db.close()
    size = file.stat().st_size // 1_000_000
    for old in FOLDER.glob("many.sqlite*"):
        old.unlink()
    return (
        f"{EVENTS} events, {size} MB: written in {filled - start:.0f} s, verified in {verified - filled:.0f} s, "
        f"no process above {memory} MB, {len(lines)} proofs"
    )


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for show in (twenty_processes, killed, synchronised, proofs, columns_edited, many):
        start = time.monotonic()
        result = show()
        print(f"{show.__doc__.splitlines()[0]}\n  {result} ({time.monotonic() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    os.environ.pop("RUST_BACKTRACE", None)
    main()
