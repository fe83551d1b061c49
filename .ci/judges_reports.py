"""Our ETSI validation reports against the schema of ETSI TS 119 102-2 that EU DSS ships, and our JSON against crates/chancery-ades/report.schema.json.

usage: judges_reports.py SHARED REPORTS   with REPORTS a directory of NAME.xml and NAME.json, to which reports on the PDFs of others are added; called by
.ci/judges reports.
The schema files are read out of the archives of EU DSS and stay there.
"""
import io, json, os, re, subprocess, sys, zipfile
from collections import Counter
from pathlib import Path
import pikepdf
from asn1crypto import cms, pem
from lxml import etree

LIBRARIES = Path(os.environ["JUDGES_HOME"]) / "dss/lib"
REPORT = "{http://uri.etsi.org/19102/v1.4.1#}"
# What the schemas import by address, and where DSS keeps it.
PLACES = {
    "xmldsig-core-schema.xsd": ("specs-xmldsig", "xsd/xmldsig-core-schema.xsd"),
    "xml.xsd": ("specs-xmldsig", "xsd/xml.xsd"),
    "XAdES.xsd": ("specs-xades", "xsd/XAdES01903v132-202407.xsd"),
    "ts_119612v020201_201601xsd.xsd": ("specs-trusted-list", "xsd/ts_119612v020401_xsd.xsd"),
}
ROOT = ("specs-validation-report", "xsd/1910202xmlSchema.xsd")


def read(archive, name):
    [path] = LIBRARIES.glob(f"{archive}-[0-9]*.jar")
    return zipfile.ZipFile(path).read(name)


class FromArchives(etree.Resolver):
    def resolve(self, url, public_id, context):
        name = url.rsplit("/", 1)[-1]
        if name == "XMLSchema.dtd":
            return self.resolve_empty(context)
        archive, path = PLACES.get(name) or (self.neighbour(name))
        return self.resolve_string(read(archive, path), context, base_url=url)

    @staticmethod
    def neighbour(name):
        for archive in ("specs-trusted-list", "specs-xades", "specs-xmldsig"):
            [path] = LIBRARIES.glob(f"{archive}-[0-9]*.jar")
            for inside in zipfile.ZipFile(path).namelist():
                if inside.rsplit("/", 1)[-1] == name:
                    return archive, inside
        raise FileNotFoundError(name)


def etsi_schema():
    parser = etree.XMLParser(load_dtd=False, no_network=True)
    parser.resolvers.add(FromArchives())
    return etree.XMLSchema(etree.parse(io.BytesIO(read(*ROOT)), parser, base_url="http://uri.etsi.org/19102/" + ROOT[1]))


def references(document):
    """What the schema language leaves to its users: identifiers are unique, references lead somewhere."""
    ids = Counter(element.get("id") for element in document.iter() if element.get("id"))
    faults = [f"identifier {one} is given {count} times" for one, count in ids.items() if count > 1]
    for element in document.iter():
        for target in (element.get("VOReference") or "").split():
            if target not in ids:
                faults.append(f"line {element.sourceline}: {target} is nowhere")
    return faults


def indications(document):
    """Main and sub-indication of every signature and timestamp, by the last part of their names."""
    for status in document.iter(REPORT + "SignatureValidationStatus"):
        words = [status.findtext(REPORT + "MainIndication"), status.findtext(REPORT + "SubIndication")]
        yield " / ".join(word.rsplit(":", 1)[-1].rsplit("#", 1)[-1] for word in words if word)


def json_faults(path, schema):
    """What the schema does not say of a report. Only the keywords that it uses; a member that it does not have is a fault too."""
    return list(check(json.loads(path.read_text()), schema, schema, "$"))


KINDS = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool, "integer": int, "number": (int, float)}


