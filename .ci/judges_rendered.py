"""Shows pages with visible signatures to two renderers, poppler and MuPDF. Run by `.ci/judges rendered`.

The pages are those of the example `visible_pages`: a row of pages.tsv each. Of every page:
- both draw it, all ink lies in the rectangle that the reader was promised, and both pictures are alike;
- on a page that is turned it looks as on one that is not: upright, at the same place;
- pdftotext finds the text, to the letter (only lines may be broken);
- HarfBuzz and FreeType (by Pillow) draw each line in the same font, and it is alike: letters are shaped and joined, marks stand where they belong;
- the words that the page says are its text (/ActualText), no glyph is the one for what is missing, and every font is embedded;
- the QR code can be read from the picture.
The pictures stay in target/judges/rendered, so that people can look at them.
"""

import concurrent.futures as futures
import csv
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat, features

from judges_common import WORKERS

DOTS = 216  # per inch: three for a point
PAPER = 250  # lighter than this is no ink
# The correlation of two pictures of the same page. By two renderers, which put letters on whole or half pixels: 0.954 to 0.983. By one
# renderer on a page that is turned: 0.993. Moved by two thirds of a point it is 0.88, upside down 0.1.
ALIKE = 0.93
ALIKE_TURNED = 0.985
# A line of ours as MuPDF draws it and as HarfBuzz and FreeType do: 0.944 to 0.98. Laid out without shaping: 0.93 in Thai, 0.6 in Burmese.
ALIKE_SHAPED = 0.932
LATIN = "crates/chancery-font/font/NotoSans-Regular.ttf"
# Poppler turns the letters of lines from right to left around once more when it is told what they say.
TURNED = {"ar", "he"}


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, check=True, timeout=60).stdout


def pictures(path):
    """The page as poppler and as MuPDF draw it."""
    poppler, mupdf = path.with_suffix(".poppler"), path.with_suffix(".mupdf.png")
    run("pdftoppm", "-cropbox", "-r", DOTS, "-png", "-singlefile", path, poppler)
    run("mutool", "draw", "-q", "-r", DOTS, "-o", mupdf, path, 1)
    return [Image.open(picture).convert("L") for picture in (f"{poppler}.png", mupdf)]


