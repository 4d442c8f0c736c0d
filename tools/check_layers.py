#!/usr/bin/env python3
"""check_layers: refuses includes that go up, sideways or in a circle, and what else the table forbids.

The rules are data in tools/layers.toml. Prints one sentence per fault and ends with 1 if there is any.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path

from sources import Source, line_of, read_sources

_RESUME = re.compile(r"\bcoroutine_handle\s*<[^;{}]*?>\s*::\s*resume\b|(?:\.|->)\s*resume\s*\(")
_FENCE = re.compile(r"\batomic_thread_fence\b")
_DETAIL = re.compile(r"\bnamespace\s+(?:\w+\s*::\s*)*detail\b|\bdetail\s*::")
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


class Checker:
    def __init__(self, root: Path, table: dict):
        self.root = root
        self.table = table
        self.levels: dict[str, int] = table["levels"]
        self.around: dict[str, dict] = table.get("around", {})
        self.faults: list[str] = []
        tops = sorted({place.split("/")[0] for place in self.levels})
        self.library = read_sources(root, [top for top in tops if (root / top).exists()])
        self.others = read_sources(root, [name for name in self.around if (root / name).exists()])

    def fault(self, source: Source, line: int, sentence: str) -> None:
        self.faults.append(f"{source.path}:{line}: {sentence}")

    def place_of(self, path: str) -> str | None:
        """The row of the table that a library file belongs to: its folder, or the file itself."""
        if path in self.levels:
            return path
        folder = path.rpartition("/")[0]
        return folder if folder in self.levels else None

    def run(self) -> list[str]:
        for source in self.library:
            place = self.place_of(source.path)
            if place is None:
                self.fault(
                    source, 1,
                    f"its folder has no row in the table of layers; known are {', '.join(self.levels)}."
                )
                continue
            self.check_includes(source, place)
            self.check_size(source)
            self.check_resume(source)
        self.check_cycles()
        for source in self.others:
            self.check_outside(source)
        for source in self.library + self.others:
            code = source.code()
            for match in _FENCE.finditer(code):
                self.fault(
                    source, line_of(code, match.start()),
                    "a stand-alone fence, which ThreadSanitizer does not follow; use a read-modify-write."
                )
            for match in _DETAIL.finditer(code):
                self.fault(
                    source, line_of(code, match.start()),
                    "a namespace detail; make it a file of a lower layer, a private member or an unnamed namespace."
                )
        self.check_macros()
        return self.faults

    def check_includes(self, source: Source, place: str) -> None:
        level = self.levels[place]
        for include in source.includes():
            if not include.path.startswith("weft/"):
                if include.quoted:
                    self.fault(
                        source, include.line,
                        f'includes "{include.path}"; write the full name, "weft/<folder>/<file>".'
                    )
                elif source.is_header and include.path.startswith(tuple(self.table["headers"]["forbidden"])):
                    self.fault(
                        source, include.line,
                        f"includes <{include.path}> in a public header; move the use into a .cc file."
                    )
                continue
            target = include.path.removeprefix("weft/")
            target_place = self.place_of(target)
            if not (self.root / target).is_file() or target_place is None:
                self.fault(source, include.line, f"includes {include.path}, which is no file of the library.")
                continue
            target_level = self.levels[target_place]
            if target_place == place or target_level < level:
                continue
            direction = "upward" if target_level > level else "sideways"
            self.fault(
                source, include.line,
                f"includes {include.path}, which goes {direction} from {place} (level {level}) to {target_place} "
                f"(level {target_level})."
            )

    def check_outside(self, source: Source) -> None:
        sees = self.around[source.path.split("/")[0]].get("sees")
        if sees is None:
            return
        for include in source.includes():
            if include.path.startswith("weft/") and not include.path.startswith(tuple(sees)):
                self.fault(
                    source, include.line,
                    f"includes {include.path}; this folder shows what a user writes and includes only "
                    f"{', '.join(sees)}."
                )

    def check_size(self, source: Source) -> None:
        limit = self.table["limits"]["file_lines"]
        if source.line_count > limit:
            self.fault(
                source, source.line_count,
                f"has {source.line_count} lines, the limit is {limit}; split it by its nouns."
            )

    def check_resume(self, source: Source) -> None:
        if source.path.split("/")[0] in self.table["resume"]["folders"]:
            return
        code = source.code()
        for match in _RESUME.finditer(code):
            self.fault(
                source, line_of(code, match.start()),
                f"resumes a coroutine; only {' and '.join(self.table['resume']['folders'])} may."
            )

    def check_macros(self) -> None:
        rule, names = self.table["macros"], set()
        for source in self.library + self.others:
            code = source.without_comments()
            for match in _DEFINE.finditer(code):
                names.add(match[1])
                line = line_of(code, match.start())
                if source.path != rule["home"]:
                    self.fault(source, line, f"defines the macro {match[1]}; macros live in {rule['home']} alone.")
                elif not match[1].startswith(rule["prefix"]):
                    self.fault(
                        source, line,
                        f"defines the macro {match[1]}; its name must start with {rule['prefix']}."
                    )
        limit = self.table["limits"]["macros"]
        if len(names) > limit:
            self.faults.append(
                f"{rule['home']}:1: the project defines {len(names)} macros, the limit is {limit}: "
                f"{', '.join(sorted(names))}."
            )

    def check_cycles(self) -> None:
        known = {source.path: source for source in self.library}
        edges = {
            path: [i.path.removeprefix("weft/") for i in source.includes() if i.path.startswith("weft/")]
            for path, source in known.items()
        }
        finished: set[str] = set()
        for start in known:
            trail, pending = [], [(start, iter(edges[start]))]
            while pending:
                path, rest = pending[-1]
                if not trail or trail[-1] != path:
                    trail.append(path)
                following = next((item for item in rest if item in known and item not in finished), None)
                if following is None:
                    finished.add(path)
                    pending.pop()
                    trail.pop()
                elif following in trail:
                    circle = trail[trail.index(following):] + [following]
                    self.fault(known[path], 1, f"is in a circle of includes: {' -> '.join(circle)}.")
                else:
                    pending.append((following, iter(edges[following])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--table", type=Path, help="default: <root>/tools/layers.toml")
    arguments = parser.parse_args()
    table = tomllib.loads((arguments.table or arguments.root / "tools/layers.toml").read_text("utf-8"))
    checker = Checker(arguments.root, table)
    faults = checker.run()
    library = len(checker.library)
    for fault in faults:
        print(fault)
    if faults:
        print(f"check_layers: {len(faults)} fault{'s' if len(faults) > 1 else ''} in {library} library files.")
        return 1
    print(f"check_layers: {library} library files and {len(checker.others)} around them keep to the table.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