def is_a(value, kind):
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def check(value, schema, root, place):
    if "$ref" in schema:
        target = root
        for name in schema["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        yield from check(value, target, root, place)
    if "anyOf" in schema:
        tries = [list(check(value, one, root, place)) for one in schema["anyOf"]]
        if all(tries):
            yield f"{place}: fits none of the choices: {min(tries, key=len)}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: is {value!r}, not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_a(value, kind) for kind in kinds):
        yield f"{place}: is no {' or '.join(kinds)}"
    if isinstance(value, str) and "pattern" in schema:
        if not re.search(schema["pattern"], value):
            yield f"{place}: {value!r} does not look like {schema['pattern']}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}: {name} is missing"
        for name, member in value.items():
            if name in properties:
                yield from check(member, properties[name], root, f"{place}.{name}")
            elif properties:
                yield f"{place}: {name} is not in the schema"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{place}: has {len(value)} items"
        for index, item in enumerate(value):
            if "items" in schema:
                yield from check(item, schema["items"], root, f"{place}[{index}]")


def topmost(path):
    """The certificates in a PDF that none of the others issued, as PEM: the trust that lets verdicts reach far."""
    certificates = {}
    with pikepdf.open(path) as pdf:
        values = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/ByteRange" in one]
        for value in values:
            content = cms.ContentInfo.load(bytes(value.Contents))["content"]
            found = [one.chosen for one in content["certificates"] if one.name == "certificate"]
            certificates.update((one.dump(), one) for one in found)
    subjects = {one.subject.dump() for one in certificates.values()}
    top = [der for der, one in certificates.items() if one.issuer.dump() not in subjects or one.self_issued]
    return b"".join(pem.armor("CERTIFICATE", der) for der in sorted(top))


def report_on_others(shared, reports):
    """Reports on the PDFs of others, as far as they hold certificates that can be read."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    tool = target / "release/examples/verify_pdf"
    for path in sorted((Path(shared) / "corpus/real_signed/pdf").glob("*.pdf")):
        try:
            trust = topmost(path)
        except Exception:  # what other libraries cannot read is not asked about here
            continue
        if not trust:
            continue
        (reports / "trust.pem").write_bytes(trust)
        for form, ending in (("etsi", "xml"), ("json", "json")):
            command = [tool, path, "--trust", reports / "trust.pem", "--revocation", "when-known", "--report", form]
            run = subprocess.run(command, capture_output=True, timeout=300)
            if run.returncode not in (0, 1, 2):
                break
            (reports / f"{path.stem}.{ending}").write_bytes(run.stdout)


def refuses(etsi, reports):
    """A schema that accepts anything would be no judge."""
    document = etree.parse(reports / "passed.xml")
    status = next(document.iter(REPORT + "SignatureValidationStatus"))
    status.remove(status.find(REPORT + "MainIndication"))
    return not etsi.validate(document)


def main():
    shared, reports = sys.argv[1], Path(sys.argv[2])
    etsi = etsi_schema()
    own = json.loads((Path(__file__).parent.parent / "crates/chancery-ades/report.schema.json").read_text())
    assert refuses(etsi, reports), "the schema lets a status without an indication pass"
    report_on_others(shared, reports)
    failed, words, count = 0, Counter(), Counter()
    for path in sorted(reports.iterdir()):
        faults = []
        if path.suffix == ".xml":
            document = etree.parse(path)
            if not etsi.validate(document):
                faults += [f"line {error.line}: {error.message}" for error in etsi.error_log]
            faults += references(document)
            words.update(indications(document))
        elif path.suffix == ".json":
            faults += json_faults(path, own)
        else:
            continue
        count[path.suffix] += 1
        for fault in faults[:5]:
            print(f"{path.name}: {fault}")
        failed += bool(faults)
    for word, times in sorted(words.items()):
        print(f"{times:5} {word}")
    print(f"{count['.xml']} ETSI reports, {count['.json']} JSON reports: {failed} not as their schema says")
    sys.exit(1 if failed or not count[".xml"] or not count[".json"] else 0)


main()
