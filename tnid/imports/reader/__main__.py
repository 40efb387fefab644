"""The program: a file on its standard input, a JSON object a line on its standard output.

`{"columns": […], "ignored": […]}` once, `{"row": 2, "values": {…}}` for each row, with `"fault": [field,
reason]` where a value can't be taken, and at the end `{"end": rows, "has_more": false}` or `{"refused":
reason}`.
Arguments: the most rows to read, and the most bytes of a file.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

# Run by its path and isolated from the environment: the other files are found beside this one, wherever it is
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
# What openpyxl would take along where it is there: neither is needed, and each costs more than all the rest
sys.modules.update({"lxml": None, "numpy": None, "PIL": None})  # type: ignore[dict-item]  # None bars it

from tnid.imports.reader.files import read_file  # noqa: E402  it is found by the lines above
from tnid.imports.reader.kinds import Unreadable  # noqa: E402  as above

MOST_MEMORY_BYTES = 176 * 1024 * 1024
MOST_CPU_SECONDS = 180


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    most_rows, most_bytes = (int(argument) for argument in sys.argv[1:3])
    try:
        tell(most_rows, most_bytes)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody listens any more: what is left to say goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(most_rows: int, most_bytes: int) -> None:
    """Write what is read, or why nothing is."""
    try:
        for event in read_file(sys.stdin.buffer, most_rows, most_bytes):
            write(event)
    except Unreadable as unreadable:
        write({"refused": unreadable.reason})
    except BrokenPipeError:
        raise
    except MemoryError:
        write({"refused": "too_much_inside"})
    except Exception:
        # A broken file breaks its library in ways of its own, and each says the same of the file
        write({"refused": "broken"})


def write(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
