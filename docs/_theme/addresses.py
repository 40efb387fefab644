"""The directive `addresses`: the operations of an OpenAPI document as headings and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

METHODS = ("get", "post", "put", "patch", "delete")
Tree = Mapping[str, Any]


class Addresses(SphinxDirective):
    """`{addresses} ../openapi.yaml`: everything of that file, by its tags."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        document = yaml.safe_load(Path(absolute).read_text())
        return self.parse_text_to_nodes("\n".join(describe(document)), allow_section_headings=True)


def describe(document: Tree) -> Iterator[str]:
    """Yield Markdown: a heading for each tag, below it one for each operation."""
    for tag in document["tags"]:
        yield f"## {tag['name'].capitalize()}\n"
        yield f"{tag.get('description', '')}\n"
        for path, operations in document["paths"].items():
            for method in METHODS:
                operation = operations.get(method, {})
                if tag["name"] in operation.get("tags", ()):
                    yield from describe_operation(document, f"{method.upper()} {path}", operation)


def describe_operation(document: Tree, name: str, operation: Tree) -> Iterator[str]:
    """Yield what one operation is for, takes and answers."""
    yield f"### `{name}`\n"
    yield f"{operation['summary']}.\n"
    yield f"{operation.get('description', '')}\n"
    rows = [*parameters(document, operation), *members(document, operation)]
    if rows:
        yield from ("| name | where | required | type |", "|---|---|---|---|", *rows, "")
    yield from ("| status | answer |", "|---|---|")
    for status, given in operation["responses"].items():
        answer = resolve(document, given)
        shown = "otherwise" if status == "default" else status
        yield f"| {shown} | {cell(answer['description'])} {kinds(answer)} |"
    yield ""


def parameters(document: Tree, operation: Tree) -> Iterator[str]:
    for given in operation.get("parameters", ()):
        found = resolve(document, given)
        yield row(found["name"], found["in"], bool(found.get("required")), resolve(document, found["schema"]))


def members(document: Tree, operation: Tree) -> Iterator[str]:
    """Yield a row for each member of the body, in the kind that is named first."""
    content = operation.get("requestBody", {}).get("content", {})
    for kind, body in [*content.items()][:1]:
        where = "form" if "form" in kind else "JSON"
        for name, schema, is_required in properties(document, body["schema"]):
            yield row(name, where, is_required, schema)


def properties(document: Tree, schema: Tree) -> Iterator[tuple[str, Tree, bool]]:
    """Yield the members of an object, those of the parts that it is made of first."""
    found = resolve(document, schema)
    for part in found.get("allOf", ()):
        yield from properties(document, part)
    required = found.get("required", ())
    for name, given in found.get("properties", {}).items():
        yield name, resolve(document, given), name in required


def resolve(document: Tree, given: Any) -> Any:
    """Return what a reference names, or what was given."""
    if not isinstance(given, dict) or "$ref" not in given:
        return given
    found: Any = document
    for part in given["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolve(document, found)


def row(name: str, where: str, is_required: bool, schema: Any) -> str:
    return f"| `{name}` | {where} | {'yes' if is_required else ''} | {cell(kind_of(schema))} |"


def kind_of(schema: Any) -> str:
    """Say of what type a value is, as far as a reader needs it."""
    if not isinstance(schema, dict):
        return ""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    types = schema.get("type", "")
    return " or ".join(types) if isinstance(types, list) else str(types)


def kinds(answer: Tree) -> str:
    return " ".join(f"`{kind}`" for kind in answer.get("content", {}))


def cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("addresses", Addresses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
