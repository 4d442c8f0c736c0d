#!/usr/bin/env python3
"""check_package: an outside program finds, links and runs weft in the given way."""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

OUTSIDE = Path(__file__).resolve().parent / "outside"


class Failure(Exception):
    pass


def run(*command: object, **environment: str) -> str:
    words = [str(word) for word in command]
    result = subprocess.run(words, text=True, capture_output=True, env={**os.environ, **environment})
    if result.returncode != 0:
        raise Failure(f"`{shlex.join(words)}` ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


def check_program(program: Path, **environment: str) -> None:
    printed = run(program, **environment)
    if printed != "7\n":
        raise Failure(f"{program} printed {printed!r} instead of '7\\n'")


class Package:
    def __init__(self, arguments: argparse.Namespace, scratch: Path):
        self.arguments = arguments
        self.scratch = scratch
        self.prefix = scratch / "prefix"

    def configure_and_build(self, project: str, *settings: str) -> Path:
        build = self.scratch / "build"
        run(self.arguments.cmake, "-S", OUTSIDE / project, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
            f"-DCMAKE_CXX_COMPILER={self.arguments.compiler}", *settings)
        run(self.arguments.cmake, "--build", build, "-j", len(os.sched_getaffinity(0)))
        return build

    def install(self) -> None:
        run(self.arguments.cmake, "--install", self.arguments.build, "--prefix", self.prefix, "--component", "weft")
        strangers = [str(f) for f in (self.prefix / "include").iterdir() if f.name != "weft"]
        if strangers:
            raise Failure(f"the installation puts {', '.join(strangers)} beside include/weft")

    def find_package(self) -> None:
        self.install()
        build = self.configure_and_build(
            "find_package", f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DWEFT_WANTED_VERSION={self.arguments.version}")
        check_program(build / "outside")

    def pkg_config(self) -> None:
        self.install()
        moved = self.scratch / "moved"
        self.prefix.rename(moved)  # a package that says where it is by itself may be moved
        (folder,) = moved.rglob("pkgconfig")
        tool, paths = self.arguments.pkg_config, {"PKG_CONFIG_PATH": str(folder)}
        version = run(tool, "--modversion", "weft", **paths).strip()
        if version != self.arguments.version:
            raise Failure(f"pkg-config says version {version}, the project {self.arguments.version}")
        flags = shlex.split(run(tool, "--cflags", "--libs", "--static", "weft", **paths))
        program = self.scratch / "outside"
        run(self.arguments.compiler, "-std=c++20", "-O1", OUTSIDE / "main.cc", "-o", program, *flags)
        check_program(program, LD_LIBRARY_PATH=str(folder.parent))

    def add_subdirectory(self, *settings: str) -> Path:
        build = self.configure_and_build("add_subdirectory", f"-DWEFT_CHECKOUT={self.arguments.source}", *settings)
        for entry in json.loads((build / "compile_commands.json").read_text()):
            imposed = [word for word in shlex.split(entry["command"]) if word.startswith("-W")]
            if imposed:
                raise Failure(f"{entry['file']} is compiled with {' '.join(imposed)} in a user's project")
        check_program(build / "outside")
        return build

    def add_subdirectory_shared(self) -> None:
        build = self.add_subdirectory("-DBUILD_SHARED_LIBS=ON")
        if not list(build.rglob("libweft.so")):
            raise Failure("BUILD_SHARED_LIBS=ON built no libweft.so")


def main() -> int:
    ways = ["find_package", "pkg_config", "add_subdirectory", "add_subdirectory_shared"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=ways)
    for name in ("source", "build", "compiler", "cmake", "pkg-config", "version"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weft-package-") as scratch:
        try:
            getattr(Package(arguments, Path(scratch)), arguments.way)()
        except Failure as failure:
            print(f"check_package: {arguments.way}: {failure}")
            return 1
    print(f"check_package: {arguments.way}: an outside program builds and runs.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
