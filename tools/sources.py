"""sources: the C++ files of the project, read once, with comments and literals blanked out."""

import re
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*(?:\\\n[^\n]*)*|/\*.*?\*/)
      | (?P<raw>\bR"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
      | (?P<string>"(?:[^"\\\n]|\\.)*"|(?<![0-9a-zA-Z_])'(?:[^'\\\n]|\\.)*')""",
    re.VERBOSE | re.DOTALL,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


@dataclass(frozen=True)
class Include:
    line: int
    path: str
    quoted: bool


@dataclass(frozen=True)
class Source:
    path: str  # relative to the root, with slashes
    text: str

    @property
    def is_header(self) -> bool:
        return self.path.endswith(".h")

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())

    def without_comments(self) -> str:
        return _TOKEN.sub(lambda m: _blank(m[0]) if m["comment"] else m[0], self.text)

    def code(self) -> str:
        """The text with comments, strings and characters blanked; lines keep their numbers."""
        return _TOKEN.sub(lambda m: _blank(m[0]), self.text)

    def includes(self) -> list[Include]:
        text = self.without_comments()
        return [
            Include(line_of(text, m.start()), m[2], m[1] == '"') for m in _INCLUDE.finditer(text)
        ]


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def read_sources(root: Path, places: list[str]) -> list[Source]:
    """Every .h and .cc file at or below the given places, in order of their paths."""
    found = []
    for place in places:
        start = root / place
        files = [start] if start.is_file() else sorted(start.rglob("*"))
        for file in files:
            if file.suffix in (".h", ".cc") and file.is_file():
                found.append(Source(file.relative_to(root).as_posix(), file.read_text("utf-8")))
    return sorted(found, key=lambda source: source.path)