def alike(one, other):
    """The correlation of two pictures, a little out of focus: edges fall differently on the pixels."""
    if one.size != other.size:
        return 0.0
    small = [picture.resize((picture.width // 4, picture.height // 4), Image.BOX) for picture in (one, other)]
    first, second = (ImageStat.Stat(picture) for picture in small)
    product = ImageStat.Stat(ImageChops.multiply(*small)).mean[0] * 255
    scale = (first.var[0] * second.var[0]) ** 0.5
    return (product - first.mean[0] * second.mean[0]) / scale if scale else 0.0


def ink(picture):
    """The smallest box that holds all that is drawn, in points from the lower left."""
    box = picture.point(lambda value: 255 if value < PAPER else 0).getbbox()
    if box is None:
        return None
    left, top, right, bottom = (side * 72 / DOTS for side in box)
    height = picture.height * 72 / DOTS
    return left, height - bottom, right, height - top


def forms(document):
    """The appearance of every annotation, with the forms within."""
    left = [annotation.AP.N for page in document.pages for annotation in page.get("/Annots", [])]
    while left:
        form = left.pop()
        yield form
        inner = form.get("/Resources", {}).get("/XObject", {})
        left.extend(inner[name] for name in inner.keys() if inner[name].get("/Subtype") == "/Form")


def said(document):
    """What the page says in words, and what is wrong with its fonts and glyphs."""
    words, faults = [], []
    for form in forms(document):
        fonts = form.get("/Resources", {}).get("/Font", {})
        two_bytes = False
        for operands, operator in pikepdf.parse_content_stream(form):
            name = str(operator)
            if name == "Tf":
                font = fonts[str(operands[0])]
                two_bytes = font.Subtype == "/Type0"
                descriptor = font.DescendantFonts[0].FontDescriptor if two_bytes else font.get("/FontDescriptor", {})
                if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                    faults.append(f"{font.BaseFont} is not embedded")
            elif name in ("Tj", "TJ") and two_bytes:
                shown = operands[0] if name == "TJ" else operands
                codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                if any(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2)):
                    faults.append("a glyph is the one for what is missing")
            elif name == "BDC" and "/ActualText" in operands[1]:
                words.append(str(operands[1]["/ActualText"]))
    return words, faults


def pattern(text):
    """The text with lines broken anywhere between letters, and any white space where it has some."""
    letters = [r"\s+" if letter.isspace() else re.escape(letter) for letter in text]
    return re.compile(r"\s*" + r"\s*".join(letters) + r"\s*")


def lines(document):
    """The lines of text of upright pages: what each says, its fonts, the font size, and where it begins."""
    for form in forms(document):
        fonts = form.get("/Resources", {}).get("/Font", {})
        text, used, size, place = None, set(), 0.0, None
        for operands, operator in pikepdf.parse_content_stream(form):
            name = str(operator)
            if name == "BDC":
                text, used = str(operands[1]["/ActualText"]), set()
            elif name == "Tf":
                used.add(str(fonts[str(operands[0])].BaseFont).split("+")[-1].lower())
                size = float(operands[1])
            elif name == "Tm":
                place = float(operands[4]), float(operands[5])
            elif name == "ET" and text is not None:
                yield text.rstrip(), used, size, place


def shaped(row, document, picture, path):
    """How much the lines that are wholly in this font look like those that HarfBuzz lays out and FreeType draws, the worst one and how many."""
    path, _, index = path.partition("#")
    dot, fine = DOTS / 72, 4  # finer, so that rounded advances do not add up
    worst, count = 1.0, 0
    for text, used, size, (x, y) in lines(document):
        pixels = size * dot * fine
        font = ImageFont.truetype(path, pixels, int(index or 0), layout_engine=ImageFont.Layout.RAQM)
        if used != {re.sub("[^a-z0-9]", "", "".join(font.getname()).lower())}:
            continue
        left, base = (float(row["x"]) + x) * dot, picture.height - (float(row["y"]) + y) * dot
        above = int(base - 2 * size * dot)
        canvas = Image.new("L", (picture.width * fine, int(4 * size * dot) * fine), 255)
        place = left * fine, (base - above) * fine
        ImageDraw.Draw(canvas).text(place, text, 0, font, "ls", language=row["language"])
        canvas = canvas.resize((canvas.width // fine, canvas.height // fine), Image.BOX)
        box = canvas.point(lambda value: 255 if value < 128 else 0).getbbox()
        here = canvas.crop(box)
        # A renderer may put a line on whole pixels.
        moves = [(across, up) for across in (-1, 0, 1) for up in (above - 1, above, above + 1)]
        there = [picture.crop((box[0] + x, box[1] + y, box[2] + x, box[3] + y)) for x, y in moves]
        worst, count = min(worst, max(alike(here, crop) for crop in there)), count + 1
    return worst, count


def judge(folder, row, upright, font):
    path = folder / row["file"]
    faults = []
    both = pictures(path)
    whole = tuple(round(float(row[side]) * DOTS / 72) for side in ("page_width", "page_height"))
    x, y, width, height = (float(row[side]) for side in ("x", "y", "width", "height"))
    for name, picture in zip(("poppler", "MuPDF"), both):
        if picture.size != whole:
            faults.append(f"{name}: the page has {picture.size} pixels and not {whole}")
        box = ink(picture)
        if box is None:
            faults.append(f"{name}: nothing is drawn")
            continue
        left, bottom, right, top = box
        if left < x - 1 or bottom < y - 1 or right > x + width + 1 or top > y + height + 1:
            faults.append(f"{name}: ink at {box}, outside of what was promised")
        # A frame is drawn at the edge.
        if row["kind"] == "drawing" and (left > x + 1 or bottom > y + 1 or right < x + width - 1 or top < y + height - 1):
            faults.append(f"{name}: the frame is at {box}, within what was promised")
    if (share := alike(*both)) < ALIKE:
        faults.append(f"the two pictures differ ({share:.3f})")
    if upright is not None:
        for name, picture, other in zip(("poppler", "MuPDF"), both, upright):
            if (share := alike(picture, other)) < ALIKE_TURNED:
                faults.append(f"{name}: it does not look as on the page that is not turned ({share:.3f})")
    codes = [code.text for code in zxingcpp.read_barcodes(both[0])]
    if row["qr"] and codes != [row["qr"]]:
        faults.append(f"the QR code says {codes}")
    text = row["text"].replace("\\n", "\n")
    with pikepdf.open(path) as document:
        words, wrong = said(document)
        if upright is None:
            share, count = shaped(row, document, both[1], font)
            if count == 0:
                faults.append("no line that HarfBuzz could draw too")
            if share < ALIKE_SHAPED:
                faults.append(f"a line looks unlike the one that HarfBuzz draws ({share:.3f})")
    faults.extend(wrong)
    # A line that a newline ended says nothing of it; where a line was broken, its space is still said.
    if "".join(words) != text.replace("\n", ""):
        faults.append(f"/ActualText is {words}")
    found = run("pdftotext", path, "-").decode().rstrip("\f")
    if row["language"] in TURNED:
        letters = re.sub(r"[\s\u202a-\u202e]", "", found)
        if sorted(letters) != sorted(re.sub(r"\s", "", text)):
            faults.append(f"pdftotext finds other letters: {found!r}")
    elif not pattern(text).fullmatch(found):
        faults.append(f"pdftotext finds {found!r}")
    return both, faults


def main():
    folder = Path(sys.argv[1])
    fonts = dict(argument.split("=", 1) for argument in sys.argv[2:])
    if not features.check("raqm"):
        sys.exit("Pillow comes without raqm, so without HarfBuzz")
    with open(folder / "pages.tsv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    of = {}
    for row in rows:
        of.setdefault((row["language"], row["kind"]), []).append(row)

    def language(rows):
        rows.sort(key=lambda row: int(row["rotation"]))
        upright, outcomes = None, []
        for row in rows:
            both, faults = judge(folder, row, upright, fonts.get(row["language"], LATIN))
            upright = upright or both
            outcomes.append((row["file"], faults))
        return outcomes

    failed = 0
    with futures.ThreadPoolExecutor(WORKERS) as pool:
        for name, outcomes in zip(of, pool.map(language, of.values())):
            turns = {int(row["rotation"]) for row in of[name]}
            if turns != {0, 90, 180, 270}:
                outcomes.append(("-".join(name), [f"only pages turned by {sorted(turns)}"]))
            for file, faults in outcomes:
                failed += bool(faults)
                for fault in faults:
                    print(f"{file}: {fault}")
    languages = {language for language, _ in of}
    missing = {"en", "es", "pt", "vi", "ja", "zh", "th", "my"} - languages
    if missing:
        print(f"no page in {', '.join(sorted(missing))}")
    print(f"pages with visible signatures, {len(languages)} languages, drawn by poppler and MuPDF:")
    print(f"{len(rows) - failed} passed, {failed} failed")
    sys.exit(1 if failed or missing else 0)


main()
