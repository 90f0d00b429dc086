"""All pure modules of the library and the dependencies, compiled, in one file: Wine is slow.

A module costs forty calls to Wine's server before it is loaded, and the SDK has 1,500. `pack`
writes the file, `Finder` takes modules from it; what it does not hold is found as ever. Modules
keep their names and paths: tracebacks, data files and extension modules stay where they are.

    python bytecode.py OUT FOLDER=WINDOWS-PATH...      by a Python of the version that reads OUT
"""

from __future__ import annotations

import marshal
import mmap
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.readers import FileReader
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

LEFT_OUT = frozenset(
    (
        *"ensurepip idlelib lib2to3 setuptools site-packages test tests tkinter turtledemo".split(),
        "distlib",  # pip's copy takes its launchers only from loaders that it knows
    )
)


class Finder:
    """Finds and loads. `index`: for each module its place, length, path, and folder or ""."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.begin = int.from_bytes(self.data[:8], "little")
        self.index: dict[str, tuple[int, int, str, str]] = marshal.loads(self.data[8 : self.begin])

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module's spec, None where it is not in the file."""
        if name not in self.index:
            return None
        _, _, origin, folder = self.index[name]
        loader: Any = self
        spec = ModuleSpec(name, loader, origin=origin, is_package=bool(folder))
        spec.has_location = True
        if folder:
            spec.submodule_search_locations = [folder]
        return spec

    def get_resource_reader(self, name: str) -> FileReader:
        """Where the package's data files are: beside its source, as ever."""
        beside: Any = SimpleNamespace(path=self.index[name][2])
        return FileReader(beside)

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        exec(self.get_code(module.__name__), module.__dict__)

    def get_code(self, name: str) -> CodeType:
        """The module's code."""
        at, length, _, _ = self.index[name]
        code: CodeType = marshal.loads(self.data[self.begin + at : self.begin + at + length])
        return code


def modules(folder: Path, shown: str) -> Iterator[tuple[str, Path, str, str]]:
    """Name, source file, its path in Windows, and the package's folder there or ""."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if LEFT_OUT.isdisjoint(parts):
            inside = "\\".join((shown, *parts))
            package = parts[-1] == "__init__.py"
            name = ".".join(parts[:-1] if package else (*parts[:-1], parts[-1].removesuffix(".py")))
            yield name, path, inside, inside.rpartition("\\")[0] if package else ""


def pack(out: Path, folders: Sequence[tuple[Path, str]]) -> None:
    """Write the file. What is not valid Python (the library has templates) is left out."""
    index: dict[str, tuple[int, int, str, str]] = {}
    blobs: list[bytes] = []
    at = 0
    for folder, shown in folders:
        for name, path, inside, package in modules(folder, shown):
            try:
                code = marshal.dumps(compile(path.read_bytes(), inside, "exec", dont_inherit=True))
            except (SyntaxError, ValueError):
                continue
            index[name] = (at, len(code), inside, package)
            blobs.append(code)
            at += len(code)
    head = marshal.dumps(index)
    out.write_bytes(b"".join(((8 + len(head)).to_bytes(8, "little"), head, *blobs)))


if __name__ == "__main__":
    pack(Path(sys.argv[1]), [(Path(a), b) for a, b in (text.split("=") for text in sys.argv[2:])])
