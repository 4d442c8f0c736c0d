#!/usr/bin/env python3
"""check_snippets: code shown in README.md, docs/ and headers equals the tested code it comes from.

A block says where it comes from on the line above its fence:
    <!-- snippet: examples/readme/tour.cc#tour -->
and the source marks the region with the lines `// [tour]` and `// [/tour]`. In a header the marker
and the block stand inside `//` comments. In README.md and docs/ a cpp block without a marker is refused.
--fix copies the regions into the Markdown files and the headers.
"""

import argparse
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from sources import read_sources

_MARKER = re.compile(r"^\s*<!-- snippet: (\S+?)#([\w-]+) -->\s*$")
_FENCE = re.compile(r"^\s*```(\w*)\s*$")
TESTED = ("examples/", "tests/")
LIBRARY = ["runtime", "primitives", "executors", "io", "inspect", "testing", "weft.h"]


@dataclass
class Block:
    first: int  # index of the first line of code
    last: int  # index of the closing fence
    source: str | None
    region: str | None


class Document:
    """A Markdown file, or the comment lines of a header seen as one."""

    def __init__(self, root: Path, path: str):
        self.path = path
        self.file = root / path
        self.lines = self.file.read_text("utf-8").splitlines()
        self.prefix = "" if path.endswith(".md") else "//"

    def view(self, index: int) -> str:
        """The line as Markdown; a line of a header that is no comment counts as empty."""
        line = self.lines[index]
        if not self.prefix:
            return line
        stripped = line.lstrip()
        return stripped.removeprefix(self.prefix).removeprefix(" ") if stripped.startswith(self.prefix) else ""

    def blocks(self) -> tuple[list[Block], list[str]]:
        blocks, faults, marker, index = [], [], None, 0
        while index < len(self.lines):
            text = self.view(index)
            fence = _FENCE.match(text)
            if fence:
                closing = next((i for i in range(index + 1, len(self.lines)) if _FENCE.match(self.view(i))), None)
                if closing is None:
                    faults.append(f"{self.path}:{index + 1}: this fence is never closed.")
                    break
                if marker:
                    blocks.append(Block(index + 1, closing, *marker))
                elif fence[1] == "cpp" and not self.prefix:
                    faults.append(
                        f"{self.path}:{index + 1}: a cpp block without a snippet marker; take it from tested code, "
                        "or mark it as text."
                    )
                marker, index = None, closing
            elif match := _MARKER.match(text):
                marker = (match[1], match[2])
            elif marker and text.strip():
                faults.append(
                    f"{self.path}:{index + 1}: a snippet marker for {marker[0]}#{marker[1]} has no fenced block "
                    "below it."
                )
                marker = None
            index += 1
        if marker:
            faults.append(
                f"{self.path}:{len(self.lines)}: a snippet marker for {marker[0]}#{marker[1]} has no fenced block "
                "below it."
            )
        return blocks, faults

    def shown(self, block: Block) -> str:
        return tidy([self.view(i) for i in range(block.first, block.last)])

    def replace(self, block: Block, region: str) -> None:
        fence = self.lines[block.last]
        indent = fence[: len(fence) - len(fence.lstrip())]
        lead = f"{indent}{self.prefix} " if self.prefix else indent
        self.lines[block.first:block.last] = [(lead + line).rstrip() for line in region.splitlines()]
        self.file.write_text("\n".join(self.lines) + "\n", "utf-8")


def tidy(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(line.rstrip() for line in lines)).strip("\n")


def read_region(root: Path, source: str, region: str) -> str:
    """The text between the region's marks; other regions' marks inside it are left out."""
    if not source.startswith(TESTED):
        raise LookupError(f"{source} is not tested code; a snippet comes from {' or '.join(TESTED)}")
    file = root / source
    if not file.is_file():
        raise LookupError(f"{source} does not exist")
    lines = file.read_text("utf-8").splitlines()
    marks = [line.strip() for line in lines]
    opening, closing = f"// [{region}]", f"// [/{region}]"
    if marks.count(opening) != 1 or marks.count(closing) != 1:
        raise LookupError(f"{source} does not have the lines {opening} and {closing} exactly once each")
    inside = range(marks.index(opening) + 1, marks.index(closing))
    return tidy([lines[i] for i in inside if not re.fullmatch(r"// \[/?[\w-]+\]", marks[i])])


def first_difference(shown: str, tested: str) -> str:
    a, b = shown.splitlines(), tested.splitlines()
    for number, (left, right) in enumerate(zip(a, b), 1):
        if left != right:
            return f"its line {number} is `{left.strip()}`, the tested one is `{right.strip()}`"
    return f"it has {len(a)} lines, the tested one {len(b)}"


def check(root: Path, fix: bool) -> tuple[list[str], int]:
    documents = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    paths = [file.relative_to(root).as_posix() for file in documents if file.is_file()]
    paths += [s.path for s in read_sources(root, [p for p in LIBRARY if (root / p).exists()]) if s.is_header]
    faults, count = [], 0
    for path in paths:
        document = Document(root, path)
        blocks, broken = document.blocks()
        faults += broken
        for block in reversed(blocks):  # a fix changes the numbers of the lines below it only
            count += 1
            try:
                tested = read_region(root, block.source, block.region)
            except LookupError as error:
                faults.append(f"{path}:{block.first}: {error}.")
                continue
            shown = document.shown(block)
            if shown != tested and fix:
                document.replace(block, tested)
                print(f"{path}:{block.first}: copied {block.source}#{block.region}.")
            elif shown != tested:
                faults.append(
                    f"{path}:{block.first}: differs from {block.source}#{block.region}: "
                    f"{first_difference(shown, tested)}; run tools/check_snippets.py --fix."
                )
    return faults, count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--fix", action="store_true", help="copy the tested code into the documents")
    arguments = parser.parse_args()
    faults, count = check(arguments.root.resolve(), arguments.fix)
    for fault in faults:
        print(fault)
    if faults:
        print(f"check_snippets: {len(faults)} fault{'s' if len(faults) > 1 else ''}.")
        return 1
    print(f"check_snippets: {count} snippet{'s' if count != 1 else ''} equal tested code.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
